"""Loại văn bản: which type a document is, by its printed title, its symbol and its cues.

Source: Nghị định 30/2020/NĐ-CP, Điều 7, Phụ lục I, phần I, mục II, khoản 5 (zone 5a), Phụ lục III.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocr.fields.doctypes import LETTER, UNKNOWN, DocumentTypeSpec, codes_folded
from ocr.fields.document_number import DocumentNumber
from ocr.fields.folding import fold, is_capitals, letters, likeness
from ocr.fields.layout import Head, after_about
from ocr.fields.pieces import Piece, sureness

TITLE_ROWS = 14
"""How far below the head the title may stand: marks, a filing note, a stamp may come between."""

_ALIKE = 0.8
_RECEIPT_STAMPS = ("congvanden", "congvandi", "vanbanden", "vanbandi")
"""What stamps of a registry say, folded: "CÔNG VĂN ĐẾN" is no title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFound:
    """The type, how sure, and the title it was read from."""

    spec: DocumentTypeSpec
    confidence: float
    title: Piece | None
    """None when the type was concluded from the symbol or the lay-out."""
    rest: str = ""
    """What follows the type's name on the title's own line."""


def find_document_type(
    head: Head,
    number: DocumentNumber | None,
    types: Mapping[str, DocumentTypeSpec],
    *,
    hint: str | None = None,
) -> TypeFound:
    """Return the type that title, symbol and lay-out point to; `other` when nothing does.

    `hint` is what the manifest says it is: taken when nothing contradicts it.
    """
    titled = find_title(head, types)
    by_symbol = _by_symbol(number, types)
    if titled is None:
        return _untitled(head, number, by_symbol, types, hint)
    spec = titled.spec
    if spec.family == "form" or number is None or not number.symbol:
        sure = 0.95 if titled.confidence >= _ALIKE else 0.6
    elif by_symbol and spec.code in by_symbol:
        sure = 0.99
    elif not by_symbol:
        sure = 0.85
    else:
        sure = 0.6
    if hint == spec.code:
        sure = max(sure, 0.98)
    elif hint in types:
        sure = min(sure, 0.6)
    return TypeFound(
        spec=spec, confidence=sure * min(1.0, titled.confidence + 0.1), title=titled.title, rest=titled.rest
    )


def _untitled(
    head: Head,
    number: DocumentNumber | None,
    by_symbol: Sequence[str],
    types: Mapping[str, DocumentTypeSpec],
    hint: str | None,
) -> TypeFound:
    if hint in types:
        return TypeFound(spec=types[hint or UNKNOWN], confidence=0.8, title=None)
    about = any(after_about(p.text) is not None for p in head.left)
    to = any(is_addressed(p.text) for p in (*head.left, *head.body[:TITLE_ROWS]))
    if len(by_symbol) == 1 and not about:
        return TypeFound(spec=types[by_symbol[0]], confidence=0.7, title=None)
    if about or to:
        sure = 0.98 if about and to else 0.9
        return TypeFound(spec=types[LETTER], confidence=sure if not by_symbol else 0.7, title=None)
    issuer_first = number is not None and number.serial and not number.year and len(letters(number.code)) > 2
    if issuer_first and head.anchored and not by_symbol:
        return TypeFound(spec=types[LETTER], confidence=0.6, title=None)
    return TypeFound(spec=types[UNKNOWN], confidence=0.2, title=None)


def is_addressed(text: str) -> bool:
    """Whether a line opens the address of a letter ("Kính gửi")."""
    return re.match(r"^\W*k[a-z]nh\s+g[a-z]{1,2}i?\b", fold(text)) is not None


def _by_symbol(number: DocumentNumber | None, types: Mapping[str, DocumentTypeSpec]) -> tuple[str, ...]:
    if number is None or ("-" not in number.symbol and number.separator != "-"):
        return ()
    return tuple(code for code in codes_folded().get(letters(number.code), ()) if code in types)


def find_title(head: Head, types: Mapping[str, DocumentTypeSpec]) -> TypeFound | None:
    """Return the type whose name is printed as the title, or None.

    The name stands in capitals on a row of its own, or opens a row in capitals ("BÁO CÁO KẾT QUẢ ..."). "PHỤ LỤC" is no
    title: an annex belongs to another document.
    """
    rows = list(head.body[:TITLE_ROWS])
    for index, piece in enumerate(rows):
        if is_addressed(piece.text):
            break
        text = _despaced(piece.text)
        if not is_capitals(_opening(text), least=4) or letters(text).startswith(_RECEIPT_STAMPS):
            continue
        following = rows[index + 1].text if index + 1 < len(rows) else ""
        match = _longest_title(text, following, types)
        if match and letters(match[2]) != "chung":  # "QUY ĐỊNH CHUNG" heads a chapter
            spec, likely, rest = match
            return TypeFound(spec=spec, confidence=likely * (0.6 + 0.4 * sureness([piece])), title=piece, rest=rest)
    return None


def _opening(text: str) -> str:
    return " ".join(text.split()[:3])


def _despaced(text: str) -> str:
    """Close up letters set apart: "Q U Y Ế T  Đ Ị N H" -> "QUYẾTĐỊNH" (letters alone are compared)."""
    words = text.split()
    return "".join(words) if len(words) > 4 and sum(len(w) == 1 for w in words) > 0.8 * len(words) else text


def _longest_title(
    text: str, following: str, types: Mapping[str, DocumentTypeSpec]
) -> tuple[DocumentTypeSpec, float, str] | None:
    best: tuple[float, int, DocumentTypeSpec, str] | None = None
    for spec in types.values():
        if spec.code == UNKNOWN:
            continue
        for title in spec.titles:
            likely, rest = _opens_with(text, title, following)
            key = (likely, len(letters(title)))
            if likely >= _ALIKE and (best is None or (key[1], key[0]) > (best[1], best[0])):
                best = (likely, key[1], spec, rest)
    return (best[2], best[0], best[3]) if best else None


def _opens_with(text: str, title: str, following: str) -> tuple[float, str]:
    """Return how well a line opens with a title, and what comes after it."""
    words, size = text.split(), len(title.split())
    if len(letters(title)) > 22 and len(words) < size:
        return likeness(f"{text} {following}"[: len(title) + 4], title), ""
    if len(words) == 1 and size > 1:
        return (likeness(text, title), "")
    start = " ".join(words[:size])
    rest = " ".join(words[size:])
    likely = likeness(start, title)
    short = len(letters(title)) < 6
    if short and letters(start) != letters(title):
        return 0.0, ""
    if rest and not is_capitals(start, least=4):
        return 0.0, ""
    return likely, rest.strip(" :.-*_")
