from pathlib import Path

import numpy as np
import pytest

from sohoa.samplebox.official import set_official
from sohoa.samplebox.varied import make_documents, vary


def test_documents_are_the_same_for_the_same_seed_however_many(tmp_path: Path) -> None:
    two, one = make_documents(2, tmp_path / "two", seed=7), make_documents(1, tmp_path / "one", seed=7)
    assert one.papers == two.papers[:1]
    assert (one.folder / one.papers[0].file).read_bytes() == (two.folder / two.papers[0].file).read_bytes()
    assert [paper.kind for paper in two.papers] == ["jpeg", "pdf"]


def test_another_seed_gives_other_documents() -> None:
    first, second = (vary(0, np.random.default_rng([seed, 0])) for seed in (1, 2))
    assert first != second


def test_documents_differ_and_fit_on_a_page() -> None:
    made = [vary(index, np.random.default_rng([3, index])) for index in range(40)]
    assert len({document.number for document in made}) == 40
    assert {document.type_code for document in made} == {"QĐ", "CV"}
    assert len({document.subject for document in made}) > 20
    for document in made[:10]:
        assert len(set_official(document)) == 1


@pytest.mark.parametrize("index", range(60))
def test_no_brace_of_a_template_is_left(index: int) -> None:
    document = vary(index, np.random.default_rng([4, index]))
    said = " ".join([document.subject, *document.body, *document.grounds, *document.recipients])
    assert "{" not in said
    assert "  " not in said
