"""Where a page shows a photograph, or anything else in shades that is no ink on paper."""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.lines import Box

Grey = npt.NDArray[np.uint8]

_CELL_MM = 1.0
_SHADED = 0.45
"""Share of a cell's pixels that are neither paper nor ink."""
_SHADES = (40, 205)
"""What is neither, of 255, where paper is 230."""
_JOINED_MM = 3.0
_LEAST_MM = 12.0
"""A seal's star is smaller, and photographs on certificates are 20 by 30."""
_FILLED = 0.6
_MARGIN_MM = 1.0
_MM_PER_INCH = 25.4


def find_photos(flat: Grey, dpi: float) -> tuple[Box, ...]:
    """Return boxes of what is shaded throughout, in pixels of `flat`, a page whose paper is even."""
    height, width = flat.shape
    cell = max(2, round(_CELL_MM / _MM_PER_INCH * dpi))
    size = max(1, width // cell), max(1, height // cell)
    shaded = cv2.inRange(flat, np.array([_SHADES[0]]), np.array([_SHADES[1]]))
    share = cv2.resize(shaded, size, interpolation=cv2.INTER_AREA)
    reach = round(_JOINED_MM / _CELL_MM) | 1
    areas = cv2.morphologyEx(
        (share > 255 * _SHADED).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8)
    )
    # Lines of print hang together by a cell or two; a photograph does not fall apart when they are cut.
    areas = cv2.morphologyEx(areas, cv2.MORPH_OPEN, np.ones((2 * reach - 1, 2 * reach - 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(areas, connectivity=8)
    least = _LEAST_MM / _CELL_MM
    margin = _MARGIN_MM / _CELL_MM
    across, down = width / size[0], height / size[1]
    return tuple(
        (
            max(0, round((left - margin) * across)),
            max(0, round((top - margin) * down)),
            min(width, round((left + wide + margin) * across)),
            min(height, round((top + high + margin) * down)),
        )
        for left, top, wide, high, area in stats[1:].tolist()
        if min(wide, high) >= least and area >= _FILLED * wide * high
    )
