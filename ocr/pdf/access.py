"""A scan and what was read on it -> its access copy: a small PDF/A-2b, upright and level, for the screen.

A page is shown in layers: print, seals and pen as masks of one colour each, coded without loss and never by symbols,
over the paper at low resolution. Where that is not smaller than the scan's own picture, or the scan is bilevel, the
picture itself is shown, turned and levelled by how it is placed. Blank backs are left out; page labels keep the
numbers of the paper. It has no legal value and can be made again at any time.

Source: ISO 19005-2 (PDF/A-2b); ITU-T T.6 (masks), T.81 (paper).
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from ocr.lines import PageReading
from ocr.pages.opened import complaints, opened_pdf
from ocr.pages.raster import PageImage, page_image
from ocr.pages.scan import Kind, kind_of
from ocr.pages.upright import turned
from ocr.pdf.access_layers import part
from ocr.pdf.access_level import level_pixels, level_reading, levelling_of
from ocr.pdf.access_page import Part, add_own_picture, add_parts, coded_bytes, layered_parts, picture_part
from ocr.pdf.document import NewDocument, check_placed, new_document
from ocr.pdf.files import file_raster
from ocr.pdf.own_picture import Carried, carry_page, whole_sheet
from ocr.pdf.pages import Placed
from ocr.pdf.raster import add_raster

BACKGROUND_DPI = 150.0
BACKGROUND_QUALITY = 45
PHOTO_QUALITY = 65
LEAST_MASK_DPI = 180.0
"""Coarser strokes fall apart into dots: such a page stays one picture."""
PICTURE_QUALITY = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCopy:
    """An access copy that was written (bản khai thác)."""

    page_count: int
    dropped: tuple[int, ...] = ()
    """Numbers of the blank pages left out, among those given, from 1."""


def compose_access(
    source: Path, pages: Sequence[PageReading], out: Path, *, title: str, created: datetime
) -> AccessCopy:
    """Write the access copy of the given pages of `source` to `out`, in the order given. Equal input, equal bytes.

    A paper without anything on it keeps its first page. `created` stands in the metadata, to the second.

    Raises:
        BadScan: the scan cannot be parsed.
        CannotCompose: there are no pages to compose, or what was read does not belong to the page.
        ScanUnavailable: the operating system refused to read the scan, or to write `out`, which may lie there half.
    """
    check_placed(source, pages)
    printed = [number for number, reading in enumerate(pages, start=1) if not reading.blank] or [1]
    kind = kind_of(source)
    opened = opened_pdf(source) if kind is Kind.PDF else nullcontext()
    with opened as scan, new_document(title, created) as copy:
        for reading in (pages[number - 1] for number in printed):
            with complaints(source, page=reading.page):
                image = page_image(source, reading.page)
                sized = _as_large_as(image, reading)
                _add_page(copy, image, _own_picture(copy.pdf, scan, source, kind, sized), sized)
        copy.pdf.Root.PageLabels = _labels(printed)
        copy.save(out)
    dropped = tuple(number for number in range(1, len(pages) + 1) if number not in printed)
    return AccessCopy(page_count=len(printed), dropped=dropped)


def _as_large_as(image: PageImage, reading: PageReading) -> PageReading:
    """Return the reading with the size of the sheet, whatever it was thought to be when it was read."""
    sides = image.width_mm, image.height_mm
    width_mm, height_mm = sides if reading.rotation % 180 == 0 else reversed(sides)
    return replace(reading, width_mm=width_mm, height_mm=height_mm)


def _own_picture(
    pdf: pikepdf.Pdf, scan: pikepdf.Pdf | None, source: Path, kind: Kind, reading: PageReading
) -> Placed | None:
    """Return the page's picture as the scan has it, or None if PDF/A cannot carry it or it is not all of the page."""
    if scan is not None:
        carried = carry_page(pdf, scan, source, reading.page)
        return carried.placed if isinstance(carried, Carried) and carried.sure else None
    raster = file_raster(source, kind, reading.page)
    return None if raster is None else whole_sheet(add_raster(pdf, raster), raster.orientation, reading)


def _add_page(copy: NewDocument, image: PageImage, own: Placed | None, reading: PageReading) -> None:
    upright = turned(image.pixels, reading.rotation)
    levelling = levelling_of(upright, reading.skew_degrees)
    level = level_reading(reading, levelling, upright)
    parts: tuple[Part, ...] = ()
    if own is None or not _is_bilevel(own):
        if image.dpi < LEAST_MASK_DPI:
            parts = picture_part(upright, levelling, PICTURE_QUALITY)
        else:
            layers = part(level_pixels(upright, levelling), image.dpi, background_dpi=BACKGROUND_DPI)
            parts = layered_parts(layers, quality=BACKGROUND_QUALITY, photo_quality=PHOTO_QUALITY)
    if own is not None and (not parts or _bytes_of(own) <= coded_bytes(parts)):
        add_own_picture(copy.pdf, own, reading, levelling, level, copy.font)
    else:
        add_parts(copy.pdf, parts, level, copy.font)


def _is_bilevel(own: Placed) -> bool:
    return bool(own.image.get("/ImageMask", False)) or own.image.get("/BitsPerComponent") == 1


def _bytes_of(own: Placed) -> int:
    return len(own.image.read_raw_bytes())


def _labels(numbers: Sequence[int]) -> pikepdf.Dictionary:
    """Return labels that give each page its number in the paper. Source: ISO 32000-1, 12.4.2."""
    entries: list[object] = []
    for index, number in enumerate(numbers):
        entries += [index, Dictionary(S=Name.D, St=number)]
    return Dictionary(Nums=Array(entries))
