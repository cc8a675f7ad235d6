"""What is said of pages before they are read: direction, skew, blank or not, photographs, quality, look. Prints tables.

    python -m bench.pages [--samples FOLDER] [--part NAME ...] [--seeds N]

`direction` and `alarms` use the samples (SOHOA_TEST_SAMPLES), which lie outside the project; the other parts use pages
made from seeds that no threshold was chosen on. Every mistake is printed.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bench.page_pictures import BLANK, DPI, PRINTED, photograph, printed, verso
from ocr.pages.blank import Presence, presence
from ocr.pages.clean import reading_grey
from ocr.pages.look import ALIKE, difference, look_of
from ocr.pages.perspective import find_sheet, on_picture, sheet_size
from ocr.pages.quality import limits, measured, quality_findings
from ocr.pages.raster import page_image
from ocr.pages.scan import inspect_scan
from ocr.pages.upright import direction_of, skew_of, straightened, turned
from ocr.readers.trueocr import TrueocrCompass

HELD_OUT = 9_000
"""Seeds from here on were never looked at."""
SKEWS = (-8.0, -6.2, -4.4, -2.6, -0.8, 0.8, 2.6, 4.4, 6.2, 8.0)
SKEW_SLACK = 0.3
PLACE_SLACK_MM = 2.0
Rgb = npt.NDArray[np.uint8]


def sample_pages(samples: Path) -> Iterator[tuple[str, Rgb, float]]:
    """Yield name, pixels and dpi of every page of the samples."""
    for path in sorted(samples.glob("*/*.pdf")):
        for page in range(1, inspect_scan(path).page_count + 1):
            image = page_image(path, page)
            yield f"{path.stem}:{page}", image.pixels, image.dpi


def direction(samples: Path, _seeds: int) -> None:
    """Turn every sample page to all four sides and askew, and compare what is said."""
    compass, counts = TrueocrCompass(), Counter[str]()
    spent: list[float] = []
    for name, pixels, dpi in sample_pages(samples):
        if presence(pixels, dpi) is Presence.BLANK:
            counts["blank, not asked"] += 1
            continue
        grey = reading_grey(pixels)
        scale = min(1.0, 150 / dpi)
        grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        own = skew_of(grey)
        for lean in (0.0, *SKEWS):
            for turns in range(4):
                laid = np.ascontiguousarray(np.rot90(_askew(grey, lean), turns))
                started = time.process_time()
                found = direction_of(laid, compass)
                skew = skew_of(turned(laid, 90 * turns))
                spent.append(time.process_time() - started)
                right = found.likeliest == 90 * turns
                verdict = "flagged" if not found.sure else "right" if right else "WRONG"
                counts[verdict] += 1
                counts["skew off"] += abs(skew - own - lean) > SKEW_SLACK
                if verdict != "right" or abs(skew - own - lean) > SKEW_SLACK:
                    said = f"said {found.likeliest} at {found.confidence:.2f}, skew {skew:+.1f} for {own + lean:+.1f}"
                    print(f"  {verdict:8} {name} turned {90 * turns}, askew {lean:+.1f}: {said}")
    print(f"direction: {dict(counts)}; {1000 * np.mean(spent):.0f} CPU ms a page, skew included")


def _askew(grey: npt.NDArray[np.uint8], degrees: float) -> npt.NDArray[np.uint8]:
    """Return the page leaning clockwise on a larger sheet, nothing cut off."""
    height, width = grey.shape
    cos, sin = abs(np.cos(np.radians(degrees))), abs(np.sin(np.radians(degrees)))
    size = int(width * cos + height * sin), int(width * sin + height * cos)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    matrix[:, 2] += (np.array(size) - (width, height)) / 2
    paper = (int(np.median(grey)),)
    return np.asarray(cv2.warpAffine(grey, matrix, size, borderValue=paper), dtype=np.uint8)


def blank(_samples: Path, seeds: int) -> None:
    """Tell blank versos from nearly empty pages."""
    spent = []
    print(f"{'':14} {'blank':>6} {'doubtful':>9} {'printed':>8}")
    for kind in (*BLANK, *PRINTED):
        counts = Counter[Presence]()
        for seed in range(HELD_OUT, HELD_OUT + seeds):
            sheet = verso(kind, seed)
            started = time.process_time()
            found = presence(sheet, DPI)
            spent.append(time.process_time() - started)
            counts[found] += 1
            if found is not (Presence.BLANK if kind in BLANK else Presence.PRINTED):
                print(f"  mistaken: {kind}, seed {seed}: {found}")
        row = "{:>6} {:>9} {:>8}".format(*(counts[said] for said in Presence))
        print(f"{kind:14} {row}   should be {'blank' if kind in BLANK else 'printed'}")
    print(f"blank: {1000 * np.mean(spent):.0f} CPU ms a page")


def photographs(_samples: Path, seeds: int) -> None:
    """Find sheets on tables; how far a place on the sheet is from where it is, in millimetres of paper."""
    worst, missed, spent = [], 0, []
    for seed in range(HELD_OUT, HELD_OUT + seeds):
        taken = photograph(seed)
        started = time.process_time()
        corners = find_sheet(taken.pixels)
        spent.append(time.process_time() - started)
        if corners is None:
            missed += 1
            print(f"  not found: seed {seed}")
            continue
        height, width = taken.page.shape[:2]
        grid = np.array([(x, y) for x in np.linspace(0.05, 0.95, 7) for y in np.linspace(0.05, 0.95, 9)])
        there = np.column_stack([grid * (width, height), np.ones(len(grid))]) @ taken.to_picture.T
        apart = on_picture(grid * sheet_size(corners), corners) - there[:, :2] / there[:, 2:]
        worst.append(float(np.hypot(*apart.T).max()) * 297 / max(sheet_size(corners)))
        if worst[-1] > PLACE_SLACK_MM:
            print(f"  wrong place: seed {seed}, {worst[-1]:.1f} mm")
    print(f"photographs: {seeds - missed} of {seeds} found; places off by at most {max(worst, default=0):.1f} mm")
    print(
        f"photographs: middle of the worst places {np.median(worst):.1f} mm; {1000 * np.mean(spent):.0f} CPU ms a page"
    )


HARM: dict[str, tuple[str | None, Callable[[Rgb], Rgb]]] = {
    "none": (None, lambda page: page),
    "blur 0.1 mm": (None, lambda page: _soft(page, 1.2)),
    "blur 0.3 mm": ("blurred", lambda page: _soft(page, 3.5)),
    "blur 0.5 mm": ("blurred", lambda page: _soft(page, 6.0)),
    "pale 60 %": (None, lambda page: (245 - (245.0 - page) * 0.6).clip(0, 255).astype(np.uint8)),
    "pale 30 %": ("low_contrast", lambda page: (245 - (245.0 - page) * 0.3).clip(0, 255).astype(np.uint8)),
    "dark 85 %": (None, lambda page: (page * 0.85).astype(np.uint8)),
    "dark 60 %": ("dark_background", lambda page: (page * 0.6).astype(np.uint8)),
    "yellow": ("tinted_background", lambda page: (page * np.array([1, 0.92, 0.7])).astype(np.uint8)),
    "cut left": ("text_cut_off", lambda page: np.ascontiguousarray(page[:, 400:])),
    "cut right": ("text_cut_off", lambda page: np.ascontiguousarray(page[:, :2000])),
    "askew 4": ("skewed", lambda page: _leaning(page, 4.0)),
}


def _soft(page: Rgb, spread: float) -> Rgb:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), spread), dtype=np.uint8)


def _leaning(page: Rgb, degrees: float) -> Rgb:
    return np.stack([straightened(np.ascontiguousarray(page[..., band]), -degrees) for band in range(3)], axis=2)


def quality(_samples: Path, seeds: int) -> None:
    """Spoil good pages, each in one way, and see whether that and nothing else is found."""
    print(f"{'':12} {'found':>6} {'missed':>7} {'other findings'}")
    for kind, (code, spoil) in HARM.items():
        found, others = 0, Counter[str]()
        for seed in range(HELD_OUT, HELD_OUT + seeds):
            codes = _codes(spoil(printed(seed)), 300.0)
            found += code in codes
            others.update(codes - {code})
        missed = "-" if code is None else seeds - found
        print(f"{kind:12} {found if code else '-':>6} {missed:>7} {dict(others) or ''}")


def _codes(pixels: Rgb, dpi: float) -> set[str]:
    skew = skew_of(reading_grey(pixels))
    return {finding.code for finding in quality_findings(measured(pixels, dpi), dpi, skew, 1, limits())}


def alarms(samples: Path, _seeds: int) -> None:
    """Count findings on the samples, whose scans are good."""
    pages, counts, spent = 0, Counter[str](), []
    for name, pixels, dpi in sample_pages(samples):
        if presence(pixels, dpi) is Presence.BLANK:
            continue
        started = time.process_time()
        measured(pixels, dpi)
        spent.append(time.process_time() - started)
        pages += 1
        codes = _codes(pixels, dpi)
        counts.update(codes)
        if codes:
            print(f"  {name}: {', '.join(sorted(codes))}")
    print(f"alarms: {dict(counts)} on {pages} sample pages; {1000 * np.mean(spent):.0f} CPU ms a page")


def look(_samples: Path, seeds: int) -> None:
    """Feed pages twice, shifted, askew and in other light, and compare codes; letters of one office differ little."""
    random = np.random.default_rng(HELD_OUT)
    once, again = [], []
    for seed in range(HELD_OUT, HELD_OUT + seeds):
        page = reading_grey(printed(seed))
        moved = np.roll(_askew(page, float(random.uniform(-1, 1))), random.integers(-30, 31, 2), (0, 1))
        second = (moved * random.uniform(0.92, 1) + random.normal(0, 3, moved.shape)).clip(0, 255).astype(np.uint8)
        once.append(look_of(straightened(page, skew_of(page))))
        again.append(look_of(straightened(second, skew_of(second))))
    same = [difference(one, two) for one, two in zip(once, again, strict=True)]
    other = [difference(once[i], again[j]) for i in range(seeds) for j in range(seeds) if i != j]
    kept, taken = sum(bits <= ALIKE for bits in same), sum(bits <= ALIKE for bits in other)
    print(f"look: same sheet {np.median(same):.0f} bits, at most {max(same)}; {kept} of {seeds} within {ALIKE}")
    print(
        f"look: other sheets {np.median(other):.0f} bits, at least {min(other)}; {taken} of {len(other)} within {ALIKE}"
    )


PARTS = {
    "blank": blank,
    "photographs": photographs,
    "quality": quality,
    "look": look,
    "alarms": alarms,
    "direction": direction,
}
WANT_SAMPLES = ("alarms", "direction")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=Path, default=os.environ.get("SOHOA_TEST_SAMPLES"))
    parser.add_argument("--part", action="append", choices=[*PARTS])
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for part in options.part or PARTS:
        if part in WANT_SAMPLES and (options.samples is None or not Path(options.samples).is_dir()):
            print(f"{part}: skipped, it needs the samples (SOHOA_TEST_SAMPLES or --samples)", file=sys.stderr)
            continue
        PARTS[part](Path(options.samples or "."), options.seeds)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
