"""One engine at work on the pages of bench.reader, in a process of its own on one core: finding, reading, or all of it.

python -m bench.reader_engines find|read|whole ENGINE FOLDER --core N [--boxes FINDER]
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import cv2
import numpy as np

from bench.reader_pages import Page, read_pages
from ocr.readers.crops import paper_level, strip
from ocr.readers.named import chosen, make_finder, make_reader
from ocr.readers.page import PageReader, has_substance, reader_of
from ocr.readers.ports import Grey, LineFinder, LineReader, Quad, Reading
from ocr.readers.trueocr import TrueocrCompass

TRUE = "true"
"""In place of a finder's name: the boxes that are known."""
WHOLE = ("scans",)
"""Sets whose pages lie as files, and are read as the product reads them."""
_HEIGHT = 52
_PAD_X, _PAD_Y = 0.3, 0.05
"""Of a line's height: Tesseract reads lines best so, of what was tried."""


class TesseractLines:
    """See LineReader: Tesseract, Vietnamese, one line a picture, all lines of a page in one call."""

    alphabet = frozenset[str]()

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read; without confidence."""
        if not quads:
            return []
        with tempfile.TemporaryDirectory() as place:
            names = [f"{place}/{number:04d}.png" for number in range(len(quads))]
            for name, quad in zip(names, quads, strict=True):
                cv2.imwrite(name, _padded(strip(grey, quad)))
            listed = Path(place) / "lines.txt"
            listed.write_text("\n".join(names), encoding="utf-8")
            command = ["tesseract", str(listed), "stdout", "-l", "vie", "--psm", "7", "--dpi", "300"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        texts = done.stdout.split("\f")[: len(quads)]
        return [Reading(text=" ".join(text.split()), confidence=1.0) for text in texts]


class Timed:
    """A finder or reader whose CPU seconds are added up."""

    def __init__(self, finder: LineFinder | None = None, reader: LineReader | None = None) -> None:
        self._finder, self._reader = finder, reader
        self.alphabet = reader.alphabet if reader is not None else frozenset[str]()
        self.seconds = 0.0

    def find(self, grey: Grey) -> list[Quad]:
        """See LineFinder.find."""
        assert self._finder is not None
        started = cpu_seconds()
        quads = self._finder.find(grey)
        self.seconds += cpu_seconds() - started
        return quads

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read."""
        assert self._reader is not None
        started = cpu_seconds()
        readings = self._reader.read(grey, quads)
        self.seconds += cpu_seconds() - started
        return readings


def cpu_seconds() -> float:
    """Return what this process and the ended ones it started have used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def find(name: str, folder: Path) -> None:
    """Find the lines of every page. As everywhere here, the first page is done twice, and counted once."""
    finder = Timed(finder=make_finder(name))
    with (folder / f"found-{name}.jsonl").open("w", encoding="utf-8") as results:
        for page in _twice_first(read_pages(folder), f"finder {name}"):
            finder.seconds = 0.0
            quads = finder.find(page.grey(folder))
            _note(results, page, seconds=finder.seconds, quads=quads)


def read(name: str, folder: Path, boxes: str, skipped: Sequence[str]) -> None:
    """Read the lines of every page that has such boxes, but for the sets that are skipped."""
    reader = Timed(reader=TesseractLines() if name == "tesseract" else make_reader(name))
    quads = boxes_of(folder, boxes)
    pages = [page for page in read_pages(folder) if (page.set, page.name) in quads and page.set not in skipped]
    with (folder / f"read-{name}-{boxes}.jsonl").open("w", encoding="utf-8") as results:
        for page in _twice_first(pages, f"{name} on {boxes} boxes"):
            reader.seconds = 0.0
            readings = reader.read(page.grey(folder), quads[page.set, page.name])
            texts = [reading.text if has_substance(reading.text) else "" for reading in readings]
            _note(results, page, seconds=reader.seconds, texts=texts)


def whole(mode: str, folder: Path) -> None:
    """Read the papers' pages as the product does, from the file on."""
    choice = chosen(mode)
    cv2.setNumThreads(1)
    finder = Timed(finder=make_finder(choice.finder))
    readers = Timed(reader=reader_of(choice))
    product = PageReader(finder, readers, TrueocrCompass())
    pages = [page for page in read_pages(folder) if page.set in WHOLE]
    with (folder / f"whole-{mode.replace('/', ',')}.jsonl").open("w", encoding="utf-8") as results:
        for page in _twice_first(pages, f"mode {mode}"):
            finder.seconds = readers.seconds = 0.0
            started = cpu_seconds()
            reading = product.read(Path(page.file), page.page)
            spent = cpu_seconds() - started
            texts = [line.text for line in reading.lines]
            _note(results, page, seconds=spent, find=finder.seconds, read=readers.seconds, texts=texts)


def boxes_of(folder: Path, boxes: str) -> dict[tuple[str, str], list[Quad]]:
    """Return the boxes by set and name of page."""
    if boxes == TRUE:
        return {(page.set, page.name): list(page.boxes) for page in read_pages(folder) if page.boxes is not None}
    return {
        key: [_quad(points) for points in row["quads"]] for key, row in rows_of(folder / f"found-{boxes}.jsonl").items()
    }


def rows_of(file: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what an engine left, by set and name of page: the later row where there are two."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {(row["set"], row["name"]): row for row in rows}


def _twice_first(pages: list[Page], doing: str) -> Iterator[Page]:
    """Yield the first page twice, so that nothing is counted that happens once a process, and say how far it is."""
    for number, page in enumerate(itertools.chain(pages[:1], pages)):
        print(f"\r{doing}: {page.set} {number} of {len(pages)}   ", end="", file=sys.stderr, flush=True)
        yield page
    print(file=sys.stderr)


def _note(results: TextIO, page: Page, **found: Any) -> None:
    results.write(json.dumps({"set": page.set, "name": page.name} | found, ensure_ascii=False) + "\n")


def _padded(line: Grey) -> Grey:
    """Return the line with paper around it, as high as Tesseract likes it."""
    height = line.shape[0]
    pad_x, pad_y, paper = round(_PAD_X * height), max(1, round(_PAD_Y * height)), paper_level(line)
    wide = cv2.copyMakeBorder(line, pad_y, pad_y, pad_x, pad_x, cv2.BORDER_CONSTANT, value=(paper,))
    scale = _HEIGHT / wide.shape[0]
    size = max(1, round(wide.shape[1] * scale)), _HEIGHT
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(wide, size, interpolation=how), dtype=np.uint8)


def _quad(points: list[list[float]]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("find", "read", "whole"))
    parser.add_argument("engine")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--core", type=int, required=True)
    parser.add_argument("--boxes", default="ppocr")
    parser.add_argument("--skip", nargs="*", default=[])
    given = parser.parse_args()
    os.sched_setaffinity(0, {given.core})
    cv2.setNumThreads(1)
    if given.what == "find":
        find(given.engine, given.folder)
    elif given.what == "read":
        read(given.engine, given.folder, given.boxes, given.skip)
    else:
        whole(given.engine, given.folder)


if __name__ == "__main__":
    main()
