"""A page's pixels -> the page as it is read: upright, level, seen from above; and the way back to where things are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.lines import Corners
from ocr.pages.clean import reading_grey
from ocr.pages.perspective import flattened, on_picture, sheet_dpi, turned_corners
from ocr.pages.red import marks, red_layer
from ocr.pages.rules import vertical_rules, without
from ocr.pages.upright import LEAST_SKEW, Direction, skew_of, skewed_points, straightened, turned
from ocr.readers.ports import Grey, Quad

Rgb = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

_MARK_SLACK = 0.85
"""Turning a page by some degrees makes marks no paler, smaller or rounder than this."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelPage:
    """The page as it is read."""

    plain: Grey
    """Upright and level."""
    grey: Grey
    """The same with paper where the rules of tables were."""
    red: Grey | None
    """What is printed in red, upright and level; None where nothing can be a mark."""
    rules: npt.NDArray[np.bool_]
    dpi: float
    rotation: int
    skew_degrees: float
    picture_size: tuple[int, int]
    """Width and height of the upright picture it was made from."""
    corners: Corners | None
    """Of the sheet on the upright picture; None: the picture is the sheet."""

    def points_on_picture(self, points: Points) -> Points:
        """Return where points of this page lie on the upright picture it was made from."""
        height, width = self.grey.shape
        skewed = skewed_points(points, width, height, self.skew_degrees)
        return skewed if self.corners is None else on_picture(skewed, self.corners)

    def lean_of(self, quad: Quad) -> float | None:
        """Return by how many degrees a level line leans on the picture; None where it leans as the page does."""
        if self.corners is None:
            return None
        middle = (quad[0][1] + quad[3][1]) / 2
        start, end = self.points_on_picture(np.array([(quad[0][0], middle), (quad[1][0], middle)]))
        return round(float(np.degrees(np.arctan2(end[1] - start[1], end[0] - start[0]))), 2)


def levelled(pixels: Rgb, dpi: float, direction: Direction, corners: Corners | None) -> LevelPage:
    """Return the page turned and straightened.

    `direction` was told from this page; `corners` are of the sheet as photographed.
    """
    height, width = pixels.shape[:2]
    pixels = turned(pixels, direction.rotation)
    picture_size = pixels.shape[1], pixels.shape[0]
    if corners is not None:
        corners = turned_corners(corners, width, height, direction.rotation)
        pixels, dpi = flattened(pixels, corners), sheet_dpi(corners)
    grey = reading_grey(pixels)
    lean = direction.skew_degrees if direction.rotation == 0 else None
    skew = skew_of(grey) if lean is None else lean
    skew = skew if abs(skew) >= LEAST_SKEW else 0.0
    grey = straightened(grey, skew)
    rules = vertical_rules(grey, dpi)
    red = red_layer(pixels)
    return LevelPage(
        plain=grey,
        grey=without(grey, rules),
        red=straightened(red, skew) if skew == 0 or marks(red, dpi, slack=_MARK_SLACK) else None,
        rules=rules,
        dpi=dpi,
        rotation=direction.rotation,
        skew_degrees=skew,
        picture_size=picture_size,
        corners=corners,
    )
