"""Shards of lines: TALL rows of ink a line, one line after the other, with their labels beside them. No PyTorch.

`<source>-<NNN>.bin` holds the lines, uint8, 255 ink, row-major TALL x width; `<source>-<NNN>.jsonl` one row a line.
Makers of lines write them, and whoever learns from lines may look for more while they do.
"""

import functools
import json
from collections.abc import Iterable
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
    """Never trained on: used to choose and to measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardLine:
    """A line of a shard; its ink stays on disk until it is looked at."""

    file: Path
    """The .bin file."""
    offset: int
    """Where its ink begins, bytes."""
    width: int
    """Pixel columns."""
    label: Label

    def ink(self) -> Ink8:
        """Return the ink, a read-only view of the file."""
        return _mapped(self.file)[self.offset : self.offset + TALL * self.width].reshape(TALL, self.width)


@functools.lru_cache(maxsize=256)
def _mapped(file: Path) -> Ink8:
    return np.memmap(file, dtype=np.uint8, mode="r")


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
    _mapped.cache_clear()  # a map of what was replaced shows the old ink
    return count


def shards_in(folder: Path, source: str = "*") -> list[Path]:
    """Return the .jsonl file of each shard that is complete, in the order of their names."""
    found = sorted(folder.glob(f"{source}-*.jsonl"))
    return [rows_path for rows_path in found if rows_path.with_suffix(".bin").exists()]


def lines_of(rows_path: Path) -> list[ShardLine]:
    """Return the lines of the shard whose .jsonl is given, in their order."""
    ink = rows_path.with_suffix(".bin")
    with rows_path.open(encoding="utf-8") as rows:
        return [_line(ink, json.loads(row)) for row in rows]


def _line(ink: Path, row: dict[str, Any]) -> ShardLine:
    label = Label(text=row["text"], source=row["source"], kind=row.get("kind", ""), held_out=row["held_out"])
    return ShardLine(file=ink, offset=row["offset"], width=row["width"], label=label)
