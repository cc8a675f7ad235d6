"""Shards of lines -> those lines that the reader can learn from, as they come while training runs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from training.reader.alphabet import as_label, classes
from training.shards import ShardLine, lines_of, shards_in

STEP = 4
"""Columns of ink a step: one letter at most comes out of a step."""


def learnable(shard: Path) -> Iterator[ShardLine]:
    """Yield the lines of a shard with letters that are known and a step for every letter, labelled by `as_label`."""
    for line in lines_of(shard):
        text = as_label(line.label.text)
        if text and steps_needed(text) <= line.width // STEP:
            yield replace(line, label=replace(line.label, text=text))


def steps_needed(text: str) -> int:
    """Return how many steps CTC needs: one a letter, and a blank between equal ones."""
    letters = classes(text)
    return len(letters) + sum(a == b for a, b in pairwise(letters))


class Shelf:
    """The shards of a folder, each read once; more may come between two looks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[Path, list[ShardLine]] = {}

    def look(self) -> list[ShardLine]:
        """Return all lines there are now that can be learnt."""
        for shard in shards_in(self._folder):
            if shard not in self._lines:
                self._lines[shard] = list(learnable(shard))
        return [line for lines in self._lines.values() for line in lines]


def by_width(lines: Sequence[ShardLine], columns: int) -> list[list[ShardLine]]:
    """Return the lines in batches of like width, each of at most so many columns with its padding."""
    batches: list[list[ShardLine]] = []
    for line in sorted(lines, key=lambda line: line.width):
        if not batches or (len(batches[-1]) + 1) * line.width > columns:
            batches.append([])
        batches[-1].append(line)
    return batches
