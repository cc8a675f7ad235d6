"""A photograph of a sheet with what lies around it -> where the sheet's corners are, and the sheet as seen from above.

The sheet must be whole, flat and lighter than what it lies on. A scan whose glass shows at the edges is no photograph:
it is read as it is. So is a light box with print around it: the paper is larger than the box.
"""

import math
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from ocr.lines import Corners
from ocr.pages.clean import paper_contrast

Picture = npt.NDArray[np.uint8]
"""Height x width, grey, or height x width x 3, RGB."""
Mask = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
"""N x 2: x, y in pixels."""

_SIDE_PX = 800
_PRINT_PX = 25
"""Strokes and gaps of letters are narrower on a picture made so small; what is wider stays."""
_BRIGHTER = (0, 12, 24)
"""Tried in turn above the level that parts light from dark: light tables run into the sheet at the lower ones."""
_APART = 40
"""By how much of 255 the sheet is lighter than what is around it."""
_SHARE = (0.15, 0.97)
_MUCH_AROUND = 0.15
"""Share of the picture around the sheet that no scanner leaves."""
_SQUARE_DEGREES = 1.2
"""Corners of a sheet on the glass are this square."""
_FILLED = 0.94
_COVERED = 0.97
_ROUGH = (0.01, 0.02, 0.03, 0.05, 0.08)
_MIDDLE = 0.1
"""Share of a side left out at each end: corners are round and bent."""
_LOOK_PX = 1200
_LOOK_DPI = 100.0
"""What a picture made so small has, about."""
_BESIDE_PX = 10
"""The shadow of the sheet's edge is not looked at."""
_STRONG = 60
"""Contrast of print, of 255; grain of tables seldom has half of it once made so small."""
_LETTER_PX = (4, 32)
_LEAST_LETTERS = 20
_ISO_PROPORTION = math.sqrt(2)
_ISO_SLACK = 1.15
_A4_LONG_MM = 297.0
_MM_PER_INCH = 25.4


def find_sheet(pixels: Picture) -> Corners | None:
    """Return the corners of the sheet on a photograph, as it lies there; None for a scan."""
    scale = min(1.0, _SIDE_PX / max(pixels.shape[:2]))
    size = max(8, round(pixels.shape[1] * scale)), max(8, round(pixels.shape[0] * scale))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    # The darkest channel: paper is light in all three, tables are not.
    light = cv2.min(small[..., 0], cv2.min(small[..., 1], small[..., 2])) if small.ndim == 3 else small
    kernel = np.ones((_PRINT_PX, _PRINT_PX), np.uint8)
    bare = cv2.GaussianBlur(cv2.morphologyEx(light, cv2.MORPH_CLOSE, kernel), (5, 5), 0)
    for brighter in _BRIGHTER:
        sheet = _largest_light_area(np.asarray(bare, dtype=np.uint8), brighter)
        rough = None if sheet is None else _four_corners(sheet)
        quad = None if sheet is None or rough is None else _along_sides(sheet, rough)
        if sheet is not None and quad is not None and _covers(quad, sheet):
            corners = _as_corners(quad / scale)
            return corners if _is_photograph(sheet, quad) and not _has_print_around(pixels, corners) else None
    return None


def sheet_dpi(corners: Corners) -> float:
    """Return how many pixels an inch of the sheet has, taken for A4."""
    return max(_sides(corners)) / _A4_LONG_MM * _MM_PER_INCH


def flattened(picture: Picture, corners: Corners) -> Picture:
    """Return the sheet as seen from above, in about as many pixels as it has on the picture."""
    return np.asarray(
        cv2.warpPerspective(picture, _to_sheet(corners), sheet_size(corners), flags=cv2.INTER_CUBIC), dtype=np.uint8
    )


def sheet_size(corners: Corners) -> tuple[int, int]:
    """Return width and height in pixels of the sheet as seen from above."""
    width, height = _sides(corners)
    long, short = max(width, height), min(width, height)
    if 1 / _ISO_SLACK < long / short / _ISO_PROPORTION < _ISO_SLACK:
        # The angle shortens one direction; paper of office sizes has one proportion.
        short = long / _ISO_PROPORTION
    return (round(short), round(long)) if width < height else (round(long), round(short))


def on_picture(points: Points, corners: Corners) -> Points:
    """Return where points of the sheet as seen from above lie on the picture."""
    back = np.linalg.inv(_to_sheet(corners))
    moved = np.column_stack([points, np.ones(len(points))]) @ back.T
    return np.asarray(moved[:, :2] / moved[:, 2:], dtype=np.float64)


def turned_corners(corners: Corners, width: int, height: int, rotation: int) -> Corners:
    """Return the corners on the picture, of that size, turned clockwise by a multiple of 90 degrees."""
    points = np.array(corners)
    for _ in range(rotation // 90 % 4):
        points = np.column_stack([height - points[:, 1], points[:, 0]])
        width, height = height, width
    return _as_corners(points)


def _to_sheet(corners: Corners) -> Points:
    width, height = sheet_size(corners)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(corners, dtype=np.float32), target)
    return np.asarray(matrix, dtype=np.float64)


def _sides(corners: Corners) -> tuple[float, float]:
    top, right, bottom, left = (math.dist(one, two) for one, two in pairwise((*corners, corners[0])))
    return max(top, bottom), max(left, right)


def _largest_light_area(light: Picture, brighter: int) -> Mask | None:
    threshold = cv2.threshold(light, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] + brighter
    mask = light > threshold
    inside, outside = light[mask], light[~mask]
    if not len(inside) or not len(outside) or float(np.median(inside)) - float(np.median(outside)) < _APART:
        return None
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(mask, dtype=np.uint8), connectivity=4)
    if len(stats) == 1:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    share = stats[largest, cv2.CC_STAT_AREA] / light.size
    return np.asarray(labels == largest, dtype=np.uint8) if _SHARE[0] < share < _SHARE[1] else None


def _four_corners(sheet: Mask) -> Points | None:
    outlines, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    around = cv2.arcLength(hull, True)
    for roughness in _ROUGH:
        found = cv2.approxPolyDP(hull, roughness * around, True)
        if len(found) == 4:
            quad = found[:, 0].astype(np.float64)
            filled = cv2.contourArea(hull) / max(1.0, cv2.contourArea(found))
            return quad if _FILLED < filled < 1 / _FILLED and sheet.sum() > _FILLED * cv2.contourArea(hull) else None
    return None


def _along_sides(sheet: Mask, rough: Points) -> Points | None:
    """Return the corners where straight lines along the sheet's edges meet; None if a corner is not on the picture."""
    outlines, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    edge = max(outlines, key=cv2.contourArea)[:, 0].astype(np.float64)
    lines = [_line_along(edge, start, end) for start, end in pairwise([*rough, rough[0]])]
    corners = [_meeting(before, after) for before, after in zip([lines[-1], *lines[:-1]], lines, strict=True)]
    quad = np.array(corners)
    # Outlines run through the middles of the outermost pixels.
    quad += 0.5 + 0.5 * np.sign(quad - quad.mean(axis=0))
    height, width = sheet.shape
    inside = np.isfinite(quad).all() and (quad > -1).all() and (quad < (width + 1, height + 1)).all()
    return quad if inside else None


def _line_along(edge: Points, start: Points, end: Points) -> Points:
    """Return a line as a x + b y + c = 0 through the edge's points between two corners."""
    along = (end - start) / max(1e-6, float(np.hypot(*(end - start))))
    length = float((end - start) @ along)
    place = (edge - start) @ along
    aside = np.abs((edge - start) @ np.array([-along[1], along[0]]))
    near = edge[(place > _MIDDLE * length) & (place < (1 - _MIDDLE) * length) & (aside < 0.03 * length + 2)]
    if len(near) < 2:
        near = np.array([start, end])
    dx, dy, x, y = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
    return np.array([dy, -dx, dx * y - dy * x])


def _meeting(one: Points, two: Points) -> Points:
    x, y, w = np.cross(one, two)
    return np.array([x / w, y / w]) if abs(w) > 1e-9 else np.array([np.inf, np.inf])


def _covers(quad: Points, sheet: Mask) -> bool:
    """Whether the corners enclose the light area and nothing else: a side may run along something beside it."""
    inside = np.zeros_like(sheet)
    cv2.fillConvexPoly(inside, np.rint(quad).astype(np.int32), (1,))
    return bool((inside & sheet).sum() > _COVERED * (inside | sheet).sum())


def _is_photograph(sheet: Mask, quad: Points) -> bool:
    """Whether the sheet is seen at an angle, or with much around it: not as a scanner shows it."""
    around = 1 - cv2.contourArea(quad.astype(np.float32)) / sheet.size
    steps = np.diff(np.vstack([quad, quad[:1]]), axis=0)
    headings = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    corners = np.abs((np.diff([*headings, headings[0]]) + 360) % 180 - 90)
    return bool(around > _MUCH_AROUND or corners.max() > _SQUARE_DEGREES)


def _has_print_around(pixels: Picture, corners: Corners) -> bool:
    """Whether there are letters beside the quadrilateral, a line of them at least: then it is a box on a page."""
    scale = min(1.0, _LOOK_PX / max(pixels.shape[:2]))
    size = max(8, round(pixels.shape[1] * scale)), max(8, round(pixels.shape[0] * scale))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    grey = np.ascontiguousarray(small[..., 0]) if small.ndim == 3 else small
    inside = np.zeros_like(grey)
    cv2.fillConvexPoly(inside, np.rint(np.array(corners) * scale).astype(np.int32), (1,))
    inside = np.asarray(cv2.dilate(inside, np.ones((2 * _BESIDE_PX + 1,) * 2, np.uint8)), dtype=np.uint8)
    print_around = (paper_contrast(grey, _LOOK_DPI) > _STRONG) & (inside == 0)
    _, _, stats, _ = cv2.connectedComponentsWithStats(print_around.astype(np.uint8), connectivity=8)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    return int(((sides >= _LETTER_PX[0]) & (sides <= _LETTER_PX[1])).sum()) >= _LEAST_LETTERS


def _as_corners(quad: Points) -> Corners:
    """Return the corners in their order, beginning with the one nearest to the picture's top left."""
    middle = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0])
    ordered = quad[np.argsort(angles)]
    first = int(np.argmin(ordered.sum(axis=1)))
    a, b, c, d = ((float(x), float(y)) for x, y in np.roll(ordered, -first, axis=0))
    return a, b, c, d
