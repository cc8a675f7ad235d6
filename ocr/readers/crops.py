"""A line's quad -> the strip of pixels that a reader looks at. Pure."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from ocr.lines import Box
from ocr.readers.ports import Grey, Quad

_LEVEL_DEGREES = 0.6
"""Below this a slice is cut instead of a turned one: no resampling."""
_DARK_MARGIN = 8
_LOW_PX = 32
"""Lower lines (below about 150 dpi) are cut one pixel taller: there a pixel is a tone mark."""


def bounding_box(quad: Quad, width: int, height: int) -> Box:
    """Return the smallest upright box around a quad, inside an image of the given size, at least one pixel."""
    xs, ys = [point[0] for point in quad], [point[1] for point in quad]
    left = min(max(math.floor(min(xs)), 0), width - 1)
    top = min(max(math.floor(min(ys)), 0), height - 1)
    right = min(max(math.ceil(max(xs)), left + 1), width)
    bottom = min(max(math.ceil(max(ys)), top + 1), height)
    return left, top, right, bottom


def strip(grey: Grey, quad: Quad) -> Grey:
    """Return the line alone, level, dark on light."""
    (x0, y0), (x1, y1) = quad[0], quad[1]
    angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
    if abs(angle) < _LEVEL_DEGREES:
        left, top, right, bottom = bounding_box(quad, grey.shape[1], grey.shape[0])
        spare = 1 if bottom - top < _LOW_PX else 0
        cut = grey[max(0, top - spare) : bottom + spare, left:right]
    else:
        cut = _levelled(grey, quad)
    return np.asarray(255 - cut, dtype=np.uint8) if is_light_on_dark(cut) else cut


def _levelled(grey: Grey, quad: Quad) -> Grey:
    corners = np.array(quad, dtype=np.float32)
    width = max(1, round(float(np.linalg.norm(corners[1] - corners[0]))))
    height = max(1, round(float(np.linalg.norm(corners[3] - corners[0]))))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(corners, target)
    turned = cv2.warpPerspective(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)


def is_light_on_dark(cut: Grey) -> bool:
    """Whether a line is printed in negative: its ground lies nearer to its darkest than to its lightest."""
    low, middle, high = _percentiles(cut, (2, 50, 98))
    return bool(high - middle > 2 * (middle - low) + _DARK_MARGIN)


def paper_level(cut: Grey) -> int:
    """Return the grey of the ground of a line."""
    (level,) = _percentiles(cut, (85,))
    return int(level)


def _percentiles(cut: Grey, shares: Sequence[float]) -> list[float]:
    """Return what numpy.percentile does, told from the counts of the 256 greys: no pixel is moved."""
    up_to = np.cumsum(cv2.calcHist([cut], [0], None, [256], [0, 256])[:, 0].astype(np.int64))
    found = []
    for share in shares:
        place = (up_to[-1] - 1) * share / 100
        below, above = np.searchsorted(up_to, (math.floor(place), math.ceil(place)), side="right")
        found.append(float(below + (above - below) * (place - math.floor(place))))
    return found
