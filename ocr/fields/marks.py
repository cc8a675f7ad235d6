"""Dấu chỉ độ mật, độ khẩn, hình thức sao: marks stamped or printed in the head, never words of the text.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục III, khoản 2 (zones 10a, 10b); phần II (bản sao).
"""

import re
from collections.abc import Iterable, Sequence

from ocr.fields.folding import fold, is_capitals, letters, likeness
from ocr.fields.layout import Head
from ocr.fields.pieces import Piece, found_in
from ocr.fields.result import Found

HEAD_SHARE = 0.5
"""Marks stand in the upper half of the first page."""

_SECRECY = {"tuyetmat": "Tuyệt mật", "toimat": "Tối mật", "mat": "Mật"}
_URGENCY = {"hoatoc": "Hỏa tốc", "hoatochengio": "Hỏa tốc hẹn giờ", "thuongkhan": "Thượng khẩn", "khan": "Khẩn"}
_PREFIX = re.compile(r"^(?:(?:muc)?do(?:mat|khan)?|dau|muc)(?=(?:mat|khan|tuyetmat|toimat|hoatoc|thuongkhan)$)")
_NEAR = 0.83
"""One letter of six wrong."""

_TAIL = re.compile(r"(?:\s|^)[\W_]*(tuyet\s+mat|toi\s+mat|mat)[\W_]*$", re.ASCII)
_COPIES = (
    (re.compile(r"^(ban)?saoy(banchinh)?$"), "Sao y"),
    (re.compile(r"^saoy(?=uyban|ubnd|so|bo|vanphong|cuc|trung|truong|thoigian)"), "Sao y"),
    (re.compile(r"^(ban)?saoluc$"), "Sao lục"),
    (re.compile(r"^(ban)?trichsao$"), "Trích sao"),
    (re.compile(r"saodungvoibanchinh|chungthucbansao|saoybanchinh"), "Chứng thực bản sao"),
)


def mark_in(text: str, marks: dict[str, str]) -> str | None:
    """Return the mark a short line on its own is, misread accents allowed, or None."""
    bare = _PREFIX.sub("", letters(text))
    if bare not in marks:
        # A stamp loses a letter easily; the short words have too many neighbours for that.
        near = (value for mark, value in marks.items() if len(mark) >= 6 and likeness(bare, mark) >= _NEAR)
        return next(near, None) if is_capitals(text, least=4) else None
    # "mặt", "khăn" in a sentence stand in small letters; a mark is set in capitals, or opens with one.
    return marks[bare] if is_capitals(text, least=2) or text.strip(" [(|*_-.:")[:1].isupper() else None


def is_mark(text: str) -> bool:
    """Whether a line is a mark of secrecy or urgency and nothing else."""
    return mark_in(text, _SECRECY) is not None or mark_in(text, _URGENCY) is not None


def find_secrecy(head: Head, pieces: Sequence[Piece], *, page_height: int) -> Found | None:
    """Return the secrecy mark, or None. Errs to the side of finding one: the cost of missing it is higher.

    `pieces` are all lines of the first page: a stamp may stand anywhere above the text. "bảo mật", "bí mật" in the
    text and lines of "Nơi nhận" are no marks.
    """
    high = [p for p in (*head.above, *head.left, *head.right, *pieces) if p.level < HEAD_SHARE * page_height]
    found = _first(high, _SECRECY)
    return found or _stuck_to_another(head.left)


def find_urgency(head: Head, pieces: Sequence[Piece], *, page_height: int) -> Found | None:
    """Return the urgency mark (độ khẩn), or None."""
    high = [p for p in (*head.left, *head.above, *pieces) if p.level < HEAD_SHARE * page_height]
    return _first(high, _URGENCY)


def find_copy_mark(pieces: Iterable[Piece]) -> Found | None:
    """Return which kind of copy the paper says it is ("Sao y", "Sao lục", "Trích sao", ...), or None."""
    for piece in pieces:
        bare = letters(piece.text)
        for pattern, value in _COPIES:
            if pattern.search(bare) and (len(bare) < 45 and is_capitals(piece.text, least=4)):
                return found_in([piece], value)
    return None


def _first(pieces: Iterable[Piece], marks: dict[str, str]) -> Found | None:
    for piece in pieces:
        value = mark_in(piece.text, marks)
        if value:
            return found_in([piece], value)
    return None


def _stuck_to_another(left: Iterable[Piece]) -> Found | None:
    """A mark the line finder joined to the row beside it: "Số: 12/BC-UBND MẬT"."""
    for piece in left:
        match = _TAIL.search(fold(piece.text))
        before = piece.text[: match.start(1)] if match else ""
        if match and piece.text[match.start(1) :].isupper() and (not letters(before) or re.search(r"\d", before)):
            return found_in([piece], _SECRECY[letters(match[1])])
    return None
