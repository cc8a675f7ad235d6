"""Marks stamped in red: secrecy (MẬT), urgency (HỎA TỐC). They vanish with the seals from the red channel.

Seals are told from marks by their size and roundness; what is left is worth reading by itself.
Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục II (dấu chỉ độ mật, mức độ khẩn: mực dấu màu đỏ tươi).
"""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.lines import Box

Grey = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]

_LOOK_DPI = 50.0
_MM_PER_INCH = 25.4
_RED = 100
"""Twice by how much red must outweigh green and blue."""
_FRESH_RED = 230
"""Somewhere a mark must be as red as this; seals showing through the sheet are not."""
_JOINED_MM = 3.0
_MARK_MM = (7.0, 3.5)
"""Least width and height of a mark, grown by what joins its letters."""
_SEAL_MM = 20.0
_SEAL_PROPORTION = 1.35
_MARGIN_MM = 3.0


def red_layer(pixels: Rgb) -> Grey:
    """Return what is printed in red, dark on white, and nothing else."""
    first, second, third = cv2.split(pixels)
    red = cv2.subtract(first, cv2.max(second, third))
    # Doubled: pale stamps become as dark as print.
    return np.asarray(cv2.bitwise_not(cv2.add(red, red)), dtype=np.uint8)


def marks(layer: Grey, dpi: float, *, slack: float = 1.0) -> list[Box]:
    """Return where marks may be in a red layer, with a margin, in its pixels; seals are left out.

    With a slack below 1 more is taken for a mark: on a page that is not level yet, all that will be one.
    """
    scale = min(1.0, _LOOK_DPI / dpi)
    size = max(1, round(layer.shape[1] * scale)), max(1, round(layer.shape[0] * scale))
    small = cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
    redness = 255 - np.asarray(small, dtype=np.uint8)
    ink = (redness > _RED).astype(np.uint8)
    per_mm = dpi * scale / _MM_PER_INCH
    reach = max(1, round(_JOINED_MM * per_mm))
    joined = cv2.dilate(ink, np.ones((reach, 2 * reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    margin = _MARGIN_MM * per_mm
    found = []
    for label, (left, top, width, height, _) in enumerate(stats[1:].tolist(), start=1):
        place = slice(top, top + height), slice(left, left + width)
        fresh = redness[place][labels[place] == label].max() >= _FRESH_RED * slack
        if fresh and _is_mark(width / per_mm, height / per_mm, slack):
            edges = (left - margin, top - margin, left + width + margin, top + height + margin)
            x0, y0, x1, y1 = (round(edge / scale) for edge in edges)
            found.append((max(0, x0), max(0, y0), min(layer.shape[1], x1), min(layer.shape[0], y1)))
    return found


def _is_mark(width_mm: float, height_mm: float, slack: float) -> bool:
    if width_mm < _MARK_MM[0] * slack or height_mm < _MARK_MM[1] * slack:
        return False
    proportion = max(width_mm, height_mm) / min(width_mm, height_mm)
    return not (min(width_mm, height_mm) > _SEAL_MM / slack and proportion < _SEAL_PROPORTION * slack)
