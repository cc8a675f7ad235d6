"""Readers and line finders beside each other: accuracy, and CPU seconds on one core. Prints tables.

    python -m bench.reader [--set NAME ...] [--reader NAME ...] [--finder NAME ...] [--mode MODE ...] [--json FILE]

Each engine works in a process of its own on one core, on the same pages and the same boxes: those of the first finder,
or the true ones where they are known. Samples (SOHOA_TEST_SAMPLES), scorer (SOHOA_TEST_SCORER) and corpus
(SOHOA_TEST_CORPUS) lie outside the project; sets that lack their folder are left out. Differences are to aster
(readers) and to the first finder, with 95 % intervals by drawing pages anew.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.reader_engines import TRUE, WHOLE, rows_of
from bench.reader_pages import SETS, Page, read_pages, write_pages
from bench.reader_score import Rules, Score, interval, of_lines, of_page, of_typed, rules, total
from ocr.readers.crops import bounding_box
from ocr.readers.named import FINDERS, READERS
from ocr.readers.order import reading_order

READING = ("tesseract", "trueocr", "aster", "sohoa")
MODES = ("ppocr/aster+trueocr", "ppocr/trueocr", "ppocr/sohoa+trueocr", "ppocr/sohoa", "sohoa/sohoa")
BASE = "aster"
JUDGE = "trueocr"
"""Reads the lines of every finder: fast, and blind to none."""
SLOW_SETS = ("150dpi", "100dpi", "onebit", "learnt")
"""Tesseract, the slowest by the page and no rival on bad copies, is left out there."""
HEAD = f"{'':18} {'pages':>5} {'line-CER':>8} {'no dia.':>8} {'numbers':>8} {'exact':>7} {'s a page':>9}"

Key = tuple[str, str]
Texts = Mapping[Key, Sequence[str]]


class Bench:
    """One run: its pages in a folder, and what the engines left there."""

    def __init__(self, folder: Path, given: argparse.Namespace) -> None:
        self._folder, self._given = folder, given
        self._rules: Rules = rules(given.scorer)
        self._pages: list[Page] = []
        self.answer: dict[str, Any] = {"readers": {}, "finders": {}, "modes": {}}

    def run(self) -> None:
        """Make the pages, let every engine work, print the tables."""
        given = self._given
        write_pages(
            given.set, self._folder, samples=given.samples, corpus=given.corpus, most=given.pages, told=_progress
        )
        self._pages = read_pages(self._folder)
        for finder in given.finder:
            self._work("find", finder)
        for reader in given.reader:
            skipped = SLOW_SETS if reader == "tesseract" else ()
            self._work("read", reader, given.finder[0], skipped)
            self._work("read", reader, TRUE, skipped)
        for finder in given.finder[1:]:
            self._work("read", JUDGE, finder)
        for mode in given.mode:
            self._work("whole", mode)
        self._readers()
        self._finders()
        self._modes()

    def _work(self, what: str, engine: str, boxes: str = "", skipped: Sequence[str] = ()) -> None:
        command = [sys.executable, "-m", "bench.reader_engines", what, engine, str(self._folder)]
        command += ["--core", str(self._given.core), *(["--boxes", boxes] if boxes else []), "--skip", *skipped]
        subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"})

    def _readers(self) -> None:
        first = self._given.finder[0]
        for name in self._given.set:
            true = [page for page in self._pages if page.set == name and page.boxes is not None]
            pages = true or [page for page in self._pages if page.set == name]
            if not pages:
                continue
            boxes = TRUE if true else first
            rows = {reader: rows_of(self._folder / f"read-{reader}-{boxes}.jsonl") for reader in self._given.reader}
            rows = {reader: found for reader, found in rows.items() if (name, pages[0].name) in found}
            print(f"\n{name}, {'true boxes' if true else f'boxes of {first}'}, %\n{HEAD} {f'against {BASE}':>22}")
            scores = self._scores(pages, boxes, {reader: _texts(found) for reader, found in rows.items()})
            for reader, found in rows.items():
                seconds = [found[page.set, page.name]["seconds"] for page in pages]
                against = scores.get(BASE) if reader != BASE else None
                self.answer["readers"].setdefault(name, {})[reader] = _row(reader, scores[reader], seconds, against)

    def _scores(self, pages: Sequence[Page], boxes: str, texts: Mapping[str, Texts]) -> dict[str, list[Score]]:
        """Return the scores of each reader, a page each."""
        scores: dict[str, list[Score]] = {name: [] for name in texts}
        for page in pages:
            key = page.set, page.name
            said = {name: found[key] for name, found in texts.items()}
            if page.typed:
                found = of_typed(page.typed, said, self._rules)
            elif boxes == TRUE:
                found = {name: of_lines(page.lines, lines, self._rules) for name, lines in said.items()}
            else:
                found = {
                    name: of_page(page.lines, self._ordered(page, lines, boxes), self._rules)
                    for name, lines in said.items()
                }
            for name, score in found.items():
                scores[name].append(score)
        return scores

    def _ordered(self, page: Page, lines: Sequence[str], boxes: str) -> list[str]:
        height, width = page.grey(self._folder).shape
        quads = rows_of(self._folder / f"found-{boxes}.jsonl")[page.set, page.name]["quads"]
        order = reading_order([bounding_box(quad, width, height) for quad in quads], lines, width)
        return [lines[index] for index in order]

    def _finders(self) -> None:
        first, *others = self._given.finder
        if JUDGE not in self._given.reader:
            return
        for name in self._given.set:
            pages = [page for page in self._pages if page.set == name and not page.typed]
            if not pages or any(page.boxes is not None for page in pages):
                continue
            print(f"\n{name}, lines found, read by {JUDGE}, %\n{HEAD} {f'against {first}':>22}")
            base: list[Score] | None = None
            for finder in (first, *others):
                read = _texts(rows_of(self._folder / f"read-{JUDGE}-{finder}.jsonl"))
                scores = self._scores(pages, finder, {JUDGE: read})[JUDGE]
                found = rows_of(self._folder / f"found-{finder}.jsonl")
                seconds = [found[page.set, page.name]["seconds"] for page in pages]
                self.answer["finders"].setdefault(name, {})[finder] = _row(finder, scores, seconds, base)
                base = base or scores

    def _modes(self) -> None:
        for name in WHOLE if self._given.mode else ():
            pages = [page for page in self._pages if page.set == name]
            if not pages:
                continue
            print(f"\n{name}, pages as the product reads them, %\n{HEAD}   find   read   rest  pages/min")
            for mode in self._given.mode:
                rows = rows_of(self._folder / f"whole-{mode.replace('/', ',')}.jsonl")
                spent = [rows[page.set, page.name] for page in pages]
                texts = [row["texts"] for row in spent]
                scores = [of_page(p.lines, lines, self._rules) for p, lines in zip(pages, texts, strict=True)]
                find, read, all_ = (
                    sum(row[what] for row in spent) / len(spent) for what in ("find", "read", "seconds")
                )
                times = f"{find:6.2f} {read:6.2f} {all_ - find - read:6.2f} {60 / all_:10.1f}"
                row = _row(mode, scores, [row["seconds"] for row in spent], None, times)
                self.answer["modes"].setdefault(name, {})[mode] = row | {"find": find, "read": read}


def _texts(rows: Mapping[Key, Mapping[str, Any]]) -> Texts:
    return {key: row["texts"] for key, row in rows.items()}


def _row(
    name: str, scores: Sequence[Score], seconds: Sequence[float], base: Sequence[Score] | None, more: str = ""
) -> dict[str, Any]:
    """Print one row and return it."""
    whole = total(scores)
    shares = {
        "line_cer": 100 * whole.wrong / max(1, whole.letters),
        "no_diacritics": 100 * whole.bare_wrong / max(1, whole.letters),
        "numbers": 100 * whole.numbers_right / whole.numbers if whole.numbers else None,
        "exact": 100 * whole.exact / max(1, whole.lines),
    }
    each = sum(seconds) / len(seconds)
    difference = interval(scores, base) if base is not None else None
    if difference is not None:
        more = f"{f'{difference[0]:+.2f} .. {difference[1]:+.2f}':>22}"
    cells = " ".join(f"{'-' if value is None else f'{value:.2f}':>8}" for value in list(shares.values())[:3])
    print(f"{name:18} {len(scores):5} {cells} {shares['exact']:7.1f} {each:9.3f} {more}", flush=True)
    return shares | {"pages": len(scores), "lines": whole.lines, "seconds": each, "against": difference}


def _progress(said: str) -> None:
    print(f"\r{said}   ", end="", file=sys.stderr, flush=True)


def _folder(text: str) -> Path:
    return Path(text).resolve()


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=_folder, default=os.environ.get("SOHOA_TEST_SAMPLES"))
    parser.add_argument("--scorer", type=_folder, default=os.environ.get("SOHOA_TEST_SCORER"))
    parser.add_argument("--corpus", type=_folder, default=os.environ.get("SOHOA_TEST_CORPUS"))
    parser.add_argument("--set", action="append", choices=SETS, help="pages to read; else all but `learnt`")
    parser.add_argument("--reader", action="append", choices=("tesseract", *READERS))
    parser.add_argument("--finder", action="append", choices=FINDERS, help="the first gives the readers their boxes")
    parser.add_argument("--mode", action="append", help="read whole pages as the product does")
    parser.add_argument("--no-modes", action="store_true", help="compare parts only")
    parser.add_argument("--pages", type=int, default=1000, help="at most so many of a set")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    given = parser.parse_args()
    given.set = given.set or [name for name in SETS if name != "learnt"]
    given.reader = given.reader or list(READING)
    given.finder = given.finder or list(FINDERS)
    given.mode = [] if given.no_modes else given.mode or list(MODES)
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place), given)
        bench.run()
    if given.json is not None:
        given.json.write_text(json.dumps(bench.answer, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
