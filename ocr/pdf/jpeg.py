"""A JPEG file -> the same bytes as a picture of a PDF.

Source: ITU-T T.81, annex B; ISO 32000-1, 7.4.8 (DCTDecode); Adobe Technical Note 5116 (APP14).
"""

import dataclasses
from collections.abc import Iterator

from ocr.pdf.raster import Raster

_HUFFMAN_FRAMES = (0xC0, 0xC1, 0xC2)
"""Baseline, extended, progressive. Arithmetic coding and lossless frames are not in DCTDecode."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END, _ADOBE, _TEM = 0xDA, 0xD9, 0xEE, 0x01
_ALONE = frozenset({_TEM, 0xD8, *range(0xD0, 0xD8)})


def jpeg_raster(data: bytes, *, profile: bytes | None = None, is_rgb: bool = False) -> Raster | None:
    """Return the picture with the file's own bytes, or None if PDF cannot carry this kind of JPEG.

    `is_rgb` says that three components are red, green and blue where the JPEG itself does not tell.
    """
    frame: Raster | None = None
    adobe: int | None = None
    letters = b""
    for marker, body in _segments(data):
        if marker in _FRAMES:
            frame, letters = _frame(marker, body, data), body[6::3]
        elif marker == _ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
            adobe = body[11]
    if frame is None:
        return None
    parameters: dict[str, int | bool] = {}
    if adobe is None and frame.components == 3 and (is_rgb or letters == b"RGB"):
        parameters = {"ColorTransform": 0}
    inverted = frame.components == 4 and adobe is not None
    return dataclasses.replace(frame, parameters=parameters, inverted=inverted, profile=profile)


def _frame(marker: int, body: bytes, data: bytes) -> Raster | None:
    if marker not in _HUFFMAN_FRAMES or len(body) < 6 or body[0] != 8 or body[5] not in (1, 3, 4):
        return None
    height, width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
    if height == 0 or width == 0:
        return None
    return Raster(width=width, height=height, bits=8, components=body[5], coding="DCTDecode", coded=data)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and body of each segment before the first scan."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _ALONE:
            at += 2
            continue
        if marker in (_START_OF_SCAN, _END):
            return
        length = int.from_bytes(data[at + 2 : at + 4])
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length
