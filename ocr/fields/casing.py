"""Capitals of the head and of signatures -> readable case ("TỈNH QUẢNG NGÃI" -> "tỉnh Quảng Ngãi").

Also gives back the accents of well-known words when every letter agrees ("UY BAN NHAN DAN"), because engines lose the
small marks over capitals first. Names of persons and places are never guessed.
"""

import re
from enum import Enum, auto

from ocr.fields.folding import fold, is_capitals, letters, nfc
from ocr.fields.lexicon import ABBREVIATIONS, INSTITUTIONS, OFFICES, PHRASES, POSITIONS, PROVINCES, SECTORS, UNITS

# An abbreviation is what cannot be a Vietnamese syllable.
_SYLLABLE = re.compile(
    r"^(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?$|^[^a-z]+$|.*-"
)
_TONES = {"oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "uỷ": "ủy"}
_SMALL = frozenset({"va", "cua", "cho", "ve"})
_LONGEST = max(len(phrase.split()) for phrase in (*PHRASES, *PROVINCES))
_BY_FOLD = {tuple(fold(phrase).split()): phrase for phrase in (*PROVINCES, *PHRASES)}

_WHOLE = {
    letters(whole): whole.upper()
    for whole in (
        *(f"{office} {sector}" for office in ("Sở", "Bộ", "Phòng") for sector in SECTORS),
        *(f"{council} tỉnh {name}" for council in ("UBND", "HĐND", "Ủy ban nhân dân") for name in PROVINCES),
        *POSITIONS,
    )
}
"""Rows that are well known as a whole, by their letters."""


def respaced(printed: str) -> str:
    """Return a row in capitals as it must have been set, where blanks were lost or put in: "SỞY TẾ" -> "SỞ Y TẾ"."""
    text = nfc(printed)
    return _WHOLE.get(letters(text), text) if is_capitals(text) else text


def readable_authority(printed: str) -> str:
    """Return the name of an authority in readable case; what was printed in small letters stays as it is."""
    text = nfc(printed).strip(" .,;:-–_*")
    if not is_capitals(text):
        return text
    words = text.split()
    out: list[str] = []
    index, manner = 0, _Manner.COMMON
    while index < len(words):
        phrase, taken = _known(words[index:], manner)
        if phrase is not None:
            out.append(phrase)
            manner = _after(phrase, manner)
        else:
            out.append(_word(words[index], capital=manner is not _Manner.COMMON or not out))
            manner = _after_word(words[index], manner)
        index += taken
    joined = " ".join(out)
    return joined[:1].upper() + joined[1:]


class _Manner(Enum):
    """How the words that come next are written unless they are well known."""

    COMMON = auto()
    """In small letters."""
    PLACE = auto()
    """They are the name of a place: each is capital, and none is anything else."""
    NAME = auto()
    """They are the name of an institution: each is capital."""
    WORK = auto()
    """They say what an office sees to: the first is capital."""


def _known(words: list[str], manner: _Manner) -> tuple[str | None, int]:
    return _province(words) if manner is _Manner.PLACE else _phrase(words)


def _after(phrase: str, manner: _Manner) -> _Manner:
    folded = fold(phrase)
    if manner is not _Manner.PLACE and folded.split()[-1] in _LAST_OF_UNIT:
        return _Manner.PLACE
    if folded in _INSTITUTIONS:
        return _Manner.NAME
    if folded in _OFFICES:
        return _Manner.WORK
    return _Manner.NAME if manner is _Manner.NAME else _Manner.COMMON


def _after_word(word: str, manner: _Manner) -> _Manner:
    folded = fold(word)
    if manner is _Manner.PLACE:
        return _Manner.COMMON if folded in ("va", "-") else manner
    if folded in _LAST_OF_UNIT:
        return _Manner.PLACE
    return manner if manner is _Manner.NAME else _Manner.COMMON


_INSTITUTIONS = {fold(kind) for kind in INSTITUTIONS}
_OFFICES = {fold(kind) for kind in OFFICES}
_LAST_OF_UNIT = {fold(unit).split()[-1] for unit in UNITS}


def _phrase(words: list[str]) -> tuple[str | None, int]:
    return _longest(words, _BY_FOLD)


def _province(words: list[str]) -> tuple[str | None, int]:
    return _longest(words, _PROVINCES_FOLDED)


_PROVINCES_FOLDED = {tuple(fold(name).split()): name for name in PROVINCES}


def _longest(words: list[str], table: dict[tuple[str, ...], str]) -> tuple[str | None, int]:
    folded = [fold(word).strip(",") for word in words[:_LONGEST]]
    for size in range(len(folded), 0, -1):
        phrase = table.get(tuple(folded[:size]))
        if phrase is not None and _may_be(words[:size], phrase):
            comma = "," if words[size - 1].endswith(",") else ""
            return phrase + comma, size
    return None, 1


def _may_be(words: list[str], phrase: str) -> bool:
    """Whether the words are the phrase, accents misread or lost; a word alone must not have another accent."""
    read, known = "".join(words).strip(",").lower(), "".join(phrase.split()).lower()
    read, known = _one_tone_form(read), _one_tone_form(known)
    return len(words) > 1 or all(r in (k, fold(k)) for r, k in zip(read, known, strict=False))


def _one_tone_form(text: str) -> str:
    for old, new in _TONES.items():
        text = text.replace(old, new)
    return text


def _word(word: str, *, capital: bool) -> str:
    bare = fold(word).strip(".,()&")
    if bare.upper() in ABBREVIATIONS or any(c.isdigit() or c == "&" for c in word) or not _SYLLABLE.match(bare):
        return word
    lowered = word.lower()
    return lowered[:1].upper() + lowered[1:] if capital and bare not in _SMALL else lowered


def is_known(printed: str) -> bool:
    """Whether well-known phrases, units and provinces make up the whole text: then no letter of it is in doubt."""
    words = nfc(printed).strip(" .,:;-–_*").split()
    index = 0
    while index < len(words):
        phrase, taken = _phrase(words[index:])
        if phrase is None and fold(words[index]).strip(",") not in ("va", "-", "ubnd", "hdnd"):
            return False
        index += taken
    return bool(words)


def restored(printed: str) -> str:
    """Return capitals with the accents of well-known phrases given back: "CHỦ TICH" -> "CHỦ TỊCH"."""
    words = nfc(printed).split()
    out: list[str] = []
    index = 0
    while index < len(words):
        phrase, taken = _phrase(words[index:])
        out.append(phrase.upper() if phrase and is_capitals(words[index]) else " ".join(words[index : index + taken]))
        index += taken
    return " ".join(out)


def readable_title(printed: str) -> str:
    """Return a signer's title in readable case: "PHÓ CHỦ TỊCH" -> "Phó Chủ tịch"."""
    return readable_authority(printed)


def title_case(name: str) -> str:
    """Return a person's name with every part capitalised, if it was printed in capitals."""
    text = nfc(name)
    if not is_capitals(text):
        return text
    return re.sub(r"[^\W\d_]+", lambda m: m.group()[:1].upper() + m.group()[1:].lower(), text)
