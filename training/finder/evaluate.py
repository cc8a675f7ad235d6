"""Finders on documents nobody learnt from: seconds, lines, and what a reader makes of their lines.

    python -m training.finder.evaluate --scans FOLDER --print FOLDER --finders ppocr:1280 sohoa:1280

The pages are the first two of each document that training.scans.pages holds out. On born-digital pages the known lines
are those of the text layer. On scans they are those of the first finder named, read by aster: there the first finder is
judged by itself. Read is with trueocr. A finder is its name and the long side of the page it looks at.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from ocr.lines import Box
from ocr.readers.aster import AsterReader
from ocr.readers.crops import bounding_box
from ocr.readers.finder import SohoaFinder
from ocr.readers.ports import Grey, LineFinder, LineReader, Quad
from ocr.readers.ppocr import PpocrFinder
from ocr.readers.trueocr import TrueocrCompass, TrueocrReader
from training.finder.compared import Tally, tally
from training.finder.texts import Edits, edits
from training.lines.print_pages import drawn, print_lines
from training.scans.pages import PRINT_DPI, PageName, is_held_out, level_scan

FINDERS: dict[str, Callable[..., LineFinder]] = {"ppocr": PpocrFinder, "sohoa": SohoaFinder}
_PAGES = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownPage:
    """A page whose lines are known."""

    grey: Grey
    boxes: tuple[Box, ...]
    texts: tuple[str, ...]


def print_pages(folder: Path) -> Iterator[KnownPage]:
    """Yield born-digital pages with the lines of their text layer."""
    for name in _held_out(folder):
        with pypdfium2.PdfDocument(name.path) as document:
            page = document[name.page - 1]
            lines = print_lines(page, PRINT_DPI)
            grey = drawn(page, PRINT_DPI)
        boxes = [
            (
                int(min(glyph.left for glyph in line.glyphs)),
                int(min(glyph.top for glyph in line.glyphs)),
                int(max(glyph.right for glyph in line.glyphs)) + 1,
                int(max(glyph.bottom for glyph in line.glyphs)) + 1,
            )
            for line in lines
        ]
        yield KnownPage(grey=grey, boxes=tuple(boxes), texts=tuple(line.text for line in lines))


def scan_pages(folder: Path, finder: LineFinder) -> Iterator[KnownPage]:
    """Yield scanned pages with the lines that `finder` finds, as aster reads them."""
    compass, reader = TrueocrCompass(), AsterReader()
    for name in _held_out(folder):
        level = level_scan(name, compass)
        if level is not None:
            quads = finder.find(level.grey)
            texts = tuple(reading.text for reading in reader.read(level.grey, quads))
            yield KnownPage(grey=level.grey, boxes=_boxes(quads, level.grey), texts=texts)


def _held_out(folder: Path) -> Iterator[PageName]:
    for path in sorted(path for path in folder.glob("*.pdf") if is_held_out(path.name)):
        with pypdfium2.PdfDocument(path) as document:
            count = len(document)
        yield from (PageName(path=path, page=page) for page in range(1, min(count, _PAGES) + 1))


def _boxes(quads: Sequence[Quad], grey: Grey) -> tuple[Box, ...]:
    return tuple(bounding_box(quad, grey.shape[1], grey.shape[0]) for quad in quads)


def row_of(finder: LineFinder, reader: LineReader, pages: Sequence[KnownPage]) -> str:
    """Return the finder's row of the table: CPU seconds a page, then per cent."""
    lines, letters, used = Tally(), Edits(), 0.0
    finder.find(pages[0].grey)
    for page in pages:
        began = time.process_time()
        quads = finder.find(page.grey)
        used += time.process_time() - began
        boxes = _boxes(quads, page.grey)
        lines += tally(page.boxes, boxes)
        readings = [reading.text for reading in reader.read(page.grey, quads)]
        letters += edits(page.boxes, page.texts, boxes, readings)
    known, found = np.maximum(1, (lines.known, lines.found))
    shares = (lines.same / known, lines.missed / known, lines.split / known, lines.merged / found, lines.extra / found)
    per_cent = "".join(f"{100 * share:8.2f}" for share in shares)
    of_letters = 100 / max(1, letters.letters)
    return f"{used / len(pages):8.3f}{per_cent}{letters.edits * of_letters:8.2f}{letters.invented * of_letters:8.2f}"


def main() -> None:
    """Read the arguments, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=Path, required=True)
    parser.add_argument("--print", type=Path, required=True)
    parser.add_argument("--finders", nargs="+", default=["ppocr:1280", "sohoa:1280"], help="NAME:LONG_SIDE")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    finders = {text: _finder(text) for text in arguments.finders}
    reader = TrueocrReader()
    first = next(iter(finders.values()))
    sets = {"scans": list(scan_pages(arguments.scans, first)), "print": list(print_pages(arguments.print))}
    heads = ("s/page", "same", "missed", "split", "merged", "extra", "edits", "made up")
    sys.stdout.write(f"{'pages':8}{'finder':14}{''.join(f'{head:>8}' for head in heads)}\n")
    for name, pages in sets.items():
        for text, finder in finders.items():
            sys.stdout.write(f"{name:8}{text:14}{row_of(finder, reader, pages)}\n")
            sys.stdout.flush()


def _finder(text: str) -> LineFinder:
    name, _, side = text.partition(":")
    return FINDERS[name](long_side_px=int(side or 1280))


if __name__ == "__main__":
    main()
