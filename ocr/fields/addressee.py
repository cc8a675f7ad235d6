"""Kính gửi: to whom a letter, report or submission is addressed.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 9 (zone 9a).
"""

import re
from collections.abc import Sequence

from ocr.fields.document_type import is_addressed
from ocr.fields.folding import fold, letters, nfc
from ocr.fields.marks import is_mark
from ocr.fields.pieces import Piece, found_in, rows
from ocr.fields.result import Found

MOST_ROWS = 14
_LABEL = re.compile(r"^\W*k[a-z]nh\s+g[a-z]{1,2}i?\s*[:;.]?\s*")
_ASIDE = re.compile(r"^\W*\(?\s*sau day goi")
_DASH = re.compile(r"^\s*[-–—•*+]\s*")


def find_addressee(body: Sequence[Piece]) -> Found | None:
    """Return those addressed, one an item, without dash and closing mark; or None."""
    label = next((p for p in sorted(body, key=lambda p: p.level)[:40] if is_addressed(p.text)), None)
    if label is None:
        return None
    # Stamps and marks stand to the left of the label; on its level or below, names do not.
    beside = [p for p in body if p.level > label.level - 0.5 * label.height and p.left >= label.left - label.height]
    first, *lines = rows(p for p in beside if not is_mark(p.text))
    named = first.text[_end_of_label(first) :].strip()
    used = [first, *_following(first, named, lines[:MOST_ROWS])]
    items = listed([named, *(p.text for p in used[1:])])
    return found_in(used, items) if items else None


def _end_of_label(piece: Piece) -> int:
    match = _LABEL.match(fold(piece.text))
    return match.end() if match else 0


def _following(label: Piece, first: str, lines: Sequence[Piece]) -> list[Piece]:
    """Return the rows that go on with the list: dashed ones, and the second halves of long names."""
    used: list[Piece] = []
    dashed = not first or _DASH.match(first) is not None
    last = label
    for piece in lines:
        if piece.top - last.bottom > 1.4 * max(last.height, piece.height):
            break
        opens = _DASH.match(piece.text) is not None
        if _ASIDE.match(fold(piece.text)):
            break
        if dashed and not opens and not used:
            break
        if used and _closed(used[-1].text) and not opens:
            break
        if dashed and used and not opens and piece.left > label.left + 1.5 * piece.height:
            used.append(piece)
            last = piece
            continue
        if not opens and not _continues(label, piece, last, first, dashed):
            break
        used.append(piece)
        last = piece
        if piece.text.rstrip().endswith("."):
            break
    return used


def _continues(label: Piece, piece: Piece, last: Piece, first: str, dashed: bool) -> bool:
    if dashed:
        return piece.left > last.left + 0.3 * piece.height or last.text.rstrip().endswith((",", "-"))
    # One addressee over two rows: the second begins under the name, not at the margin of the text.
    return not _closed(first) and piece.left > label.left + 1.5 * piece.height


def _closed(text: str) -> bool:
    return text.rstrip().endswith((";", ".", "./", ":"))


def listed(texts: Sequence[str]) -> tuple[str, ...]:
    """Return dashed rows as items; a row without a dash goes on with the item before it."""
    items: list[str] = []
    for text in texts:
        bare = nfc(_DASH.sub("", text)).strip()
        if len(letters(bare)) < 2:
            continue
        if items and not _DASH.match(text) and not items[-1].endswith(";"):
            items[-1] = f"{items[-1]} {bare}"
        else:
            items.append(bare)
    return tuple(item for item in (i.rstrip(" ;,.:") for i in items) if item)
