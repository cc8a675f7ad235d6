"""What is read in the lines of a finder against what stands in the known lines, wherever they are cut. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.lines import Box
from training.finder.compared import one_row

_TOUCH = 0.3
"""Share of the shorter line's width that two lines of a row have in common to belong together."""
_NEXT_ROW = 0.6
_FOLDED = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "..."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Counts over pages; they add up."""

    letters: int = 0
    """Of the known lines."""
    edits: int = 0
    invented: int = 0
    """Letters read where no known line is."""

    def __add__(self, other: "Edits") -> "Edits":
        """Return the counts of both."""
        return Edits(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


def edits(known: Sequence[Box], said: Sequence[str], found: Sequence[Box], read: Sequence[str]) -> Edits:
    """Compare texts by groups of lines that overlap: cutting a line differently costs nothing, losing it all of it."""
    total = Edits()
    for mine, theirs in _groups(known, found):
        wanted = _text([known[index] for index in mine], [said[index] for index in mine])
        seen = _text([found[index] for index in theirs], [read[index] for index in theirs])
        if wanted:
            total += Edits(letters=len(wanted), edits=Levenshtein.distance(wanted, seen))
        else:
            total += Edits(invented=len(seen))
    return total


def _groups(known: Sequence[Box], found: Sequence[Box]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the known and the found lines of each group; every line is in one."""
    of_known = list(range(len(known)))
    of_found = [len(known) + index for index in range(len(found))]
    if known and found:
        for one, other in np.argwhere(one_row(known, found)):
            if _touch(known[one], found[other]):
                old, new = of_found[other], of_known[one]
                of_known = [new if group == old else group for group in of_known]
                of_found = [new if group == old else group for group in of_found]
    for group in dict.fromkeys(of_known + of_found):
        yield [i for i, g in enumerate(of_known) if g == group], [i for i, g in enumerate(of_found) if g == group]


def _touch(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > _TOUCH * min(one[2] - one[0], other[2] - other[0])


def _text(boxes: Sequence[Box], texts: Sequence[str]) -> str:
    """Return the texts row by row, each row from left to right."""
    rows: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda index: boxes[index][1]):
        height = boxes[index][3] - boxes[index][1]
        if rows and boxes[index][1] - boxes[rows[-1][0]][1] < _NEXT_ROW * height:
            rows[-1].append(index)
        else:
            rows.append([index])
    ordered = [index for row in rows for index in sorted(row, key=lambda index: boxes[index][0])]
    return " ".join(" ".join(texts[index] for index in ordered).translate(_FOLDED).split())
