"""A page of an image file -> a picture of a PDF: the file's own bytes if PDF reads them, else the same pixels."""

import dataclasses
from pathlib import Path

from PIL import Image, TiffImagePlugin

from ocr.errors import PageMissing
from ocr.pages.image import opened_picture
from ocr.pages.scan import Kind
from ocr.pdf.jpeg import jpeg_raster
from ocr.pdf.pixels import pixels_raster
from ocr.pdf.png import png_raster
from ocr.pdf.raster import Raster
from ocr.pdf.tiff import tiff_raster

_ORIENTATION, _BITS, _SUBFILE_TYPE = 274, 258, 254
_REDUCED = 1
_CMYK = 4


def file_raster(path: Path, kind: Kind, page: int) -> Raster | None:
    """Return page `page` (from 1) of a TIFF, JPEG or PNG, or None if PDF/A has no place for its kind of pixel.

    Raises:
        BadScan: Damaged or PageMissing.
        ScanUnavailable: the operating system refused.
    """
    with opened_picture(path, page=page) as image:
        _seek(image, path, page)
        found = _own_bytes(image, path, kind) or _same_pixels(image)
    if found is None or (found.components == _CMYK and not _is_defined(found)):
        return None
    return found


def _is_defined(raster: Raster) -> bool:
    # Ink without a profile has no colour that PDF/A could rely on.
    return raster.profile is not None and raster.profile[16:20] == b"CMYK"


def _own_bytes(image: Image.Image, path: Path, kind: Kind) -> Raster | None:
    profile = image.info.get("icc_profile")
    profile = profile if isinstance(profile, bytes) else None
    if kind is Kind.TIFF:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        return tiff_raster(path, image.tag_v2)
    data = path.read_bytes()
    raster = jpeg_raster(data, profile=profile) if kind is Kind.JPEG else png_raster(data, profile=profile)
    return None if raster is None else dataclasses.replace(raster, orientation=_orientation(image))


def _same_pixels(image: Image.Image) -> Raster | None:
    if _is_deep(image):
        return None
    orientation = _orientation(image)
    image.load()
    raster = pixels_raster(image)
    if raster is None:
        return None
    # Pillow turns TIFF pages while it decodes them.
    turned = isinstance(image, TiffImagePlugin.TiffImageFile) and orientation != 1
    return raster if turned else dataclasses.replace(raster, orientation=orientation)


def _is_deep(image: Image.Image) -> bool:
    """Whether colours have 16 bits, of which Pillow keeps 8."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = image.tag_v2.get(_BITS, (1,))
        return image.mode in {"RGB", "RGBA", "LA"} and max(bits) > 8
    return False


def _orientation(image: Image.Image) -> int:
    value = image.getexif().get(_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _seek(image: Image.Image, path: Path, page: int) -> None:
    """Go to a page; thumbnails kept beside TIFF pages do not count, as in ocr.pages.image."""
    frame, found = 0, 0
    while True:
        try:
            image.seek(frame)
        except EOFError:
            raise PageMissing(path, page, found) from None
        reduced = isinstance(image, TiffImagePlugin.TiffImageFile) and frame and image.tag_v2.get(_SUBFILE_TYPE, 0)
        if not (isinstance(reduced, int) and reduced & _REDUCED):
            found += 1
        if found == page:
            return
        frame += 1
