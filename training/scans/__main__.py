"""Scans -> maps, readings, labelled lines. Every step goes on where it was stopped.

python -m training.scans maps --scans FOLDER --print FOLDER --pages FOLDER --limit 300
python -m training.scans read --scans FOLDER --pages FOLDER --limit 300
python -m training.scans label --scans FOLDER --pages FOLDER --shards FOLDER --exclude FOLDER
python -m training.scans precision --scans FOLDER --pages FOLDER --transcripts FOLDER
"""

import argparse
import itertools
import json
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2

from ocr.readers.trueocr import TrueocrCompass, TrueocrReader
from ocr.readers.word_pairs import word_pairs
from training.scans.labels import PAGES_A_SHARD, Labeller, excluded_lines, labelled, read_lines
from training.scans.maps import MappingFinder, store_print, store_scan
from training.scans.pages import PageName, pages_in_turn
from training.scans.precision import compared_form, tallied
from training.scans.readings import hasty_aster, read_stored, stored_grey
from training.scans.witness import witnessed
from training.shards import write_shard


def _missing(names: Iterator[PageName], folder: Path, ending: str, limit: int) -> Iterator[PageName]:
    """Yield those of the first `limit` pages that have not been made yet."""
    for name in itertools.islice(names, limit):
        if not (folder / f"{name.stem}{ending}").exists():
            yield name


def maps(arguments: argparse.Namespace) -> None:
    """Store pages and maps of scans, and one page of each born-digital document in turn."""
    finder, compass = MappingFinder(), TrueocrCompass()
    scans, drawn = arguments.pages / "scan", arguments.pages / "print"
    scans.mkdir(parents=True, exist_ok=True)
    drawn.mkdir(parents=True, exist_ok=True)
    for name in _missing(pages_in_turn(arguments.scans), scans, ".json", arguments.limit):
        store_scan(name, finder, compass, scans)
    if arguments.print:
        every = pages_in_turn(arguments.print, at_once=1)
        for name in _missing(every, drawn, ".json", arguments.print_limit):
            store_print(name, finder, drawn)


def read(arguments: argparse.Namespace) -> None:
    """Read the lines of stored scans with the quick reader, and those worth it with the better one."""
    better, quick, pairs = hasty_aster(), TrueocrReader(), word_pairs()
    folder = arguments.pages / "scan"
    for name in _missing(pages_in_turn(arguments.scans), folder, ".lines.jsonl", arguments.limit):
        if (folder / f"{name.stem}.json").exists():
            read_stored(folder, name.stem, quick, better, pairs)


def witness(arguments: argparse.Namespace) -> None:
    """Ask Tesseract about lines that two readers dispute and language does not decide, and lines read once."""
    folder, pairs = arguments.pages / "scan", word_pairs()
    for name in _missing(pages_in_turn(arguments.scans), folder, ".witness.json", arguments.limit):
        if not (folder / f"{name.stem}.lines.jsonl").exists():
            continue
        asked = [line for line in read_lines(folder, name.stem) if line.needs_witness(pairs)]
        texts = witnessed(stored_grey(folder, name.stem), [line.quad for line in asked]) if asked else []
        said = {str(line.index): text for line, text in zip(asked, texts, strict=True)}
        (folder / f"{name.stem}.witness.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def _runs(stems: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(stems), PAGES_A_SHARD):
        yield stems[start : start + PAGES_A_SHARD]


def _is_older(made: Path, sources: list[Path]) -> bool:
    return not made.exists() or made.stat().st_mtime < max(source.stat().st_mtime for source in sources)


def label(arguments: argparse.Namespace) -> None:
    """Write a shard for every run of pages that has been read since the shard was made."""
    folder = arguments.pages / "scan"
    labeller = Labeller(folder, word_pairs(), excluded_lines(arguments.exclude))
    stems = [name.stem for name in itertools.islice(pages_in_turn(arguments.scans), arguments.limit)]
    for number, run in enumerate(_runs(stems)):
        shard = f"scan-{number:03d}"
        said = [folder / f"{stem}.witness.json" for stem in run]
        ready = [stem for stem, file in zip(run, said, strict=True) if file.exists()]
        enough = len(ready) == len(run) or (arguments.now and ready)
        if enough and _is_older(arguments.shards / f"{shard}.jsonl", [file for file in said if file.exists()]):
            write_shard(arguments.shards, shard, labeller.lines(ready))
    print(json.dumps(dict(labeller.counts)))  # noqa: T201


def precision(arguments: argparse.Namespace) -> None:
    """Count labels of the scans whose typed text is at hand, right and wrong."""
    folder, pairs = arguments.pages / "scan", word_pairs()
    distances: dict[str, Counter[int]] = {}
    for name in pages_in_turn(arguments.scans):
        typed_file = arguments.transcripts / f"{name.path.stem}.txt"
        if not typed_file.exists() or not (folder / f"{name.stem}.witness.json").exists():
            continue
        typed, grey = compared_form(typed_file.read_text(encoding="utf-8")), stored_grey(folder, name.stem)
        for verdict in filter(None, (labelled(line, grey, pairs) for line in read_lines(folder, name.stem))):
            tally, wrong = tallied([verdict.text], typed)
            distances.setdefault(verdict.kind, Counter()).update(tally.distances)
            for mine, theirs in wrong:
                print(f"{name.stem}\t{verdict.kind}\t{mine}\t{theirs}")  # noqa: T201
    for kind, counted in distances.items():
        total, near = counted.total(), counted[0] + counted[1]
        print(f"{kind}: {total} compared, {counted[0] / total:.4f} exact, {near / total:.4f} within 1")  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for work in (maps, read, witness, label, precision):
        command = commands.add_parser(work.__name__, help=work.__doc__)
        command.set_defaults(work=work)
        command.add_argument("--scans", type=Path, required=True)
        command.add_argument("--pages", type=Path, required=True, help="where pages and readings are kept")
        command.add_argument("--limit", type=int, default=1_000_000, help="pages, counted from the first")
        if work is label:
            command.add_argument("--shards", type=Path, required=True)
            command.add_argument("--now", action="store_true", help="also of runs that are not read to the end")
            command.add_argument("--exclude", type=Path, help="no line of eight words from *.gt.txt below is learnt")
        if work is precision:
            command.add_argument("--transcripts", type=Path, required=True)
        if work is maps:
            command.add_argument("--print", type=Path)
            command.add_argument("--print-limit", type=int, default=150)
    return parser


def main() -> None:
    """Read the arguments, do one step."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    # One thread a process: processes share out the cores.
    cv2.setNumThreads(1)
    arguments = _parser().parse_args()
    arguments.work(arguments)


if __name__ == "__main__":
    main()
