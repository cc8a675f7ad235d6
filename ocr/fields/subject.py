"""Trích yếu nội dung: what the document is about.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 5 (zones 5a and 5b).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ocr.fields.document_number import read_number
from ocr.fields.document_type import TypeFound, is_addressed
from ocr.fields.folding import fold, is_capitals, letters, nfc
from ocr.fields.issued_date import read_date
from ocr.fields.layout import Head, after_about
from ocr.fields.lexicon import POSITIONS
from ocr.fields.marks import is_mark
from ocr.fields.pieces import Piece, by_rows, found_in, joined, sureness
from ocr.fields.result import Found

DOUBT_PER_LETTER = 0.12
"""Lower than for a number: a letter wrong in a subject of a hundred leaves it of use."""

MOST_ROWS = 9
"""A longer run of rows is not a subject: the text has begun."""

_OPENS_TEXT = re.compile(
    r"^\W*(can cu|kinh gui|hom nay|thi hanh |xet |ngay \d|thuc hien (nghi|quyet|cong|ke|chi|van|y kien|thong|ket)|"
    r"trong thoi gian|[ivx]{1,4}\s*[.)]\s|\d{1,2}\s*[.)]\s|dieu 1|phan [ivx1]|chuong [i1l]\b|quoc hoi ban hanh)"
)
_ISSUERS = tuple(
    fold(word)
    for word in (
        "ủy ban", "hội đồng", "chủ tịch", "bộ trưởng", "thủ tướng", "chính phủ", "quốc hội", "ban chấp hành",
        "ban thường vụ",         "viện kiểm sát", "tòa án", "chánh ", "trưởng ban", "trưởng phòng", *POSITIONS,
    )
)  # fmt: skip
"""Who issues, in capitals between subject and text: "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH ..."."""


def find_subject(head: Head, kind: TypeFound, *, page_width: int) -> Found | None:
    """Return the subject: "V/v ..." of a letter, the lines under the title of a named document; or None."""
    if kind.title is None:
        return _letter(head.left) or _letter(head.body[:4])
    return _titled(head, kind, page_width) or _letter(head.left)


def _letter(pieces: Sequence[Piece]) -> Found | None:
    for index, piece in enumerate(pieces):
        rest = after_about(piece.text)
        if rest is not None:
            kept = [piece]
            for following in pieces[index + 1 : index + MOST_ROWS]:
                if _ends_letter_subject(kept[-1], following):
                    break
                kept.append(following)
            text = join([rest, *(p.text for p in kept[1:])])
            return _found(kept, f"V/v {text}") if text else None
    return None


def _ends_letter_subject(last: Piece, following: Piece) -> bool:
    return (
        following.top - last.bottom > 1.1 * max(last.height, following.height)
        or is_addressed(following.text)
        or is_mark(following.text)
        or read_date(following) is not None
        or (read_number(following) is not None and fold(following.text).startswith("so:"))
        or len(letters(following.text)) < 2
    )


def _titled(head: Head, kind: TypeFound, page_width: int) -> Found | None:
    assert kind.title is not None
    block = _text_block(head.body, page_width)
    centre = kind.title.middle if not kind.rest else (block[0] + block[1]) / 2
    kept: list[Piece] = []
    for row in by_rows(p for p in head.body if p.level > kind.title.bottom):
        piece = _centred(row, centre)
        if piece is None:
            continue  # a stamp beside the subject
        if len(kept) == MOST_ROWS or _ends_title(piece, kept, kind, block):
            break
        if kept and abs(piece.middle - centre) > 0.06 * page_width:
            break
        if len(letters(piece.text)) >= 2 and not is_mark(piece.text):
            kept.append(piece)
    text = join([kind.rest, *(p.text for p in kept)])
    if not letters(text):
        return None
    return _found(kept or [kind.title], _settled(text))


def _centred(row: Sequence[Piece], centre: float) -> Piece | None:
    """Return the part of a row that stands across the centre, or None. Neighbours join it if that centres it better."""
    across = [p for p in row if p.left < centre < p.right]
    if not across:
        return None
    best = across[0]
    whole = joined(row)
    return whole if abs(whole.middle - centre) < abs(best.middle - centre) else best


def _text_block(body: Sequence[Piece], page_width: int) -> tuple[float, float]:
    """Return left and right margin of the running text."""
    wide = [p for p in body if p.right - p.left > 0.55 * page_width]
    if len(wide) < 3:
        return 0.14 * page_width, 0.93 * page_width
    lefts, rights = sorted(p.left for p in wide), sorted(p.right for p in wide)
    return lefts[len(lefts) // 6], rights[-1 - len(rights) // 6]


def _ends_title(piece: Piece, kept: Sequence[Piece], kind: TypeFound, block: tuple[float, float]) -> bool:
    folded = fold(piece.text)
    if is_addressed(piece.text):
        return True
    # A row that goes on with the one above opens with a small letter.
    if _OPENS_TEXT.match(folded) and not _opens_small(piece.text) and not (kept and _goes_on(kept[-1].text)):
        # "Thực hiện ..." may open the subject itself, and a row of it; text is indented.
        return bool(kept) or _is_paragraph(piece, block) or not folded.startswith(("thi hanh", "thuc hien"))
    if is_capitals(piece.text, least=4) and _is_issuer(folded, kept):
        return True
    if not kept:
        return kind.title is not None and piece.top - kind.title.bottom > 5 * kind.title.height
    last = kept[-1]
    if piece.top - last.bottom > 1.3 * max(last.height, piece.height):
        return True
    return _is_paragraph(piece, block) and not _goes_on(last.text)


def _opens_small(text: str) -> bool:
    first = next((c for c in text if c.isalnum()), "")
    return first.islower()


def _is_issuer(folded: str, kept: Sequence[Piece]) -> bool:
    return folded.strip(" .,*").startswith(_ISSUERS) and not (kept and _goes_on(kept[-1].text))


def _is_paragraph(piece: Piece, block: tuple[float, float]) -> bool:
    """Whether the line stands as the first of a paragraph: indented on the left, full to the right."""
    width = block[1] - block[0]
    left, right = piece.left - block[0], block[1] - piece.right
    return left > 0.035 * width and right < 0.03 * width and left - right > 0.03 * width


def _goes_on(text: str) -> bool:
    """Whether a row cannot be the last of a phrase."""
    folded = fold(text).rstrip()
    return folded.endswith((",", "-", "(", ":")) or folded.split()[-1:] in (
        [
            ["va"],
            ["cua"],
            ["ve"],
            ["cho"],
            ["tai"],
            ["voi"],
            ["theo"],
            ["so"],
            ["trong"],
            ["doi"],
            ["tren"],
            ["cac"],
            ["thuoc"],
            ["ban"],
        ]
    )


def join(parts: Sequence[str]) -> str:
    """Return rows as one line; a word parted at the end of a row keeps its hyphen."""
    return nfc(" ".join(part for part in parts if part)).strip(" _*.-–:;,\"'") if parts else ""


def _settled(text: str) -> str:
    text = re.sub(r"^[Vv]\s?/\s?[Vv]\b\W*", "V/v ", text)
    text = re.sub(r"^[vV][ềeêẻè]\s+[vV]i[ệeêẹ]c\b", "Về việc", text)
    return text.rstrip(" ./_-")


def _found(pieces: Sequence[Piece], value: str) -> Found:
    return replace(found_in(pieces, value), confidence=sureness(pieces, per_letter=DOUBT_PER_LETTER))
