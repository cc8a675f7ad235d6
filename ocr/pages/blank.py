"""A page's pixels -> whether it carries anything, decided before anything is read.

Print of the other side is pale and soft, and a seal that bled through is a cloud of specks; what was put on this side
has strokes. Marks are sought in the darkest colour, so that red stamps and pencil count.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from ocr.pages.clean import paper_contrast

Rgb = npt.NDArray[np.uint8]
Grey = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

_LOOK_DPI = 100.0
_MM_PER_INCH = 25.4
_EDGE_MM = 3.0
_EDGE_DARK = 0.6
"""Of the paper's lightness: what is darker and begins at the picture's edge is the scanner's lid, not ink."""
_EDGE_GROWN_MM = 2.0
_WEAK = 35
_STRONG = 70
"""Contrast to the paper around, of 255: print has 100 and more, print showing through seldom 50."""
_STEEP = 0.45
"""Share of a mark's depth between neighbouring pixels: pencil and pen on this side have it, what shines through not."""
_MARK_MM = 1.2
"""Dust is smaller."""
_LETTER_MM = 2.2
_FAINT_MM = 5.0
"""A faint stroke alone must be as long."""
_HOLE_MM = (3.0, 9.0)
_HOLE_FILLED = 0.7
_CORNER_MM = 40.0
_STAPLE_HOLE_MM = 2.0
_STAPLE_MM = (6.0, 40.0)
"""Staples, and the crease of a corner that was turned over."""
_STAPLE_THICK_MM = 1.8
_SEAL_MM = 14.0
"""A stamp's ring hangs together over more than this; one that bled through is broken."""
_RED = 50


class Presence(StrEnum):
    """Whether a page carries anything."""

    BLANK = "blank"
    DOUBTFUL = "doubtful"
    """Faint marks: print of the other side, or very pale print. Reading may tell; where it does not, a person must."""
    PRINTED = "printed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Marks:
    """Connected dark places, one row each."""

    length_mm: Numbers
    depth: Numbers
    """Greatest contrast to the paper around."""
    steepness: Numbers


def presence(pixels: Rgb, dpi: float) -> Presence:
    """Say whether there are marks that are neither dust, holes, staples, shadows nor the other side."""
    scale = min(1.0, _LOOK_DPI / dpi)
    size = max(8, round(pixels.shape[1] * scale)), max(8, round(pixels.shape[0] * scale))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    per_mm = dpi * scale / _MM_PER_INCH
    grey = np.ascontiguousarray(small[..., 0])
    paper = ~_beyond_sheet(grey, per_mm)
    contrast = paper_contrast(grey, dpi * scale)
    marks = _marks(np.where(paper, contrast, 0), per_mm)
    strong = (marks.depth >= _STRONG) & (marks.steepness >= _STEEP / 2)
    sharp = marks.steepness >= _STEEP
    if (strong & (marks.length_mm >= _LETTER_MM)).any() or strong.sum() >= 2:
        return Presence.PRINTED
    if (sharp & (marks.length_mm >= _FAINT_MM)).any() or (sharp & (marks.length_mm >= _LETTER_MM)).sum() >= 2:
        return Presence.PRINTED
    if _has_red_stamp(small, contrast, paper, dpi * scale):
        return Presence.PRINTED
    return Presence.DOUBTFUL if (marks.depth >= (_WEAK + _STRONG) / 2).sum() >= 2 else Presence.BLANK


def is_blank(pixels: Rgb, dpi: float) -> bool:
    """Whether a page carries nothing but perhaps dust, punch holes and a faint view of its other side."""
    return presence(pixels, dpi) is Presence.BLANK


def _beyond_sheet(grey: Grey, per_mm: float) -> Mask:
    """Return where the scanner's lid shows, its shadow, and the outermost strip."""
    dark = (grey < _EDGE_DARK * float(np.median(grey))).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark, connectivity=4)
    at_edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    beyond = np.isin(labels, at_edge[at_edge > 0]).astype(np.uint8)
    reach = 2 * round(_EDGE_GROWN_MM * per_mm) + 1
    beyond = np.asarray(cv2.dilate(beyond, np.ones((reach, reach), np.uint8)), dtype=np.uint8)
    strip = max(1, round(_EDGE_MM * per_mm))
    beyond[:strip] = beyond[-strip:] = 1
    beyond[:, :strip] = beyond[:, -strip:] = 1
    return beyond > 0


def _marks(contrast: Grey, per_mm: float) -> _Marks:
    count, found, rows, _ = cv2.connectedComponentsWithStats((contrast > _WEAK).astype(np.uint8), connectivity=8)
    labels, stats = np.asarray(found, dtype=np.int32), np.asarray(rows, dtype=np.int32)
    across, down = (cv2.absdiff(contrast, np.roll(contrast, 1, axis)) for axis in (1, 0))
    step = np.asarray(cv2.max(across, down), dtype=np.uint8)
    ink = labels > 0
    depth, steps = _largest(labels[ink], contrast[ink], count), _largest(labels[ink], step[ink], count)
    kept = ~_is_no_ink(labels, stats, per_mm)
    kept[0] = False
    length = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) / per_mm
    kept &= length >= _MARK_MM
    return _Marks(length_mm=length[kept], depth=depth[kept], steepness=steps[kept] / np.maximum(depth[kept], 1))


def _largest(labels: Labels, values: npt.NDArray[np.uint8], count: int) -> Numbers:
    """Return the largest value of each of `count` labels, 0 where there is none."""
    # In the values' own type: casting makes it ten times slower.
    largest = np.zeros(count, dtype=np.uint8)
    np.maximum.at(largest, labels.astype(np.intp), values)
    return largest.astype(np.float64)


def _is_no_ink(labels: Labels, stats: Labels, per_mm: float) -> Mask:
    """Return which dark places are punch holes, or staples, their holes and creases near a corner."""
    left, top, width, height, area = (stats[:, column].astype(np.float64) for column in range(5))
    short, long = np.minimum(width, height) / per_mm, np.maximum(width, height) / per_mm
    hole = (short >= _HOLE_MM[0]) & (long <= _HOLE_MM[1]) & (area / (width * height) > _HOLE_FILLED)
    right, bottom = labels.shape[1] - left - width, labels.shape[0] - top - height
    corner = np.maximum(np.minimum(left, right), np.minimum(top, bottom)) < _CORNER_MM * per_mm
    straight = np.zeros(len(stats), dtype=np.bool_)
    for label in np.flatnonzero(corner & (long >= _STAPLE_MM[0]) & (long <= _STAPLE_MM[1])):
        x, y, across, down = stats[label, :4].tolist()
        points = np.argwhere(labels[y : y + down, x : x + across] == label).astype(np.float32)
        straight[label] = min(cv2.minAreaRect(points)[1]) <= _STAPLE_THICK_MM * per_mm
    return np.asarray(hole | straight | (corner & (long < _STAPLE_HOLE_MM)))


def _has_red_stamp(small: Rgb, contrast: Grey, paper: Mask, dpi: float) -> bool:
    """Whether there is a stamp that the red channel does not show, whole enough to be of this side."""
    darkest = paper_contrast(np.asarray(cv2.min(small[..., 0], cv2.min(small[..., 1], small[..., 2]))), dpi)
    red = paper & (darkest > _RED) & (contrast <= _WEAK)
    _, _, stats, _ = cv2.connectedComponentsWithStats(red.astype(np.uint8), connectivity=8)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    return bool((sides / dpi * _MM_PER_INCH >= _SEAL_MM).any())
