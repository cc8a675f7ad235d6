"""A folder of scans -> its pages as the product reads them, in an order that soon has met every document."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from ocr.pages.blank import Presence, presence
from ocr.pages.clean import reading_grey
from ocr.pages.perspective import find_sheet, flattened, sheet_dpi
from ocr.pages.raster import page_image
from ocr.pages.upright import Compass, direction_of
from ocr.readers.level import LevelPage, levelled

PRINT_DPI = 200.0
_FINEST_DPI = 400.0
_READING_DPI = 300.0
_ONE_IN = 12
_FIRST_PAGES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PageName:
    """One page of a document."""

    path: Path
    page: int
    """From 1."""

    @property
    def stem(self) -> str:
        """What the files made from this page are called."""
        return f"{self.path.stem}-{self.page:03d}"


def is_held_out(name: str) -> bool:
    """Whether a document, by its file name, is kept for validation: 1 in 12."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % _ONE_IN == 0


def pages_in_turn(folder: Path, *, at_once: int = _FIRST_PAGES) -> Iterator[PageName]:
    """Yield every page of the PDFs: the first `at_once` of each document, then the next of each, and so on.

    Documents come in the order of a hash of their names, which mixes their sources.
    """
    counts: dict[Path, int] = {}
    for path in sorted(folder.glob("*.pdf"), key=lambda path: hashlib.sha256(path.name.encode()).digest()):
        with pypdfium2.PdfDocument(path) as document:
            counts[path] = len(document)
    for first in range(1, max(counts.values(), default=0) + 1, at_once):
        for path, count in counts.items():
            for page in range(first, min(first + at_once, count + 1)):
                yield PageName(path=path, page=page)


def level_scan(name: PageName, compass: Compass) -> LevelPage | None:
    """Return a page upright and level as ocr.readers.page makes it; None for a blank one.

    Raises:
        BadScan: see ocr.errors.
    """
    image = page_image(name.path, name.page)
    pixels, dpi = image.pixels, image.dpi
    if dpi > _FINEST_DPI:
        scale = _READING_DPI / dpi
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        dpi = _READING_DPI
    corners = find_sheet(pixels)
    sheet = pixels if corners is None else flattened(pixels, corners)
    sheet_resolution = dpi if corners is None else sheet_dpi(corners)
    if presence(sheet, sheet_resolution) is Presence.BLANK:
        return None
    return levelled(pixels, sheet_resolution, direction_of(reading_grey(sheet), compass), corners)


def drawn_grey(name: PageName) -> np.ndarray:
    """Return a born-digital page drawn at PRINT_DPI, grey."""
    with pypdfium2.PdfDocument(name.path) as document:
        bitmap = document[name.page - 1].render(scale=PRINT_DPI / 72, rev_byteorder=True)
        return reading_grey(np.asarray(bitmap.to_numpy(), dtype=np.uint8)[..., :3])
