"""Page pixels -> the grey image for readers, and how much darker than the paper print is."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]

_GROUND_MM = 20.0
"""Width of the window in which paper is lighter than print."""
_MM_PER_INCH = 25.4


def reading_grey(pixels: Rgb) -> Grey:
    """Return the red channel: red seals vanish from it, blue and black ink stay."""
    return np.asarray(cv2.extractChannel(pixels, 0), dtype=np.uint8)


def paper_contrast(grey: Grey, dpi: float) -> Grey:
    """Return by how much each pixel is darker than the paper around it; large dark areas are paper to themselves."""
    window = max(3, round(_GROUND_MM / _MM_PER_INCH * dpi / 4))
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(small, min(window | 1, 255))
    level = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.subtract(level, grey), dtype=np.uint8)
