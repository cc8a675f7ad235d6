"""Stored pages -> what two readers make of its lines: NAME.lines.jsonl, one row a line."""

import json
from pathlib import Path

import cv2
import numpy as np

from ocr.readers.aster import AsterReader
from ocr.readers.models import ASTER, model_file
from ocr.readers.ports import LineReader, Quad
from ocr.readers.word_pairs import WordPairs
from training.scans.agreement import LEAST_LETTERS, is_suspect

_ONE_IN = 8
"""Of the lines that look right, as many are read twice: to keep what the quick reader can, and to find lost signs."""


def hasty_aster() -> AsterReader:
    """Return aster keeping its memory from line to line: 8 to 18 % faster than as the product runs it."""
    reader = AsterReader()
    careful = reader._session
    options = careful.get_session_options()
    options.enable_cpu_mem_arena = True
    reader._session = type(careful)(str(model_file(ASTER)), options, providers=["CPUExecutionProvider"])
    return reader


def stored_grey(folder: Path, stem: str) -> np.ndarray:
    """Return a stored page, uint8."""
    return np.asarray(cv2.imread(str(folder / f"{stem}.png"), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def stored_lines(facts: Path) -> list[Quad]:
    """Return the lines of a stored page, cut at the rules of tables."""
    rows = json.loads(facts.read_text(encoding="utf-8"))["lines"]
    return [((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1])) for a, b, c, d in rows]


def read_stored(folder: Path, stem: str, quick: LineReader, better: LineReader, pairs: WordPairs) -> None:
    """Write what the quick reader makes of a stored page's lines, and the better one of those worth its time.

    Those are lines in which the quick one may be wrong, and every so many of the others.
    """
    quads = stored_lines(folder / f"{stem}.json")
    rows: list[dict[str, object]] = [{"quad": quad} for quad in quads]
    if quads:
        grey = stored_grey(folder, stem)
        first = quick.read(grey, quads)
        asked = [index for index, reading in enumerate(first) if _is_worth(index, reading.text, pairs)]
        second = better.read(grey, [quads[index] for index in asked])
        for row, reading in zip(rows, first, strict=True):
            row["trueocr"], row["trueocr_sure"] = reading.text, round(reading.confidence, 4)
        for index, reading in zip(asked, second, strict=True):
            rows[index]["aster"], rows[index]["aster_sure"] = reading.text, round(reading.confidence, 4)
    unfinished = folder / f"{stem}.lines.tmp"
    unfinished.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    unfinished.rename(folder / f"{stem}.lines.jsonl")


def _is_worth(index: int, text: str, pairs: WordPairs) -> bool:
    if sum(map(str.isalnum, text)) < LEAST_LETTERS:
        return False
    return index % _ONE_IN == 0 or is_suspect(text, pairs)
