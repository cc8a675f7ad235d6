"""Short lines that stand alone, as page numbers and the numerals of tables do: cut from pages, strewn on others.

They are few on a page and easily overlooked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.readers.ports import Grey
from training.finder.pages import LearningPage, Piece

_STRIDE = 4
_LONGEST = 2.5
"""Line heights."""
_SMALLEST_PX = 12
_OF_A_PAGE = 8
_STREWN = 0.5
"""Share of pieces that get some."""
_MOST = 5
_TRIES = 6
_MARGIN_PX = 8
_PAPER = 190
_CLEAR = 230
"""Of 255; what the detector is less sure of is often a speck."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lone:
    grey: Grey
    core: Grey


class Bank:
    """Short lines of the pages so far."""

    def __init__(self) -> None:
        self._lines: list[_Lone] = []
        self._pages = 0

    def take(self, pages: Sequence[LearningPage]) -> None:
        """Cut short lines from the pages that have come since."""
        for page in pages[self._pages :]:
            self._lines += _lone_lines(page)
        self._pages = len(pages)

    def strewn(self, piece: Piece, random: np.random.Generator) -> Piece:
        """Return the piece with some short lines, now and then, where it is empty."""
        if not self._lines or random.random() > _STREWN:
            return piece
        grey, core, quads = piece.grey.copy(), piece.core.copy(), list(piece.quads)
        for index in random.integers(len(self._lines), size=int(random.integers(1, _MOST + 1))):
            line, scale = self._lines[index], float(random.uniform(0.45, 1.0))
            wide, high = (max(2, round(side * scale / _STRIDE)) for side in line.grey.shape[::-1])
            place = _empty_place(grey, wide * _STRIDE, high * _STRIDE, random)
            if place is None:
                continue
            left, top = place
            right, bottom = left + wide * _STRIDE, top + high * _STRIDE
            ink = cv2.resize(line.grey, (wide * _STRIDE, high * _STRIDE), interpolation=cv2.INTER_AREA)
            grey[top:bottom, left:right] = np.minimum(grey[top:bottom, left:right], ink)
            seen = cv2.resize(line.core, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
            core[top // _STRIDE : bottom // _STRIDE, left // _STRIDE : right // _STRIDE] = seen
            quads.append(np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32))
        return Piece(grey=grey, core=core, quads=np.array(quads, dtype=np.float32).reshape(-1, 4, 2))


def _lone_lines(page: LearningPage) -> list[_Lone]:
    down, across = (page.core.shape[axis] / page.grey.shape[axis] for axis in (0, 1))
    found = []
    for quad in page.quads:
        left, top = np.maximum(0, np.floor(quad.min(axis=0))).astype(int)
        right, bottom = np.ceil(quad.max(axis=0)).astype(int)
        if bottom - top < _SMALLEST_PX or right - left > _LONGEST * (bottom - top):
            continue
        core = page.core[round(top * down) : round(bottom * down), round(left * across) : round(right * across)]
        if core.size and core.max() >= _CLEAR:
            found.append(_Lone(grey=page.grey[top:bottom, left:right].copy(), core=core.copy()))
    return found[:_OF_A_PAGE]


def _empty_place(
    grey: npt.NDArray[np.uint8], wide: int, high: int, random: np.random.Generator
) -> tuple[int, int] | None:
    """Return where a rectangle has nothing but paper in and around it; None where none was met with."""
    height, width = grey.shape
    if high >= height or wide >= width:
        return None
    for _ in range(_TRIES):
        left = int(random.integers((width - wide) // _STRIDE)) * _STRIDE
        top = int(random.integers((height - high) // _STRIDE)) * _STRIDE
        around = grey[
            max(0, top - _MARGIN_PX) : top + high + _MARGIN_PX, max(0, left - _MARGIN_PX) : left + wide + _MARGIN_PX
        ]
        if around.min() >= _PAPER:
            return left, top
    return None
