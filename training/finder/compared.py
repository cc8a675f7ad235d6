"""Lines found by one finder against those that are known: which are the same, missed, split, merged, made up. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.lines import Box

_SAME_ROW = 0.5
"""Share of the lower line's height that two lines of one row have in common."""
_SAME_END = 0.7
"""Line heights by which the ends of the same line may differ."""
_COVERED = 0.5
_INSIDE = 0.7
_FOREIGN = 0.3

Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over pages; they add up."""

    known: int = 0
    found: int = 0
    same: int = 0
    """Known lines found with the same ends."""
    missed: int = 0
    """Known lines of which less than half is found."""
    split: int = 0
    """Known lines found in pieces."""
    merged: int = 0
    """Found lines that hold two known ones and more."""
    extra: int = 0
    """Found lines that hardly touch a known one."""

    def __add__(self, other: "Tally") -> "Tally":
        """Return the counts of both."""
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


def tally(known: Sequence[Box], found: Sequence[Box]) -> Tally:
    """Compare the lines of one page."""
    if not known or not found:
        return Tally(known=len(known), found=len(found), missed=len(known), extra=len(found))
    a, b = np.array(known, dtype=np.float64), np.array(found, dtype=np.float64)
    row = one_row(known, found)
    across = _across(a, b) * row
    of_known, of_found = across / _widths(a)[:, None], across / _widths(b)[None, :]
    height = (a[:, 3] - a[:, 1])[:, None]
    left = np.abs(a[:, 0][:, None] - b[:, 0][None, :]) <= _SAME_END * height
    right = np.abs(a[:, 2][:, None] - b[:, 2][None, :]) <= _SAME_END * height
    same = (row & left & right).any(axis=1)
    return Tally(
        known=len(known),
        found=len(found),
        same=int(same.sum()),
        missed=int((_united(a, b, row) < _COVERED).sum()),
        split=int((((of_found >= _INSIDE) & (across > 0)).sum(axis=1) >= 2)[~same].sum()),
        merged=int(((of_known >= _INSIDE).sum(axis=0) >= 2).sum()),
        extra=int((of_found.max(axis=0) < _FOREIGN).sum()),
    )


def one_row(known: Sequence[Box], found: Sequence[Box]) -> Flags:
    """Return known x found: whether two lines stand at one height, wherever across the page."""
    a, b = np.array(known, dtype=np.float64), np.array(found, dtype=np.float64)
    down = np.minimum(a[:, 3][:, None], b[:, 3][None, :]) - np.maximum(a[:, 1][:, None], b[:, 1][None, :])
    lower = np.minimum((a[:, 3] - a[:, 1])[:, None], (b[:, 3] - b[:, 1])[None, :])
    return np.asarray(down >= _SAME_ROW * lower, dtype=np.bool_)


def _widths(boxes: Shares) -> Shares:
    return np.asarray(np.maximum(1.0, boxes[:, 2] - boxes[:, 0]), dtype=np.float64)


def _across(a: Shares, b: Shares) -> Shares:
    common = np.minimum(a[:, 2][:, None], b[:, 2][None, :]) - np.maximum(a[:, 0][:, None], b[:, 0][None, :])
    return np.asarray(np.maximum(0.0, common), dtype=np.float64)


def _united(a: Shares, b: Shares, row: Flags) -> Shares:
    """Return for each line of `a` the share of its width that the lines of `b` in its row cover together."""
    shares = []
    for (left, _, right, _), beside in zip(a, row, strict=True):
        columns = np.zeros(max(1, int(right - left)), dtype=np.bool_)
        for start, _, end, _ in b[beside]:
            columns[max(0, int(start - left)) : max(0, int(end - left))] = True
        shares.append(float(columns.mean()))
    return np.array(shares)
