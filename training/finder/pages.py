"""Stored pages with the big detector's map and lines (training.scans makes them) -> pieces to learn from.

Documents held out by training.scans.pages.is_held_out are never learnt from.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ocr.readers.ports import Grey

LONG_SIDE = 1280
"""Pixels of a page's long side at scale 1: what the big detector saw."""
_FINEST = 1600
"""Pages are kept no larger than this."""

Quads = npt.NDArray[np.float32]
"""Lines x 4 corners x 2, as ocr.readers.ports.Quad."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LearningPage:
    """One page in memory."""

    grey: Grey
    core: Grey
    """The big detector's map at half its resolution, 0 to 255 for a probability of 0 to 1."""
    quads: Quads
    """In pixels of `grey`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """A rectangle out of a page, scaled."""

    grey: Grey
    core: npt.NDArray[np.float32]
    """At a quarter of the size of `grey`, 0 to 1."""
    quads: Quads
    """In pixels of `grey`; some reach over its edges."""


def load_page(stem: Path) -> LearningPage | None:
    """Return the page of STEM.png, STEM.map.png and STEM.json; None where it is held out, empty or half written."""
    try:
        facts = json.loads(stem.with_name(stem.name + ".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if facts.get("held_out", True) or not facts["quads"]:
        return None
    grey = cv2.imread(str(stem.with_name(stem.name + ".png")), cv2.IMREAD_GRAYSCALE)
    core = cv2.imread(str(stem.with_name(stem.name + ".map.png")), cv2.IMREAD_GRAYSCALE)
    if grey is None or core is None:
        return None
    scale = min(1.0, _FINEST / max(grey.shape))
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    core = cv2.resize(core, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    quads = np.array(facts["quads"], dtype=np.float32) * np.float32(scale)
    return LearningPage(grey=np.asarray(grey, np.uint8), core=np.asarray(core, np.uint8), quads=quads)


class Store:
    """Folders of stored pages, which may still be growing."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._seen: set[Path] = set()
        self.pages: list[LearningPage] = []

    def look(self) -> int:
        """Take in pages that have come since; return how many pages there are."""
        for folder in self._folders:
            for file in sorted(folder.glob("*-???.json")):
                if file in self._seen:
                    continue
                self._seen.add(file)
                page = load_page(file.with_suffix(""))
                if page is not None:
                    self.pages.append(page)
        return len(self.pages)


def piece_of(page: LearningPage, scale: float, size: tuple[int, int], random: np.random.Generator) -> Piece:
    """Return a random rectangle of `size` (height, width, multiples of 4), the page's long side at LONG_SIDE x scale.

    What lies beyond the page is paper.
    """
    height, width = page.grey.shape
    factor = LONG_SIDE * scale / max(height, width)
    high, wide = round(size[0] / factor), round(size[1] / factor)
    top = int(random.integers(min(0, height - high), max(0, height - high) + 1))
    left = int(random.integers(min(0, width - wide), max(0, width - wide) + 1))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(_cut(page.grey, (left, top, wide, high), 255), size[::-1], interpolation=how)
    down, across = page.core.shape[0] / height, page.core.shape[1] / width
    place = round(left * across), round(top * down), round(wide * across), round(high * down)
    core = cv2.resize(_cut(page.core, place, 0), (size[1] // 4, size[0] // 4), interpolation=cv2.INTER_AREA)
    quads = (page.quads - np.array((left, top), np.float32)) * np.array((size[1] / wide, size[0] / high), np.float32)
    inside = (quads.max(axis=1) > 0).all(axis=1) & (quads.min(axis=1) < np.array(size[::-1])).all(axis=1)
    return Piece(grey=np.asarray(grey, np.uint8), core=np.asarray(core, np.float32) / 255.0, quads=quads[inside])


def _cut(image: Grey, place: tuple[int, int, int, int], outside: int) -> Grey:
    left, top, wide, high = place
    height, width = image.shape
    seen = np.full((max(1, high), max(1, wide)), outside, dtype=np.uint8)
    inside = image[max(0, top) : min(height, top + high), max(0, left) : min(width, left + wide)]
    y, x = max(0, -top), max(0, -left)
    seen[y : y + inside.shape[0], x : x + inside.shape[1]] = inside[: seen.shape[0] - y, : seen.shape[1] - x]
    return seen
