"""What is said of stacks: where documents part, which pages are missing, which came twice. Prints figures and mistakes.

    python -m bench.stacks [--documents N] [--readings FOLDER] [--part NAME ...]

Documents are made from seeds that no threshold was chosen on, scanned, and read in mode fast; stacks are put together
from these readings, so that the truth is known. With --readings they are kept and used again.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import cv2
import numpy as np

from ocr.fields.understand import understand
from ocr.lines import PageReading
from ocr.pages.look import NOTHING
from ocr.readers.page import read_page
from sohoa.missing import numbering_findings
from sohoa.samplebox.degrade import scan_all
from sohoa.samplebox.formats import jpeg_bytes, write_pdf
from sohoa.samplebox.official import Official
from sohoa.samplebox.pages import set_document
from sohoa.samplebox.varied import vary
from sohoa.steps.parts import parts_of
from sohoa.steps.understand import SPLIT_DOUBTS
from sohoa.twice import Seen, found_twice
from sohoa.wire import page_from_json, page_to_json

HELD_OUT = 9_600
"""Seeds from here on were never looked at."""
LENGTHS = (1, 3, 2, 5, 1, 4)
"""Pages of the documents, over and over."""
STACKS = 60
MANY = 10_000
Pages = tuple[PageReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document as it was read: once, its last page again from another scan, and its twin's first page.

    The twin is the same letter with another number and signer.
    """

    seed: int
    pages: Pages
    again: PageReading
    twin: PageReading


def papers(number: int, kept: Path) -> list[Paper]:
    """Return the documents, read; what `kept` has is not read again."""
    return [_paper(HELD_OUT + at, LENGTHS[at % len(LENGTHS)], kept) for at in range(number)]


def _paper(seed: int, length: int, kept: Path) -> Paper:
    known = kept / f"{seed}-{length}.json"
    if not known.exists():
        known.write_text(json.dumps([page_to_json(page) for page in _read(seed, length)]), encoding="utf-8")
    pages = tuple(map(page_from_json, json.loads(known.read_text(encoding="utf-8"))))
    return Paper(seed=seed, pages=pages[:-2], again=pages[-2], twin=pages[-1])


def _read(seed: int, length: int) -> list[PageReading]:
    random = np.random.default_rng([seed, 5])
    document = _long(seed, length)
    other = vary(seed + 20_000, np.random.default_rng([seed, 6]))
    twin = replace(document, number=other.number, signer=other.signer)
    sheets = set_document(document).sheets
    scans = [
        *scan_all(sheets, random),
        *scan_all(sheets[-1:], random),
        *scan_all(set_document(twin).sheets[:1], random),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.pdf"
        write_pdf([jpeg_bytes(scan, quality=80) for scan in scans], path)
        return [read_page(path, page, "fast") for page in range(1, len(scans) + 1)]


def _long(seed: int, length: int) -> Official:
    """Return the document of the seed, made longer with paragraphs of others until it fills so many pages."""
    document = vary(seed, np.random.default_rng([seed, 7]))
    for more in count(1):
        if len(set_document(document).sheets) >= length:
            return document
        other = vary(seed + 1000 * more, np.random.default_rng([seed, 7, more]))
        added = [text for text in other.body[:-1] if not text.startswith("=")]
        document = replace(document, body=(*document.body[:-1], *added, document.body[-1]))
    raise AssertionError


def in_file(pages: Sequence[PageReading]) -> Pages:
    """Return the pages as those of one file, from 1."""
    return tuple(
        replace(page, page=at, findings=tuple(replace(f, page=at) for f in page.findings))
        for at, page in enumerate(pages, start=1)
    )


def blank(like: PageReading) -> PageReading:
    """Return an empty page."""
    return replace(like, lines=(), findings=(), blank=True, look=NOTHING)


def splits(made: Sequence[Paper]) -> None:
    """Stack two to six documents in one file, with and without separator sheets, some with blank backs, and part it."""
    for sheets in (False, True):
        random, counts = np.random.default_rng([HELD_OUT, sheets]), Counter[str]()
        for _ in range(STACKS):
            chosen = [made[int(i)] for i in random.choice(len(made), int(random.integers(2, min(7, len(made)))), False)]
            backs = bool(random.random() < 0.3)
            stack, truth = _stack(chosen, sheets=sheets, backs=backs)
            found = [one for part in parts_of(stack) for one in _in(part.pages, whole=part.is_one_document)]
            asked = any(code in SPLIT_DOUBTS for _, _, codes in found for code in codes)
            right = [(first, last) for first, last, _ in found] == truth
            verdict = "asked" if asked else "right" if right else "WRONG"
            counts[verdict] += 1
            if verdict != "right":
                seeds = [one.seed for one in chosen]
                print(f"  {verdict}: {seeds}, {'with' if backs else 'no'} backs: {found} for {truth}")
        print(f"splits {'with' if sheets else 'without'} separator sheets: {dict(counts)} of {STACKS} stacks")


def _stack(chosen: Sequence[Paper], *, sheets: bool, backs: bool) -> tuple[Pages, list[tuple[int, int]]]:
    pages: list[PageReading] = []
    truth = []
    for paper in chosen:
        if sheets:
            pages.append(replace(blank(paper.pages[0]), blank=False, separator="SOHOA1"))
        first = len(pages) + 1
        pages += [side for page in paper.pages for side in ([page, blank(page)] if backs else [page])]
        truth.append((first, len(pages)))
    return in_file(pages), truth


def _in(pages: Pages, *, whole: bool) -> list[tuple[int, int, list[str]]]:
    if whole:
        return [(pages[0].page, pages[-1].page, [])]
    return [(one.first_page, one.last_page, [f.code for f in one.findings]) for one in understand(pages)]


def missing(made: Sequence[Paper]) -> None:
    """Take every inner page out, every inner pair, and change neighbours over; then leave documents as they are."""
    counts = Counter[str]()
    for paper in made:
        for what, pages, codes in _harmed(paper.pages):
            for backs in (False, True):
                sides = [side for page in pages for side in ([page, blank(page)] if backs else [page])]
                found = {finding.code for finding in numbering_findings(in_file(sides))}
                verdict = "found" if found & codes else "false alarm" if found else "missed" if codes else "silent"
                counts[f"{what.split()[0]}: {verdict}"] += 1
                if verdict in ("missed", "false alarm"):
                    print(f"  {verdict}: seed {paper.seed}, {what}, {'with' if backs else 'no'} backs: {found or '-'}")
    print(f"missing pages: {dict(sorted(counts.items()))}")


def _harmed(pages: Pages) -> Iterator[tuple[str, Pages, set[str]]]:
    yield "whole", pages, set()
    last = len(pages)
    for at in range(2, last):
        yield f"without {at}", (*pages[: at - 1], *pages[at:]), {"numbers_missing"}
    for at in range(2, last - 1):
        yield f"pair {at}-{at + 1} gone", (*pages[: at - 1], *pages[at + 1 :]), {"numbers_missing", "sheet_missing"}
    for at in range(2, last):
        changed = (*pages[: at - 1], pages[at], pages[at - 1], *pages[at + 1 :])
        yield f"swapped {at}", changed, {"page_out_of_order"}


def twice(made: Sequence[Paper]) -> None:
    """Put all pages into one batch, then the second scans, then the twins, and see what is called one sheet."""
    pages = [page for paper in made for page in paper.pages]
    again = [paper.again for paper in made]
    twins = [paper.twin for paper in made]
    seen = [Seen(order=at, look=page.look, text=page.text) for at, page in enumerate([*pages, *twins, *again])]
    first_again = len(pages) + len(twins)
    lasts = np.cumsum([len(paper.pages) for paper in made]) - 1
    wanted = {(int(last), first_again + at) for at, last in enumerate(lasts)}
    found = {(one.order, two.order) for one, two in found_twice(seen)}
    for one, two in sorted(wanted - found):
        print(f"  missed: the last page of seed {made[two - first_again].seed}, order {one}")
    for one, two in sorted(found - wanted):
        print(f"  false alarm: pages {one} and {two} of {len(seen)}")
    print(
        f"twice: {len(wanted & found)} of {len(wanted)} found; {len(found - wanted)} false alarms among "
        f"{len(pages)} pages and {len(twins)} letters equal but for number and signer"
    )


def speed(_made: Sequence[Paper]) -> None:
    """Compare 10,000 pages: of all kinds of layout, and all of one form; ten of each are there twice."""
    for name, one_form in (("different layouts", False), ("one form", True)):
        random = np.random.default_rng(HELD_OUT)
        form = int.from_bytes(random.bytes(32))
        words = [f"tu{chr(97 + int(a))}{chr(97 + int(b))}" for a, b in random.integers(0, 26, (60, 2))]
        pages = []
        for order in range(MANY):
            look = form if one_form else int.from_bytes(random.bytes(32))
            flips = sum(1 << int(bit) for bit in random.choice(256, 6, replace=False))
            text = " ".join([*words, *map(str, random.integers(0, 10_000, 8))])
            pages.append(Seen(order=order, look=f"{look ^ flips:064x}", text=text))
        pages += [Seen(order=MANY + at, look=pages[at].look, text=pages[at].text) for at in range(10)]
        started = time.perf_counter(), time.process_time()
        found = found_twice(pages)
        spent = time.perf_counter() - started[0], time.process_time() - started[1]
        print(f"speed: {len(pages)} pages, {name}: {len(found)} of 10 found, {spent[0]:.1f} s, {spent[1]:.1f} CPU s")


PARTS = {"splits": splits, "missing": missing, "twice": twice, "speed": speed}


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--readings", type=Path)
    parser.add_argument("--part", action="append", choices=[*PARTS])
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        kept = options.readings or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        parts = options.part or [*PARTS]
        made = [] if parts == ["speed"] else papers(options.documents, kept)
        for part in parts:
            PARTS[part](made)


if __name__ == "__main__":
    main()
