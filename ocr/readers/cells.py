"""Lines that run across the rules of a table -> one line a cell. Pure."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ocr.readers.crops import bounding_box
from ocr.readers.ports import Quad

_CROSSED = 0.8
"""Share of a line's height that a rule must run through."""
_LEAST_HEIGHTS = 0.35
"""Narrower leftovers are what the finder saw of the rule itself."""


def split_at_rules(quads: Sequence[Quad], rules: npt.NDArray[np.bool_]) -> list[Quad]:
    """Return the quads with those that a vertical rule runs through cut there; others are returned as they are."""
    if not rules.any():
        return list(quads)
    return [part for quad in quads for part in _parts(quad, rules)]


def _parts(quad: Quad, rules: npt.NDArray[np.bool_]) -> list[Quad]:
    left, top, right, bottom = bounding_box(quad, rules.shape[1], rules.shape[0])
    crossed = rules[top:bottom, left:right].mean(axis=0) >= _CROSSED
    if not crossed.any():
        return [quad]
    edges = np.flatnonzero(np.diff(np.concatenate(([True], crossed, [True])).astype(np.int8)))
    spans = [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    least = _LEAST_HEIGHTS * (bottom - top)
    width = right - left
    return [_slice(quad, start / width, end / width) for start, end in spans if end - start >= least]


def _slice(quad: Quad, start: float, end: float) -> Quad:
    corners = np.array(quad)
    top, bottom = corners[1] - corners[0], corners[2] - corners[3]
    points = (
        corners[0] + start * top,
        corners[0] + end * top,
        corners[3] + end * bottom,
        corners[3] + start * bottom,
    )
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
