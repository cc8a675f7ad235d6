"""Labels of scans whose typed text is at hand -> how many are right. Pure.

The typed text has other line breaks and heads, so a label is sought anywhere in it; one that is nowhere near any of it
(stamps, heads, lists of recipients) is not counted. Quotes, dashes and spaces are folded: typists differ in those.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import partial_ratio_alignment

from ocr.readers.arbiter import plain

_NEAR = 0.25
"""Letters that may differ in a line of the text."""
_ENDS = 2
LEAST_LETTERS = 12
"""Shorter lines are found anywhere."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """How far labels are from the typed text."""

    distances: Counter[int] = field(default_factory=Counter)
    """Letters of difference -> labels."""
    elsewhere: int = 0
    """Labels of lines that are not in the typed text."""

    @property
    def found(self) -> int:
        """Labels compared."""
        return self.distances.total()

    def share(self, within: int) -> float:
        """Return the share of compared labels that differ in at most so many letters; 0 without any."""
        right = sum(count for distance, count in self.distances.items() if distance <= within)
        return right / self.found if self.found else 0.0


def compared_form(text: str) -> str:
    """Return a text as it is compared: plain signs, no spaces."""
    return re.sub(r"\s+", "", plain(text))


def nearest(label: str, typed: str) -> tuple[int, str]:
    """Return the edit distance to the nearest part of a typed text, and that part; both in compared form."""
    found = partial_ratio_alignment(label, typed)
    if found is None:
        return len(label), ""
    # The place is right, its ends are not always.
    starts = range(max(0, found.dest_start - _ENDS), found.dest_start + _ENDS + 1)
    stops = range(found.dest_end - _ENDS, found.dest_end + _ENDS + 1)
    places = (typed[start:stop] for start, stop in itertools.product(starts, stops))
    return min((int(Levenshtein.distance(label, part)), part) for part in places)


def tallied(labels: Iterable[str], typed: str) -> tuple[Tally, list[tuple[str, str]]]:
    """Compare labels with a typed text; return the tally, and each wrong label with what is typed."""
    tally, wrong = Tally(), list[tuple[str, str]]()
    for label in _long_enough(labels):
        distance, part = nearest(label, typed)
        if distance > _NEAR * len(label):
            tally.elsewhere += 1
            continue
        tally.distances[distance] += 1
        if distance:
            wrong.append((label, part))
    return tally, wrong


def _long_enough(labels: Iterable[str]) -> Iterator[str]:
    for label in map(compared_form, labels):
        if len(label) >= LEAST_LETTERS:
            yield label
