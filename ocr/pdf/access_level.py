"""A page as it was scanned and read -> the same page upright and level: where its pixels go, and its lines with them.

The page keeps its size, unless something printed would be cut off: a sheet fed askew brings its corners along.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from ocr.lines import Line, PageReading
from ocr.pages.clean import paper_contrast

Rgb = npt.NDArray[np.uint8]
Transform = npt.NDArray[np.float64]
"""3 x 3, for columns (x, y, 1)."""

_LOOK_PX = 800
_INK = 60
"""Contrast to the paper around, of 255."""
_MARGIN_PX = 4
"""On the small page that is looked at: about 1.5 mm of A4."""
_LEAST_HEIGHT = 0.3
"""Of a line's box: boxes of skewed lines are not always drawn around them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levelling:
    """How an upright page is made level."""

    transform: Transform
    """From pixels of the upright page to pixels of the level one."""
    width: int
    height: int
    """Of the level page, in pixels of the same size."""


def levelling_of(pixels: Rgb, skew_degrees: float) -> Levelling:
    """Return how to take the skew out of an upright page."""
    height, width = pixels.shape[:2]
    transform = np.eye(3)
    if skew_degrees == 0:
        return Levelling(transform=transform, width=width, height=height)
    # OpenCV turns counter-clockwise for positive angles, which undoes a clockwise lean.
    transform[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), skew_degrees, 1.0)
    left, top, right, bottom = _extent(pixels, transform)
    moved = np.array([[1, 0, max(0, -left)], [0, 1, max(0, -top)], [0, 0, 1]], dtype=np.float64)
    return Levelling(
        transform=moved @ transform,
        width=max(width, right) + max(0, -left),
        height=max(height, bottom) + max(0, -top),
    )


def _extent(pixels: Rgb, transform: Transform) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the ink on the level page; shadows at the edge of the scan do not count."""
    scale = min(1.0, _LOOK_PX / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    grey = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    ink = (paper_contrast(np.asarray(grey, dtype=np.uint8), scale * 300) > _INK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    x, y, wide, high, _ = stats.T
    inside = (x > 0) & (y > 0) & (x + wide < size[0]) & (y + high < size[1])
    inside[0] = False
    down, across = np.nonzero(inside[labels])
    if not len(across):
        return 0, 0, 0, 0
    points = transform @ np.stack([across / scale, down / scale, np.ones(len(across))])
    margin = _MARGIN_PX / scale
    return (
        math.floor(points[0].min() - margin),
        math.floor(points[1].min() - margin),
        math.ceil(points[0].max() + margin),
        math.ceil(points[1].max() + margin),
    )


def level_pixels(pixels: Rgb, levelling: Levelling) -> Rgb:
    """Return the upright page made level; what comes in from outside is paper."""
    height, width = pixels.shape[:2]
    if (width, height) == (levelling.width, levelling.height) and np.array_equal(levelling.transform, np.eye(3)):
        return pixels
    sample = pixels[:: max(1, height // 200), :: max(1, width // 200)].reshape(-1, 3)
    paper = [float(value) for value in np.median(sample, axis=0)]
    return np.asarray(
        cv2.warpAffine(
            pixels,
            levelling.transform[:2],
            (levelling.width, levelling.height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=paper,
        ),
        dtype=np.uint8,
    )


def level_reading(reading: PageReading, levelling: Levelling, pixels: Rgb) -> PageReading:
    """Return the reading with its lines where they are on the level page, in pixels of `pixels`, the upright page."""
    height, width = pixels.shape[:2]
    across, down = width / reading.width_px, height / reading.height_px
    return replace(
        reading,
        width_px=levelling.width,
        height_px=levelling.height,
        width_mm=reading.width_mm * levelling.width / width,
        height_mm=reading.height_mm * levelling.height / height,
        rotation=0,
        skew_degrees=0.0,
        lines=tuple(_levelled(line, levelling, reading.skew_degrees, across, down) for line in reading.lines),
    )


def _levelled(line: Line, levelling: Levelling, skew_degrees: float, across: float, down: float) -> Line:
    """Return the line in the rectangle around which its box was drawn, which has the same middle."""
    left, top, right, bottom = line.box
    middle = levelling.transform @ [(left + right) / 2 * across, (top + bottom) / 2 * down, 1]
    wide, high = (right - left) * across, (bottom - top) * down
    cos, sin = math.cos(math.radians(skew_degrees)), abs(math.sin(math.radians(skew_degrees)))
    spread = cos * cos - sin * sin
    own_wide = max((wide * cos - high * sin) / spread, _LEAST_HEIGHT * wide)
    own_high = max((high * cos - wide * sin) / spread, _LEAST_HEIGHT * high)
    box = (
        round(middle[0] - own_wide / 2),
        round(middle[1] - own_high / 2),
        round(middle[0] + own_wide / 2),
        round(middle[1] + own_high / 2),
    )
    return replace(line, box=box)
