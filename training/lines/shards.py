"""Shards of lines: TALL rows of ink a line, one line after the other, with their texts beside them. No PyTorch.

`<source>-<NNN>.bin` holds the lines, uint8, 255 ink, row-major TALL x width; `<source>-<NNN>.jsonl` one row a line.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr.readers.ink import TALL

LINES_A_SHARD = 2000

Ink8 = npt.NDArray[np.uint8]
"""TALL x width, 0 paper, 255 ink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is known of a line beside its ink."""

    text: str
    """NFC, single spaces, as printed; a run of four or more dots is "..."."""
    source: str
    """rendered, print or scan."""
    kind: str
    """What sort of line, for tables of errors: a kind of text, or the document."""
    held_out: bool
    """For validation only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a shard without its ink."""

    offset: int
    """Where its ink begins, bytes."""
    width: int
    """Pixel columns."""
    label: Label


def write_shard(folder: Path, name: str, lines: Iterable[tuple[Ink8, Label]]) -> int:
    """Write a shard, and return how many lines it holds. Readers see all of it or nothing; replaces its like."""
    folder.mkdir(parents=True, exist_ok=True)
    bytes_path, rows_path = folder / f"{name}.bin", folder / f"{name}.jsonl"
    halves = [path.with_name(path.name + ".tmp") for path in (bytes_path, rows_path)]
    offset = count = 0
    with halves[0].open("wb") as pixels, halves[1].open("w", encoding="utf-8") as rows:
        for ink, label in lines:
            row = {"offset": offset, "width": ink.shape[1], **asdict(label)}
            rows.write(json.dumps(row, ensure_ascii=False) + "\n")
            pixels.write(np.ascontiguousarray(ink).tobytes())
            offset += ink.size
            count += 1
    # The rows come last: who sees them finds the ink. Rows of a shard that is replaced would lie about the new ink.
    rows_path.unlink(missing_ok=True)
    halves[0].replace(bytes_path)
    halves[1].replace(rows_path)
    return count


class Shard:
    """A shard to read from; its ink stays on disk until it is looked at."""

    def __init__(self, rows_path: Path) -> None:
        """Open the shard whose .jsonl is given."""
        with rows_path.open(encoding="utf-8") as rows:
            self.rows = tuple(_row(json.loads(line)) for line in rows)
        self._ink: Ink8 = np.memmap(rows_path.with_suffix(".bin"), dtype=np.uint8, mode="r")

    def ink(self, index: int) -> Ink8:
        """Return the ink of a line, read-only."""
        row = self.rows[index]
        return self._ink[row.offset : row.offset + TALL * row.width].reshape(TALL, row.width)


def open_shards(folder: Path, source: str = "*") -> Iterator[Shard]:
    """Open each shard that is complete, in the order of their names."""
    for rows_path in sorted(folder.glob(f"{source}-*.jsonl")):
        yield Shard(rows_path)


def _row(found: dict[str, Any]) -> Row:
    label = Label(text=found["text"], source=found["source"], kind=found["kind"], held_out=found["held_out"])
    return Row(offset=found["offset"], width=found["width"], label=label)
