"""Batches for the trainer: lines of each source by its share, disturbed, packed by width, made beside the training."""

import queue
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr.readers.ink import TALL
from training.reader.alphabet import classes
from training.reader.disturb import disturbed
from training.reader.shelf import Shelf, by_width
from training.shards import ShardLine

SHARES: Mapping[str, float] = {"scan": 0.40, "print": 0.25, "rendered": 0.35}
"""How much of each source is learnt from, where all are there."""
ENOUGH = 8000
"""A source with fewer lines counts for less: its lines would come again too soon."""
_LINES_A_PASS = 4000
_PADDED_TO = 32
_TAIL = 8
"""Empty columns after the longest line, as in the product."""
_AHEAD = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """What one step of training sees."""

    ink: npt.NDArray[np.float32]
    """Lines x 96 x columns, a multiple of 32."""
    widths: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    """Of all lines, one after the other."""
    label_lengths: npt.NDArray[np.int64]


class _Ring:
    """Lines of one source, in an order that is shuffled whenever all were given or more came."""

    def __init__(self) -> None:
        self._lines: list[ShardLine] = []
        self._at = 0

    def take(self, count: int, lines: list[ShardLine], rng: np.random.Generator) -> list[ShardLine]:
        taken: list[ShardLine] = []
        if len(lines) != len(self._lines):
            self._lines, self._at = _shuffled(lines, rng), 0
        while len(taken) < count:
            if self._at == len(self._lines):
                self._lines, self._at = _shuffled(lines, rng), 0
            piece = self._lines[self._at : self._at + count - len(taken)]
            taken += piece
            self._at += len(piece)
        return taken


def _shuffled(lines: list[ShardLine], rng: np.random.Generator) -> list[ShardLine]:
    return [lines[index] for index in rng.permutation(len(lines))]


def packed(lines: list[ShardLine], rng: np.random.Generator | None) -> Batch:
    """Return the lines as a batch; disturbed if there is chance."""
    inks = [
        np.asarray(line.ink(), dtype=np.float32) / 255 if rng is None else disturbed(line.ink(), rng) for line in lines
    ]
    widths = np.array([ink.shape[1] for ink in inks], dtype=np.int64)
    columns = -(-(int(widths.max()) + _TAIL) // _PADDED_TO) * _PADDED_TO
    batch = np.zeros((len(lines), TALL, columns), dtype=np.float32)
    for row, ink in zip(batch, inks, strict=True):
        row[:, : ink.shape[1]] = ink
    labels = [classes(line.label.text) for line in lines]
    return Batch(
        ink=batch,
        widths=widths,
        labels=np.array([letter for label in labels for letter in label], dtype=np.int64),
        label_lengths=np.array([len(label) for label in labels], dtype=np.int64),
    )


def _passes(folder: Path, columns: int, rng: np.random.Generator) -> Iterator[Batch]:
    shelf = Shelf(folder)
    rings: dict[str, _Ring] = defaultdict(_Ring)
    while True:
        by_source: dict[str, list[ShardLine]] = defaultdict(list)
        for line in shelf.look():
            if not line.label.held_out:
                by_source[line.label.source].append(line)
        shares = {source: SHARES[source] * min(1, len(lines) / ENOUGH) for source, lines in by_source.items()}
        drawn: list[ShardLine] = []
        for source, lines in sorted(by_source.items()):
            drawn += rings[source].take(round(_LINES_A_PASS * shares[source] / sum(shares.values())), lines, rng)
        batches = by_width(_shuffled(drawn, rng), columns)
        for index in rng.permutation(len(batches)):
            yield packed(batches[index], rng)


def feed(folder: Path, *, columns: int, seed: int) -> Iterator[Batch]:
    """Yield batches without end, at most so many columns each, made ahead by a thread of its own."""
    ahead: queue.Queue[Batch] = queue.Queue(_AHEAD)

    def make() -> None:
        for batch in _passes(folder, columns, np.random.default_rng(seed)):
            ahead.put(batch)

    threading.Thread(target=make, daemon=True).start()
    while True:
        yield ahead.get()
