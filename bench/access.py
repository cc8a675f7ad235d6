"""Access copies beside what OCRmyPDF makes of the same scans: size, speed, PDF/A-2b, and how well they are read again.

    python -m bench.access [--samples FOLDER] [--scorer FILE] [--only NAME ...]

The samples (SOHOA_TEST_SAMPLES), the scorer (SOHOA_TEST_SCORER) and veraPDF (SOHOA_TEST_VERAPDF) lie outside the
project. OCRmyPDF gets the scan itself and keeps its text out of the way (--tesseract-timeout 0 --skip-text): reading is
measured by `bench.ocr`. Every copy is drawn by pdfium at 300 dpi and read by our reader, and so is the scan.
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from ocr.lines import PageReading
from ocr.pages.raster import PageImage
from ocr.pages.scan import inspect_scan
from ocr.pdf.access import compose_access
from ocr.readers.page import page_reader, read_page

READ_DPI = 300
PEERS = {"ocrmypdf -O1": "1", "ocrmypdf -O3": "3"}
CREATED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One copy."""

    path: Path
    seconds: float
    """CPU, a page."""
    numbers: tuple[int, ...]
    """Page of the scan that each of its pages shows."""


def scans(samples: Path, only: list[str]) -> Iterator[Path]:
    """Yield the scans that are asked for, or all."""
    for path in sorted((samples / "scans").glob("*.pdf")):
        if not only or path.stem in only:
            yield path


def ours(scan: Path, pages: list[PageReading], folder: Path) -> Made:
    """Make the access copy."""
    out = folder / f"{scan.stem}.pdf"
    started = time.process_time()
    made = compose_access(scan, pages, out, title=scan.stem, created=CREATED)
    seconds = (time.process_time() - started) / len(pages)
    shown = tuple(number for number in range(1, len(pages) + 1) if number not in made.dropped)
    return Made(path=out, seconds=seconds, numbers=shown)


def peer(scan: Path, pages: int, folder: Path, level: str) -> Made | None:
    """Have OCRmyPDF make its smallest PDF/A-2b of that level, or None if it refuses the file."""
    out = folder / f"{scan.stem}.pdf"
    command = ["ocrmypdf", "--output-type", "pdfa-2", "--optimize", level, "--skip-text", "--deskew", "--jobs", "1"]
    command += ["--tesseract-timeout", "0", "--quiet", str(scan), str(out)]
    before = _children_seconds()
    ran = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"OMP_THREAD_LIMIT": "1"})
    if ran.returncode not in (0, 10) or not out.exists():
        print(f"{scan.stem}: {ran.stderr.decode(errors='replace').strip()[-160:]}", file=sys.stderr)
        return None
    return Made(path=out, seconds=(_children_seconds() - before) / pages, numbers=tuple(range(1, pages + 1)))


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_again(path: Path, numbers: tuple[int, ...]) -> list[dict[str, object]]:
    """Return page and text of a file as pdfium draws it."""
    reader, rows = page_reader("standard"), []
    with pypdfium2.PdfDocument(path) as document:
        for index, number in enumerate(numbers):
            drawn = np.array(document[index].render(scale=READ_DPI / 72, rev_byteorder=True).to_numpy())[..., :3].copy()
            sides = [side / READ_DPI * 25.4 for side in drawn.shape[:2]]
            image = PageImage(pixels=drawn, dpi=READ_DPI, width_mm=sides[1], height_mm=sides[0])
            rows.append({"page": number, "text": reader.read_image(image, number).text})
    return rows


def line_cer(scorer: Path, truth: Path, rows: list[dict[str, object]], folder: Path) -> str:
    """Return the line-CER in percent of what was read, over the pages that were transcribed."""
    predicted = folder / "read.jsonl"
    predicted.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    command = [sys.executable, str(scorer), "text", "--pred", str(predicted), "--gt", str(truth), "--only-present"]
    found = re.search(r"CER ([\d.]+) %", subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found[1] if found else "-"


def valid(paths: list[Path]) -> str:
    """Return how many of the files veraPDF takes for PDF/A-2b."""
    judge = os.environ.get("SOHOA_TEST_VERAPDF")
    if not judge or shutil.which("java") is None:
        return "-"
    command = ["java", "-XX:+UseSerialGC", "-jar", judge, "-f", "2b", "--format", "json", *map(str, paths)]
    jobs = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)["report"]["jobs"]
    return f"{sum(bool(r['compliant']) for job in jobs for r in job.get('validationResult') or [])}/{len(paths)}"


def report(samples: Path, scorer: Path | None, only: list[str]) -> None:
    """Print the table."""
    files = list(scans(samples, only))
    readings = {path: [read_page(path, n, "standard") for n in _pages(path)] for path in files}
    tools = ", ".join(f"{name} {'is here' if shutil.which(name) else 'is missing'}" for name in ("pngquant", "jbig2"))
    print(f"{len(files)} scans, {sum(map(len, readings.values()))} pages; of OCRmyPDF's helpers {tools}")
    print(f"{'':14} {'of the scan, %':^22} {'CPU s':>6} {'':>8} {'line-CER':>8}")
    print(f"{'copy':14} {'all':>6} {'median':>7} {'worst':>7} {'a page':>6} {'2b':>8} {'%':>8}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        plain = {scan: Made(path=scan, seconds=0.0, numbers=tuple(_pages(scan))) for scan in files}
        _row("scan", plain, samples, scorer, folder)
        _row(
            "sohoa",
            {scan: ours(scan, readings[scan], _sub(folder, "sohoa")) for scan in files},
            samples,
            scorer,
            folder,
        )
        for name, level in PEERS.items():
            if shutil.which("ocrmypdf") is None:
                print(f"{name:14} skipped: ocrmypdf is not installed")
                continue
            made = {scan: peer(scan, len(readings[scan]), _sub(folder, name), level) for scan in files}
            _row(name, {scan: copy for scan, copy in made.items() if copy is not None}, samples, scorer, folder)


def _row(name: str, made: dict[Path, Made], samples: Path, scorer: Path | None, folder: Path) -> None:
    if not made:
        print(f"{name:14} made nothing")
        return
    sizes = [(copy.path.stat().st_size, scan.stat().st_size) for scan, copy in made.items()]
    shares = [100 * copy / scan for copy, scan in sizes]
    total = 100 * sum(copy for copy, _ in sizes) / sum(scan for _, scan in sizes)
    seconds = statistics.median(copy.seconds for copy in made.values())
    cer = "-"
    if scorer is not None:
        rows = [{"file": scan.name, "pages": read_again(copy.path, copy.numbers)} for scan, copy in made.items()]
        cer = line_cer(scorer, samples / "scans", rows, folder)
    judged = valid([copy.path for copy in made.values()]) if name != "scan" else "-"
    print(
        f"{name:14} {total:6.1f} {statistics.median(shares):7.1f} {max(shares):7.1f}",
        f"{seconds:6.2f} {judged:>8} {cer:>8}",
        flush=True,
    )


def _pages(path: Path) -> range:
    return range(1, inspect_scan(path).page_count + 1)


def _sub(folder: Path, name: str) -> Path:
    sub = folder / name.replace(" ", "")
    sub.mkdir(exist_ok=True)
    return sub


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=Path, default=os.environ.get("SOHOA_TEST_SAMPLES"))
    parser.add_argument("--scorer", type=Path, default=os.environ.get("SOHOA_TEST_SCORER"))
    parser.add_argument("--only", action="append", default=[], help="names of scans, without ending")
    options = parser.parse_args()
    if options.samples is None or not Path(options.samples).is_dir():
        sys.exit("bench.access needs the samples: set SOHOA_TEST_SAMPLES or --samples")
    cv2.setNumThreads(1)
    report(Path(options.samples).resolve(), options.scorer and Path(options.scorer).resolve(), options.only)


if __name__ == "__main__":
    main()
