"""Page -> places of lines with the small network made from PaddleOCR's detector (docs/training.md, "Line finder").

The network says where the middle band of a line runs, and how far away that line's upper and lower edges are: bands
tell tight lines apart at a low resolution, edges give the height back.
"""

import math
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from ocr.readers.models import LINE_FINDER
from ocr.readers.ports import Grey, Quad
from ocr.readers.sessions import session

_MULTIPLE = 32
"""Sides of what the network sees are multiples of this."""
_STRIDE = 2
"""Pixels of what the network saw a pixel of the maps, once they are doubled."""
_BAND = 0.4
"""Probability above which a pixel lies in a band."""
_SURE = 0.5
"""Mean probability of a band that is a line."""
_LONG = 3.0
"""Times as long as thick: what is shorter has no lean to speak of."""
_STEEPEST = 0.5
"""What rises more is no line of a level page."""
_LEAST_SIDE = 5.0
"""Pixels of the page; thinner finds are specks and rules."""

Maps = npt.NDArray[np.float32]
"""3 x height x width: probability of a band; distances to upper and lower edge, in pixels of what the network saw."""


class SohoaFinder:
    """See LineFinder. Not to be shared between threads."""

    def __init__(self, *, long_side_px: int = 1536) -> None:
        """Load the network, which looks at pages scaled down to `long_side_px`.

        Raises:
            ReaderUnavailable: the model cannot be used.
        """
        self._session = session(LINE_FINDER)
        self._long_side = long_side_px

    def find(self, grey: Grey) -> list[Quad]:
        """See LineFinder.find."""
        height, width = grey.shape
        if min(height, width) < _LEAST_SIDE:
            return []
        ink = scaled_ink(grey, self._long_side)
        maps = self._session.run(None, {"page": ink[None, None]})[0][0]
        return lines_on(maps, width, height)


def scaled_ink(grey: Grey, long_side_px: int) -> npt.NDArray[np.float32]:
    """Return the page as the network sees it: 0 paper to 1 ink, never enlarged but to whole multiples."""
    height, width = grey.shape
    scale = min(1.0, long_side_px / max(height, width))
    high, wide = (max(_MULTIPLE, round(side * scale / _MULTIPLE) * _MULTIPLE) for side in (height, width))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.resize(grey, (wide, high), interpolation=how)
    return np.asarray(1.0 - seen.astype(np.float32) / 255.0, dtype=np.float32)


def lines_on(maps: Maps, width: int, height: int) -> list[Quad]:
    """Return the lines that the maps of a page of `width` x `height` pixels tell of."""
    high, wide = maps.shape[1] * 2, maps.shape[2] * 2
    band, above, below = (cv2.resize(part, (wide, high), interpolation=cv2.INTER_LINEAR) for part in maps)
    count, labels = cv2.connectedComponents((band > _BAND).astype(np.uint8), connectivity=8)
    inside = labels > 0
    of, weight = labels[inside], band[inside]
    pixels, total = np.bincount(of, minlength=count), np.bincount(of, weights=weight, minlength=count)
    row = (np.nonzero(inside)[0] + 0.5) * _STRIDE
    means = (
        np.bincount(of, weights=weight * value, minlength=count) / np.maximum(total, 1e-6)
        for value in (row + (below[inside] - above[inside]) / 2, above[inside] + below[inside])
    )
    middle, tall = (values.tolist() for values in means)
    scale = np.array((width / (wide * _STRIDE), height / (high * _STRIDE)))
    found = []
    for label, outline in _outlines(labels):
        if total[label] < _SURE * pixels[label]:
            continue
        corners = (_corners(outline, middle[label], tall[label]) * scale).clip((0, 0), (width, height))
        if min(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])) >= _LEAST_SIDE:
            a, b, c, d = ((float(x), float(y)) for x, y in corners)
            found.append((a, b, c, d))
    return found


def _outlines(labels: npt.NDArray[np.int32]) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Yield each band's label and its outline in pixels the network saw."""
    contours, nesting = cv2.findContours((labels > 0).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for contour, (_, _, _, around) in zip(contours, nesting[0] if contours else (), strict=True):
        # What has something around it is a hole.
        if around < 0:
            x, y = contour[0][0]
            yield int(labels[y, x]), (contour[:, 0].astype(np.float32) + 0.5) * _STRIDE


def _corners(outline: npt.NDArray[np.float32], middle: float, tall: float) -> npt.NDArray[np.float64]:
    """Return the corners of a line whose middle runs at `middle` and which is `tall`."""
    (x, _), (along, thick), degrees = cv2.minAreaRect(outline)
    if along < thick:
        along, thick, degrees = thick, along, degrees + 90.0
    slope = math.tan(math.radians((degrees + 90.0) % 180.0 - 90.0))
    if along < _LONG * thick or abs(slope) > _STEEPEST:
        (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
        x, along, thick, slope = (left + right) / 2, right - left, bottom - top, 0.0
    margin = max(0.0, tall - thick) / 2
    half = along / 2 / math.hypot(1.0, slope) + margin
    rise = half * slope
    edges = ((-half, -tall / 2 - rise), (half, -tall / 2 + rise), (half, tall / 2 + rise), (-half, tall / 2 - rise))
    return np.array([(x + across, middle + down) for across, down in edges], dtype=np.float64)
