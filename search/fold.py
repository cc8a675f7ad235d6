"""Text as it is compared: folded (no accents, đ to d, lower case), or exact but for tone placement.

Both forms keep one character per character of NFC text, so places found in them are places in the text. Pure. Stored
text is never rewritten by these rules.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_WORD = 64
"""Characters; a longer run of letters is scanner noise or an encoded blob and is cut."""

_TONE_SECOND = re.compile(r"(?<!q)([ou])([àáảãạèéẻẽẹỳýỷỹỵ])(?!\w)")
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_MARK = re.compile(r"[\u0300-\u036f]")
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_OPEN_PAIRS = {"oa", "oe", "uy"}
_IY = re.compile(r"^(?:[hklmst]|qu)y$")


def nfc(text: str) -> str:
    """Return the text with composed letters and one kind of đ (U+00D0 and U+00F0 are Icelandic, and look alike)."""
    return unicodedata.normalize("NFC", text).translate({0xD0: 0x110, 0xF0: 0x111})


def _folded(character: str) -> str:
    if character in "đĐ":
        return "d"
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)).lower()
    return base if len(base) == 1 else character


class _Folding(dict[int, str]):
    """Code point -> folded character, worked out when first met."""

    def __missing__(self, point: int) -> str:
        self[point] = _folded(chr(point))
        return self[point]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the text without accents, lower case, đ as d; as many characters as its NFC form has.

    Marks that compose with no letter stay, so that places stay right; `words` drops them.
    """
    return nfc(text).translate(_FOLDING)


def settle_tones(text: str) -> str:
    """Return NFC lower-case text with the tone of oa, oe, uy on the first letter: "hoà" as "hòa", "uỷ" as "ủy".

    As many characters as the NFC form has. After q the u belongs to the consonant: "quý" stays.
    """
    return _TONE_SECOND.sub(_moved, _lower(nfc(text)))


def _lower(text: str) -> str:
    """Lower case that keeps the length (İ would give two characters)."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _moved(match: re.Match[str]) -> str:
    vowel, tone = unicodedata.normalize("NFD", match[2])[0], unicodedata.normalize("NFD", match[2])[-1]
    if match[1] + vowel not in _OPEN_PAIRS or tone not in _TONES:
        return match[0]
    return unicodedata.normalize("NFC", match[1] + tone) + vowel


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a text in its two forms."""

    folded: str
    """Without accents; numbers without leading zeros; "lý" and "lí" alike."""
    exact: str
    """Lower case with accents, tone placement settled."""
    start: int
    """Characters from the beginning of the NFC text."""
    end: int


def words(text: str) -> Iterator[Word]:
    """Return the words of the text in order. Letters and digits make words; everything else parts them."""
    composed = nfc(text)
    plain, exact = fold(composed), settle_tones(composed)
    for match in _WORD.finditer(composed):
        start, end = match.span()
        yield Word(
            folded=fold_word(_MARK.sub("", plain[start:end])),
            exact=_number(exact[start:end])[:LONGEST_WORD],
            start=start,
            end=end,
        )


def fold_word(folded: str) -> str:
    """Return the comparison form of one already folded word."""
    if _IY.match(folded):
        folded = folded[:-1] + "i"
    return _number(folded)[:LONGEST_WORD]


def _number(word: str) -> str:
    return word.lstrip("0") or "0" if word[:1] == "0" and word.isdecimal() else word


def phrase(text: str) -> tuple[str, ...]:
    """Return the folded words of the text."""
    return tuple(word.folded for word in words(text))


def key(text: str) -> str:
    """Return the text as one folded word, for comparing whole values: "Quyết định" as "quyet_dinh"."""
    return "_".join(phrase(text))


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter added, dropped, changed or two neighbours swapped turn one word into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[at:], other[at:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:])
    )
