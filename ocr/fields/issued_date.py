"""Địa danh và thời gian ban hành: place and date to the right of the head.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 4 (zone 4).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ocr.fields.folding import fold, nfc
from ocr.fields.layout import Head
from ocr.fields.pieces import Piece, joined, sureness
from ocr.lines import Box

EARLIEST = 1945
"""No document of this state is older."""

_DATED = re.compile(
    r"\bng[a-z][yv](?![a-z])\W*(?P<day>.{0,8}?)\W*th[a-z]{1,3}[gq](?![a-z])\W*(?P<month>.{0,6}?)\W*"
    r"\bn[a-z]m(?![a-z])\W*(?P<year>\w{0,4}(?:\s\d{1,3}(?!\d)|\w*))",
    re.ASCII,
)
_SHORT = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>(?:19|20)\d{2})(?!\d)")
_DIGITS = str.maketrans("oOlISB|", "0011581")
# A 1 written by hand, with its long upstroke, is read as a letter: "M3", "A2", "2i".
_PENNED_ONE = re.compile(r"[amhi](?=\d)|(?<=\d)[ai]")
_STAMP = re.compile(r"[0-9]{2}:[0-9]{2}|\+07|thoi gian ky|ngay ky|^\W*ngay\s*:|den ngay|ngay den")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDate:
    """Place and date of issue, with where they stood."""

    day: date | None
    """None: the line was found, but its day could not be read (often left open, or written by hand)."""
    place: str
    """As printed, empty when not read."""
    certain: bool
    """Whether every digit was read as one."""
    raw: str
    confidence: float
    page: int
    box: Box


def find_issued_date(head: Head, *, today: date | None = None) -> IssuedDate | None:
    """Return place and date of the document, or None if the head shows no date line.

    `today` is the latest day that is possible; None: no upper limit. Dates in stamps of receipt and in digital
    signatures are not the date of issue.
    """
    found = _first(head.right, today) or _first(head.left, today)
    if found is None or found.day is None:
        later = _first(head.body[:6], today) if not head.anchored else None
        found = later if later and later.day else found or later
    return found


def _first(pieces: Sequence[Piece], today: date | None) -> IssuedDate | None:
    partial: IssuedDate | None = None
    for index, piece in enumerate(pieces):
        read = read_date(piece, today=today)
        if read is None and index + 1 < len(pieces) and "ngay" in fold(piece.text):
            read = read_date(joined(pieces[index : index + 2]), today=today)
        if read and read.day:
            return read
        partial = partial or read
    return partial


def read_date(piece: Piece, *, today: date | None = None) -> IssuedDate | None:
    """Return the place and date one row states, or None."""
    folded = fold(piece.text)
    match = None if _STAMP.search(folded) else _DATED.search(folded)
    if not match:
        return None
    on, month = (_PENNED_ONE.sub("1", match[name]) for name in ("day", "month"))
    day = as_date(on, month, match["year"], today=today)
    clean = all(match[name].isdecimal() for name in ("day", "month", "year"))
    return IssuedDate(
        day=day,
        place=_place(piece.text[: match.start()]),
        certain=clean,
        raw=piece.text,
        confidence=sureness([piece]),
        page=piece.page,
        box=piece.box,
    )


def _place(text: str) -> str:
    words = nfc(text).strip(" ,.;:-–_'\"*|/\\")
    # A stray rule or letter before the name is no part of it.
    return re.sub(r"^[^\w]+|^(?:[^\W\d]\s)(?=[A-ZĐ])", "", words)


def as_date(day: str, month: str, year: str, *, today: date | None = None) -> date | None:
    """Return the date three strings of digits state, or None if there is no such day between 1945 and `today`."""
    numbers = [re.sub(r"[\s.,'_-]", "", part).translate(_DIGITS) for part in (day, month, year)]
    if not all(part.isdecimal() and part.isascii() for part in numbers) or len(numbers[2]) != 4:
        return None
    try:
        stated = date(int(numbers[2]), int(numbers[1]), int(numbers[0]))
    except ValueError:
        return None
    return stated if stated.year >= EARLIEST and (today is None or stated <= today) else None


def date_in(text: str, *, today: date | None = None) -> date | None:
    """Return the first date written in a text, in words ("ngày 5 tháng 1 năm 1998") or digits (05/01/1998)."""
    folded = fold(text)
    for pattern in (_DATED, _SHORT):
        for match in pattern.finditer(folded):
            stated = as_date(match["day"], match["month"], match["year"], today=today)
            if stated:
                return stated
    return None
