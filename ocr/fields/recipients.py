"""Nơi nhận: who got the document.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 9 (zone 9b).
"""

import re
from collections.abc import Sequence

from ocr.fields.folding import fold, letters, nfc
from ocr.fields.foot import Foot
from ocr.fields.pieces import Piece, found_in
from ocr.fields.result import Found

MOST_ROWS = 45
_LABEL = re.compile(r"^\W*n[o0]i\s*(?:nh?[a-z]n|gui)\b\s*[:;.,]?\s*")
_DASH = re.compile(r"^\s*(?:[-–—•*+~=_]+\s*|[.,]\s*(?=[A-ZĐÀ-Ỹ])|[·»«]\s*)")
_KEPT = re.compile(r"^(luu|l[uư]\s?u)\b")
_FOOTNOTE = re.compile(r"^(dia chi|dien thoai|dt\b|fax|email|website|so ban)|@")


def find_recipients(foot: Foot | None) -> Found | None:
    """Return the recipients, one an item, without dash and closing semicolon; or None."""
    if foot is None or not foot.recipients:
        return None
    label, *following = foot.recipients
    first = label.text[_end_of_label(label) :].strip()
    used = [label, *_list_rows(label, following[:MOST_ROWS])]
    items = _items([first, *(p.text for p in used[1:])])
    if not items:
        return None
    return found_in(used, items)


def _end_of_label(label: Piece) -> int:
    match = _LABEL.match(fold(label.text))
    return match.end() if match else 0


def _list_rows(label: Piece, lines: Sequence[Piece]) -> list[Piece]:
    used: list[Piece] = []
    last, ended = label, False
    for piece in lines:
        if piece.top - last.bottom > (2.5 if not used else 1.6) * max(last.height, piece.height) and _is_end(used):
            break
        opens = _DASH.match(piece.text) is not None
        if (ended and not opens) or _FOOTNOTE.search(fold(piece.text)) or _is_page_number(piece.text):
            break
        used.append(piece)
        ended = _is_end(used) and piece.text.rstrip().endswith(".")
        last = piece
    return used


def _is_end(used: Sequence[Piece]) -> bool:
    """Whether the list has come to "Lưu", which closes it."""
    return any(_KEPT.match(fold(_DASH.sub("", p.text))) for p in used)


def _is_page_number(text: str) -> bool:
    return re.fullmatch(r"\W*\d{1,3}\W*", text) is not None


def _items(texts: Sequence[str]) -> tuple[str, ...]:
    items: list[str] = []
    for text in texts:
        opens = _DASH.match(text) is not None
        bare = nfc(_DASH.sub("", text))
        if len(letters(bare)) < 2:
            continue
        new = opens or not items or items[-1].endswith(";") or _KEPT.match(fold(bare)) is not None
        if new:
            items.append(bare)
        else:
            items[-1] = f"{items[-1]} {bare}"
    return tuple(item for item in (i.rstrip(" ;") for i in items) if item)
