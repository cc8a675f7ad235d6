"""Lines of a piece -> what the network should say of their edges, and how much a line weighs. Pure."""

import cv2
import numpy as np
import numpy.typing as npt

from training.finder.pages import Quads

STRIDE = 4
_USUAL_LENGTH = 8.0
"""Line heights; a shorter line's pixels weigh more."""
_HEAVIEST = 8.0
_BAND = 0.25
"""Share of a line's height, above and below, where its edges are not asked for."""


def edge_targets(quads: Quads, shape: tuple[int, int]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return, at a quarter of `shape`, the distances (2 x h x w, pixels) to the edges, and where they hold."""
    high, wide = shape[0] // STRIDE, shape[1] // STRIDE
    edges, holds = np.zeros((2, high, wide), dtype=np.float32), np.zeros((high, wide), dtype=np.float32)
    for quad in quads:
        middle = _band(quad)
        left, top = np.maximum(0, np.floor(middle.min(axis=0) / STRIDE).astype(int))
        right, bottom = np.minimum((wide, high), np.ceil(middle.max(axis=0) / STRIDE).astype(int) + 1)
        if right <= left or bottom <= top:
            continue
        band = np.zeros((bottom - top, right - left), dtype=np.uint8)
        corners = (middle / STRIDE - 0.5 - (left, top)) * 16
        cv2.fillConvexPoly(band, np.rint(corners).astype(np.int32), (1,), shift=4)
        x = (np.arange(left, right) + 0.5) * STRIDE
        y = (np.arange(top, bottom) + 0.5) * STRIDE
        upper, lower = _height_at(quad[0], quad[1], x), _height_at(quad[3], quad[2], x)
        here = band.astype(np.bool_)
        edges[0, top:bottom, left:right][here] = (y[:, None] - upper[None, :])[here]
        edges[1, top:bottom, left:right][here] = (lower[None, :] - y[:, None])[here]
        holds[top:bottom, left:right][here] = 1.0
    return edges, holds


def weights(quads: Quads, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return, at a quarter of `shape`, what a pixel weighs: more in short lines, which have few."""
    heavy = np.ones((shape[0] // STRIDE, shape[1] // STRIDE), dtype=np.float32)
    for quad in quads:
        long, high = np.linalg.norm(quad[1] - quad[0]), max(1.0, float(np.linalg.norm(quad[3] - quad[0])))
        weight = float(np.clip(_USUAL_LENGTH * high / max(1.0, float(long)), 1.0, _HEAVIEST))
        if weight > 1.0:
            cv2.fillConvexPoly(heavy, np.rint(quad / STRIDE - 0.5).astype(np.int32), (weight,))
    return heavy


def _band(quad: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    a, b, c, d = quad
    down_left, down_right = d - a, c - b
    points = (a + _BAND * down_left, b + _BAND * down_right, c - _BAND * down_right, d - _BAND * down_left)
    return np.array(points, dtype=np.float32)


def _height_at(
    start: npt.NDArray[np.float32], end: npt.NDArray[np.float32], x: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    across = max(1e-3, float(end[0] - start[0]))
    slope = float(end[1] - start[1]) / across
    return np.asarray(float(start[1]) + (x - float(start[0])) * slope, dtype=np.float64)
