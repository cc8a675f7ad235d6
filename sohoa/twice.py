"""Pages of a batch -> which of them are one sheet scanned twice (trang trùng). Pure.

Two pages are called one sheet where they look alike and read alike: forms of one office look alike, and only names and
numbers tell them apart. Source of the looks: ocr.pages.look.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from ocr.fields.folding import fold
from ocr.lines import Finding, PageReading

ALIKE = 24
"""Most bits in which the looks of one sheet differ: that of ocr.pages.look, which a process with keys must not load."""
_BITS = 256
_CHUNKS = ALIKE + 1
"""Looks that differ in 24 bits have at least one of 25 chunks in common."""
_CROWD = 64
"""A chunk that more pages share is parted further by their numbers, so that a thousand equal forms cost no million."""
_LEAST_TOKENS = 8
_NUMBERS_PER_UNREAD = 25
_WORDS_PER_MISREAD = 200
_LEFT_OUT = 0.1
"""Share of the words that one of two readings may lack: a line under a stamp that was not found."""
_NEAR = 0.6
"""Likeness of two spellings of one word."""
_SCRAP = 6
"""Letters of a line of one word that may be a piece of a seal or a signature, which no two scans give alike."""
_TOKEN = re.compile(r"[^\W\d_]{2,}|\d+")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A page as it looked and read. Order in the batch is that of `order`."""

    order: int
    look: str
    text: str

    @cached_property
    def bits(self) -> int:
        """The look as a number."""
        return int(self.look, 16)

    @cached_property
    def tokens(self) -> Counter[str]:
        """Words of two letters and more, without accents, and numbers; without scraps of seals."""
        lines = [line for line in self.text.split("\n") if not _is_scrap(line)]
        return Counter(_TOKEN.findall(fold("\n".join(lines))))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The numbers on it, sorted."""
        return tuple(sorted(token for token in self.tokens.elements() if token.isdigit()))


def twice_findings(pages: Sequence[PageReading]) -> tuple[Finding, ...]:
    """Return a finding for each page of a document that repeats one before it; its pages are those of the file.

    `other` counts pages of the document, from 1. Blank pages between two do not part them.
    """
    full = [(at, page) for at, page in enumerate(pages, start=1) if not page.blank]
    seen = [Seen(order=order, look=page.look, text=page.text) for order, (_, page) in enumerate(full)]
    return tuple(
        Finding(
            code="fed_twice" if two.order == one.order + 1 else "page_twice",
            page=full[two.order][1].page,
            detail={"other": str(full[one.order][0])},
        )
        for one, two in found_twice(seen)
    )


def found_twice(pages: Iterable[Seen]) -> list[tuple[Seen, Seen]]:
    """Return each page that is there already, behind the first one it repeats; in the order of the batch.

    Pages without a look, or with fewer than eight words, are left out: two pictures cannot be told apart by reading.
    """
    able = sorted((page for page in pages if _can_tell(page)), key=lambda page: page.order)
    first: dict[int, Seen] = {}
    for one, two in sorted(set(_neighbours(able)), key=lambda pair: (pair[1], pair[0])):
        early, late = able[one], able[two]
        if late.order not in first and early.order not in first and reads_alike(early, late):
            first[late.order] = early
    return [(first[page.order], page) for page in able if page.order in first]


def reads_alike(one: Seen, two: Seen) -> bool:
    """Whether two readings are of one text: equal but for a letter here and there, or a line that one of them lacks.

    A number that stands for another is a difference: the next form of a row differs in one digit.
    """
    here, there = one.tokens - two.tokens, two.tokens - one.tokens
    few, many = sorted(sum(n for token, n in side.items() if token.isdigit()) for side in (here, there))
    if few or many > min(len(one.numbers), len(two.numbers)) // _NUMBERS_PER_UNREAD:
        return False
    size = min(one.tokens.total(), two.tokens.total())
    left, right = _unpaired(_words(here), _words(there))
    return min(left, right) <= size // _WORDS_PER_MISREAD and max(left, right) <= _LEFT_OUT * size


def _is_scrap(line: str) -> bool:
    return len(line.split()) == 1 and len(line.strip()) <= _SCRAP and not line.strip().isdigit()


def _can_tell(page: Seen) -> bool:
    return bool(page.look) and page.bits != 0 and page.tokens.total() >= _LEAST_TOKENS


def _neighbours(pages: Sequence[Seen]) -> Iterator[tuple[int, int]]:
    """Yield places of pages that look alike, the earlier first."""
    bounds = [_BITS * chunk // _CHUNKS for chunk in range(_CHUNKS + 1)]
    for low, high in pairwise(bounds):
        mask = (1 << (high - low)) - 1
        buckets: dict[int, list[int]] = defaultdict(list)
        for place, page in enumerate(pages):
            buckets[page.bits >> low & mask].append(place)
        for bucket in buckets.values():
            for group in [bucket] if len(bucket) <= _CROWD else _by_numbers(bucket, pages):
                yield from _alike(group, pages)


def _by_numbers(bucket: Sequence[int], pages: Sequence[Seen]) -> list[list[int]]:
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in bucket:
        groups[pages[place].numbers].append(place)
    return list(groups.values())


def _alike(group: Sequence[int], pages: Sequence[Seen]) -> Iterator[tuple[int, int]]:
    for at, one in enumerate(group):
        bits = pages[one].bits
        for two in group[at + 1 : at + 1 + _CROWD]:
            if (bits ^ pages[two].bits).bit_count() <= ALIKE:
                yield one, two


def _words(tokens: Counter[str]) -> list[str]:
    return [token for token in tokens.elements() if not token.isdigit()]


def _unpaired(here: Sequence[str], there: list[str]) -> tuple[int, int]:
    """Return how many words of either side are no other spelling of a word of the other side."""
    rest, alone = list(there), 0
    for word in here:
        near = max(rest, key=lambda other: Levenshtein.normalized_similarity(word, other), default=None)
        if near is not None and Levenshtein.normalized_similarity(word, near) >= _NEAR:
            rest.remove(near)
        else:
            alone += 1
    return alone, len(rest)
