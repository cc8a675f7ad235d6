"""What was read, as text that is not seen, word over word of the picture.

It follows the page's rotation and, word by word, its skew; words themselves stay level. The order of the lines is
kept: what is copied reads as it was read.
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

_LEVEL, _BESIDE = 0.45, 0.5
"""In heights of a line. poppler breaks words whose baseline moves by half a point, so words are level, and lines whose
words stand half a height apart, so a line's fall is made up to `_LEVEL` if that takes off no more than `_BESIDE`."""

_WIDE, _USUAL, _NARROW, _CAPITAL = 0.83, 0.5, 0.29, 0.68
_WIDTHS = (
    dict.fromkeys("ijlt!|'.,:;/\\ ", _NARROW) | dict.fromkeys('rfs-()[]"“”', 0.37) | dict.fromkeys("mwMW%@—", _WIDE)
)
"""Widths in ems, near enough to any roman typeface to tell where a word begins. Others: a capital or a usual letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A line as it lies on the displayed page, in user space units."""

    left: float
    top: float
    """Of its first letter."""
    width: float
    height: float
    fall: float
    """How much the line goes down per unit to the right."""


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
    matrix = " ".join(map(_number, (*sheet.direction(1, 0), *sheet.direction(0, -1))))
    unit = frame.width / sum(_width(letter) for letter in " ".join(words))
    along = 0.0
    space = unit * _width(" ")
    blank = f"{_stretch(space, 1, frame)} Tz <0020> Tj"
    for index, word in enumerate(words):
        length = unit * sum(_width(letter) for letter in word)
        down = frame.top + BASELINE * frame.height + (along + length / 2) * frame.fall
        x, y = sheet.point(frame.left + along, down)
        code = word.encode("utf-16-be").hex()
        yield f"{matrix} {_number(x)} {_number(y)} Tm {_stretch(length, len(word), frame)} Tz <{code}> Tj"
        if index < len(words) - 1:
            yield blank
        along += length + space


def _stretch(length: float, letters: int, frame: _Frame) -> str:
    return _number(100 * length / (ADVANCE * frame.height * letters))


def _framed(line: Line, reading: PageReading, sheet: Sheet) -> _Frame | None:
    across, down = sheet.width / reading.width_px, sheet.height / reading.height_px
    left, top, right, bottom = line.box
    width, height = (right - left) * across, (bottom - top) * down
    if width <= 0 or height <= 0:
        return None
    lean = reading.skew_degrees if line.lean_degrees is None else line.lean_degrees
    fall = math.tan(math.radians(lean))
    own_height = max(height - width * abs(fall), _LEAST_HEIGHT * height)
    spare = height - own_height
    drop = min(spare, max(_LEVEL * own_height, spare - _BESIDE * own_height))
    # A line that falls starts at the top of its box, one that rises ends there.
    return _Frame(
        left=left * across,
        top=top * down + (spare - math.copysign(drop, fall)) / 2,
        width=width,
        height=own_height,
        fall=math.copysign(drop / width, fall),
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
