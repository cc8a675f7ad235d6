"""Both engines answer judged questions about a generated box well, and alike; and questions about real samples."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from search.index import RecordIndex
from search.local import LocalIndex
from tests.fresh_index import fresh_elastic
from tests.relevance.measure import score
from tests.relevance.papers import Paper, box_papers, sample_papers
from tests.relevance.questions import KINDS, Question, questions

SEED = 2026
NDCG, SUCCESS = 0.88, 0.94
"""Floors of all questions; measured 0.92 and 0.98 (`make bench NAME=relevance`)."""
NDCG_OF_A_KIND, SUCCESS_OF_A_KIND = 0.45, 0.75
"""Floors of each kind. The lowest nDCG is that of questions which name all they remember: records that are only related
lack a word of it, and are not looked for once all words are found in another."""
SAMPLES_NDCG, SAMPLES_SUCCESS = 0.93, 0.93

ENGINES = [
    pytest.param(lambda folder, services: nullcontext(LocalIndex(folder / "index")), id="local"),
    pytest.param(
        lambda folder, services: fresh_elastic(services), id="elastic", marks=pytest.mark.service("elasticsearch")
    ),
]


@pytest.fixture(scope="module")
def box() -> list[Paper]:
    return box_papers(200, SEED)


@pytest.fixture(scope="module")
def asked(box: list[Paper]) -> list[Question]:
    return questions(box, box, SEED)


@pytest.fixture(scope="module", params=ENGINES)
def index(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    services: Mapping[str, str],
    box: Sequence[Paper],
) -> Iterator[RecordIndex]:
    lent: AbstractContextManager[RecordIndex] = request.param(tmp_path_factory.mktemp("relevance"), services)
    with lent as made:
        made.put(paper.entry() for paper in box)
        yield made


def test_the_set_is_large_enough_to_judge_by(asked: list[Question]) -> None:
    assert len(asked) >= 200
    assert {question.kind for question in asked} == KINDS.keys()
    assert all(2 in question.grades.values() for question in asked)


def test_the_questions_are_the_same_every_time(box: list[Paper], asked: list[Question]) -> None:
    assert questions(box, box, SEED) == asked


def test_judged_questions_are_answered_well(index: RecordIndex, asked: list[Question]) -> None:
    scores = score(index, asked)
    assert scores["all"].ndcg >= NDCG, scores
    assert scores["all"].success >= SUCCESS, scores
    for kind, of_kind in scores.items():
        assert of_kind.ndcg >= NDCG_OF_A_KIND, (kind, of_kind)
        assert of_kind.success >= SUCCESS_OF_A_KIND, (kind, of_kind)


@pytest.mark.service("samples")
def test_questions_about_real_papers_among_made_up_ones_are_answered_well(
    index: RecordIndex, box: list[Paper], samples_dir: Path
) -> None:
    samples = list(sample_papers(samples_dir))
    index.put(paper.entry() for paper in samples)
    try:
        scores = score(index, questions([*box, *samples], samples, SEED))
    finally:
        index.remove(paper.record_id for paper in samples)
    assert scores["all"].ndcg >= SAMPLES_NDCG, scores
    assert scores["all"].success >= SAMPLES_SUCCESS, scores
