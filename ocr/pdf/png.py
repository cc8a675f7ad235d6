"""A PNG file -> its own compressed pixels as a picture of a PDF.

Source: ISO/IEC 15948 (PNG), 11.2; ISO 32000-1, 7.4.4.4 (PNG predictors).
"""

from collections.abc import Iterator

from ocr.pages.content import unpacked_size
from ocr.pdf.raster import Raster

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE = 0, 2, 3
_PNG_PREDICTORS = 15


def png_raster(data: bytes, *, profile: bytes | None = None) -> Raster | None:
    """Return the picture with the file's own compressed bytes, or None where PDF has no such pixels: interlaced or
    with transparency; or where there are more of them than the header says, which every viewer would unpack."""
    chunks: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    for name, body in _chunks(data):
        if name == b"IDAT":
            pixels.append(body)
        else:
            chunks.setdefault(name, body)
    header = chunks.get(b"IHDR", b"")
    if len(header) != 13 or not pixels or b"tRNS" in chunks:
        return None
    bits, kind, interlaced = header[8], header[9], header[12]
    palette = chunks.get(b"PLTE") if kind == _PALETTE else None
    if interlaced or kind not in (_GREY, _RGB, _PALETTE) or (kind == _PALETTE and not palette):
        return None
    samples = 3 if kind == _RGB else 1
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    coded = b"".join(pixels)
    size = height * (1 + (width * samples * bits + 7) // 8)
    if unpacked_size(coded, 1, limit=size) > size:
        return None
    return Raster(
        width=width,
        height=height,
        bits=bits,
        components=1 if kind == _GREY else 3,
        coding="FlateDecode",
        coded=coded,
        parameters={"Predictor": _PNG_PREDICTORS, "Colors": samples, "BitsPerComponent": bits, "Columns": width},
        palette=palette,
        profile=profile,
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        yield name, data[at + 8 : at + 8 + length]
        at += length + 12
        if name == b"IEND":
            return
