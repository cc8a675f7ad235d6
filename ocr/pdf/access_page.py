"""Ways to show one level page, each with the bytes it takes, and the page of the access copy they become."""

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from ocr.lines import PageReading
from ocr.pdf.access_layers import Ink, Layers
from ocr.pdf.access_level import Levelling, Transform
from ocr.pdf.geometry import POINTS_PER_MM, Sheet
from ocr.pdf.jpeg import jpeg_raster
from ocr.pdf.pages import Placed, number
from ocr.pdf.pixels import bilevel_raster
from ocr.pdf.raster import Raster, add_raster
from ocr.pdf.text_layer import text_layer

Rgb = npt.NDArray[np.uint8]

_FONT = "F0"
_WHOLE = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Place = tuple[float, float, float, float, float, float]
"""Matrix from the unit square to the page, whose own sides are 1: its lower left corner is 0, 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One picture of a page, or ink of one colour put on through a stencil."""

    raster: Raster
    place: Place
    ink: tuple[int, int, int] | None = None
    """RGB; then the raster has one bit a pixel, and 0 is where ink goes. None: a picture."""


def layered_parts(layers: Layers, *, quality: int, photo_quality: int) -> tuple[Part, ...]:
    """Return the layers coded, in the order of painting."""
    width, height = layers.width, layers.height
    parts = [Part(raster=jpeg(layers.background, quality), place=_WHOLE)]
    for (left, top, right, bottom), pixels in layers.photos:
        place = ((right - left) / width, 0.0, 0.0, (bottom - top) / height, left / width, 1 - bottom / height)
        parts.append(Part(raster=jpeg(pixels, photo_quality), place=place))
    parts += [Part(raster=stencil(ink), place=_WHOLE, ink=ink.colour) for ink in layers.inks]
    return tuple(parts)


def picture_part(upright: Rgb, levelling: Levelling, quality: int) -> tuple[Part, ...]:
    """Return the upright page as one picture, levelled by how it is placed: its few pixels are not blurred twice."""
    height, width = upright.shape[:2]
    to_pixels = np.array([[width, 0, 0], [0, -height, height], [0, 0, 1]])
    to_page = np.array([[1 / levelling.width, 0, 0], [0, -1 / levelling.height, 1], [0, 0, 1]])
    return (Part(raster=jpeg(upright, quality), place=_place(to_page @ levelling.transform @ to_pixels)),)


def jpeg(pixels: Rgb, quality: int) -> Raster:
    """Return the picture as JPEG, in grey where it has no colour."""
    buffer = io.BytesIO()
    grey = np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 0], pixels[..., 2])
    image = Image.fromarray(pixels[..., 0] if grey else pixels)
    image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    raster = jpeg_raster(buffer.getvalue())
    assert raster is not None
    return raster


def stencil(ink: Ink) -> Raster:
    """Return the mask coded without loss: 0 where there is ink."""
    return bilevel_raster(Image.fromarray(~ink.mask))


def coded_bytes(parts: tuple[Part, ...]) -> int:
    """Return what the parts take in the file."""
    return sum(len(part.raster.coded) for part in parts)


def add_parts(pdf: pikepdf.Pdf, parts: tuple[Part, ...], reading: PageReading, font: pikepdf.Object) -> None:
    """Append a page of these parts, as large as the level reading says, under invisible text."""
    width, height = reading.width_mm * POINTS_PER_MM, reading.height_mm * POINTS_PER_MM
    objects, content = {}, []
    for index, part in enumerate(parts):
        objects[f"/Im{index}"] = add_raster(pdf, part.raster) if part.ink is None else _add_stencil(pdf, part.raster)
        a, b, c, d, e, f = part.place
        place = (a * width, b * height, c * width, d * height, e * width, f * height)
        colour = "" if part.ink is None else " ".join(number(value / 255) for value in part.ink) + " rg "
        content.append(f"q {colour}{' '.join(map(number, place))} cm /Im{index} Do Q\n")
    _append(pdf, (width, height), "".join(content), objects, reading, font)


def add_own_picture(
    pdf: pikepdf.Pdf,
    placed: Placed,
    upright: PageReading,
    levelling: Levelling,
    level: PageReading,
    font: pikepdf.Object,
) -> None:
    """Append a page that shows the scan's own picture, untouched: turned and levelled by how it is placed.

    `upright` is the reading as it came, `level` the one of the level page.
    """
    width, height = level.width_mm * POINTS_PER_MM, level.height_mm * POINTS_PER_MM
    sheet = Sheet(box=placed.visible_box, rotate=(placed.rotate + upright.rotation) % 360)
    across, down = levelling.width / width, levelling.height / height
    shown = (
        upright.width_mm * POINTS_PER_MM * across / sheet.width,
        upright.height_mm * POINTS_PER_MM * down / sheet.height,
    )
    to_pixels = np.diag([*shown, 1.0])
    to_points = np.array([[1 / across, 0, 0], [0, -1 / down, height], [0, 0, 1]])
    matrix = to_points @ levelling.transform @ to_pixels @ _displayed(sheet) @ _columns(placed.place)
    content = f"q {' '.join(map(number, _place(matrix)))} cm /Im0 Do Q\n"
    _append(pdf, (width, height), content, {"/Im0": placed.image}, level, font)


def _displayed(sheet: Sheet) -> Transform:
    """Return the transform from user space to the displayed page, y down from its top left corner."""
    x, y = sheet.point(0, 0)
    right, down = sheet.direction(1, 0), sheet.direction(0, 1)
    return np.linalg.inv(np.array([[right[0], down[0], x], [right[1], down[1], y], [0, 0, 1]]))


def _place(matrix: Transform) -> Place:
    a, c, e, b, d, f = (float(value) for value in matrix[:2].ravel())
    return a, b, c, d, e, f


def _columns(place: Place) -> Transform:
    a, b, c, d, e, f = place
    return np.array([[a, c, e], [b, d, f], [0, 0, 1]])


def _add_stencil(pdf: pikepdf.Pdf, raster: Raster) -> pikepdf.Object:
    """Add a picture through which the current colour is painted. Source: ISO 32000-1, 8.9.6.2."""
    image = add_raster(pdf, raster)
    del image.ColorSpace
    image.ImageMask = True
    image.Decode = Array([0, 1])
    return image


def _append(
    pdf: pikepdf.Pdf,
    size: tuple[float, float],
    content: str,
    objects: Mapping[str, pikepdf.Object],
    reading: PageReading,
    font: pikepdf.Object,
) -> None:
    box = (0.0, 0.0, *size)
    text = text_layer(reading, Sheet(box=box, rotate=0), _FONT)
    resources = Dictionary(XObject=Dictionary(dict(objects)))
    if text:
        resources.Font = Dictionary({f"/{_FONT}": font})
    coded = zlib.compress(content.encode("ascii") + text, 9)
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([pikepdf.Object.parse(number(edge).encode()) for edge in box]),
        Resources=resources,
        Contents=pdf.make_indirect(pikepdf.Stream(pdf, coded, Dictionary(Filter=Name.FlateDecode))),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
