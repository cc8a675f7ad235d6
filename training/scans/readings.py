"""Stored pages -> what each reader makes of each line: NAME.lines.jsonl, one row a line."""

import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from ocr.readers.ports import LineReader, Quad


def stored_grey(folder: Path, stem: str) -> np.ndarray:
    """Return a stored page, uint8."""
    return np.asarray(cv2.imread(str(folder / f"{stem}.png"), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def stored_lines(facts: Path) -> list[Quad]:
    """Return the lines of a stored page, cut at the rules of tables."""
    rows = json.loads(facts.read_text(encoding="utf-8"))["lines"]
    return [((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1])) for a, b, c, d in rows]


def read_stored(folder: Path, stem: str, readers: Mapping[str, LineReader]) -> None:
    """Write what the readers make of a stored page's lines."""
    quads = stored_lines(folder / f"{stem}.json")
    rows: list[dict[str, object]] = [{"quad": quad} for quad in quads]
    if quads:
        grey = stored_grey(folder, stem)
        for engine, reader in readers.items():
            for row, reading in zip(rows, reader.read(grey, quads), strict=True):
                row[engine], row[f"{engine}_sure"] = reading.text, round(reading.confidence, 4)
    unfinished = folder / f"{stem}.lines.tmp"
    unfinished.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    unfinished.rename(folder / f"{stem}.lines.jsonl")
