"""A page of a TIFF file -> its own coded bytes as a picture of a PDF, where it is one strip that PDF understands.

Source: TIFF 6.0, sections 8, 10, 11 and 18; TIFF Technical Note 2 (JPEG); ISO 32000-1, 7.4.6 and 7.4.8.
"""

import dataclasses
from pathlib import Path

from PIL import TiffImagePlugin

from ocr.pdf.jpeg import jpeg_raster
from ocr.pdf.pixels import group4_raster
from ocr.pdf.raster import Raster

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 256, 257, 258, 259, 262, 266
_STRIP_OFFSETS, _STRIP_BYTES, _JPEG_TABLES, _ORIENTATION, _SAMPLES, _PROFILE = 273, 279, 347, 274, 277, 34675
_GROUP_4, _JPEG = 4, 7
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_LEAST_BIT_FIRST = 2
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def tiff_raster(path: Path, tags: TiffImagePlugin.ImageFileDirectory_v2) -> Raster | None:
    """Return the picture that `tags` describe with the file's own bytes, or None if it must be decoded and coded
    anew. Reads no more than the page's one strip."""
    offsets, lengths = tags.get(_STRIP_OFFSETS, ()), tags.get(_STRIP_BYTES, ())
    if len(offsets) != 1 or len(lengths) != 1 or tags.get(_COMPRESSION) not in (_GROUP_4, _JPEG):
        return None
    with path.open("rb") as file:
        file.seek(offsets[0])
        strip = file.read(lengths[0])
    if len(strip) != lengths[0]:
        return None
    raster = _group4(strip, tags) if tags[_COMPRESSION] == _GROUP_4 else _jpeg(strip, tags)
    return None if raster is None else dataclasses.replace(raster, orientation=int(tags.get(_ORIENTATION, 1)))


def _group4(strip: bytes, tags: TiffImagePlugin.ImageFileDirectory_v2) -> Raster | None:
    if tags.get(_SAMPLES, 1) != 1 or tags.get(_PHOTOMETRIC) not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO):
        return None
    if tags.get(_FILL_ORDER, 1) == _LEAST_BIT_FIRST:
        strip = strip.translate(_REVERSED)
    return group4_raster(strip, tags[_WIDTH], tags[_HEIGHT], black_is_zero=tags[_PHOTOMETRIC] == _BLACK_IS_ZERO)


def _jpeg(strip: bytes, tags: TiffImagePlugin.ImageFileDirectory_v2) -> Raster | None:
    tables = tags.get(_JPEG_TABLES, b"")
    # Both are whole JPEG streams; the tables go between the strip's first marker and the rest.
    joined = strip[:2] + tables[2:-2] + strip[2:] if tables else strip
    profile = tags.get(_PROFILE)
    raster = jpeg_raster(
        joined,
        profile=profile if isinstance(profile, bytes) else None,
        is_rgb=tags.get(_PHOTOMETRIC) == _RGB,
    )
    if raster is None or (raster.width, raster.height) != (tags[_WIDTH], tags[_HEIGHT]):
        return None
    return raster
