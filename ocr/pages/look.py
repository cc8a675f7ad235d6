"""An upright page -> a short code of what it looks like: the same sheet fed twice gives nearly the same code.

What is printed, without margins, is cut into 32 rows of 8 cells; each of the 256 bits says whether a cell holds more
ink than the middle one. Shades and light of the paper do not count, nor does where the sheet lay on the glass. Papers
of one office have one layout, so that the 64 bits of the usual difference hash would take them for each other.
"""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

ALIKE = 24
"""Codes that differ in no more bits are of one sheet, or of two that only reading tells apart: `bench.pages`."""

_ROWS, _COLUMNS = 32, 8
_HEIGHT_PX = 600
_GROUND_PX = 31
_INK = 18
_MARGIN_PX = 12
_OUTERMOST = 0.01
"""Share of the ink on each side that may be dust and shadow."""
_LEAST_SIDE_PX = 20
NOTHING = "0" * (_ROWS * _COLUMNS // 4)
"""The code of a blank page."""


def look_of(grey: Grey) -> str:
    """Return the code of an upright, level page: 64 hexadecimal digits, all 0 where nothing is printed."""
    printed = _within_margins(_ink(grey))
    if printed is None:
        return NOTHING
    cells = cv2.resize(printed, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA)
    return np.packbits(cells > np.median(cells)).tobytes().hex()


def difference(one: str, two: str) -> int:
    """Return how many of the 256 bits of two codes differ."""
    return (int(one, 16) ^ int(two, 16)).bit_count()


def _ink(grey: Grey) -> npt.NDArray[np.float32]:
    width = max(_LEAST_SIDE_PX, round(grey.shape[1] * _HEIGHT_PX / grey.shape[0]))
    small = cv2.resize(grey, (width, _HEIGHT_PX), interpolation=cv2.INTER_AREA)
    darker = cv2.subtract(cv2.medianBlur(small, _GROUND_PX), small)
    ink = np.where(darker > _INK, darker, 0).astype(np.float32)
    inside = np.zeros_like(ink)
    middle = slice(_MARGIN_PX, -_MARGIN_PX)
    inside[middle, middle] = ink[middle, middle]
    return inside


def _within_margins(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """Return the part that holds the ink; None where it is a mere line or nothing."""
    total = float(ink.sum())
    if total == 0:
        return None
    spans = []
    for axis in (1, 0):
        share = np.cumsum(ink.sum(axis=axis)) / total
        first, last = (int(place) for place in np.searchsorted(share, [_OUTERMOST, 1 - _OUTERMOST]))
        if last - first < _LEAST_SIDE_PX:
            return None
        spans.append(slice(first, last + 1))
    return ink[spans[0], spans[1]]
