"""Decoded pixels -> a picture of a PDF, without loss: bilevel as CCITT Group 4, all else with PNG's compression."""

import dataclasses
import io

import numpy as np
from PIL import Image

from ocr.pdf.png import png_raster
from ocr.pdf.raster import Raster

_STRIP_OFFSETS, _STRIP_BYTES, _PHOTOMETRIC = 273, 279, 262
_BLACK_IS_ZERO = 1
_ONE_STRIP = 1 << 30
_EFFORT = 6
_OPAQUE = 255


def pixels_raster(image: Image.Image) -> Raster | None:
    """Return the image as a picture, pixel for pixel, or None if its kind of pixel has no place in PDF/A."""
    profile = image.info.get("icc_profile")
    profile = profile if isinstance(profile, bytes) else None
    if image.has_transparency_data:
        return _with_opacity(image, profile)
    if image.mode == "1":
        return bilevel_raster(image)
    if image.mode in {"L", "RGB", "P"}:
        return _through_png(image, profile)
    if image.mode.startswith("I;16"):
        return _through_png(Image.fromarray(np.asarray(image).astype(np.uint16)), profile)
    return None


def _with_opacity(image: Image.Image, profile: bytes | None) -> Raster | None:
    if image.mode not in {"LA", "RGBA", "L", "RGB", "P", "PA"}:
        return None
    full = image if image.mode in {"LA", "RGBA"} else image.convert("RGBA")
    alpha = full.getchannel("A")
    colour = _through_png(full.convert(full.mode[:-1]), profile)
    if colour is None or alpha.getextrema() == (_OPAQUE, _OPAQUE):
        return colour
    return dataclasses.replace(colour, opacity=_through_png(alpha, None))


def _through_png(image: Image.Image, profile: bytes | None) -> Raster | None:
    buffer = io.BytesIO()
    plain = image.copy()
    plain.info.clear()
    plain.save(buffer, "PNG", compress_level=_EFFORT)
    return png_raster(buffer.getvalue(), profile=profile)


def bilevel_raster(image: Image.Image) -> Raster:
    """Return a one-bit image coded as CCITT Group 4. Source: ITU-T T.6; ISO 32000-1, 7.4.6."""
    buffer = io.BytesIO()
    plain = image.copy()
    plain.info.clear()
    plain.save(buffer, "TIFF", compression="group4", strip_size=_ONE_STRIP)
    with Image.open(buffer, formats=("TIFF",)) as coded:
        tags = coded.tag_v2  # type: ignore[attr-defined]
        start, length, photometric = tags[_STRIP_OFFSETS][0], tags[_STRIP_BYTES][0], tags[_PHOTOMETRIC]
    return group4_raster(
        buffer.getvalue()[start : start + length],
        image.width,
        image.height,
        black_is_zero=photometric == _BLACK_IS_ZERO,
    )


def group4_raster(coded: bytes, width: int, height: int, *, black_is_zero: bool) -> Raster:
    """Return Group 4 data as a picture. `black_is_zero`: what the code calls black is a 1, which is white."""
    return Raster(
        width=width,
        height=height,
        bits=1,
        components=1,
        coding="CCITTFaxDecode",
        coded=coded,
        parameters={"K": -1, "Columns": width, "Rows": height, "BlackIs1": black_is_zero},
    )
