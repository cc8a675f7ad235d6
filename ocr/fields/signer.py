"""Chức vụ, họ tên người ký, quyền hạn ký: who signed, as what, and in whose place.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 7 (zones 7a, 7b); Điều 13 (TM., KT., TL., TUQ., Q.).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.fields.casing import readable_title, restored, title_case
from ocr.fields.folding import fold, is_capitals, letters, nfc
from ocr.fields.foot import Foot, is_capacity, is_position
from ocr.fields.layout import Piece, found_in
from ocr.fields.lexicon import FAMILY_NAMES, RANKS
from ocr.fields.result import Found

_PREFIX = re.compile(r"^\W*(t[/.]?m|k[/.]?t|tl|t\s?u\s?q|q)\s?[.,:/;]\s?", re.ASCII)
_RANK = re.compile(
    r"^\W*(?:(?:"
    + "|".join(sorted((re.escape(fold(rank)) for rank in RANKS), key=len, reverse=True))
    + r")\b[\s.,:/-]*)+"
)
_NAME = re.compile(r"^[^\W\d_]+(?:['’-][^\W\d_]+)*(?: [^\W\d_]+(?:['’-][^\W\d_]+)*){1,5}$")
_SIGNED = re.compile(r"(da ky|ky ten|chu ky|dong dau|ky,|\(ky|ky boi|ky so|nguoi ky|co quan:|thoi gian ky)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What the signature block says; each None where it was not read."""

    capacity: Found | None
    """A tuple of lines as printed: ("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG")."""
    title: Found | None
    name: Found | None


def find_signer(foot: Foot | None) -> Signer:
    """Return capacity, title and name of the (last) signer of a document."""
    lines = [p for p in (foot.signature if foot else ()) if len(letters(p.text)) > 1]
    start = next((i for i, p in enumerate(lines) if is_capacity(p.text) or is_position(p.text)), None)
    if start is None:
        name = _name(lines)
        return Signer(capacity=None, title=None, name=name)
    groups, title, end = _block(lines, start)
    capacity = _capacity(groups)
    return Signer(capacity=capacity, title=_title(title, capacity), name=_name(lines[end:]))


def _title(rows: Sequence[Piece], capacity: Found | None) -> Found | None:
    if not rows:
        return None
    found = found_in(rows, readable_title(" ".join(p.text for p in rows)))
    acting = capacity.value[-1] if capacity and isinstance(capacity.value, tuple) else ""
    if acting.startswith("KT. ") and letters(acting[4:]) == letters(str(found.value)):
        # Only a deputy signs "KT.": the word "PHÓ" was lost under the seal or the signature.
        return replace(found, value=f"Phó {found.value}", confidence=0.5 * found.confidence)
    return found


def _block(lines: Sequence[Piece], start: int) -> tuple[list[list[Piece]], list[Piece], int]:
    """Return the capacity lines (each maybe of several rows), the rows of the title, and where the name may begin."""
    capacity: list[list[Piece]] = []
    title: list[Piece] = []
    index = start
    while index < len(lines) and is_capitals(lines[index].text, least=3):
        piece = lines[index]
        if index > start and piece.top - lines[index - 1].bottom > 2.2 * piece.height:
            break
        if looks_like_name(piece.text) and title and not is_position(piece.text):
            break
        if is_capacity(piece.text) and not title:
            capacity.append([piece])
        elif title or is_position(piece.text) or not capacity:
            title.append(piece)
        else:
            capacity[-1].append(piece)  # "TM. BAN CHẤP HÀNH / ĐẢNG BỘ TỈNH"
        index += 1
    return capacity, title, index


def _capacity(groups: Sequence[Sequence[Piece]]) -> Found | None:
    if not groups:
        return None
    flat = [piece for group in groups for piece in group]
    return found_in(flat, tuple(_tidied(" ".join(p.text for p in group)) for group in groups))


def _tidied(text: str) -> str:
    match = _PREFIX.match(fold(text))
    if not match:
        return nfc(text)
    how = re.sub(r"[\s./]", "", match[1]).upper()
    return f"{how}. {restored(text[match.end() :]).strip(' .,:;')}"


def _name(lines: Sequence[Piece]) -> Found | None:
    """Return the name: the last line that looks like one, a known family name first; seals and signatures lie between."""
    likely = [(p, bare) for p in lines if (bare := bare_name(p.text)) and not is_position(p.text)]
    known = [pair for pair in likely if fold(pair[1].split()[0]) in FAMILY_NAMES]
    # Rows between title and name are dirt of seal and signature; below the name nothing of the sort stands.
    chosen = (known or likely)[-1:] if not known else known[:1] if _apart(known) else known[-1:]
    if not chosen:
        return None
    piece, bare = chosen[0]
    return found_in([piece], title_case(bare))


def _apart(known: Sequence[tuple[Piece, str]]) -> bool:
    """Whether further names stand far below the first: they belong to something else."""
    return len(known) > 1 and known[1][0].top - known[0][0].bottom > 6 * known[0][0].height


def bare_name(text: str) -> str | None:
    """Return the person's name a line holds, without rank and learning; None if it holds something else."""
    if _SIGNED.search(fold(text)):
        return None
    stripped = nfc(text).strip(" .,:;*_-–|'\"“”()[]/\\")
    bare = stripped[match.end() :] if (match := _RANK.match(fold(stripped))) else stripped
    return bare if looks_like_name(bare) else None


def looks_like_name(text: str) -> bool:
    """Whether a text is two to six capitalised words, as a Vietnamese person's name is printed."""
    words = text.split()
    if not _NAME.match(text) or not all(word[0].isupper() for word in words):
        return False
    if is_capitals(text, least=4):
        return fold(words[0]) in FAMILY_NAMES and len(words) <= 5 and not is_position(text)
    return all(len(word) <= 7 or "-" in word for word in words) and sum(len(w) > 1 for w in words) >= 2
