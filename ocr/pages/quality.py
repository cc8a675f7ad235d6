"""An upright page -> measures of its picture, and findings that say what to do at the scanner. Limits are data.

Nothing here depends on what is printed: print is compared with the paper around it, edges with the strokes they bound.
Source: see limits.yaml beside this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
import numpy.typing as npt
import yaml

from ocr.lines import Finding, PageQuality, PageReading
from ocr.pages.clean import paper_contrast, reading_grey
from ocr.pages.upright import SURE, Direction

Grey = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]

_LOOK_DPI = 200.0
_MM_PER_INCH = 25.4
_INK = 45
"""Contrast to the paper around, of 255, that print has."""
_LEAST_INK = 0.0005
_PAPER_STEP = 4
"""The paper's colour is the middle one of every fourth row, at 200 dpi, in pieces of four pixels."""
_STROKE_PX = 9
"""Windows that hold a whole stroke at 200 dpi."""
_STROKE = 60
_STRONGEST = 90
_EDGE_MM = 0.5
_RUNS_MM = (0.15, 6.0)
"""How long letters are along an edge that cuts them; shadows of the lid are longer."""
_LEAST_RUNS = {"left": 4, "right": 4, "top": 10, "bottom": 10}
_MOST_DARK = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a scan should be like."""

    least_dpi: float
    target_dpi: float
    least_sharpness: float
    least_contrast: float
    least_background: float
    most_tint: float
    most_skew_degrees: float


@cache
def limits() -> Limits:
    """Return the limits of limits.yaml."""
    table = yaml.safe_load((files("ocr.pages") / "limits.yaml").read_text(encoding="utf-8"))
    return Limits(
        least_dpi=float(table["resolution"]["least_dpi"]),
        target_dpi=float(table["resolution"]["target_dpi"]),
        least_sharpness=float(table["blur"]["least"]),
        least_contrast=float(table["contrast"]["least"]),
        least_background=float(table["background"]["least"]),
        most_tint=float(table["background"]["most_tint"]),
        most_skew_degrees=float(table["skew"]["most_degrees"]),
    )


def measured(pixels: Rgb, dpi: float) -> PageQuality:
    """Return the measures of an upright page as it was scanned."""
    scale = min(1.0, _LOOK_DPI / dpi)
    size = max(16, round(pixels.shape[1] * scale)), max(16, round(pixels.shape[0] * scale))
    grey = np.asarray(cv2.resize(reading_grey(pixels), size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    darker = paper_contrast(grey, dpi * scale)
    ink = darker > _INK
    enough = float(ink.mean()) >= _LEAST_INK
    rows = pixels[:: max(1, round(_PAPER_STEP / scale))]
    few = cv2.resize(rows, (max(1, size[0] // _PAPER_STEP), rows.shape[0]), interpolation=cv2.INTER_AREA)
    paper = np.median(few.reshape(-1, 3), axis=0)
    return PageQuality(
        sharpness=_sharpness(grey, darker) if enough else None,
        contrast=round(float(np.percentile(darker[ink], _STRONGEST)) / 255, 3) if enough else None,
        background=round(float(paper.mean()) / 255, 3),
        tint=round(float(paper.max() - paper.min()) / 255, 3),
        cut_off=tuple(_cut_off(ink, dpi * scale)),
    )


def quality_findings(
    quality: PageQuality, dpi: float, skew_degrees: float, page: int, limit: Limits
) -> tuple[Finding, ...]:
    """Return a finding for each limit that the page does not keep, the floor of the resolution left out: see raster."""
    found: list[tuple[str, dict[str, str]]] = []
    # Scanners round: 299.9 dpi is 300.
    if limit.least_dpi - 1 <= dpi < limit.target_dpi - 1:
        found.append(("resolution_below_target", _detail(round(dpi), round(limit.target_dpi), "dpi", "target")))
    if quality.sharpness is not None and quality.sharpness < limit.least_sharpness:
        found.append(("blurred", _detail(quality.sharpness, limit.least_sharpness)))
    if quality.contrast is not None and quality.contrast < limit.least_contrast:
        found.append(("low_contrast", _detail(quality.contrast, limit.least_contrast)))
    if quality.background < limit.least_background:
        found.append(("dark_background", _detail(quality.background, limit.least_background)))
    elif quality.tint > limit.most_tint:
        found.append(("tinted_background", _detail(quality.tint, limit.most_tint, "value", "most")))
    if abs(skew_degrees) > limit.most_skew_degrees:
        found.append(("skewed", _detail(round(abs(skew_degrees), 1), limit.most_skew_degrees, "degrees", "most")))
    found += [("text_cut_off", {"edge": edge}) for edge in quality.cut_off]
    return tuple(Finding(code=code, page=page, detail=detail) for code, detail in found)


def doubts(direction: Direction, page: int) -> list[Finding]:
    """Return the finding that the page's direction is not sure; if it seems to lie wrong, a person must look."""
    if direction.sure:
        return []
    detail = {"confidence": f"{direction.confidence:.2f}", "least": f"{SURE:g}", "rotation": str(direction.likeliest)}
    return [Finding(code="direction_unsure", page=page, blocks_seal=direction.likeliest != 0, detail=detail)]


def faint_page(page: int) -> Finding:
    """Return the finding that a page bears marks too faint to read: it is kept as it is, for a person to look at."""
    return Finding(code="faint_page", page=page)


def photograph_findings(reading: PageReading, dpi: float) -> list[Finding]:
    """Return what is to be said of a photograph beyond what the file said; `dpi` is the sheet's own."""
    known = {finding.code for finding in reading.findings}
    found = []
    if "photo" not in known:
        found.append(Finding(code="photo", page=reading.page, blocks_seal=True))
    least = limits().least_dpi
    if dpi < least - 1 and "low_resolution" not in known:
        detail = {"dpi": str(round(dpi)), "least": str(round(least))}
        found.append(Finding(code="low_resolution", page=reading.page, blocks_seal=True, detail=detail))
    return found


def _detail(value: float, limit: float, name: str = "value", kind: str = "least") -> dict[str, str]:
    return {name: f"{value:g}", kind: f"{limit:g}"}


def _sharpness(grey: Grey, darker: Grey) -> float | None:
    """Return how much of a stroke's depth lies between neighbouring pixels at its edges; 1 is as sharp as can be."""
    window = np.ones((_STROKE_PX, _STROKE_PX), np.uint8)
    depth = cv2.dilate(darker, window)
    across, down = (cv2.absdiff(grey, np.roll(grey, 1, axis)) for axis in (1, 0))
    step = cv2.max(across, down)
    # The steepest place of each neighbourhood is the edge itself.
    edge = (step == cv2.dilate(step, window)) & (depth > _STROKE) & (step > 0)
    if not edge.any():
        return None
    return round(float(np.median(step[edge] / depth[edge].astype(np.float32))), 3)


def _cut_off(ink: npt.NDArray[np.bool_], dpi: float) -> Iterator[str]:
    """Yield the edges that print runs over: many short dark places right at the edge."""
    wide = max(1, round(_EDGE_MM / _MM_PER_INCH * dpi))
    strips = {"left": ink[:, :wide], "top": ink[:wide].T, "right": ink[:, -wide:], "bottom": ink[-wide:].T}
    for edge, strip in strips.items():
        dark = strip.mean(axis=1) > 0.5
        changes = np.flatnonzero(np.diff(np.concatenate(([0], dark.astype(np.int8), [0]))))
        lengths = (changes[1::2] - changes[::2]) / dpi * _MM_PER_INCH
        runs = int(((lengths >= _RUNS_MM[0]) & (lengths <= _RUNS_MM[1])).sum())
        if runs >= _LEAST_RUNS[edge] and float(dark.mean()) < _MOST_DARK:
            yield edge
