"""Số, ký hiệu văn bản: the number and symbol at the head of an official document.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 3 (zone 3).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.fields.doctypes import codes_folded
from ocr.fields.folding import fold, letters
from ocr.fields.layout import Head, after_about
from ocr.fields.pieces import Piece, joined, sureness
from ocr.lines import Box

# "Số" as printed and as misread (S6, Sỗ, Só, 5ố); the colon is often lost or read as a dot or semicolon.
_LABEL = re.compile(
    r"^\W*(?:(?:bo\s+)?(?:luat|nghi quyet|phap lenh)\s+)?(?:s[o06]|5[o6])\s*(?P<colon>[:.;,]*)\s*", re.ASCII
)
_SYMBOL = r"[A-Za-zĐđƯưÂâÊêÔôƠơỦủ0-9&.]+(?:\s?[-–—_]+\s?[A-Za-zĐđƯưÂâÊêÔôƠơ0-9&.,]+)*(?:\s?\(\s?[A-Z]{1,4}\s?\))?"
_AFTER = re.compile(
    r"^(?P<serial>[0-9OoIlSBZzQ](?:\s?[0-9OoIlSBZzQ]){0,5}(?:\.\d{1,3})?[a-zđ]?|)"
    r"(?P<gap>[\s.…_~'’*-]*)(?P<slash>[/|\\]\s*)"
    rf"(?:(?P<year>(?:19|20)\d{{2}})\s*/\s*)?(?P<symbol>[A-ZĐ]{_SYMBOL})"
)
# The slash lost or read as a letter: "575 UBND-KTTH", "575 IQĐ-UBND". The symbol must then be unmistakable.
_SLASHLESS = re.compile(
    r"^(?P<serial>\d{1,6})(?P<gap>[\s.…_]*)(?P<slash>)[\[(lI1!t]?\s*(?P<year>)"
    r"(?P<symbol>[A-ZĐ][A-Za-zĐđ]{1,14}[-–—][A-ZĐ][A-ZĐa-z&0-9.-]*)"
)
# Party style: "Số 12-QĐ/TU".
_PARTY = re.compile(
    r"^(?P<serial>\d{1,6})(?P<gap>)\s*(?P<slash>[-–])\s*(?P<year>)(?P<symbol>[A-ZĐ][A-Za-zĐđ]{1,5}\s*/\s*[A-ZĐ]{2,12})"
)
# The number proper was left out or not read.
_BARE = re.compile(
    r"^(?P<junk>[^A-ZĐ/|]{0,12})[/|\\]?\s*(?P<symbol>[A-ZĐ][A-Za-zĐđ]{1,14}\s?[-–]\s?[A-ZĐ][A-ZĐ&0-9.-]*)"
)
# A 1 written by hand, with its long upstroke, is read as a slash or as a letter with one: "2/07", "/47", "A09", "M22".
_PENNED = re.compile(
    rf"^(?P<serial>(?=[^\d]*\d)[\d/AMH]{{2,6}})(?P<gap>[\s.…_]*)(?P<slash>[/|\\]\s*)(?P<year>)(?P<symbol>[A-ZĐ]{_SYMBOL})"
)
_DIGITS = str.maketrans("OoIlSBZzQ/AMH", "0011582201111")
_LOST_BAR = {
    letters(symbol): symbol
    for symbol in (
        "HĐND",
        "UBND",
        "TTg",
        "CP",
        "QH",
        "VPUBND",
        "BGDĐT",
        "SGDĐT",
        "BLĐTBXH",
        "SLĐTBXH",
        "BKHĐT",
        "SKHĐT",
    )
}
"""Issuer abbreviations whose Đ the engines like to write D."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumber:
    """The document's own number and symbol, with where they stood."""

    serial: str
    """As printed, leading zero kept; empty when the place for it was left blank or could not be read."""
    year: str
    """Empty but for normative documents."""
    symbol: str
    """"QĐ-UBND", blanks removed; the accents of the type code and the best-known issuers restored."""
    certain: bool
    """Whether label, slash and digits were all read as such."""
    raw: str
    confidence: float
    """Of the reading, from the engine."""
    page: int
    box: Box
    separator: str = "/"
    left_open: bool = False
    """Whether nothing was written where the number belongs."""

    @property
    def value(self) -> str | None:
        """Number and symbol as on the paper: "575/UBND-KTTH"; None without a number."""
        if not self.serial:
            return None
        return self.separator.join(part for part in (self.serial, self.year, self.symbol) if part)

    @property
    def code(self) -> str:
        """First word of the symbol, by which a type is known: "QĐ"; for an official letter the issuer."""
        return re.split(r"[-/]", self.symbol)[0]


def find_document_number(head: Head) -> DocumentNumber | None:
    """Return the document's own number, or None if the left head shows none.

    Rows that open with "Số" and carry a symbol come first, then rows that carry one without the label. A stamp of
    receipt ("Số: 2352", "ĐẾN") has no symbol and is passed over, and so is any number cited in the body.
    """
    found = _best(head.left) or _best(head.right)
    if found is None and not head.anchored:
        found = _best(head.body[:8])
    return found


def find_number_row(head: Head) -> Piece | None:
    """Return the row where number and symbol stand, whether or not they can be read; None if the head shows none.

    A stamp of receipt has a number, and no symbol after a slash.
    """
    rows = (piece for piece in (*head.left, *head.right) if after_about(piece.text) is None)
    return next((row for row in rows if _LABEL.match(fold(row.text)) and "/" in row.text), None)


def _best(pieces: Sequence[Piece]) -> DocumentNumber | None:
    for labelled in (True, False):
        for index, piece in enumerate(pieces):
            if after_about(piece.text) is not None:
                break  # numbers from here on are cited
            if labelled != (_LABEL.match(fold(piece.text)) is not None):
                continue
            # "Số: 01/2022/TTLT-VKSNDTC- / TANDTC-BCA": the symbol goes on in the next row.
            parted = piece.text.endswith("-") and index + 1 < len(pieces)
            number = read_number(joined(pieces[index : index + 2]) if parted else piece)
            if number:
                return number
    return None


def read_number(piece: Piece) -> DocumentNumber | None:
    """Return the number one row states, or None."""
    label = _LABEL.match(fold(piece.text))
    rest = piece.text[label.end() :] if label else piece.text
    for pattern in (_AFTER, _PENNED, _SLASHLESS, _PARTY):
        match = pattern.match(rest)
        if match and _is_symbol(match["symbol"]):
            if not label and not match["serial"]:
                continue
            return _number(piece, match, clean=bool(label and match["slash"] and not match["gap"].strip()))
    match = _BARE.match(rest) if label else None
    if match and _is_symbol(match["symbol"]):
        left_open = not any(character.isalnum() for character in match["junk"])
        return _made(piece, "", "", match["symbol"], certain=False, left_open=left_open)
    return None


def _number(piece: Piece, match: re.Match[str], *, clean: bool) -> DocumentNumber:
    serial = match["serial"]
    written = re.fullmatch(r"\d+(?:\.\d+)?[a-zđ]?", serial) is not None
    digits = serial if written else re.sub(r"\s", "", serial).translate(_DIGITS)
    separator = "-" if match.re is _PARTY else "/"
    return _made(
        piece,
        digits,
        match["year"] or "",
        match["symbol"],
        certain=clean and digits == serial,
        separator=separator,
        left_open=not digits,
    )


def _made(
    piece: Piece, serial: str, year: str, symbol: str, *, certain: bool, separator: str = "/", left_open: bool
) -> DocumentNumber:
    return DocumentNumber(
        serial=serial,
        year=year,
        symbol=restore_symbol(symbol),
        certain=certain,
        raw=piece.text,
        confidence=sureness([piece]),
        page=piece.page,
        box=piece.box,
        separator=separator,
        left_open=left_open,
    )


def _is_symbol(symbol: str) -> bool:
    """Whether a string can be the symbol: a type or issuer abbreviation, not a word of running text."""
    first = re.split(r"[-–—/\s]", symbol)[0]
    return (sum(c.isupper() or c.isdigit() for c in first) >= 2 or letters(first) in codes_folded()) and first[
        :1
    ].isupper()


def restore_symbol(symbol: str) -> str:
    """Return the symbol without blanks, with the accents engines lose in known abbreviations ("QD-HDND").

    "HD" stays: it is Hướng dẫn as well as Hợp đồng, and only the printed type can tell.
    """
    bare = re.sub(r"\s+", "", symbol).replace("–", "-").replace("—", "-").replace("_", "-").strip(".,-&")
    parts = re.split(r"([-/])", bare)
    known = codes_folded().get(letters(parts[0]), ())
    if len(known) == 1 and len(parts) > 1:
        parts[0] = known[0]
    return "".join(_LOST_BAR.get(letters(part), part) if part.isupper() else part for part in parts)
