"""What was read, as text that is not seen, word over word of the picture.

It follows the page's skew and rotation. The order of the lines is kept: what is copied reads as it was read.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ocr.lines import Line, PageReading
from ocr.pdf.geometry import Sheet
from ocr.pdf.glyphless import ADVANCE, BASELINE

_LEAST_HEIGHT = 0.5
"""A line's own height is at least this much of its box: boxes of skewed lines are not always drawn around them."""

_WIDE, _USUAL, _NARROW, _CAPITAL = 0.83, 0.5, 0.29, 0.68
_WIDTHS = (
    dict.fromkeys("ijlt!|'.,:;/\\ ", _NARROW) | dict.fromkeys('rfs-()[]"“”', 0.37) | dict.fromkeys("mwMW%@—", _WIDE)
)
"""Widths in ems, near enough to any roman typeface to tell where a word begins. Others: a capital or a usual letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A line as it lies on the displayed page: user space units, the x axis along the line."""

    left: float
    top: float
    width: float
    height: float
    slope: float
    """Radians, clockwise."""


def text_layer(reading: PageReading, sheet: Sheet, font: str) -> bytes:
    """Return content that shows the reading's lines in invisible text; `font` names the glyphless typeface.

    `sheet` is the page as it will be displayed, turned by the reading's rotation too. Empty if nothing was read.
    Source: ISO 32000-1, 9.3.6 (rendering mode 3).
    """
    shown = [operation for line in reading.lines for operation in _show(line, reading, sheet, font)]
    if not shown:
        return b""
    return "\n".join(["BT", "3 Tr", *shown, "ET", ""]).encode("ascii")


def _show(line: Line, reading: PageReading, sheet: Sheet, font: str) -> Iterator[str]:
    words = _clean(line.text).split(" ")
    frame = _framed(line, reading, sheet)
    if words == [""] or frame is None:
        return
    yield f"/{font} {_number(frame.height)} Tf"
    right = sheet.direction(math.cos(frame.slope), math.sin(frame.slope))
    up = sheet.direction(math.sin(frame.slope), -math.cos(frame.slope))
    unit = frame.width / sum(_width(letter) for letter in " ".join(words))
    along = 0.0
    for index, word in enumerate(words):
        text = word if index == len(words) - 1 else word + " "
        length = unit * sum(_width(letter) for letter in text)
        x, y = sheet.point(*_baseline(frame, along))
        matrix = " ".join(map(_number, (*right, *up)))
        stretch = 100 * length / (ADVANCE * frame.height * len(text))
        yield f"{matrix} {_number(x)} {_number(y)} Tm {_number(stretch)} Tz <{text.encode('utf-16-be').hex()}> Tj"
        along += length


def _framed(line: Line, reading: PageReading, sheet: Sheet) -> _Frame | None:
    across, down = sheet.width / reading.width_px, sheet.height / reading.height_px
    left, top, right, bottom = line.box
    width, height = (right - left) * across, (bottom - top) * down
    if width <= 0 or height <= 0:
        return None
    slope = math.radians(reading.skew_degrees)
    own_height = max((height - width * abs(math.tan(slope))) / math.cos(slope), _LEAST_HEIGHT * height)
    # The line starts high in its box when it falls to the right, low when it rises.
    spare = height - own_height
    middle = top * down + height / 2 - math.copysign(spare / 2, slope)
    return _Frame(
        left=left * across,
        top=middle - own_height / 2,
        width=width / math.cos(slope),
        height=own_height,
        slope=slope,
    )


def _baseline(frame: _Frame, along: float) -> tuple[float, float]:
    return (
        frame.left + along * math.cos(frame.slope),
        frame.top + BASELINE * frame.height + along * math.sin(frame.slope),
    )


def _clean(text: str) -> str:
    """Return the text in NFC, one space between words; what one UTF-16 unit cannot hold becomes U+25A1."""
    joined = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(
        "□" if ord(letter) > 0xFFFF or unicodedata.category(letter) in {"Cc", "Cs", "Cn"} else letter
        for letter in joined
    )


def _width(letter: str) -> float:
    bare = unicodedata.normalize("NFD", letter)[0]
    return _WIDTHS.get(bare) or (_CAPITAL if bare.isupper() else _USUAL)


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) >= 0.0005 else "0"
