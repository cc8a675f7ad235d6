"""A page's pixels -> a coarse copy, made once for all who look at the page as a whole before anything is read."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]

_DPI = 100.0
_LEAST_SIDE_PX = 400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Glance:
    """The page at 100 dpi, finer where it is small, never finer than it was scanned."""

    pixels: Rgb
    dpi: float


def glance_at(pixels: Rgb, dpi: float) -> Glance:
    """Return the coarse copy; `dpi` is that of `pixels`."""
    height, width = pixels.shape[:2]
    scale = min(1.0, max(_DPI / dpi, _LEAST_SIDE_PX / min(height, width)))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = pixels if scale == 1 else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return Glance(pixels=np.asarray(small, dtype=np.uint8), dpi=dpi * scale)
