"""How large a packed picture is by its own header, which a renderer believes, whatever the PDF says of it."""

import io
import struct
from contextlib import suppress
from pathlib import Path

import pikepdf
from PIL.JpegImagePlugin import JpegImageFile

from ocr.errors import TooLarge
from ocr.pages.content import filters_of, unpacked_head
from ocr.pages.image import MALFORMED_PICTURE
from ocr.pages.opened import PIXEL_LIMIT

_HEAD_BYTES = 16 << 20
"""Profiles and previews may stand before the size."""
_SIZ = b"\xff\x4f\xff\x51"
"""What the size of a JPEG 2000 follows. Source: ISO/IEC 15444-1, A.5.1."""


def refuse_huge(picture: pikepdf.Stream, path: Path) -> None:
    """Raise TooLarge where the PDF, or the picture's own data, gives it more pixels than we decode."""
    pixels = max(int(picture.get("/Width", 0)) * int(picture.get("/Height", 0)), coded_pixels(picture))
    if pixels > PIXEL_LIMIT:
        raise TooLarge(path, what="pixels", found=pixels, limit=PIXEL_LIMIT)


def coded_pixels(picture: pikepdf.Stream) -> int:
    """Return width times height as a JPEG or JPEG 2000 has them in its data; 0 for other pictures, or if none is found.

    A progressive JPEG is kept whole while it is unpacked: a small one that says 65,000 by 65,000 takes 25 gigabytes.
    """
    last = (filters_of(picture) or [""])[-1]
    if last in ("/DCTDecode", "/DCT"):
        return _jpeg_pixels(unpacked_head(picture, limit=_HEAD_BYTES))
    if last == "/JPXDecode":
        return _jpeg_2000_pixels(unpacked_head(picture, limit=_HEAD_BYTES))
    return 0


def _jpeg_pixels(head: bytes) -> int:
    with suppress(*MALFORMED_PICTURE, OSError):
        # Not Image.open, which has a limit of its own.
        width, height = JpegImageFile(io.BytesIO(head)).size
        return width * height
    return 0


def _jpeg_2000_pixels(head: bytes) -> int:
    _, found, rest = head.partition(_SIZ)
    if not found or len(rest) < 20:
        return 0
    _, _, right, bottom, left, top = struct.unpack(">HHIIII", rest[:20])
    return int(max(0, right - left) * max(0, bottom - top))
