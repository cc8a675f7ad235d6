"""Two readings of a line, and a third where they differ -> a label that may be learnt from, or none. Pure.

A label must be right rather than typical: what cannot be settled word by word is left out. A settled line is worth
more than an agreed one, since there one of the readers has something to learn.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from rapidfuzz.distance import Levenshtein

from ocr.readers.agreement import likeness
from ocr.readers.arbiter import LIKELIER, SURE
from ocr.readers.word_pairs import BEGIN, END, WordPairs, folded_word

LEAST_ALIKE = 0.7
"""Below, one of the readers saw no print: handwriting, a seal, two lines at once."""
LEAST_LETTERS = 2
_MOST_DISPUTED = 0.34
"""Share of a line's words."""

_FAMILIES = (
    "aàáảãạăằắẳẵặâầấẩẫậ",
    "eèéẻẽẹêềếểễệ",
    "iìíỉĩị",
    "oòóỏõọôồốổỗộơờớởỡợ",
    "uùúủũụưừứửữự",
    "yỳýỷỹỵ",
    "dđ",
)
"""Letters that readers take for each other."""
_OTHERS = {letter: family.replace(letter, "") for family in _FAMILIES for letter in family}
_SUSPECT = 4.0
"""Difference of log likelihoods from which a like word makes a line suspect. On 48 pages 42 % of the
letters were in suspect lines, and 96 % of the lines in which trueocr was wrong about letters."""

Words = tuple[str, ...]


class Kind(StrEnum):
    """How a label came about."""

    AGREE = "agree"
    """Both readers read it."""
    SETTLED = "settled"
    """They differed in some words, each of which language or the third reader decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A line that may be learnt from."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What two readings say in one place of a line: words they agree on, or one dispute."""

    mine: Words
    theirs: Words
    start: int
    """Where it begins among the words of the first."""

    @property
    def disputed(self) -> bool:
        """Whether they differ."""
        return self.mine != self.theirs


def parts(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Part]:
    """Yield two readings place by place: single words, or several where one has words that the other joins or lacks."""
    for equal, i1, i2, j1, j2 in _runs(mine, theirs):
        if equal or i2 - i1 == j2 - j1:
            for offset in range(i2 - i1):
                yield Part(mine=(mine[i1 + offset],), theirs=(theirs[j1 + offset],), start=i1 + offset)
        else:
            yield Part(mine=tuple(mine[i1:i2]), theirs=tuple(theirs[j1:j2]), start=i1)


def _runs(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    steps = [
        (step.tag == "equal", step.src_start, step.src_end, step.dest_start, step.dest_end)
        for step in Levenshtein.opcodes(mine, theirs)
    ]
    for equal, run in itertools.groupby(steps, key=itemgetter(0)):
        whole = list(run)
        yield equal, whole[0][1], whole[-1][2], whole[0][3], whole[-1][4]


def words_at(start: int, end: int, mine: Sequence[str], theirs: Sequence[str]) -> Words | None:
    """Return what another reading has between two word boundaries of the first; None where it has no such boundary."""
    ends = [(0, 0, 0)]
    for _, i1, i2, j1, j2 in _runs(mine, theirs):
        if i2 - i1 == j2 - j1:
            ends += [(i1 + offset, j1 + offset, j1 + offset) for offset in range(1, i2 - i1)]
        ends.append((i2, j2, j2))
    first = [j for i, j, _ in ends if i == start]
    last = [j for i, j, _ in ends if i == end]
    return tuple(theirs[first[0] : last[-1]]) if first and last else None


def needs_witness(one: str, two: str, pairs: WordPairs) -> bool:
    """Whether a third reading can decide what language alone does not."""
    return may_be_label(one, two) and one != two and judged(one, two, None, pairs) is None


def may_be_label(one: str, two: str) -> bool:
    """Whether two readings are of the same print: alike, and letters or the same digits."""
    if sum(map(str.isalpha, one)) < LEAST_LETTERS:
        return one == two and any(map(str.isdigit, one))
    return likeness(one, two) >= LEAST_ALIKE


def judged(one: str, two: str, witness: str | None, pairs: WordPairs) -> Verdict | None:
    """Return the label of a line: `one` is the better reader's text, `witness` a third's; None: do not learn it."""
    if not may_be_label(one, two):
        return None
    mine, theirs = one.split(), two.split()
    places = list(parts(mine, theirs))
    disputed = sum(place.disputed for place in places)
    if disputed > max(1, round(_MOST_DISPUTED * len(mine))):
        return None
    third = witness.split() if witness else None
    out: list[str] = []
    for place in places:
        end = place.start + len(place.mine)
        around = out[-1] if out else BEGIN, mine[end] if end < len(mine) else END
        words: Words | None = place.mine
        if place.disputed:
            seen = None if third is None else words_at(place.start, end, mine, third)
            words = _chosen(place, seen, around, pairs)
        if words is None or _is_doubtful(words, place.theirs, around, pairs):
            return None
        out += words
    return Verdict(text=" ".join(out), kind=Kind.SETTLED if disputed else Kind.AGREE)


def _chosen(place: Part, witness: Words | None, around: tuple[str, str], pairs: WordPairs) -> Words | None:
    """Return the words of a dispute that language or the witness decides, and neither contradicts."""
    if not place.mine or not place.theirs:
        return None
    before, after = around
    margin = pairs.phrase(before, list(place.mine), after) - pairs.phrase(before, list(place.theirs), after)
    joined = "".join(place.mine) == "".join(place.theirs)
    # The other reader loses faint signs, and so does the witness: what only the first saw may be there.
    loses = len(" ".join(place.theirs)) < len(" ".join(place.mine)) and not joined
    word_by_word = len(place.mine) == len(place.theirs)
    if not joined and not (word_by_word and _same_around(place) and not _has_digit(place)):
        # Language knows no numbers, and nothing of the signs around and between words.
        agreed = witness == place.mine or (witness == place.theirs and not loses)
        return witness if agreed and not _may_end_a_sentence(place, after) else None
    if margin > SURE or (joined and margin > LIKELIER) or (witness == place.mine and margin > -LIKELIER):
        return place.mine
    # A tone that two lesser readers see alike may be wrong in the same way: language must not speak against it.
    if (-margin > SURE and not loses) or (witness == place.theirs and margin <= 0):
        return place.theirs
    return None


def _may_end_a_sentence(place: Part, after: str) -> bool:
    """Whether one has a full stop where the other has a comma, before a capital: on worn print nobody can tell."""
    return {place.mine[-1][-1], place.theirs[-1][-1]} == {".", ","} and after[0].isupper()


def _has_digit(place: Part) -> bool:
    return any(letter.isdigit() for word in (*place.mine, *place.theirs) for letter in word)


def _same_around(place: Part) -> bool:
    """Whether a dispute is of letters alone, not of the signs before and after the words."""
    mine, theirs = " ".join(place.mine), " ".join(place.theirs)
    bare, other = folded_word(mine), folded_word(theirs)
    return bare != other and mine.lower().replace(bare, "", 1) == theirs.lower().replace(other, "", 1)


def is_suspect(text: str, pairs: WordPairs) -> bool:
    """Whether a line has a word unheard of, or one for which language would put a like one: it may be misread."""
    words = text.split()
    spelt = [word for word in words if any(map(str.isalpha, word)) and not any(map(str.isdigit, word))]
    return not all(map(pairs.knows, spelt)) or any(
        _is_doubtful((word,), (word,), (before, after), pairs)
        for before, word, after in zip([BEGIN, *words], words, [*words[1:], END], strict=False)
    )


def _is_doubtful(words: Words, theirs: Words, around: tuple[str, str], pairs: WordPairs) -> bool:
    """Whether a word like the chosen one, or like the other reader's, or two words, would be likelier here."""
    if len(words) != 1 or any(map(str.isdigit, words[0])):
        return False
    before, after = around
    known = pairs.phrase(before, list(words), after)
    like = ([other] for word in {*words, *theirs[:1]} for other in _like(word))
    others = itertools.chain(like, _halves(words[0], pairs))
    return any(pairs.phrase(before, other, after) - known > _SUSPECT for other in others)


def _halves(word: str, pairs: WordPairs) -> Iterator[list[str]]:
    """Yield a word nobody knows as two that are known: a lost space."""
    if not pairs.knows(word):
        for place in range(1, len(word)):
            if pairs.knows(word[:place]) and pairs.knows(word[place:]):
                yield [word[:place], word[place:]]


def _like(word: str) -> Iterator[str]:
    for index, letter in enumerate(word):
        for other in _OTHERS.get(letter.lower(), ""):
            yield word[:index] + (other.upper() if letter.isupper() else other) + word[index + 1 :]


_UNKNOWN_FORM = re.compile("[\"'“”‘’–—…«»]")
"""What one of the readers cannot write, or writes for something else."""


_HEADING = re.compile(r"(?:(?:Điều|Chương|Mục|Khoản) )?\d[\d.]*[,;] ?(?P<next>.?)")
"""The full stop after a number that begins a line, which readers take for a comma on worn print.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I, Mục II.6 (trình bày nội dung).
"""


def form_is_known(text: str) -> bool:
    """Whether every sign of a label is one that both readers tell from its like; hyphens are for dashes.py."""
    heading = _HEADING.match(text)
    return _UNKNOWN_FORM.search(text) is None and not (heading and heading["next"].isupper())
