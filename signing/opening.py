"""A file becomes an open PDF, its page 1 a frame: the one place that knows what reading a bad PDF can throw.

pyHanko's reader assumes well-formed files: on malformed ones nearly any error comes out of it.
"""

import logging
import mmap
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.block import PageFrame
from signing.errors import UnreadablePdf

MALFORMED: tuple[type[Exception], ...] = (
    PdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    EOFError,
    struct.error,
    zlib.error,
)
"""What a malformed PDF, or a malformed signature in it, makes the libraries raise."""

UNREADABLE: tuple[type[Exception], ...] = (*MALFORMED, OSError)
"""The same for a file that is being read from a disk."""

_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF(?:\r\n|\r|\n)?")
MOST_POINTERS = 100
"""Pointers to a cross-reference table that are tried, from the end, before a file is taken as it is."""
DEEPEST = 64
"""Ancestors of a page that are looked at: a page tree that loops is no page tree."""


@contextmanager
def opened(path: Path, *, strict: bool) -> Iterator[tuple[BinaryIO, PdfFileReader]]:
    """Give the open file and its reader. Unless `strict`, the reader's stream ends where the PDF does.

    Raises:
        UnreadablePdf: it cannot be opened, is no PDF, is damaged or needs a password.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadablePdf(path=str(path), reason=str(error.strerror or error)) from error
    with file:
        try:
            reader = PdfFileReader(file if strict else _to_its_end(file), strict=strict)
            locked = reader.encrypted
            _ = reader.root["/Pages"]
        except UNREADABLE as error:
            raise UnreadablePdf(path=str(path), reason=_reason(error)) from error
        if locked:
            raise UnreadablePdf(path=str(path), reason="it is encrypted")
        yield file, reader


def _to_its_end(file: BinaryIO) -> BinaryIO:
    """Return the file up to the last place that ends a revision, so that what was appended does not hide it.

    That is the file itself, unless more than line ends come after.
    """
    if not file.seek(0, os.SEEK_END):
        return file
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = _last_end(content)
        if end is None or (not content[end : end + 3].strip(b"\r\n") and len(content) <= end + 2):
            return file
        return BytesIO(content[:end])


def _last_end(content: mmap.mmap) -> int | None:
    at = len(content)
    for _ in range(MOST_POINTERS):
        at = content.rfind(b"startxref", 0, at)
        if at < 0:
            return None
        found = _END.match(content[at : at + 64])
        if found and int(found[1]) < at:
            return at + found.end()
    return None


@contextmanager
def quiet() -> Iterator[None]:
    """Hush pyHanko's loggers: what they warn of, with tracebacks, comes out as an error or a finding anyway."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def page_frame(page: DictionaryObject) -> PageFrame:
    """Return what of the page is shown and how it is turned. May raise anything in MALFORMED."""
    media = _box(_inherited(page, "/MediaBox") or [0, 0, 612, 792])
    crop = _inherited(page, "/CropBox")
    box = media if crop is None else _common(media, _box(crop))
    rotation = int(_inherited(page, "/Rotate") or 0) % 360
    if rotation % 90:
        raise ValueError(f"a page cannot be turned by {rotation} degrees")
    return PageFrame(box=box, rotation=rotation, unit=float(entry(page, "/UserUnit") or 1))


def entry(dictionary: DictionaryObject, key: str) -> Any:
    """Return what stands under `key`, references followed; None if nothing does. pyHanko's own get() follows none."""
    try:
        return dictionary[key]
    except KeyError:
        return None


def _inherited(page: DictionaryObject, key: str) -> Any:
    for _ in range(DEEPEST):
        if key in page:
            return page[key]
        if "/Parent" not in page:
            return None
        page = page["/Parent"]
    raise ValueError("the page tree has no root")


def _box(values: object) -> tuple[float, float, float, float]:
    if not isinstance(values, list) or len(values) != 4:
        raise ValueError("a page box has four numbers")
    a, b, c, d = (float(value) for value in values)
    box = (min(a, c), min(b, d), max(a, c), max(b, d))
    if box[2] - box[0] < 1 or box[3] - box[1] < 1:
        raise ValueError("the page has no area")
    return box


def _common(media: tuple[float, ...], crop: tuple[float, ...]) -> tuple[float, float, float, float]:
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return _box([left, bottom, right, top])


def first_page(reader: PdfFileReader) -> DictionaryObject:
    """Return page 1. May raise anything in MALFORMED."""
    page = reader.find_page_for_modification(0)[0].get_object()
    if not isinstance(page, DictionaryObject):
        raise ValueError("page 1 is not a page")
    return page
