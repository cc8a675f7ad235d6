"""A page of a scan -> its own picture in another document, in the place it has on the page."""

from dataclasses import dataclass
from pathlib import Path

import pikepdf

from ocr.errors import PageMissing
from ocr.lines import PageReading
from ocr.pages.overlay import keep_printed
from ocr.pages.picture import only_picture, rotation_said
from ocr.pdf.carried import carry_picture, picture_place
from ocr.pdf.geometry import POINTS_PER_MM, Box
from ocr.pdf.pages import Placed, upright_place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carried:
    """A page's own picture."""

    placed: Placed
    sure: bool
    """Whether the picture alone must look like the page; if not, the copy is to be compared with it."""


def carry_page(pdf: pikepdf.Pdf, scan: pikepdf.Pdf, source: Path, page: int) -> Carried | str:
    """Return the picture of page `page` (from 1) as part of `pdf`, or why it cannot be carried: `several_things`,
    `notes` or `pixels`. The scan must stay open until `pdf` is saved.

    Raises:
        PageMissing: the scan has fewer pages.
    """
    if not 1 <= page <= len(scan.pages):
        raise PageMissing(source, page, len(scan.pages))
    sheet = scan.pages[page - 1]
    picture = only_picture(sheet)
    if picture is None:
        return "several_things"
    if keep_printed(sheet):
        return "notes"
    place = picture_place(sheet)
    image = carry_picture(pdf, picture.image)
    if place is None or image is None:
        return "pixels"
    placed = Placed(
        image=image,
        place=place,
        media_box=_box(sheet.mediabox),
        visible_box=_box(sheet.cropbox),
        rotate=rotation_said(sheet.obj),
        unit=float(sheet.obj.get("/UserUnit", 1.0)),
    )
    return Carried(placed=placed, sure=picture.fills_page)


def whole_sheet(image: pikepdf.Object, orientation: int, reading: PageReading) -> Placed:
    """Return a picture that is the whole sheet, in the size that was read. `orientation` is as Exif numbers it."""
    _, turns = upright_place(1, 1, orientation)
    width, height = reading.width_mm * POINTS_PER_MM, reading.height_mm * POINTS_PER_MM
    if (turns + reading.rotation) % 180:
        width, height = height, width
    place, turns = upright_place(width, height, orientation)
    box = (0.0, 0.0, width, height)
    return Placed(image=image, place=place, media_box=box, visible_box=box, rotate=turns)


def _box(edges: pikepdf.Array) -> Box:
    left, bottom, right, top = (float(edge) for edge in edges)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
