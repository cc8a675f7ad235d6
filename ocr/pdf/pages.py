"""One page of the legal copy: a picture, its place, and the invisible text over it."""

import zlib
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name

from ocr.lines import PageReading
from ocr.pdf.geometry import Box, Matrix, Sheet
from ocr.pdf.text_layer import text_layer

_FONT = "F0"
_PICTURE = "Im0"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """A picture of the new document and the page it makes."""

    image: pikepdf.Object
    place: Matrix
    """From the unit square to user space."""
    media_box: Box
    visible_box: Box
    """Crop box; equal to the media box if there is none."""
    rotate: int
    """/Rotate that shows the page as its file does; what reading found comes on top."""
    unit: float = 1.0
    """/UserUnit."""


def add_page(pdf: pikepdf.Pdf, placed: Placed, reading: PageReading, font: pikepdf.Object) -> None:
    """Append the page, upright as it was read."""
    rotate = (placed.rotate + reading.rotation) % 360
    sheet = Sheet(box=placed.visible_box, rotate=rotate)
    text = text_layer(reading, sheet, _FONT)
    resources = Dictionary(XObject=Dictionary({f"/{_PICTURE}": placed.image}))
    if text:
        resources.Font = Dictionary({f"/{_FONT}": font})
    place = " ".join(number(value) for value in placed.place)
    content = f"q {place} cm /{_PICTURE} Do Q\n".encode("ascii") + text
    page = Dictionary(
        Type=Name.Page,
        MediaBox=_array(placed.media_box),
        Resources=resources,
        Contents=pdf.make_indirect(pikepdf.Stream(pdf, zlib.compress(content, 9), Dictionary(Filter=Name.FlateDecode))),
    )
    if placed.visible_box != placed.media_box:
        page.CropBox = _array(placed.visible_box)
    if rotate:
        page.Rotate = rotate
    if placed.unit != 1.0:
        page.UserUnit = placed.unit
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def upright_place(width: float, height: float, orientation: int) -> tuple[Matrix, int]:
    """Return the matrix that fills a page of that size with a picture and the /Rotate for display, given the
    picture's Exif orientation. `width` and `height` are those of the picture as stored."""
    turns = {1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}[orientation]
    if orientation in (2, 4, 5, 7):
        return (-width, 0, 0, height, width, 0), turns
    return (width, 0, 0, height, 0, 0), turns


def number(value: float) -> str:
    """Return a number as PDF writes it, to a ten-thousandth of a point."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= 0.00005 else "0"


def _array(box: Box) -> pikepdf.Array:
    return Array([pikepdf.Object.parse(number(edge).encode()) for edge in box])
