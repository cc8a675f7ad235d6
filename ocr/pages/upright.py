"""How far a page is turned: quarter turns by a model, the rest by how sharply rows of text part from each other."""

from collections.abc import Sequence
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

SURE = 0.95
"""Nearly all pages are upright, and a page wrongly turned is lost: the model must be surer than this."""
LEAST_SKEW = 0.15
"""Degrees left alone: turning costs sharpness."""

_SIDE_PX = 1000
_WIDEST = 6.0
_LEAST_INK = 0.002
_GRAIN = 30


class Compass(Protocol):
    """Says which way up a page lies."""

    def turns(self, grey: Grey) -> Sequence[float]:
        """Return the probability of 0, 1, 2 and 3 quarter turns counter-clockwise."""
        ...


def rotation_of(grey: Grey, compass: Compass) -> int:
    """Return the degrees clockwise that bring the page upright: 0, 90, 180 or 270."""
    probabilities = list(compass.turns(grey))
    turns = int(np.argmax(probabilities))
    return 90 * turns if probabilities[turns] > SURE else 0


def turned(pixels: npt.NDArray[np.uint8], rotation: int) -> npt.NDArray[np.uint8]:
    """Return the image turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, -(rotation // 90))) if rotation % 360 else pixels


def skew_of(grey: Grey) -> float:
    """Return by how many degrees, clockwise positive, rows of text lean, within 6.5; 0 without rows."""
    scale = min(1.0, _SIDE_PX / max(grey.shape))
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    ink = 255 - np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ground = np.uint8(min(255, int(np.median(ink)) + _GRAIN))
    # The ground would outweigh the print in the sums of rows.
    ink = np.asarray(np.maximum(ink, ground) - ground, dtype=np.uint8)
    if float((ink > 0).mean()) < _LEAST_INK:
        return 0.0
    coarse = _sharpest(ink, np.arange(-_WIDEST, _WIDEST + 0.01, 0.5))
    return float(round(_sharpest(ink, np.arange(coarse - 0.5, coarse + 0.51, 0.1)), 2))


def _sharpest(ink: Grey, angles: npt.NDArray[np.floating[Any]]) -> float:
    return float(max(angles, key=lambda angle: (_sharpness(ink, float(angle)), -abs(angle))))


def _sharpness(ink: Grey, degrees: float) -> float:
    rows = straightened(ink, degrees, paper=0, how=cv2.INTER_NEAREST).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


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
