"""python -m training.lines rendered|print|sheet|boxes: make shards of lines, and look at them. See docs/training.md."""

import argparse
import itertools
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ocr.readers.ppocr import PpocrFinder
from training.lines import printed, rendered
from training.lines.corpus import Corpus, Excluded
from training.lines.measure_boxes import measure
from training.lines.sheet import draw_sheet
from training.lines.typefaces import FOLDERS, Typefaces
from training.shards import LINES_A_SHARD, Ink8, Label, write_shard

log = logging.getLogger(__name__)


def main() -> None:
    """Read the arguments and do it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s %(shard)s %(lines)s %(rate)s")
    cv2.setNumThreads(1)
    arguments = _arguments()
    {"rendered": _rendered, "print": _print, "boxes": _boxes, "sheet": _sheet}[arguments.command](arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    from_text = commands.add_parser("rendered", help="lines of a corpus's text, drawn in many typefaces")
    from_text.add_argument("--typefaces", type=Path, nargs="+", default=list(FOLDERS), help="folders to look below")
    from_text.add_argument("--held-out", action="store_true", help="typefaces and text never trained on")
    from_print = commands.add_parser("print", help="lines of a corpus's born-digital documents")
    for maker in (from_text, from_print):
        maker.add_argument(
            "--corpus", type=Path, required=True, help="folder with text/, print/, names.csv, places.csv"
        )
        maker.add_argument("--exclude", type=Path, help="folder of *.txt whose lines of eight words must not be drawn")
        maker.add_argument("--shards", type=Path, required=True)
        maker.add_argument("--first", type=int, default=0, help="number of the first shard")
        maker.add_argument("--count", type=int, default=1, help="how many shards")
        maker.add_argument("--lines", type=int, default=LINES_A_SHARD, help="lines a shard")
        maker.add_argument("--seed", type=int, default=7)
    boxes = commands.add_parser("boxes", help="measure how the line finder's boxes lie around print")
    boxes.add_argument("--corpus", type=Path, required=True)
    boxes.add_argument("--typefaces", type=Path, nargs="+", default=list(FOLDERS))
    boxes.add_argument("--pages", type=int, default=14)
    boxes.add_argument("--seed", type=int, default=3)
    sheet = commands.add_parser("sheet", help="a picture of lines, to look at")
    sheet.add_argument("--shards", type=Path, required=True)
    sheet.add_argument("--source", default="*")
    sheet.add_argument("--out", type=Path, required=True)
    sheet.add_argument("--lines", type=int, default=200)
    sheet.add_argument("--seed", type=int, default=7)
    sheet.add_argument("--typeface", type=Path, default=Path("sohoa/typefaces/Tinos-Regular.ttf"))
    return parser.parse_args()


def _rendered(arguments: argparse.Namespace) -> None:
    corpus = Corpus(arguments.corpus, Excluded(arguments.exclude), held_out=arguments.held_out)
    typefaces = Typefaces(arguments.typefaces)
    for number in range(arguments.first, arguments.first + arguments.count):
        rng = np.random.default_rng([arguments.seed, number])
        _write(arguments, "rendered", number, rendered.lines(corpus, typefaces, rng, held_out=arguments.held_out))


def _print(arguments: argparse.Namespace) -> None:
    rng = np.random.default_rng([arguments.seed, arguments.first])
    lines = printed.lines(arguments.corpus / "print", Excluded(arguments.exclude), rng)
    for number in range(arguments.first, arguments.first + arguments.count):
        _write(arguments, "print", number, lines)


def _write(arguments: argparse.Namespace, source: str, number: int, lines: Iterator[tuple[Ink8, Label]]) -> None:
    name, begun = f"{source}-{number:03d}", time.process_time()
    count = write_shard(arguments.shards, name, itertools.islice(lines, arguments.lines))
    rate = f"{count / max(time.process_time() - begun, 1e-9):.0f} a CPU second"
    log.info("shard written", extra={"shard": name, "lines": count, "rate": rate})


def _boxes(arguments: argparse.Namespace) -> None:
    found = measure(
        Corpus(arguments.corpus, Excluded()), Typefaces(arguments.typefaces), PpocrFinder(),
        np.random.default_rng(arguments.seed), arguments.pages,
    )  # fmt: skip
    for side, ems in zip(("left", "right", "above", "below"), found.T, strict=True):
        text = f"{side}: mean {ems.mean():.3f} em, deviation {ems.std():.3f}, {len(ems)} lines"
        log.info(text, extra={"shard": "", "lines": "", "rate": ""})


def _sheet(arguments: argparse.Namespace) -> None:
    draw_sheet(
        arguments.shards, arguments.source, arguments.out, count=arguments.lines, seed=arguments.seed,
        typeface=arguments.typeface,
    )  # fmt: skip


if __name__ == "__main__":
    main()
