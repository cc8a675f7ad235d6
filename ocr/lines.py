"""What was read of a page: lines with their places, in reading order. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the page turned upright by its rotation (not deskewed), origin top left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should know about a page or document (phát hiện). Not an error."""

    code: str
    """Stable, snake case: `low_resolution`, `size_assumed`, `bilevel`, ..."""
    page: int | None = None
    """From 1; None when it concerns the whole document."""
    blocks_seal: bool = False
    """Whether the record may be sealed only after a person accepted this finding."""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line, or one cell of a table."""

    text: str
    """NFC."""
    box: Box
    confidence: float
    """0 to 1, comparable within one engine only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """One page as it was read."""

    page: int
    """In the file, from 1."""
    width_px: int
    height_px: int
    """Of the page turned by `rotation`."""
    dpi: float
    """Of the image that was read."""
    width_mm: float
    height_mm: float
    rotation: int = 0
    """Degrees clockwise that bring the page upright: 0, 90, 180 or 270."""
    skew_degrees: float = 0.0
    """Skew left on the upright page, clockwise positive. Boxes are of the skewed page."""
    blank: bool = False
    lines: tuple[Line, ...] = ()
    """In reading order: left header, right header, body, recipients, signature."""
    findings: tuple[Finding, ...] = ()

    @property
    def text(self) -> str:
        """The page's lines in reading order, one a line."""
        return "\n".join(line.text for line in self.lines)
