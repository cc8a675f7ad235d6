"""A page of a scan -> its lines in reading order.

Lines are sought and read on the page turned upright and levelled; they are reported where they stand on the
upright page as it was scanned.
"""

import functools
import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ocr.lines import Corners, Line, PageReading, ReadBy
from ocr.pages.barcodes import separator_payload
from ocr.pages.blank import Presence, presence
from ocr.pages.clean import reading_grey
from ocr.pages.glance import Glance, glance_at
from ocr.pages.look import NOTHING, look_of
from ocr.pages.perspective import find_sheet, flattened, sheet_dpi
from ocr.pages.quality import doubts, faint_page, limits, measured, photograph_findings, quality_findings
from ocr.pages.raster import PageImage, page_image
from ocr.pages.upright import Compass, Direction, direction_of, turned
from ocr.readers.agreement import AgreeingReader
from ocr.readers.cells import split_at_rules
from ocr.readers.crops import bounding_box
from ocr.readers.level import LevelPage, levelled
from ocr.readers.named import Choice, chosen, make_finder, make_reader
from ocr.readers.order import reading_order
from ocr.readers.penned import PennedReader
from ocr.readers.ports import LineFinder, LineReader, Quad, Reading
from ocr.readers.red import read_red
from ocr.readers.trueocr import TrueocrCompass
from ocr.readers.word_pairs import word_pairs

log = logging.getLogger(__name__)

_FINEST_DPI = 400.0
_READING_DPI = 300.0
"""Finer scans are read at this."""
_SHOWS_THROUGH = 0.5
"""Mean confidence below which the lines of a faint page are no print of this side that anybody can read."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sheet:
    """The paper on a picture."""

    pixels: npt.NDArray[np.uint8]
    """Seen from above."""
    dpi: float
    corners: Corners | None
    """On the picture; None: the picture is the sheet."""
    seen: Presence


class PageReader:
    """Reads pages. One for a process: not to be shared between threads."""

    def __init__(
        self, finder: LineFinder, reader: LineReader, compass: Compass, *, read_by: ReadBy | None = None
    ) -> None:
        self._finder = finder
        self._reader = reader
        self._compass = compass
        self._read_by = read_by

    def read(self, path: Path, page: int) -> PageReading:
        """Read page `page` (from 1) of a file. Safe to repeat: the same bytes give the same reading.

        Raises:
            BadScan: see ocr.errors.
            ScanUnavailable: the operating system refused.
        """
        return self.read_image(page_image(path, page), page)

    def read_image(self, image: PageImage, page: int) -> PageReading:
        """Read one page image; `page` is only repeated in the answer."""
        glance = glance_at(image.pixels, image.dpi)
        if (separator := separator_payload(glance.pixels, glance.dpi)) is not None:
            divider = _report(image, page, rotation=0, skew=0.0, lines=(), blank=False)
            return replace(divider, findings=(), separator=separator)
        scale = _READING_DPI / image.dpi if image.dpi > _FINEST_DPI else 1.0
        pixels = _scaled(image.pixels, scale)
        sheet = _sheet_on(pixels, image.dpi * scale, glance)
        if sheet.seen is Presence.BLANK:
            return replace(_report(image, page, rotation=0, skew=0.0, lines=(), blank=True), look=NOTHING)
        direction = direction_of(reading_grey(sheet.pixels), self._compass)
        level = levelled(pixels, sheet.dpi, direction, sheet.corners)
        pairs = self._read_lines(level)
        sure = float(np.mean([reading.confidence for _, reading in pairs] or [0.0]))
        faint = sheet.seen is Presence.DOUBTFUL and sure < _SHOWS_THROUGH
        lines = () if faint else _ordered(pairs, level, scale)
        log.debug("page read", extra={"page": page, "line_count": len(lines), "faint": faint})
        reading = _report(image, page, rotation=level.rotation, skew=level.skew_degrees, lines=lines, blank=False)
        reading = replace(reading, read_by=self._read_by)
        return _judged(reading, sheet.pixels, direction, level, scale, faint=faint)

    def _read_lines(self, level: LevelPage) -> list[tuple[Quad, Reading]]:
        quads = split_at_rules(self._finder.find(level.grey), level.rules)
        readings = self._reader.read(level.grey, quads)
        pairs = [(quad, reading) for quad, reading in zip(quads, readings, strict=True) if has_substance(reading.text)]
        known = [quad for quad, _ in pairs]
        return pairs + read_red(level.red, level.dpi, known, self._finder, self._reader)


def _sheet_on(pixels: npt.NDArray[np.uint8], dpi: float, glance: Glance) -> _Sheet:
    """Return the sheet: the whole picture too where an empty light area has something beside it, a box on a page."""
    corners = find_sheet(pixels) if find_sheet(glance.pixels) is not None else None
    seen = presence(glance.pixels, glance.dpi)
    if corners is not None:
        flat = flattened(pixels, corners)
        found = _Sheet(pixels=flat, dpi=sheet_dpi(corners), corners=corners, seen=presence(flat, sheet_dpi(corners)))
        if found.seen is not Presence.BLANK or seen is Presence.BLANK:
            return found
    return _Sheet(pixels=pixels, dpi=dpi, corners=None, seen=seen)


def _judged(
    reading: PageReading,
    pixels: npt.NDArray[np.uint8],
    direction: Direction,
    level: LevelPage,
    scale: float,
    *,
    faint: bool,
) -> PageReading:
    """Return the reading with what is to be said of the picture; `pixels` are the sheet's, not turned yet.

    `faint` says so and no more: measures of marks that nobody can read, and their direction, tell nothing of the scan.
    """
    quality = measured(turned(pixels, direction.rotation), level.dpi)
    dpi = reading.dpi if level.corners is None else level.dpi / scale
    skew = level.skew_degrees if level.corners is None else 0.0
    if faint:
        more = [faint_page(reading.page)]
    else:
        more = [*doubts(direction, reading.page), *quality_findings(quality, dpi, skew, reading.page, limits())]
    if level.corners is not None:
        more += photograph_findings(reading, dpi)
    return replace(
        reading,
        rotation_confidence=round(direction.confidence, 4),
        findings=(*reading.findings, *more),
        corners=None if level.corners is None else _unscaled(level.corners, scale),
        quality=quality,
        look=look_of(level.plain),
    )


def _unscaled(corners: Corners, scale: float) -> Corners:
    a, b, c, d = ((x / scale, y / scale) for x, y in corners)
    return a, b, c, d


def _scaled(pixels: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.uint8]:
    if scale == 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def has_substance(text: str) -> bool:
    """Whether a reading holds a letter or a digit: rules, leaders and specks hold none."""
    return any(unicodedata.category(letter)[0] in "LN" for letter in text)


def _ordered(pairs: Sequence[tuple[Quad, Reading]], level: LevelPage, scale: float) -> tuple[Line, ...]:
    height, width = level.grey.shape
    boxes = [bounding_box(quad, width, height) for quad, _ in pairs]
    order = reading_order(boxes, [reading.text for _, reading in pairs], width)
    across, down = (round(side / scale) for side in level.picture_size)
    lines = []
    for index in order:
        quad, reading = pairs[index]
        corners = level.points_on_picture(np.array(quad, dtype=np.float64)) / scale
        place = tuple((float(x), float(y)) for x, y in corners)
        box = bounding_box((place[0], place[1], place[2], place[3]), across, down)
        sure = round(reading.confidence, 4)
        lines.append(Line(text=reading.text, box=box, confidence=sure, lean_degrees=level.lean_of(quad)))
    return tuple(lines)


def _report(
    image: PageImage, page: int, *, rotation: int, skew: float, lines: tuple[Line, ...], blank: bool
) -> PageReading:
    height, width = image.pixels.shape[:2]
    width_mm, height_mm = image.width_mm, image.height_mm
    if rotation in {90, 270}:
        width, height, width_mm, height_mm = height, width, height_mm, width_mm
    return PageReading(
        page=page,
        width_px=width,
        height_px=height,
        dpi=image.dpi,
        width_mm=width_mm,
        height_mm=height_mm,
        rotation=rotation,
        skew_degrees=skew,
        blank=blank,
        lines=lines,
        findings=image.findings,
    )


def page_reader(mode: str) -> PageReader:
    """Return this process's reader for a mode, its models loaded on first use (about 3 s, 0.5 to 0.9 GB).

    Raises:
        ReaderUnavailable: a model is missing or altered.
        AlphabetIncomplete: a reader cannot write Vietnamese.
        ValueError: no such mode.
    """
    return _page_reader(chosen(mode))


@functools.cache
def _page_reader(choice: Choice) -> PageReader:
    # One thread a process: processes share out the cores.
    cv2.setNumThreads(1)
    return PageReader(make_finder(choice.finder), reader_of(choice), TrueocrCompass(), read_by=choice.read_by)


def reader_of(choice: Choice) -> LineReader:
    """Return a new reader: the one that was chosen, or the two or three as one. Raises: see page_reader."""
    first, *others = [make_reader(name) for name in choice.readers]
    if not others:
        return first
    agreeing = AgreeingReader(first, others[0], word_pairs())
    if len(others) == 1:
        return agreeing
    return PennedReader(agreeing, AgreeingReader(others[1], others[0], word_pairs()))


def read_page(path: Path, page: int, mode: str) -> PageReading:
    """Read one page with this process's reader: the function that a process pool calls. See PageReader.read."""
    return page_reader(mode).read(path, page)
