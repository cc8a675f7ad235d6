"""Lines to learn from, as the makers of lines leave them: pairs of files that may appear while training runs.

`<source>-<number>.bin` holds the ink of the lines, one after the other, 96 rows of bytes each (0 paper, 255 ink);
`<source>-<number>.jsonl` says of each where it begins, how wide it is and what it says.
"""

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.reader.alphabet import as_label, classes

ROWS = 96
STEP = 4
"""Columns of ink a step: one letter at most comes out of a step."""

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningLine:
    """One line with its label."""

    file: Path
    """The .bin file."""
    offset: int
    """In bytes."""
    width: int
    """Columns of ink."""
    text: str
    """See training.reader.alphabet.as_label."""
    source: str
    """`rendered`, `print` or `scan`."""
    kind: str
    held_out: bool
    """Never trained on: used to choose and to measure."""

    def ink(self) -> Bytes:
        """Return 96 rows x width, a view of the file."""
        return _mapped(self.file)[self.offset : self.offset + ROWS * self.width].reshape(ROWS, self.width)


@functools.lru_cache(maxsize=256)
def _mapped(file: Path) -> Bytes:
    return np.memmap(file, dtype=np.uint8, mode="r")


def lines_of(shard: Path) -> list[LearningLine]:
    """Return the lines of a .jsonl file that can be learnt: letters known, and a step for every letter."""
    return list(_readable(shard))


def _readable(shard: Path) -> Iterator[LearningLine]:
    with shard.open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            text = as_label(row["text"])
            if text and steps_needed(text) <= row["width"] // STEP:
                yield LearningLine(
                    file=shard.with_suffix(".bin"),
                    offset=row["offset"],
                    width=row["width"],
                    text=text,
                    source=row["source"],
                    kind=row.get("kind", ""),
                    held_out=row["held_out"],
                )


def steps_needed(text: str) -> int:
    """Return how many steps CTC needs: one a letter, and a blank between equal ones."""
    letters = classes(text)
    return len(letters) + sum(a == b for a, b in pairwise(letters))


class Shelf:
    """The shards of a folder, each read once; more may come between two looks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[Path, list[LearningLine]] = {}

    def look(self) -> list[LearningLine]:
        """Return all lines there are now."""
        for shard in sorted(self._folder.glob("*.jsonl")):
            if shard not in self._lines and shard.with_suffix(".bin").exists():
                self._lines[shard] = lines_of(shard)
        return [line for lines in self._lines.values() for line in lines]


def by_width(lines: Sequence[LearningLine], columns: int) -> list[list[LearningLine]]:
    """Return the lines in batches of like width, each of at most so many columns with its padding."""
    batches: list[list[LearningLine]] = []
    for line in sorted(lines, key=lambda line: line.width):
        if not batches or (len(batches[-1]) + 1) * line.width > columns:
            batches.append([])
        batches[-1].append(line)
    return batches
