"""Page pixels -> the grey image for readers, and whether there is ink at all."""

from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]

_LOOK_DPI = 100.0
_GROUND_MM = 20.0
"""Width of the window in which paper is lighter than print."""
_MARGIN_SHARE = 0.03
"""Shadows at the edges of the glass are no ink."""
_STRONG = 70
_WEAK = 35
"""Contrast to the paper around, of 255. Print has 100 and more, print showing through seldom 50."""
_LEAST_MARK_MM = 1.2
_HOLE_MM = (3.0, 9.0)
_HOLE_FILLED = 0.7
_MM_PER_INCH = 25.4


class Presence(StrEnum):
    """Whether a page carries anything."""

    BLANK = "blank"
    DOUBTFUL = "doubtful"
    """Faint marks: print of the other side, or very pale print. Only reading can tell."""
    PRINTED = "printed"


def reading_grey(pixels: Rgb) -> Grey:
    """Return the red channel: red seals vanish from it, blue and black ink stay."""
    return np.ascontiguousarray(pixels[..., 0])


def presence(grey: Grey, dpi: float) -> Presence:
    """Say whether there are marks: at least two of them, larger than dust and not punch holes."""
    contrast, look_dpi = _contrast(grey, dpi)
    if _marks(contrast > _STRONG, look_dpi) >= 2:
        return Presence.PRINTED
    return Presence.DOUBTFUL if _marks(contrast > _WEAK, look_dpi) >= 2 else Presence.BLANK


def is_blank(grey: Grey, dpi: float) -> bool:
    """Whether a page carries nothing but perhaps dust, punch holes and a faint view of its other side."""
    return presence(grey, dpi) is Presence.BLANK


def paper_contrast(grey: Grey, dpi: float) -> Grey:
    """Return by how much each pixel is darker than the paper around it; large dark areas are paper to themselves."""
    window = max(3, round(_GROUND_MM / _MM_PER_INCH * dpi / 4))
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(small, min(window | 1, 255))
    level = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.subtract(level, grey), dtype=np.uint8)


def _contrast(grey: Grey, dpi: float) -> tuple[Grey, float]:
    scale = min(1.0, _LOOK_DPI / dpi)
    size = max(8, round(grey.shape[1] * scale)), max(8, round(grey.shape[0] * scale))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    contrast = paper_contrast(small, dpi * scale)
    down, across = (max(1, round(side * _MARGIN_SHARE)) for side in contrast.shape)
    return contrast[down:-down, across:-across], dpi * scale


def _marks(ink: npt.NDArray[np.bool_], dpi: float) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] / dpi * _MM_PER_INCH
    filled = stats[1:, cv2.CC_STAT_AREA] / (stats[1:, cv2.CC_STAT_WIDTH] * stats[1:, cv2.CC_STAT_HEIGHT])
    large = sides.max(axis=1, initial=0) >= _LEAST_MARK_MM
    round_hole = (
        (sides.min(axis=1, initial=np.inf) >= _HOLE_MM[0])
        & (sides.max(axis=1, initial=0) <= _HOLE_MM[1])
        & (filled > _HOLE_FILLED)
    )
    return int((large & ~round_hole).sum())
