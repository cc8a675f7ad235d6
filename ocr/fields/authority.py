"""Tên cơ quan ban hành và cơ quan chủ quản: who issued the document, and the authority above.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 2 (zone 2).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ocr.fields.casing import readable_authority, respaced
from ocr.fields.document_number import read_number
from ocr.fields.folding import fold, is_capitals, letters
from ocr.fields.layout import Head
from ocr.fields.lexicon import AUTHORITY_WORDS, UNITS
from ocr.fields.pieces import Piece, found_in
from ocr.fields.result import Found

_MOST_ROWS = 6
_WORDS = tuple(sorted({fold(word) for word in AUTHORITY_WORDS}, key=len, reverse=True))
_UNITS = tuple(fold(unit) for unit in UNITS)
_UNFINISHED = re.compile(r"(\bva|\bcua|\bcac|[-–,&]|\bquan ly|\bve|\bvan phong doan)$")
_STOP = re.compile(r"^\W*(s[o06]\s*[:.;]|v/v|ve viec|trich yeu)")
_NOISE = re.compile(
    r"^\W*den\b|\bden (ngay|so)\b|ngay\s*:|chuyen\s*:|@|\+07|ky boi|thoi gian ky|luu ho so|kinh chuyen|cong van den|"
    r"^\W*cong thong t|\bcv den"
)


def find_authorities(head: Head) -> tuple[Found | None, Found | None]:
    """Return the issuing authority and the one above it, in readable case; None where none is printed.

    The head stacks them, the issuer last; a name may run over several rows, and a row that does not begin as the
    name of an authority goes on with the row above it.
    """
    units = _units(_name_rows(head.left))
    if not units:
        return None, None
    above = units[-2] if len(units) > 1 else None
    return _named(units[-1]), _named(above) if above else None


def _name_rows(left: Sequence[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    for piece in left:
        folded = fold(respaced(piece.text))
        if _STOP.match(folded) or read_number(piece):
            break
        if len(letters(piece.text)) < 3 or _NOISE.search(folded) or not _looks_set_in_head(piece.text):
            if kept and len(letters(piece.text)) > 12:
                break
            continue
        kept.append(replace(piece, text=respaced(piece.text)))
        if len(kept) == _MOST_ROWS:
            break
    return kept


def _looks_set_in_head(text: str) -> bool:
    folded = fold(text).strip()
    return is_capitals(text, least=3) or _begins_authority(folded) or folded.startswith(_UNITS)


def _begins_authority(folded: str) -> bool:
    bare = re.sub(r"^\W+", "", folded)
    return any(bare == word or bare.startswith((word + " ", word + ",")) for word in _WORDS)


def _units(pieces: Sequence[Piece]) -> list[list[Piece]]:
    units: list[list[Piece]] = []
    for piece in pieces:
        if units and not _opens_unit(units[-1], piece):
            units[-1].append(piece)
        else:
            units.append([piece])
    return [unit for unit in units if _begins_authority(fold(unit[0].text))] or units[:1]


def _opens_unit(unit: Sequence[Piece], piece: Piece) -> bool:
    before, folded = fold(" ".join(p.text for p in unit)).strip(" ."), fold(piece.text)
    if _UNFINISHED.search(before) or not _begins_authority(folded):
        return False
    if before in _WORDS and not before.startswith(("chinh phu", "quoc hoi")):
        return False  # "VĂN PHÒNG / HĐND VÀ UBND": a bare kind of office, named by the next row
    return not re.match(r"chinh phu|quoc hoi", folded) or len(letters(before)) > 20


def _named(unit: Sequence[Piece]) -> Found:
    return found_in(unit, readable_authority(" ".join(piece.text for piece in unit)))
