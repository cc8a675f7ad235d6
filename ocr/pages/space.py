"""Where on a page a block can be placed without covering anything."""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.pages.clean import paper_contrast
from ocr.pages.raster import PageImage

BoxMm = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres from the top left of the page as displayed."""

_LOOK_DPI = 100.0
_CONTRAST = 30
"""Pale stamps count; the grain of paper does not."""
_DUST_MM2 = 0.4
_CLEARANCES_MM = (4.0, 3.0, 2.0, 1.0, 0.0)
_MM_PER_INCH = 25.4


def find_free_box(
    page: PageImage,
    *,
    width_mm: float,
    height_mm: float,
    left_mm: float,
    right_mm: float,
    top_mm: float,
    bottom_mm: float,
) -> BoxMm | None:
    """Return a place of the given size inside the region without ink, seals or writing; None if there is none.

    As much clearance as there is, up to 4 mm; then as near as possible to the region's top right corner.
    """
    ink = _ink(page)
    per_mm = ink.shape[1] / page.width_mm, ink.shape[0] / page.height_mm
    wide, tall = round(width_mm * per_mm[0]), round(height_mm * per_mm[1])
    left, right = max(0, round(left_mm * per_mm[0])), min(ink.shape[1], round(right_mm * per_mm[0]))
    top, bottom = max(0, round(top_mm * per_mm[1])), min(ink.shape[0], round(bottom_mm * per_mm[1]))
    if right - left < wide or bottom - top < tall or min(wide, tall) <= 0:
        return None
    for clearance in _CLEARANCES_MM:
        room = round(clearance * per_mm[0])
        free = _free_corners(ink, wide, tall, room)[top : bottom - tall + 1, left : right - wide + 1]
        ys, xs = np.nonzero(free)
        if len(xs):
            best = int(np.argmin(ys / per_mm[1] + (free.shape[1] - 1 - xs) / per_mm[0]))
            x_mm, y_mm = (left + int(xs[best])) / per_mm[0], (top + int(ys[best])) / per_mm[1]
            return x_mm, y_mm, x_mm + width_mm, y_mm + height_mm
    return None


def _free_corners(ink: npt.NDArray[np.uint8], wide: int, tall: int, room: int) -> npt.NDArray[np.bool_]:
    """Return for each place whether a box whose top left corner lies there, with room around it, has no ink."""
    padded = np.pad(ink, room)
    total = cv2.integral(padded)
    height, width = tall + 2 * room, wide + 2 * room
    sums = total[height:, width:] - total[:-height, width:] - total[height:, :-width] + total[:-height, :-width]
    return np.asarray(sums == 0)


def _ink(page: PageImage) -> npt.NDArray[np.uint8]:
    """Return 1 where there is ink of any colour, at about 100 dpi, without dust."""
    # The darkest channel: red, blue and black all show there.
    dark = np.ascontiguousarray(page.pixels.min(axis=2))
    scale = min(1.0, _LOOK_DPI / page.dpi)
    size = max(8, round(dark.shape[1] * scale)), max(8, round(dark.shape[0] * scale))
    small = np.asarray(cv2.resize(dark, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    dpi = page.dpi * scale
    ink = (paper_contrast(small, dpi) > _CONTRAST).astype(np.uint8)
    # A large dark area is paper to itself; it is no place for a block.
    ink |= (small < np.median(small) // 2).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    dust = stats[:, cv2.CC_STAT_AREA] < _DUST_MM2 * (dpi / _MM_PER_INCH) ** 2
    dust[0] = False
    return np.asarray(np.where(dust[labels], 0, ink), dtype=np.uint8)
