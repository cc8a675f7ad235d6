"""Long lines are cut between words."""

import numpy as np
import pytest

from ocr.readers.aster import split


def _line(width: int, *gaps: tuple[int, int]) -> np.ndarray:
    line = np.full((32, width), 250, dtype=np.uint8)
    line[8:26, :] = 20
    line[:, ::9] = 250
    for start, end in gaps:
        line[:, start:end] = 250
    return line


@pytest.mark.parametrize(("width", "count"), [(4, 1), (600, 1), (601, 2), (1300, 3), (2500, 5)])
def test_pieces_make_up_the_line_and_stay_readable(width: int, count: int) -> None:
    line = _line(width)
    pieces = split(line)
    assert len(pieces) == count
    assert np.array_equal(np.hstack([piece for piece, _ in pieces]), line)
    assert all(piece.shape[1] < 1000 for piece, _ in pieces)


def test_the_cut_falls_into_the_gap_between_words_and_stands_for_a_space() -> None:
    pieces = split(_line(1000, (430, 444)))
    assert 430 <= pieces[0][0].shape[1] <= 444
    assert [spaced for _, spaced in pieces] == [False, True]


def test_a_cut_through_a_word_is_no_space() -> None:
    line = np.full((32, 1000), 250, dtype=np.uint8)
    line[12:16] = 20
    assert [spaced for _, spaced in split(line)] == [False, False]
