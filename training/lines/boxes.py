"""Where a line stands -> the box that the line finder would give, never twice the same. Seeded.

Measured on 14 rendered pages, 596 lines found by PpocrFinder at 150 to 300 dpi, least squares on where the ink ends.
"""

import math
from dataclasses import dataclass

import numpy as np

from ocr.lines import Box
from training.lines.bend import Bend

Rng = np.random.Generator

_TOP, _TOP_SPREAD = (0.66, 0.442, -0.159), 0.087
_BOTTOM, _BOTTOM_SPREAD = (0.247, -0.101, 0.355), 0.071
"""Ems from the baseline: a constant, times the ink's height above it, times its depth below; and what remains."""
_TOGETHER = 0.62
"""Correlation of what remains: some boxes are wide all around."""
_LEFT, _RIGHT = (0.17, 0.08), (0.075, 0.088)
"""Ems beyond the ink: mean and deviation."""
_ASTRAY = 0.1
"""Share of boxes that are too tight or too wide."""
_MOST_ASTRAY_EM = 0.17


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a line was drawn, pixels from the top left of its strip."""

    label: str
    kind: str
    left: float
    right: float
    top: float
    """Of the ink."""
    bottom: float
    """Of the ink."""
    baseline: float
    em_px: float


def found_box(place: Place, bend: Bend, rng: Rng, width: int, height: int) -> Box:
    """Return a box as found in the strip of this size once it is bent: a tenth are too tight or too wide."""
    em = place.em_px
    above, below = (place.baseline - place.top) / em, (place.bottom - place.baseline) / em
    shared = rng.normal()
    wander = [math.sqrt(_TOGETHER) * shared + math.sqrt(1 - _TOGETHER) * rng.normal() for _ in range(2)]
    up = _TOP[0] + _TOP[1] * above + _TOP[2] * below + _TOP_SPREAD * wander[0]
    down = _BOTTOM[0] + _BOTTOM[1] * above + _BOTTOM[2] * below + _BOTTOM_SPREAD * wander[1]
    sides = np.array([rng.normal(*_LEFT), up, rng.normal(*_RIGHT), down])
    if rng.random() < _ASTRAY:
        sides += rng.choice([-1, 1]) * rng.uniform(0, _MOST_ASTRAY_EM, 4)
    left, right = place.left - sides[0] * em, place.right + sides[2] * em
    return bent_box(left, place.baseline - sides[1] * em, right, place.baseline + sides[3] * em, bend, (height, width))


def bent_box(left: float, top: float, right: float, bottom: float, bend: Bend, shape: tuple[int, ...]) -> Box:
    """Return the upright box around a level one that was bent, inside an image of this shape, at least one pixel."""
    across = np.linspace(left, right, 9)
    upper, lower = (bend.moved(np.stack([across, np.full(9, y)], axis=1))[:, 1] for y in (top, bottom))
    height, width = shape[:2]
    x0, y0 = min(max(0, math.floor(left)), width - 1), min(max(0, math.floor(upper.min())), height - 1)
    return x0, y0, min(width, max(math.ceil(right), x0 + 1)), min(height, max(math.ceil(lower.max()), y0 + 1))
