"""A page of a PDF -> a PDF of that page alone, for the renderer: within limits that it does not have itself."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf

from ocr.errors import Damaged, TooLarge
from ocr.pages.coded import refuse_huge
from ocr.pages.content import stream_size
from ocr.pages.drawn import Drawn, Endless
from ocr.pages.picture import picture_bytes

_DRAWING_BYTES = 256 << 20
"""Of all drawing instructions, typefaces and the like of one page; a map has tens of millions."""


def page_alone(sheet: pikepdf.Page, path: Path, page: int) -> bytes:
    """Return the page as a PDF of its own: the renderer believes page counts and unpacks what it is given, we do not.

    Raises:
        BadScan: Damaged where a drawing contains itself; TooLarge.
    """
    with pikepdf.new() as single:
        single.pages.append(sheet)
        streams = [thing for thing in single.objects if isinstance(thing, pikepdf.Stream)]
        _refuse_bombs(streams, path)
        _refuse_endless(single.pages[0].obj, streams, path, page)
        buffer = io.BytesIO()
        single.save(buffer, static_id=True, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return buffer.getvalue()


def _refuse_bombs(streams: Sequence[pikepdf.Stream], path: Path) -> None:
    total = 0
    for stream in streams:
        if stream.get("/Subtype") == pikepdf.Name.Image:
            refuse_huge(stream, path)
            # Viewers show pictures that are longer than they say, and so do we, within reason.
            limit = picture_bytes(stream) + _DRAWING_BYTES
            _refuse_more(stream_size(stream, limit=limit), limit, path)
        else:
            total += stream_size(stream, limit=_DRAWING_BYTES)
            _refuse_more(total, _DRAWING_BYTES, path)


def _refuse_more(found: int, limit: int, path: Path) -> None:
    if found > limit:
        raise TooLarge(path, what="bytes", found=found, limit=limit)


def _refuse_endless(sheet: pikepdf.Object, streams: Sequence[pikepdf.Stream], path: Path, page: int) -> None:
    """Refuse forms that draw themselves, directly or through others, and those that draw each other beyond all bounds:
    the renderer would follow them. Notes are drawn besides the page, so every form is looked at."""
    drawn = Drawn(sheet, _DRAWING_BYTES)
    try:
        for drawing in (sheet, *streams):
            if drawing is sheet or drawing.get("/Subtype") == pikepdf.Name.Form:
                _refuse_more(drawn.size(drawing), _DRAWING_BYTES, path)
    except Endless:
        raise Damaged(path, "a drawing contains itself", page=page) from None
