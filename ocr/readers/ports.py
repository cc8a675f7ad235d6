"""What a page reader needs from engines: where lines are, and what a line says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""Height x width, 0 black to 255 white; text rows level."""
Point = tuple[float, float]
"""x, y in pixels, origin top left."""
Quad = tuple[Point, Point, Point, Point]
"""Corners of a line: top left, top right, bottom right, bottom left, as read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader made of one line."""

    text: str
    """NFC, single spaces, no space at the ends; empty when nothing was read."""
    confidence: float
    """0 to 1, comparable within one engine only."""


class LineFinder(Protocol):
    """Finds lines of print. Every adapter passes tests/contract/test_line_finder.py."""

    def find(self, grey: Grey) -> list[Quad]:
        """Return the lines of a page, in no order, inside the image; none for an empty page."""
        ...


class LineReader(Protocol):
    """Reads lines of print. Every adapter passes tests/contract/test_line_reader.py."""

    @property
    def alphabet(self) -> frozenset[str]:
        """Every character the reader can write, NFC; all 134 accented Vietnamese letters among them."""
        ...

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """Return one reading a quad, in the same order. The same image and quads give the same readings."""
        ...
