"""Accuracy and speed of reading on the sample papers, beside the tools others use. Prints one table.

    python -m bench.ocr [--samples FOLDER] [--scorer FILE] [--engine NAME ...]

The samples (SOHOA_TEST_SAMPLES) and the scorer (SOHOA_TEST_SCORER) lie outside the project. Each engine runs in a
process of its own on one thread; a peer that is not installed is skipped, saying so. Settings were chosen on these very
papers: the figures compare engines, they do not promise anything for other papers.
"""

import argparse
import importlib.util
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from ocr.lines import PageReading
from ocr.pages.raster import page_image
from ocr.pages.scan import inspect_scan
from ocr.readers.named import all_modes, is_mode
from ocr.readers.page import read_page

PARTS = ("scans", "print")
PEERS = {"tesseract": "tesseract", "ocrmypdf": "ocrmypdf"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an engine needed."""

    pages: int
    cpu_seconds: float
    peak_mb: float


def papers(samples: Path) -> Iterator[tuple[str, Path]]:
    """Yield part and path of every sample document."""
    for part in PARTS:
        for path in sorted((samples / part).glob("*.pdf")):
            yield part, path


def run_ours(samples: Path, folder: Path, mode: str) -> Spent:
    """Read every page in one mode; write texts, and fields where ocr.fields is installed."""
    warm = next(papers(samples))[1]
    read_page(warm, 1, mode)
    count, started = 0, time.process_time()
    readings: list[tuple[str, Path, list[PageReading]]] = []
    for part, path in papers(samples):
        pages = [read_page(path, page, mode) for page in range(1, inspect_scan(path).page_count + 1)]
        readings.append((part, path, pages))
        count += len(pages)
    spent = time.process_time() - started
    for part, path, pages in readings:
        _note(folder / f"{part}.jsonl", {"file": path.name, "pages": [{"page": p.page, "text": p.text} for p in pages]})
        fields = _fields(pages)
        if fields is not None:
            _note(folder / f"{part}.fields.jsonl", {"doc": path.stem, "fields": fields})
    return Spent(pages=count, cpu_seconds=spent, peak_mb=_peak_mb(resource.RUSAGE_SELF))


def run_peer(samples: Path, folder: Path, read: Callable[[Path, Path], str]) -> Spent:
    """Have a program read every page as a picture of its own; drawing the pages is not counted."""
    count, spent = 0, 0.0
    for part, path in papers(samples):
        pages = []
        for page in range(1, inspect_scan(path).page_count + 1):
            image = page_image(path, page)
            picture = folder / "page.png"
            Image.fromarray(image.pixels).save(picture, dpi=(image.dpi, image.dpi), compress_level=1)
            before = _children_seconds()
            pages.append({"page": page, "text": read(picture, folder)})
            spent += _children_seconds() - before
            count += 1
        _note(folder / f"{part}.jsonl", {"file": path.name, "pages": pages})
    return Spent(pages=count, cpu_seconds=spent, peak_mb=_peak_mb(resource.RUSAGE_CHILDREN))


def tesseract(picture: Path, folder: Path) -> str:
    """Return what Tesseract reads, whole page (psm 3), Vietnamese."""
    del folder
    command = ["tesseract", str(picture), "stdout", "-l", "vie", "--psm", "3"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | ONE_THREAD).stdout


def ocrmypdf(picture: Path, folder: Path) -> str:
    """Return what OCRmyPDF reads, levelled and turned upright, Vietnamese."""
    sidecar = folder / "page.txt"
    command = ["ocrmypdf", "--language", "vie", "--jobs", "1", "--deskew", "--rotate-pages", "--quiet"]
    command += ["--sidecar", str(sidecar), str(picture), str(folder / "page.pdf")]
    subprocess.run(command, capture_output=True, check=True, env=os.environ | ONE_THREAD)
    return sidecar.read_text(encoding="utf-8")


def _fields(pages: list[PageReading]) -> dict[str, Any] | None:
    if importlib.util.find_spec("ocr.fields.understand") is None:
        return None
    understand = importlib.import_module("ocr.fields.understand").understand
    documents = understand(pages)
    found = documents[0].fields if documents else {}
    return {name: list(f.value) if isinstance(f.value, tuple) else f.value for name, f in found.items()}


def _note(path: Path, row: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _peak_mb(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def missing(engine: str) -> str | None:
    """Say why an engine cannot run here, or None."""
    program = PEERS.get(engine)
    if program is None:
        return None
    if shutil.which(program) is None:
        return f"{program} is not installed"
    languages = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False).stdout
    return None if "vie" in languages.split() else "tesseract-ocr-vie is not installed"


def measure(engine: str, samples: Path, folder: Path) -> Spent:
    """Run one engine in a process of its own."""
    command = [sys.executable, "-m", "bench.ocr", "--samples", str(samples), "--worker", engine, "--to", str(folder)]
    subprocess.run(command, check=True, env=os.environ | ONE_THREAD)
    return Spent(**json.loads((folder / "spent.json").read_text(encoding="utf-8")))


def work(engine: str, samples: Path, folder: Path) -> None:
    """Do one engine's part, in its own process."""
    if engine not in PEERS:
        spent = run_ours(samples, folder, engine)
    else:
        spent = run_peer(samples, folder, {"tesseract": tesseract, "ocrmypdf": ocrmypdf}[engine])
    (folder / "spent.json").write_text(json.dumps(asdict(spent)), encoding="utf-8")


def scores(scorer: Path | None, samples: Path, folder: Path, part: str) -> list[str]:
    """Return line-CER, CER with insertions, ordered CER and field F1 in percent; a dash where there is none."""
    none = ["-"] * 4
    if scorer is None:
        return none
    text = _scored(scorer, "text", folder / f"{part}.jsonl", samples / part)
    found = re.search(r"CER ([\d.]+) %.*?with insertions ([\d.]+) %.*?ordered ([\d.]+) %", text)
    fields = _scored(scorer, "fields", folder / f"{part}.fields.jsonl", samples / part)
    f1 = re.search(r"FIELDS F1 ([\d.]+)", fields)
    return [*(found.groups() if found else none[:3]), f1[1] if f1 else "-"]


def _scored(scorer: Path, what: str, predicted: Path, truth: Path) -> str:
    if not predicted.exists():
        return ""
    command = [sys.executable, str(scorer), what, "--pred", str(predicted), "--gt", str(truth), "--only-present"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def report(engines: list[str], samples: Path, scorer: Path | None) -> None:
    """Print the table."""
    columns = ["line", "ins", "order", "F1"]
    print(f"{'':20} {'scans, %':^27} {'print, %':^27} {'CPU s':>7} {'pages/min':>9} {'peak':>6}")
    print(f"{'engine':20} " + " ".join(f"{c:>6}" for c in columns * 2) + f" {'a page':>7} {'one core':>9} {'MB':>6}")
    for engine in engines:
        reason = missing(engine)
        if reason is not None:
            print(f"{engine:20} skipped: {reason}")
            continue
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            spent = measure(engine, samples, folder)
            row = [score for part in PARTS for score in scores(scorer, samples, folder, part)]
        each = spent.cpu_seconds / spent.pages
        cells = " ".join(f"{score:>6}" for score in row)
        print(f"{engine:20} {cells} {each:7.2f} {60 / each:9.1f} {spent.peak_mb:6.0f}", flush=True)
    if scorer is None:
        print("no accuracy: name the scorer with --scorer or SOHOA_TEST_SCORER")


def _engine(name: str) -> str:
    if name in PEERS or is_mode(name):
        return name
    raise argparse.ArgumentTypeError(f"neither one of {', '.join(PEERS)} nor a mode: {all_modes()}")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=Path, default=os.environ.get("SOHOA_TEST_SAMPLES"))
    parser.add_argument("--scorer", type=Path, default=os.environ.get("SOHOA_TEST_SCORER"))
    parser.add_argument("--engine", action="append", type=_engine, help=f"{', '.join(PEERS)}; modes: {all_modes()}")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.samples is None or not Path(options.samples).is_dir():
        sys.exit("bench.ocr needs the samples: set SOHOA_TEST_SAMPLES or --samples")
    samples = Path(options.samples).resolve()
    if options.worker:
        work(options.worker, samples, options.to)
        return
    scorer = Path(options.scorer).resolve() if options.scorer else None
    report(options.engine or ["standard", "fast", *PEERS], samples, scorer)


if __name__ == "__main__":
    main()
