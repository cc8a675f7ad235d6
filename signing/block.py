"""What the conversion block says, how large it is and where it stands on page 1. Pure, but for reading the typeface.

The block is the signature's own appearance: three lines, a fourth where the agency's name is long.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần II, Mục I; Luật Giao dịch điện tử 2023, Điều 12.1.c;
Nghị định 137/2024/NĐ-CP, Điều 4.1.a.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from signing.typeface import text_width

VIETNAM = timezone(timedelta(hours=7))
"""Giờ Việt Nam: all year, +07:00."""

FORM = "Sao y (chuyển đổi từ văn bản giấy)"
"""The form of copy for a paper that becomes a data message. Source: Nghị định 30/2020/NĐ-CP, Điều 25.1.c."""

FONT_SIZE = 10.0
"""Points. Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần II, Mục I."""
LEADING = 12.0
"""Points from line to line."""
PADDING = 1.5
"""Points kept free around the text, so that no accent is cut off at the edge of the appearance."""
WIDEST_MM = 86.0
"""The widest a block gets: half an A4 page less its right margin. Longer names are wrapped."""
TOP_MM = 60.0
"""The block ends no lower than this (ours, for "top right of page 1")."""
EDGE_MM = 5.0
"""Kept free at the edge of the sheet: office printers do not reach further."""

_POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPlace:
    """Where the block stands: millimetres from the top left of page 1 as it is displayed (rotated, cropped)."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    free: bool
    """Whether the place was found empty. False: the block may lie over printed matter."""

    def sized(self, width_mm: float, height_mm: float) -> "BlockPlace":
        """Return the same place with its top right corner kept and exactly this size."""
        left = max(0.0, self.left_mm + self.width_mm - width_mm)
        return replace(self, left_mm=left, width_mm=width_mm, height_mm=height_mm)


def block_time(moment: datetime) -> str:
    """Return the instant as the block prints it: "21/11/2026 22:30:00 +07:00"."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S +07:00")


def block_lines(agency: str, signed_at: datetime, *, typeface: Path, width_mm: float = WIDEST_MM) -> tuple[str, ...]:
    """Return the lines of the block, NFC: the form, the agency's name on as many lines as it needs, the time.

    The name is wrapped so that the block is no wider than `width_mm`, nor than WIDEST_MM, nor narrower than its time.
    """
    time = f"Thời gian ký: {block_time(signed_at)}"
    room = min(width_mm, WIDEST_MM) * _POINTS_PER_MM - 2 * PADDING
    least = text_width(time, typeface=typeface, size=FONT_SIZE)
    # A place measured in millimetres and back may have lost a hair.
    return (FORM, *_wrapped(agency, typeface, max(room + 0.1, least)), time)


def _wrapped(name: str, typeface: Path, room: float) -> list[str]:
    """Wrap at spaces; a word wider than the line stands alone and is allowed to be long."""
    lines: list[str] = []
    for word in unicodedata.normalize("NFC", name).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, typeface=typeface, size=FONT_SIZE) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def block_size(lines: Sequence[str], *, typeface: Path) -> tuple[float, float]:
    """Return width and height in points of a block of these lines. All digits are equally wide."""
    width = max(text_width(line, typeface=typeface, size=FONT_SIZE) for line in lines) + 2 * PADDING
    return width, len(lines) * LEADING + 2 * PADDING


def block_size_mm(lines: Sequence[str], *, typeface: Path) -> tuple[float, float]:
    """Return width and height in millimetres of a block of these lines."""
    width, height = block_size(lines, typeface=typeface)
    return width / _POINTS_PER_MM, height / _POINTS_PER_MM


def agency_block_size_mm(agency: str, *, typeface: Path, page_width_mm: float = 210.0) -> tuple[float, float]:
    """Return width and height in millimetres of the agency's block on such a page, whenever it signs.

    Within the right half of the page if the time, which is not wrapped, leaves it the choice (A5 does, A6 does not).
    """
    widest = page_width_mm / 2 - EDGE_MM
    lines = block_lines(agency, datetime(2000, 1, 1, tzinfo=VIETNAM), typeface=typeface, width_mm=widest)
    return block_size_mm(lines, typeface=typeface)


def block_region(page_width_mm: float) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom in millimetres within which a free place is to be looked for."""
    return page_width_mm / 2, EDGE_MM, page_width_mm - EDGE_MM, TOP_MM


def margin_place(page_width_mm: float, size_mm: tuple[float, float]) -> BlockPlace:
    """Return the place in the top margin, flush right, for a page that has no free one."""
    width, height = size_mm
    return BlockPlace(
        left_mm=max(0.0, page_width_mm - EDGE_MM - width),
        top_mm=EDGE_MM,
        width_mm=width,
        height_mm=height,
        free=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What of page 1 is shown, and how it is turned."""

    box: tuple[float, float, float, float]
    """Left, bottom, right, top in user space: the crop box within the media box."""
    rotation: int = 0
    """Degrees clockwise: 0, 90, 180 or 270."""
    unit: float = 1.0
    """Points per unit of user space (UserUnit)."""

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height as displayed."""
        left, bottom, right, top = self.box
        scale = self.unit / _POINTS_PER_MM
        across, along = (right - left) * scale, (top - bottom) * scale
        return (along, across) if self.rotation % 180 else (across, along)

    def rectangle(self, place: BlockPlace) -> tuple[float, float, float, float]:
        """Return left, bottom, right, top of `place` in user space."""
        scale = _POINTS_PER_MM / self.unit
        near = (place.left_mm * scale, place.top_mm * scale)
        far = ((place.left_mm + place.width_mm) * scale, (place.top_mm + place.height_mm) * scale)
        (x1, y1), (x2, y2) = self._user(*near), self._user(*far)
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)

    def _user(self, right: float, down: float) -> tuple[float, float]:
        x0, y0, x1, y1 = self.box
        match self.rotation:
            case 90:
                return x0 + down, y0 + right
            case 180:
                return x1 - right, y0 + down
            case 270:
                return x1 - down, y1 - right
            case _:
                return x0 + right, y1 - down

    def displayed(self, rectangle: Sequence[float]) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom in millimetres, as displayed, of a rectangle in user space."""
        x0, y0, x1, y1 = self.box
        a, b, c, d = rectangle
        corners = {
            0: (a - x0, y1 - d, c - x0, y1 - b),
            90: (b - y0, a - x0, d - y0, c - x0),
            180: (x1 - c, b - y0, x1 - a, d - y0),
            270: (y1 - d, x1 - c, y1 - b, x1 - a),
        }[self.rotation]
        scale = self.unit / _POINTS_PER_MM
        left, top, right, bottom = (value * scale for value in corners)
        return left, top, right, bottom
