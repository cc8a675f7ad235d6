"""How far a page is turned: quarter turns by a model, the rest by how sharply rows of text part from each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Points = tuple[npt.NDArray[Any], npt.NDArray[Any]]

SURE = 0.95
"""Nearly all pages are upright, and a page wrongly turned is lost: the model must be surer than this."""
LEAST_SKEW = 0.15
"""Degrees left alone: turning costs sharpness."""

_SIDE_PX = 1000
_WIDEST = 10.0
"""Sheets are fed up to 8 degrees askew, and print leans on its sheet."""
_STEPS = (0.5, 0.1)
_LEAST_INK = 0.002
_GRAIN = 30
_DARK = 40
"""Of 255 above grain: what is paler is noise and shadow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Which way up a page lies."""

    rotation: int
    """Degrees clockwise to turn it by: 0, 90, 180 or 270; 0 where it is not sure enough."""
    confidence: float
    """Of the likeliest direction, 0 to 1."""
    likeliest: int
    """The likeliest, in degrees clockwise, sure or not."""
    skew_degrees: float | None = None
    """See skew_of: of the page that it was told from, as it lay; None: nobody looked."""

    @property
    def sure(self) -> bool:
        """Whether the page may be turned, or left, without a person looking."""
        return self.confidence > SURE


class Compass(Protocol):
    """Says which way up a page lies."""

    def turns(self, grey: Grey) -> Sequence[float]:
        """Return the probability of 0, 1, 2 and 3 quarter turns counter-clockwise."""
        ...


def direction_of(grey: Grey, compass: Compass) -> Direction:
    """Return which way up a page lies, whatever its skew."""
    points = _ink_points(grey)
    level, upright = _steepest(points), _steepest((-points[1], points[0]))
    # On a page that lies on its side, the lean of what will be rows.
    slant = level[0] if level[1] >= upright[1] else upright[0]
    probabilities = list(compass.turns(straightened(_halved(grey), slant, how=cv2.INTER_LINEAR)))
    turns = int(np.argmax(probabilities))
    sure = float(probabilities[turns])
    rotation = 90 * turns if sure > SURE else 0
    return Direction(rotation=rotation, confidence=sure, likeliest=90 * turns, skew_degrees=level[0])


def turned(pixels: npt.NDArray[np.uint8], rotation: int) -> npt.NDArray[np.uint8]:
    """Return the image turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, -(rotation // 90))) if rotation % 360 else pixels


def skew_of(grey: Grey) -> float:
    """Return by how many degrees, clockwise positive, rows of text lean, within 10.5; 0 without rows."""
    return _steepest(_ink_points(grey))[0]


def _halved(grey: Grey) -> Grey:
    """Return the page at half its size where that is still plenty: whoever tells directions makes it smaller yet."""
    if min(grey.shape) < 2 * _SIDE_PX:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _ink_points(grey: Grey) -> Points:
    """Return y and x of dark pixels, on a page made small."""
    scale = min(1.0, _SIDE_PX / max(grey.shape))
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    ink = 255 - np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    # The ground would outweigh the print in the sums of rows.
    y, x = np.nonzero(ink > min(255, int(np.median(ink)) + _GRAIN + _DARK))
    return (y.astype(np.float32), x.astype(np.float32)) if len(y) >= _LEAST_INK * ink.size else (y[:0], x[:0])


def _steepest(points: Points) -> tuple[float, float]:
    """Return the angle at which rows part most sharply from each other, and how sharply."""
    if not len(points[0]):
        return 0.0, 0.0
    best, sharpness = 0.0, 0.0
    reach = _WIDEST
    for step in _STEPS:
        angles = best + np.arange(-reach, reach + step / 2, step)
        sharpness, _, best = max((_sharpness(points, angle), -abs(angle), angle) for angle in angles.tolist())
        reach = step
    return round(best, 2), sharpness


def _sharpness(points: Points, degrees: float) -> float:
    turn = np.float32(math.radians(degrees))
    rows = points[0] * np.cos(turn) - points[1] * np.sin(turn)
    counts = np.bincount((rows - rows.min()).astype(np.intp))
    return float(np.square(np.diff(counts)).sum())


def straightened(
    grey: Grey, skew_degrees: float, *, paper: int | None = None, how: int = cv2.INTER_CUBIC
) -> npt.NDArray[np.uint8]:
    """Return the page with its skew taken out, same size; what comes in from outside is `paper`, or like the edge."""
    if skew_degrees == 0:
        return grey
    height, width = grey.shape[:2]
    return np.asarray(
        cv2.warpAffine(
            grey,
            _turn(width, height, skew_degrees),
            (width, height),
            flags=how,
            borderMode=cv2.BORDER_REPLICATE if paper is None else cv2.BORDER_CONSTANT,
            borderValue=(0 if paper is None else paper,),
        ),
        dtype=np.uint8,
    )


def skewed_points(
    points: npt.NDArray[np.float64], width: int, height: int, skew_degrees: float
) -> npt.NDArray[np.float64]:
    """Return where points (N x 2) of the straightened page lie on the skewed page of the same size."""
    back = cv2.invertAffineTransform(_turn(width, height, skew_degrees))
    return np.asarray(points @ back[:, :2].T + back[:, 2], dtype=np.float64)


def _turn(width: int, height: int, skew_degrees: float) -> npt.NDArray[np.float64]:
    # OpenCV turns counter-clockwise for positive angles, which undoes a clockwise lean.
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), skew_degrees, 1.0)
    return np.asarray(matrix, dtype=np.float64)
