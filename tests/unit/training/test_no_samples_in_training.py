"""No line of eight or more words of the samples is in what the reader learns from.

The samples are given to the makers as what to exclude; here they are compared with what the makers draw by other means.
"""

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from training.lines import blocks, printed
from training.lines.corpus import Corpus, Excluded

TEXTS = 1000
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LEAST = 8
_FORMULAS = {"cộng hòa xã hội chủ nghĩa việt nam", "cộng hoà xã hội chủ nghĩa việt nam"}
"""Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I, II.1 (Quốc hiệu): on every official paper."""


@pytest.fixture(scope="module")
def corpus_dir() -> Path:
    return Path(os.environ["SOHOA_TEST_CORPUS"])


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


@pytest.fixture(scope="module")
def sample_lines(samples_dir: Path) -> list[str]:
    lines = (line for file in samples_dir.rglob("*.gt.txt") for line in file.read_text(encoding="utf-8").splitlines())
    found = [words for words in map(_words, lines) if words.count(" ") + 1 >= _LEAST and words not in _FORMULAS]
    assert found
    return found


def _learnt(made: Iterator[str], sample_lines: list[str]) -> list[str]:
    text = "\n".join(f" {_words(line)} " for line in made)
    return [line for line in sample_lines if f" {line} " in text]


@pytest.fixture(scope="module")
def corpus(corpus_dir: Path, samples_dir: Path) -> Corpus:
    return Corpus(corpus_dir, Excluded(samples_dir))


@pytest.mark.service("samples")
@pytest.mark.service("corpus")
def test_no_paragraph_drawn_holds_a_line_of_the_samples(corpus: Corpus, sample_lines: list[str]) -> None:
    rng = np.random.default_rng(1)
    assert _learnt((corpus.paragraph(rng) for _ in range(TEXTS)), sample_lines) == []


@pytest.mark.service("samples")
@pytest.mark.service("corpus")
def test_no_block_drawn_holds_a_line_of_the_samples(corpus: Corpus, sample_lines: list[str]) -> None:
    rng = np.random.default_rng(2)
    lines = (line.text for _ in range(TEXTS) for line in blocks.block(rng, corpus).lines)
    assert _learnt(lines, sample_lines) == []


@pytest.mark.service("samples")
@pytest.mark.service("corpus")
def test_no_line_of_print_is_a_line_of_the_samples(
    corpus_dir: Path, samples_dir: Path, sample_lines: list[str]
) -> None:
    lines = printed.lines(corpus_dir / "print", Excluded(samples_dir), np.random.default_rng(3))
    made = (label.text for _, label in itertools.islice(lines, TEXTS))
    assert _learnt(made, sample_lines) == []
