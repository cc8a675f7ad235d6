"""A PDF page -> the one picture it shows, or that it shows something else.

Scanners write pages that are one picture, perhaps under an invisible text layer. Their picture is the
scan itself, and its resolution is the page's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pikepdf

from ocr.pages.content import PAINT, SHOW_TEXT, bounded_bytes, drawn_objects, instructions

Matrix = tuple[float, float, float, float, float, float]

_CONTENT_BYTES = 4_000_000
_DEPTH = 4
_INVISIBLE = 3
_COVERED = 0.5
_SPARE_BYTES = 1 << 20
"""Scanners append line ends and fill whole strips."""
_MOST_CHANNELS = 32
"""DeviceN, by its limit in ISO 32000-1, annex C."""
_OWN_SPACES = frozenset({"/DeviceGray", "/CalGray", "/DeviceRGB", "/CalRGB", "/ICCBased", "/Indexed"})
_PARENTS = 32
_EDGE_TO_EDGE = 0.003
"""Share of a page's side: 0.9 mm of A4. Scanners round the page box."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """The only picture of a page, as it is placed there."""

    image: pikepdf.Stream
    """The image XObject, a stream."""
    width_px: int
    height_px: int
    dpi_across: float
    """Along the page's width before /Rotate, in dots per inch of user space (UserUnit left out)."""
    dpi_down: float
    bits: int
    """Bits a colour component: 1 for bilevel."""
    fills_page: bool
    """Upright and edge to edge: its own pixels are the page, but for annotations and /Rotate."""
    channels: int | None
    """1 grey, 3 colour, 4 CMYK; None: it cannot be told."""
    is_plain: bool
    """Its values are light, grey or RGB: inks and Lab have to be drawn to be seen right."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """One thing painted: a picture with its place, or anything else."""

    image: pikepdf.Stream | None
    place: Matrix


def only_picture(page: pikepdf.Page) -> Picture | None:
    """Return the picture that is all the page shows, or None. Annotations are not looked at."""
    seen: list[_Seen] = []
    for thing in _painted(page.obj, page.obj.get("/Contents"), (1, 0, 0, 1, 0, 0), _DEPTH):
        if thing is None or (thing.image is not None and any(other.image is not None for other in seen)):
            return None
        seen.append(thing)
    # What is painted before a picture lies beneath it.
    if not seen or seen[-1].image is None:
        return None
    return _measured(page, seen[-1])


def _measured(page: pikepdf.Page, seen: _Seen) -> Picture | None:
    image = seen.image
    assert image is not None
    a, b, c, d = seen.place[:4]
    turned = abs(a) + abs(d) < abs(b) + abs(c)
    width_pt, height_pt = (abs(c), abs(b)) if turned else (abs(a), abs(d))
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    area = abs((right - left) * (top - bottom))
    width_px, height_px = int(image.get("/Width", 0)), int(image.get("/Height", 0))
    if min(width_pt, height_pt, area, width_px, height_px) <= 0 or width_pt * height_pt < _COVERED * area:
        return None
    edges = (left - seen.place[4], bottom - seen.place[5], seen.place[4] + a - right, seen.place[5] + d - top)
    plain = not any(image.get(key) is not None for key in ("/SMask", "/Mask", "/Decode", "/ImageMask"))
    across, down = (height_px, width_px) if turned else (width_px, height_px)
    return Picture(
        image=image,
        width_px=width_px,
        height_px=height_px,
        dpi_across=across * 72 / width_pt,
        dpi_down=down * 72 / height_pt,
        bits=1 if bool(image.get("/ImageMask", False)) else int(image.get("/BitsPerComponent", 8)),
        fills_page=plain and a > 0 and d > 0 and all(abs(edge) <= _EDGE_TO_EDGE * max(a, d) for edge in edges),
        channels=_channels(image.get("/ColorSpace")),
        is_plain=_is_plain(image),
    )


def picture_bytes(image: pikepdf.Stream) -> int:
    """Return how many bytes the pixels of a picture take at most, by what it says of itself."""
    width, height = int(image.get("/Width", 0)), int(image.get("/Height", 0))
    bits = 1 if bool(image.get("/ImageMask", False)) else int(image.get("/BitsPerComponent", 8))
    space = image.get("/ColorSpace")
    known = 1 if isinstance(space, pikepdf.Array) and len(space) and str(space[0]) == "/Indexed" else _channels(space)
    row = 1 + (width * bits * (known or _MOST_CHANNELS) + 7) // 8
    return max(0, height * row) + _SPARE_BYTES


def rotation_said(page: pikepdf.Object) -> int:
    """Return /Rotate, which pages inherit, in degrees clockwise: 0, 90, 180 or 270."""
    node: pikepdf.Object | None = page
    for _ in range(_PARENTS):
        if not isinstance(node, pikepdf.Dictionary):
            break
        if "/Rotate" in node:
            return int(node.Rotate) // 90 % 4 * 90
        node = node.get("/Parent")
    return 0


def _is_plain(image: pikepdf.Stream) -> bool:
    space = image.get("/ColorSpace")
    name = str(space[0]) if isinstance(space, pikepdf.Array) and len(space) else str(space)
    return space is None or (name in _OWN_SPACES and _channels(space) in (1, 3) and not _is_lab(space))


def _is_lab(space: pikepdf.Object) -> bool:
    return isinstance(space, pikepdf.Array) and str(space[0]) == "/Indexed" and "/Lab" in str(space[1])


def _channels(space: pikepdf.Object | None) -> int | None:
    if isinstance(space, pikepdf.Array) and len(space):
        name = str(space[0])
        if name == "/ICCBased" and isinstance(space[1], pikepdf.Stream):
            return int(space[1].get("/N", 3))
        if name == "/Indexed":
            return _channels(space[1])
    else:
        name = str(space)
    return {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3, "/Lab": 3, "/DeviceCMYK": 4}.get(name)


def _painted(
    owner: pikepdf.Object, contents: pikepdf.Object | None, base: Matrix, depth: int
) -> Iterator[_Seen | None]:
    """Yield what is painted, in order; None where it cannot be told or is text to be seen."""
    plain = _content(contents)
    if plain is None:
        yield None
        return
    objects = drawn_objects(owner)
    place, saved, mode, modes = base, list[Matrix](), 0, list[int]()
    for operands, name in instructions(plain):
        if name == "q":
            saved.append(place)
            modes.append(mode)
        elif name == "Q" and saved:
            place, mode = saved.pop(), modes.pop()
        elif name == "cm":
            place = _times(_matrix(operands), place)
        elif name == "Tr":
            mode = int(operands[0])
        elif name in SHOW_TEXT and mode != _INVISIBLE:
            yield None
        elif name in PAINT:
            yield _Seen(image=None, place=place)
        elif name == "Do":
            target = objects.get(str(operands[0])) if objects is not None else None
            yield from _drawn(target, place, depth)


def _drawn(target: pikepdf.Object | None, place: Matrix, depth: int) -> Iterator[_Seen | None]:
    if not isinstance(target, pikepdf.Stream) or depth == 0:
        yield None
    elif target.get("/Subtype") == pikepdf.Name.Image:
        yield _Seen(image=target, place=place)
    else:
        inner = target.get("/Matrix")
        yield from _painted(target, target, _times(_matrix(inner), place) if inner is not None else place, depth - 1)


def _content(contents: pikepdf.Object | None) -> bytes | None:
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    joined = b""
    for part in parts:
        plain = bounded_bytes(part, _CONTENT_BYTES) if isinstance(part, pikepdf.Stream) else None
        if plain is None or len(joined) > _CONTENT_BYTES:
            return None
        joined += plain + b"\n"
    return joined


def _matrix(operands: Iterable[pikepdf.Object]) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in operands)
    return a, b, c, d, e, f


def _times(one: Matrix, two: Matrix) -> Matrix:
    """Return the matrix that applies `one`, then `two`. Source: ISO 32000-1, 8.3.4."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
