"""A page of a PDF -> a PDF of that page alone, for the renderer: within limits that it does not have itself."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf

from ocr.errors import Damaged, TooLarge
from ocr.pages.content import drawn_objects, stream_size
from ocr.pages.opened import PIXEL_LIMIT
from ocr.pages.picture import picture_bytes

_DRAWING_BYTES = 256 << 20
"""Of all drawing instructions, typefaces and the like of one page; a map has tens of millions."""

_Place = tuple[int, int]


def page_alone(sheet: pikepdf.Page, path: Path, page: int) -> bytes:
    """Return the page as a PDF of its own: the renderer believes page counts and unpacks what it is given, we do not.

    Raises:
        BadScan: Damaged where a drawing contains itself; TooLarge.
    """
    with pikepdf.new() as single:
        single.pages.append(sheet)
        streams = [thing for thing in single.objects if isinstance(thing, pikepdf.Stream)]
        _refuse_bombs(streams, path)
        _refuse_rings(streams, path, page)
        buffer = io.BytesIO()
        single.save(buffer, static_id=True, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return buffer.getvalue()


def _refuse_bombs(streams: Sequence[pikepdf.Stream], path: Path) -> None:
    total = 0
    for stream in streams:
        if stream.get("/Subtype") == pikepdf.Name.Image:
            pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
            if pixels > PIXEL_LIMIT:
                raise TooLarge(path, what="pixels", found=pixels, limit=PIXEL_LIMIT)
            # Viewers show pictures that are longer than they say, and so do we, within reason.
            limit = picture_bytes(stream) + _DRAWING_BYTES
            _refuse_more(stream_size(stream, limit=limit), limit, path)
        else:
            total += stream_size(stream, limit=_DRAWING_BYTES)
            _refuse_more(total, _DRAWING_BYTES, path)


def _refuse_more(found: int, limit: int, path: Path) -> None:
    if found > limit:
        raise TooLarge(path, what="bytes", found=found, limit=limit)


def _refuse_rings(streams: Sequence[pikepdf.Stream], path: Path, page: int) -> None:
    """Refuse forms that draw themselves, directly or through others: the renderer would follow them to a depth where
    their number has grown beyond all bounds."""
    below = {stream.objgen: _forms(stream) for stream in streams if stream.get("/Subtype") == pikepdf.Name.Form}
    # Forms that draw nothing more are taken away until none is left, or none that could be.
    while leaves := [form for form, drawn in below.items() if not drawn & below.keys()]:
        for form in leaves:
            del below[form]
    if below:
        raise Damaged(path, "a drawing contains itself", page=page)


def _forms(owner: pikepdf.Object) -> set[_Place]:
    objects = drawn_objects(owner)
    if objects is None:
        return set()
    return {thing.objgen for thing in objects.values() if isinstance(thing, pikepdf.Stream)}
