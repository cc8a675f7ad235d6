"""Whether a JPEG 2000 picture may stay in PDF/A as it is.

Source: ISO 19005-2, 6.2.8.3; ISO/IEC 15444-1, annex I (boxes `ihdr`, `colr`, `bpcc`).
"""

from collections.abc import Iterator

_SUPER_BOXES = frozenset({b"jp2h"})
_ENUMERATED, _RESTRICTED_ICC = 1, 2
_SPACES = frozenset({16, 17, 18})
"""sRGB, grey, sYCC. CMYK (12) would need an output intent of its own."""
_MOST_BITS = 38


def fits_pdfa(data: bytes, *, has_space: bool) -> bool:
    """Whether PDF/A-2 allows the picture. `has_space`: the PDF itself names its colour space, so the file's does not
    count. Whatever is unusual is refused."""
    if not data.startswith(b"\x00\x00\x00\x0cjP  "):
        return False
    components, depths, spaces = 0, list[int](), list[bytes]()
    for name, body in _boxes(data):
        if name == b"ihdr" and len(body) >= 11:
            components = int.from_bytes(body[8:10])
            depths.append(body[10])
        elif name == b"colr" and len(body) >= 3:
            spaces.append(body)
        elif name in {b"bpcc", b"pclr", b"cdef"}:
            return False
    if components not in (1, 3) or any(not 0 <= (depth & 0x7F) < _MOST_BITS or depth == 0xFF for depth in depths):
        return False
    return len(spaces) == 1 and (has_space or _is_defined(spaces[0]))


def _is_defined(space: bytes) -> bool:
    if space[0] == _ENUMERATED:
        return int.from_bytes(space[3:7]) in _SPACES
    return space[0] == _RESTRICTED_ICC


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = len(data) if length == 0 else at + length
        if length in range(1, 8):
            return
        if name in _SUPER_BOXES:
            yield from _boxes(data[at + 8 : end])
        else:
            yield name, data[at + 8 : min(end, at + 8 + 64)]
        at = end
