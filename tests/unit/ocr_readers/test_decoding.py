"""Steps of a network -> text: collapsed as CTC says, doubtful words settled by language, numbers never."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.readers import decoding
from ocr.readers.decoding import Seen, decode
from ocr.readers.word_pairs import WordPairs, word_pairs

LETTERS = (" ", "a", "á", "à", "b", "n", "h", "ủ", "ũ", "c", "t", "ị", "ỉ", "1", "7")
CLASSES = len(LETTERS) + 1


def seen(*steps: dict[str, float]) -> Seen:
    """Return steps, each given as letter -> probability; "" is the blank, what is left is shared by the others."""
    table = np.full((len(steps), CLASSES), 1e-6)
    for row, given_ in zip(table, steps, strict=True):
        for letter, probability in given_.items():
            row[0 if letter == "" else LETTERS.index(letter) + 1] = probability
    table /= table.sum(axis=1, keepdims=True)
    order = np.argsort(-table, axis=1, kind="stable")
    return Seen(ids=order, logs=np.log(np.take_along_axis(table, order, axis=1)).astype(np.float32))


def plainly(text: str) -> list[dict[str, float]]:
    """Return steps that spell a text, a blank between any two."""
    return [step for letter in text for step in ({letter: 1.0}, {"": 1.0})]


def test_a_letter_that_lasts_is_one_and_after_a_blank_another() -> None:
    assert decode(seen({"a": 1}, {"a": 1}, {"": 1}, {"a": 1}, {" ": 1}, {" ": 1}, {"b": 1}), LETTERS, None).text == (
        "aa b"
    )


def test_nothing_seen_is_nothing_read() -> None:
    for steps in ([{"": 1.0}] * 3, [{" ": 1.0}] * 3, []):
        reading = decode(seen(*steps), LETTERS, word_pairs())
        assert (reading.text, reading.confidence) == ("", 0.0)


def test_the_least_sure_letter_says_how_sure_the_line_is() -> None:
    reading = decode(seen({"a": 1}, {"b": 0.6, "": 0.4}, {" ": 1}, {"b": 1}), LETTERS, None)
    assert reading.confidence == pytest.approx(0.6, abs=1e-3)


def test_language_settles_a_tone_mark_the_picture_hardly_shows() -> None:
    doubtful = seen(*plainly("ch"), {"ũ": 0.55, "ủ": 0.45}, {"": 1}, {" ": 1}, *plainly("tịch"))
    assert decode(doubtful, LETTERS, None).text == "chũ tịch"
    assert decode(doubtful, LETTERS, word_pairs()).text == "chủ tịch"


def test_what_the_network_is_sure_of_stands_whatever_language_says() -> None:
    sure = seen(*plainly("ch"), {"ũ": 0.995, "ủ": 0.005}, {"": 1}, {" ": 1}, *plainly("tịch"))
    assert decode(sure, LETTERS, word_pairs()).text == "chũ tịch"


def test_a_number_is_never_settled_and_none_is_made_of_a_word() -> None:
    number = seen({"1": 0.5, "7": 0.4, "a": 0.1}, {"": 1}, {"7": 1})
    assert decode(number, LETTERS, word_pairs()).text == "17"
    word = seen({"t": 0.4, "1": 0.35, "7": 0.25}, {"": 1}, *plainly("ịch"))
    assert not any(letter.isdigit() for letter in decode(word, LETTERS, word_pairs()).text)


def test_letters_come_out_composed() -> None:
    letters = (" ", "a", "\u0301")
    ids = np.array([[2, 0], [0, 1], [3, 0]])
    logs = np.log(np.array([[0.9, 0.1]] * 3, dtype=np.float32))
    assert decode(Seen(ids=ids, logs=logs), letters, None).text == "á"


@given(st.lists(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3), min_size=1, max_size=5))
def test_spellings_have_the_probability_of_all_their_ways(rows: list[list[float]]) -> None:
    table = np.array(rows) / np.array(rows).sum(axis=1, keepdims=True)
    ids = np.tile(np.arange(3), (len(rows), 1))
    ways: dict[tuple[int, ...], float] = defaultdict(float)
    for path in itertools.product(range(3), repeat=len(rows)):
        spelt = tuple(one for one, _ in itertools.groupby(path) if one != 0)
        ways[spelt] += math.prod(table[step, one] for step, one in enumerate(path))
    wide = decoding.GUESSES
    decoding.GUESSES = 1000
    try:
        found = decoding._spellings(ids, np.log(table), frozenset())
    finally:
        decoding.GUESSES = wide
    assert {spelt: pytest.approx(math.exp(log), rel=1e-4) for spelt, log in found} == ways


def test_language_is_not_asked_about_a_line_the_network_is_sure_of() -> None:
    class Silent(WordPairs):
        def __init__(self) -> None:
            pass

        def log_likelihood(self, before: str, word: str) -> float:
            raise AssertionError(f"asked about {before} {word}")

    assert decode(seen(*plainly("ban")), LETTERS, Silent()).text == "ban"
