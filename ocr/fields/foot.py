"""The end of a document: the page where it is signed, "Nơi nhận" to the left, the signature to the right.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục IV (zones 7a, 7b, 9b).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.fields.folding import fold, is_capitals, letters, likeness
from ocr.fields.lexicon import POSITIONS
from ocr.fields.pieces import Piece, cut, pieces_of, rows
from ocr.lines import PageReading

_RECEIVERS = re.compile(r"^\W*n[o0]i\s*(nh?[a-z]n|gui)\b\s*[:;.,]?")
CAPACITY = re.compile(
    r"^\W*(?P<how>t[/.]?m|k[/.]?t|tl|q|t\s?u\s?q)(?:\s?[.,:/;]+[\s.-]*|(?<=kt|tl|tm|uq)\s?[-_ ]\s?)(?=\S)", re.ASCII
)
_JOINED = re.compile(r"\s(?=(?:TM|KT|TL|TUQ|Q)\s?[.,/]\s?[A-ZĐ])")
_POSITIONS = tuple(sorted({letters(position) for position in POSITIONS}, key=len, reverse=True))
_ANNEX = re.compile(r"^\W*(phu luc|danh sach|bieu so|mau so|phu bieu|bang ke)\b")


DIRT_BELOW = 0.45
"""A line of the signature block on which the readers agree less than this is seal or ink, not print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """The lines that close a document."""

    page: int
    """In the file, from 1: where the document is signed."""
    recipients: tuple[Piece, ...]
    """From "Nơi nhận" down, rows from top to bottom; empty where there is none."""
    signature: tuple[Piece, ...]
    """To the right of it, rows from top to bottom."""


def is_capacity(text: str) -> bool:
    """Whether a line says in whose place one signs: "KT. CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN"."""
    return CAPACITY.match(fold(text)) is not None and is_capitals(text, least=4)


def is_position(text: str) -> bool:
    """Whether a line is a signer's title in capitals."""
    return is_capitals(text, least=4) and letters(text).startswith(_POSITIONS)


def resembles_position(text: str) -> bool:
    """Whether a short line is a signer's title in any case ("Chánh văn phòng"), or one with a letter or two misread."""
    if not text[:1].isupper() or len(text.split()) > 7:
        return False
    bare = letters(text)
    return bare.startswith(_POSITIONS) or any(
        abs(len(bare) - len(known)) <= 2 and len(known) > 6 and likeness(bare, known) >= 0.78 for known in _POSITIONS
    )


def hidden_position(text: str) -> str:
    """Return the title in capitals that stands behind a few letters no one can read (a "KT." put in by hand), or ""."""
    if not is_capitals(text, least=4) or is_position(text) or is_capacity(text):
        return ""
    for at in (match.start() for match in re.finditer(r"(?<=\W)[^\W\d_]", text)):
        if 0 < len(letters(text[:at])) <= 4 and letters(text[at:]).startswith(_POSITIONS):
            return text[at:]
    return ""


def is_dirt(piece: Piece) -> bool:
    """Whether a piece is what readers make of a seal or a signature."""
    return (piece.confidence < DIRT_BELOW and not is_position(piece.text)) or len(letters(piece.text)) < 2


def find_foot(pages: Sequence[PageReading]) -> Foot | None:
    """Return where the document ends, or None if no page shows it.

    The first page with "Nơi nhận" or a signature in its lower part wins; what follows is an annex.
    """
    spare: Foot | None = None
    for page in pages:
        pieces = [part for piece in pieces_of(page) for part in _parted(piece, page.width_px)]
        foot = _with_recipients(pieces, page) or _signature_only(pieces, page)
        if foot and foot.signature:
            return foot
        spare = spare or foot
    return spare


def _parted(piece: Piece, width: int) -> list[Piece]:
    """Part a row that the finder drew across recipients and signature: "- Như trên; TL. CHỦ TỊCH"."""
    if piece.left > 0.4 * width or piece.right < 0.5 * width:
        return [piece]
    match = _JOINED.search(piece.text)
    at = match.start() if match else _capitals_at_end(piece.text)
    return [part for part in cut(piece, at) if part.text] if at else [piece]


def _capitals_at_end(text: str) -> int:
    """Return where a title in capitals begins after a row of recipients, or 0."""
    if not re.match(r"\W*(-|n[oơ]i nh|lưu)", text.lower()):
        return 0
    for match in re.finditer(r"\s(?=[A-ZĐÀ-Ỹ]{2,}\s)", text):
        tail = text[match.start() :].strip()
        if is_position(tail) and len(tail.split()) <= 6:
            return match.start()
    return 0


def _with_recipients(pieces: Sequence[Piece], page: PageReading) -> Foot | None:
    label = next(
        (
            p
            for p in pieces
            if _RECEIVERS.match(fold(p.text)) and p.left < 0.4 * page.width_px and not is_capitals(p.text, least=5)
        ),
        None,
    )
    if label is None:
        return None
    width = page.width_px
    under = [p for p in pieces if p.level >= label.level - 0.3 * label.height]
    edge = label.left + 0.2 * width
    left = [p for p in under if p.left < edge and p.middle < 0.56 * width]
    right = [p for p in pieces if p.left >= edge and p.middle > 0.5 * width and _beside(p, label, page.height_px)]
    return Foot(page=page.page, recipients=rows(left), signature=rows(p for p in right if not is_dirt(p)))


def _beside(piece: Piece, label: Piece, page_height: int) -> bool:
    """Whether a piece on the right belongs to the signature beside "Nơi nhận"; its first rows may stand higher."""
    if piece.level >= label.level - 1.2 * label.height:
        return True
    return piece.level > label.top - 0.13 * page_height and (is_capacity(piece.text) or is_position(piece.text))


def _signature_only(pieces: Sequence[Piece], page: PageReading) -> Foot | None:
    """A signature without recipients beside it: a capacity or a title in capitals, right of the middle, then a name."""
    width = page.width_px
    for index, piece in enumerate(pieces):
        if piece.middle < 0.5 * width or piece.left < 0.3 * width or _ANNEX.match(fold(piece.text)):
            continue
        # A title in capitals near the middle heads the text: "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH ...".
        titled = is_position(piece.text) and piece.top > 0.12 * page.height_px and piece.middle > 0.57 * width
        if not (is_capacity(piece.text) or titled):
            continue
        right = [p for p in pieces[index:] if p.middle > 0.48 * width and p.left > 0.3 * width]
        if any(p.text[:1].isalpha() and 2 <= len(p.text.split()) <= 7 and len(letters(p.text)) > 5 for p in right[1:]):
            return Foot(page=page.page, recipients=(), signature=rows(p for p in right if not is_dirt(p)))
    return None
