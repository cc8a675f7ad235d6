"""As sure as the other reader agrees."""

import numpy as np
import pytest

from ocr.readers.agreement import AgreeingReader, likeness
from ocr.readers.replay import ReplayReader
from ocr.readers.word_pairs import word_pairs

PAGE = np.zeros((100, 100), dtype=np.uint8)
QUAD = ((0.0, 0.0), (50.0, 0.0), (50.0, 20.0), (0.0, 20.0))


def _read(one: str, two: str):
    return AgreeingReader(ReplayReader([one]), ReplayReader([two]), word_pairs()).read(PAGE, [QUAD])[0]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("Số: 12", "Số: 12", 1.0),
        ("“Sổ” – 12", '"Sổ" - 12', 1.0),
        ("abcd", "abce", 0.75),
        ("abcd", "", 0.0),
        ("", "", 0.0),
    ],
)
def test_likeness_folds_quotes_and_dashes(one: str, two: str, expected: float) -> None:
    assert likeness(one, two) == expected


def test_the_better_text_is_reported_with_the_likeness() -> None:
    reading = _read("Nguyễn", "Nguyên")
    assert (reading.text, round(reading.confidence, 2)) == ("Nguyễn", 0.83)


@pytest.mark.parametrize(("one", "two"), [("QuoL", "fmún"), ("k", "L"), ("CỘNg", "")])
def test_where_readers_share_nothing_there_was_no_print(one: str, two: str) -> None:
    assert _read(one, two).text == ""


@pytest.mark.parametrize(("one", "two"), [("07", "o?"), ("S233R", ""), ("x", "X")])
def test_numbers_and_case_are_left_for_a_person(one: str, two: str) -> None:
    assert _read(one, two).text == one
