"""A scan and what was read on it -> its legal copy: PDF/A-2b with the scan's own pictures under invisible text.

The pictures' bytes are those of the scan wherever PDF/A can carry them, else the same pixels coded without loss. A
page that is no single picture, or whose picture PDF/A refuses, is drawn and stored without loss, and a finding says
so. Nothing is resampled, turned or cleaned: rotation is said, not done.

Source: NĐ 30/2020/NĐ-CP, PL I, Phần II, Mục I (ND30-DIG-01 to 04); ISO 19005-2 (PDF/A-2b).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

from ocr.lines import Finding, PageReading
from ocr.pages.opened import complaints, opened_pdf
from ocr.pages.raster import page_image
from ocr.pages.scan import Kind, kind_of
from ocr.pdf.document import check_placed, new_document
from ocr.pdf.files import file_raster
from ocr.pdf.geometry import POINTS_PER_MM
from ocr.pdf.likeness import look_alike
from ocr.pdf.own_picture import Carried, carry_page, whole_sheet
from ocr.pdf.pages import Placed, add_page
from ocr.pdf.pixels import pixels_raster
from ocr.pdf.raster import add_raster


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A legal copy that was written."""

    page_count: int
    findings: tuple[Finding, ...]
    """What came up beyond the findings of the readings; pages as in the scan, from 1."""


def compose_legal(source: Path, pages: Sequence[PageReading], out: Path, *, title: str, created: datetime) -> Composed:
    """Write the legal copy of the given pages of `source` to `out`, in the order given. Equal input, equal bytes.

    `created` stands in its metadata, to the second.

    Raises:
        BadScan: the scan cannot be parsed.
        CannotCompose: there are no pages to compose, or what was read does not belong to the page.
        ScanUnavailable: the operating system refused to read the scan, or to write `out`, which may lie there half.
    """
    check_placed(source, pages)
    if kind_of(source) is Kind.PDF:
        return _from_pdf(source, pages, out, title, created)
    return _from_image_file(source, pages, out, title, created)


def _from_pdf(source: Path, pages: Sequence[PageReading], out: Path, title: str, created: datetime) -> Composed:
    drawn: dict[int, str] = {}
    while True:
        with opened_pdf(source) as scan, new_document(title, created) as copy:
            doubtful: list[tuple[int, PageReading]] = []
            findings: list[Finding] = []
            for place_in_copy, reading in enumerate(pages, start=1):
                with complaints(source, page=reading.page):
                    carried = drawn.get(reading.page) or carry_page(copy.pdf, scan, source, reading.page)
                    if isinstance(carried, Carried):
                        add_page(copy.pdf, carried.placed, reading, copy.font)
                        if not carried.sure:
                            doubtful.append((place_in_copy, reading))
                        continue
                add_page(copy.pdf, _draw(copy.pdf, source, reading), reading, copy.font)
                findings += _told(reading, why=carried)
            copy.save(out)
        unlike = [reading.page for at, reading in doubtful if not _shows_the_same(source, reading, out, at)]
        if not unlike:
            return Composed(page_count=len(pages), findings=tuple(findings))
        drawn |= dict.fromkeys(unlike, "placement")


def _from_image_file(source: Path, pages: Sequence[PageReading], out: Path, title: str, created: datetime) -> Composed:
    kind = kind_of(source)
    findings: list[Finding] = []
    with new_document(title, created) as copy:
        for reading in pages:
            raster = file_raster(source, kind, reading.page)
            if raster is None:
                placed = _draw(copy.pdf, source, reading)
                findings += _told(reading, why="pixels")
            else:
                image = add_raster(copy.pdf, raster)
                placed = whole_sheet(image, raster.orientation, reading)
            add_page(copy.pdf, placed, reading, copy.font)
        copy.save(out)
    return Composed(page_count=len(pages), findings=tuple(findings))


def _draw(pdf: pikepdf.Pdf, source: Path, reading: PageReading) -> Placed:
    """Return the page drawn as it is displayed."""
    drawing = page_image(source, reading.page)
    raster = pixels_raster(Image.fromarray(drawing.pixels))
    assert raster is not None
    box = (0.0, 0.0, drawing.width_mm * POINTS_PER_MM, drawing.height_mm * POINTS_PER_MM)
    place = (box[2], 0.0, 0.0, box[3], 0.0, 0.0)
    return Placed(image=add_raster(pdf, raster), place=place, media_box=box, visible_box=box, rotate=0)


def _told(reading: PageReading, *, why: str) -> list[Finding]:
    """Return the finding that the page was drawn, unless reading said already what it comes from."""
    if any(finding.code == "not_single_picture" for finding in reading.findings):
        return []
    return [Finding(code="rendered_page", page=reading.page, detail={"why": why})]


def _shows_the_same(source: Path, reading: PageReading, out: Path, place_in_copy: int) -> bool:
    scan, copy = page_image(source, reading.page), page_image(out, place_in_copy)
    return look_alike(np.rot90(scan.pixels, -reading.rotation // 90), copy.pixels)
