"""Chức vụ, họ tên người ký, quyền hạn ký: who signed, as what, and in whose place.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 7 (zones 7a, 7b); Điều 13 (TM., KT., TL., TUQ., Q.).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.fields.casing import readable_title, respaced, restored, title_case
from ocr.fields.folding import fold, is_capitals, letters, nfc
from ocr.fields.foot import CAPACITY, Foot, hidden_position, is_capacity, is_position, resembles_position
from ocr.fields.lexicon import FAMILY_NAMES, RANKS
from ocr.fields.pieces import Piece, found_in
from ocr.fields.result import Found

_RANK = re.compile(
    r"^\W*(?:(?:"
    + "|".join(sorted((re.escape(fold(rank)) for rank in RANKS), key=len, reverse=True))
    + r")\b[\s.,:/-]*)+"
)
_NAME = re.compile(r"^[^\W\d_]+(?:['’-][^\W\d_]+)*(?: [^\W\d_]+(?:['’-][^\W\d_]+)*){1,5}$")
_SEAL_WORDS = frozenset(
    letters(word)
    for word in (
        "SỞ",
        "Y",
        "TẾ",
        "TỈNH",
        "BỘ",
        "XÃ",
        "HỘI",
        "CHỦ",
        "NGHĨA",
        "VIỆT",
        "NAM",
        "UBND",
        "ỦY",
        "BAN",
        "PHƯỜNG",
        "CỘNG",
        "HÒA",
        "T",
    )
)
"""What stands around a seal: no name is made of these alone."""
_SIGNED = re.compile(r"(da ky|ky ten|chu ky|dong dau|ky,|\(ky|ky boi|ky so|nguoi ky|co quan:|thoi gian ky)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What the signature block says; each None where it was not read."""

    capacity: Found | None
    """A tuple of lines as printed: ("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG")."""
    title: Found | None
    name: Found | None


def find_signer(foot: Foot | None) -> Signer:
    """Return capacity, title and name of the signer of a document."""
    lines = foot.signature if foot else ()
    start = next((i for i, p in enumerate(lines) if _heads(p.text) or hidden_position(p.text)), None)
    if start is None:
        return Signer(capacity=None, title=None, name=_name(lines))
    groups, end = _groups(lines, start)
    *acting, last = groups
    if is_capacity(last[0].text):
        acting, last = groups, []
    capacity = _capacity(acting, last)
    return Signer(capacity=capacity, title=_title(last, capacity) or _deputy(capacity), name=_name(lines[end:]))


def _heads(text: str) -> bool:
    return is_capacity(text) or is_position(text)


def _groups(lines: Sequence[Piece], start: int) -> tuple[list[list[Piece]], int]:
    """Return the rows above the signature, each capacity or title with the rows that go on with it, and their end."""
    groups = [[lines[start]]]
    index = start + 1
    while index < len(lines):
        piece, before = lines[index], lines[index - 1]
        if piece.top - before.bottom > 2.2 * piece.height:
            break
        if _heads(piece.text) or resembles_position(piece.text) or hidden_position(piece.text):
            if before.text.rstrip().endswith(","):
                groups[-1].append(piece)  # "BỘ TRƯỞNG, / CHỦ NHIỆM VĂN PHÒNG"
            else:
                groups.append([piece])
        elif _repeats_end(piece.text, groups[-1]):
            groups.append([piece])
        elif is_capitals(piece.text, least=3) and not looks_like_name(piece.text):
            if _below(groups[-1][0], piece):
                groups[-1].append(piece)  # "TM. BAN CHẤP HÀNH / ĐẢNG BỘ TỈNH"
        else:
            break
        index += 1
    return groups, index


def _below(above: Piece, piece: Piece) -> bool:
    """Whether a row is centred under another, as the rows of a signature block are; words of a seal stand beside it."""
    return abs(piece.middle - above.middle) <= 0.3 * (above.right - above.left) + above.height


def _repeats_end(text: str, group: Sequence[Piece]) -> bool:
    """Whether a row is what is left of a deputy's title: "'TỊCH" under "KT. CHỦ TỊCH"."""
    above = fold(group[0].text)
    return CAPACITY.match(above) is not None and len(letters(text)) > 3 and letters(above).endswith(letters(text))


def _capacity(acting: Sequence[Sequence[Piece]], title: Sequence[Piece]) -> Found | None:
    if not acting:
        return None
    following = [*acting[1:], title]
    values = tuple(_in_place_of(group, after) for group, after in zip(acting, following, strict=True))
    sure = all(is_capacity(group[0].text) for group in acting)
    return found_in([p for group in acting for p in group], values, weight=1.0 if sure else 0.5)


def _in_place_of(group: Sequence[Piece], after: Sequence[Piece]) -> str:
    """Return one capacity as printed; where "KT." was written by hand and not read, a deputy below gives it back."""
    text = respaced(" ".join(p.text for p in group))
    match = CAPACITY.match(fold(text))
    if match:
        how = re.sub(r"[\s./]", "", match["how"]).upper()
        return f"{how}. {restored(respaced(text[match.end() :])).strip(' .,:;')}"
    deputy = letters(after[0].text) if after else ""
    named = restored(hidden_position(text) or text).strip(" .,:;\"'")
    return f"KT. {named}" if deputy.startswith(("pho", "thutruong")) else named


def _title(rows: Sequence[Piece], capacity: Found | None) -> Found | None:
    if not rows:
        return None
    hidden = hidden_position(rows[0].text)
    printed = [hidden or rows[0].text, *(p.text for p in rows[1:])]
    # Behind a smudged "KT." the title proper was not read: the one here is that of the absent head.
    plain = not hidden and is_position(rows[0].text)
    found = found_in(rows, readable_title(" ".join(map(respaced, printed))), weight=1.0 if plain else 0.5)
    acting = capacity.value[-1] if capacity and isinstance(capacity.value, tuple) else ""
    repeats = acting.startswith("KT. ") and letters(acting[4:]).endswith(letters(str(found.value)))
    return _deputy(capacity) if repeats else found


def _deputy(capacity: Found | None) -> Found | None:
    """Return the title of who signs "KT." when it was not read, or only its end, under seal and signature.

    Only a deputy signs so (Nghị định 30/2020/NĐ-CP, Điều 13); a person looks at it all the same.
    """
    acting = capacity.value[-1] if capacity and isinstance(capacity.value, tuple) else ""
    if capacity is None or not acting.startswith("KT. "):
        return None
    head = readable_title(acting.removeprefix("KT. "))
    minister = letters(head).startswith("botruong")
    return replace(capacity, value="Thứ trưởng" if minister else f"Phó {head}", confidence=0.5 * capacity.confidence)


def _name(lines: Sequence[Piece]) -> Found | None:
    """Return the name: the last line that looks like one, known family names first; seal and signature lie between."""
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
    bare = _without_seal(stripped[match.end() :] if (match := _RANK.match(fold(stripped))) else stripped)
    return bare if looks_like_name(bare) else None


def _without_seal(text: str) -> str:
    """Return a name without the words of a seal before it: what is in capitals before what is not."""
    words = text.split()
    first = next((i for i, word in enumerate(words) if len(word) == 1 or not word.isupper()), 0)
    return " ".join(words[first:]) if len(words) - first > 1 else text


def looks_like_name(text: str) -> bool:
    """Whether a text is two to six capitalised words, as a Vietnamese person's name is printed."""
    words = text.split()
    if not _NAME.match(text) or not all(word[0].isupper() for word in words):
        return False
    if is_capitals(text, least=4):
        sealed = {fold(word) for word in words} <= _SEAL_WORDS
        return fold(words[0]) in FAMILY_NAMES and len(words) <= 5 and not is_position(text) and not sealed
    return all(len(word) <= 7 or "-" in word for word in words) and sum(len(w) > 1 for w in words) >= 2
