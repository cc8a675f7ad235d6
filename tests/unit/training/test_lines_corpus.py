"""Texts to learn from: what is excluded is not drawn, what is held out is not trained on."""

from pathlib import Path

import numpy as np
import pytest

from training.lines import formulas
from training.lines.corpus import Corpus, Excluded, has_run
from training.reader.alphabet import ALPHABET, as_label


def _excluded(folder: Path, text: str) -> Excluded:
    folder.mkdir(exist_ok=True)
    (folder / "page.gt.txt").write_text(text, encoding="utf-8")
    return Excluded(folder)


@pytest.mark.parametrize(
    ("line", "text", "held"),
    [
        pytest.param("một hai ba bốn năm sáu bảy tám", "x Một hai, ba BỐN năm sáu bảy tám y", True, id="any-case"),
        pytest.param("một hai ba bốn năm sáu bảy tám chín", "một hai ba bốn năm sáu bảy tám", True, id="its-start"),
        pytest.param("một hai ba bốn năm sáu bảy", "một hai ba bốn năm sáu bảy", False, id="seven-words"),
        pytest.param("một hai ba bốn năm sáu bảy tám", "một hai ba bốn năm sáu bảy", False, id="not-all-of-it"),
    ],
)
def test_a_text_with_an_excluded_line_is_known(tmp_path: Path, line: str, text: str, held: bool) -> None:
    assert _excluded(tmp_path / "kept", line).holds(text) is held


def test_excluded_lines_are_not_drawn(small_corpus: Path) -> None:
    excluded = _excluded(
        small_corpus / "kept", "\n".join(f"{n}. Ủy ban nhân dân xã có trách nhiệm" for n in range(2, 80))
    )
    corpus, rng = Corpus(small_corpus, excluded), np.random.default_rng(1)
    assert {corpus.paragraph(rng).split(".")[0] for _ in range(40)} == {"1"}


def test_paragraphs_held_out_are_others(small_corpus: Path) -> None:
    parts = [
        {
            paragraph
            for part in Corpus(small_corpus, Excluded(), held_out=held_out).parts
            for paragraph in part.paragraphs
        }
        for held_out in (False, True)
    ]
    assert all(parts) and not parts[0] & parts[1]


def test_every_letter_of_the_alphabet_is_drawn_on_purpose(small_corpus: Path) -> None:
    corpus = Corpus(small_corpus, Excluded())
    assert set("".join(word for words in corpus.words.values() for word in words)) >= set(ALPHABET) - {" "}
    assert all(letter in word for letter, words in corpus.words.items() for word in words)


def test_formulas_can_be_written_as_labels(small_corpus: Path) -> None:
    corpus, rng = Corpus(small_corpus, Excluded()), np.random.default_rng(2)
    for _ in range(300):
        for text in (
            formulas.number(rng),
            formulas.code(rng),
            formulas.date(rng, corpus),
            formulas.cell(rng, corpus),
            formulas.form(rng),
            formulas.head(rng, corpus),
            formulas.entry(rng, corpus),
            formulas.rare(rng, corpus),
        ):
            assert as_label(text), text


@pytest.mark.parametrize(
    ("text", "run"), [("Số ____", True), ("a-----b", True), ("Số ......", False), ("tổ--hợp", False)]
)
def test_blanks_that_nobody_can_count_are_known(text: str, run: bool) -> None:
    assert has_run(text) is run
