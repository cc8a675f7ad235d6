"""What was read of a page: lines with their places, in reading order. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the page turned upright by its rotation (not deskewed), origin top left."""
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Top left, top right, bottom right, bottom left: x, y in the pixels of a Box."""


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
    lean_degrees: float | None = None
    """By how much it leans, clockwise positive; None: as the page does. Lines of a photograph lean each for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuality:
    """What was measured of a page's picture (chất lượng ảnh quét). See ocr.pages.quality for how."""

    sharpness: float | None = None
    """How steep the edges of print are, 0 to 1; None: too little print."""
    contrast: float | None = None
    """How much darker print is than paper, 0 to 1; None: too little print."""
    background: float = 1.0
    """Lightness of the paper, 0 black to 1 white."""
    tint: float = 0.0
    """How far the paper's colour is from grey, 0 to 1; yellowed paper has more than 0.1."""
    cut_off: tuple[str, ...] = ()
    """Edges of the upright page that print runs over: `left`, `top`, `right`, `bottom`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBy:
    """Which engines read a page (phần mềm nhận dạng). See ocr.readers.named for their names."""

    finder: str
    reader: str
    """Two that had to agree are joined by `+`, the better one first."""
    weights: Mapping[str, str]
    """SHA-256 of the weights in hex, by `finder NAME` and `reader NAME`."""


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
    rotation_confidence: float | None = None
    """How sure the rotation is, 0 to 1; None: nobody looked, on a blank page and in readings of earlier releases."""
    skew_degrees: float = 0.0
    """Skew left on the upright page, clockwise positive. Boxes are of the skewed page."""
    blank: bool = False
    lines: tuple[Line, ...] = ()
    """In reading order: left header, right header, body, recipients, signature."""
    findings: tuple[Finding, ...] = ()
    corners: Corners | None = None
    """Of the sheet, where it was photographed with what lies around it; None: the picture is the sheet."""
    quality: PageQuality | None = None
    """None in readings of earlier releases."""
    look: str = ""
    """What the page looks like upright, in 64 hexadecimal digits: see ocr.pages.look. Empty: nobody looked."""

    separator: str | None = None
    """What the page says if it is a separator sheet (see ocr.separator), which nobody reads and which belongs to no
    document; None: it is none."""
    read_by: ReadBy | None = None
    """None on a page that had nothing to read, and in readings of earlier releases."""

    @property
    def perspective(self) -> bool:
        """Whether the page is a photograph taken at an angle, or with a table around the sheet."""
        return self.corners is not None

    @property
    def text(self) -> str:
        """The page's lines in reading order, one a line."""
        return "\n".join(line.text for line in self.lines)
