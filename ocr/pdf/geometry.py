"""Where a point of the page as displayed lies in the page's own coordinates."""

from dataclasses import dataclass

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]

POINTS_PER_MM = 72 / 25.4

_QUARTER_TURNS: dict[int, tuple[int, int, int, int]] = {
    0: (1, 0, 0, -1),
    90: (0, 1, 1, 0),
    180: (-1, 0, 0, 1),
    270: (0, -1, -1, 0),
}
"""For each /Rotate: the directions right and down of the displayed page, in the page's coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page's visible box and how it is turned for display."""

    box: Box
    """Left, bottom, right, top of the crop box, in user space units."""
    rotate: int
    """/Rotate: degrees clockwise, 0, 90, 180 or 270."""

    @property
    def width(self) -> float:
        """Of the page as displayed, in user space units."""
        left, bottom, right, top = self.box
        return right - left if self.rotate % 180 == 0 else top - bottom

    @property
    def height(self) -> float:
        """Of the page as displayed, in user space units."""
        left, bottom, right, top = self.box
        return top - bottom if self.rotate % 180 == 0 else right - left

    def direction(self, across: float, down: float) -> tuple[float, float]:
        """Return a vector of the displayed page (x to the right, y down) in user space."""
        right_x, right_y, down_x, down_y = _QUARTER_TURNS[self.rotate]
        return across * right_x + down * down_x, across * right_y + down * down_y

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the displayed page (from its top left corner, y down) in user space."""
        left, bottom, right, top = self.box
        corner = {0: (left, top), 90: (left, bottom), 180: (right, bottom), 270: (right, top)}[self.rotate]
        step = self.direction(x, y)
        return corner[0] + step[0], corner[1] + step[1]
