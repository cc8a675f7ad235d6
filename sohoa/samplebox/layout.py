"""Typesetting: text onto an A4 sheet at 300 dpi, in millimetres and points; what is printed is also noted down.

Places are millimetres from the top left of the sheet; `y` of text is its base line.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

DPI = 300
WIDTH_MM, HEIGHT_MM = 210.0, 297.0
ZONES = ("number", "left", "right", "body", "recipients", "signature")
"""In reading order."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a word is set."""

    size: float = 14.0
    """Points."""
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something laid over the print: a seal or a signature, by its centre."""

    kind: str
    """`seal` or `signature`."""
    x: float
    y: float
    words: tuple[str, str] = ("", "")
    """On the seal: round the top, round the bottom."""


Word = tuple[str, Style]


def px(mm: float) -> float:
    """Return pixels for millimetres."""
    return mm * DPI / 25.4


def mm_of(points: float) -> float:
    """Return millimetres for points."""
    return points * 25.4 / 72


@cache
def font(style: Style) -> ImageFont.FreeTypeFont:
    """Return the typeface at the style's size."""
    cut = {(0, 0): "Regular", (1, 0): "Bold", (0, 1): "Italic", (1, 1): "BoldItalic"}[style.bold, style.italic]
    # Basic layout: the same bytes whether or not the machine has a shaping library.
    return ImageFont.truetype(io.BytesIO(_outlines(cut)), style.size * DPI / 72, layout_engine=ImageFont.Layout.BASIC)


@cache
def _outlines(cut: str) -> bytes:
    """Return the typeface without its instructions: written for 2048 units an em, at 1000 they tear accents off."""
    typeface = TTFont(
        io.BytesIO((files("sohoa") / "typefaces" / f"Tinos-{cut}.ttf").read_bytes()), recalcTimestamp=False
    )
    for table in ("fpgm", "prep", "cvt ", "hdmx", "LTSH", "VDMX"):
        if table in typeface:
            del typeface[table]
    for name in typeface.getGlyphOrder():
        typeface["glyf"][name].removeHinting()
    out = io.BytesIO()
    typeface.save(out)
    return out.getvalue()


def width_of(words: Sequence[Word]) -> float:
    """Return the width of the words with a blank between them, in millimetres."""
    if not words:
        return 0.0
    blanks = sum(_length(" ", style) for _, style in words[:-1])
    return (blanks + sum(_length(text, style) for text, style in words)) * 25.4 / DPI


@cache
def _length(text: str, style: Style) -> float:
    return font(style).getlength(text)


def styled(markup: str, style: Style) -> list[Word]:
    """Return the words of a text in which **…** is bold."""
    words: list[Word] = []
    for index, part in enumerate(markup.split("**")):
        words += [
            (text, Style(style.size, bold=style.bold or index % 2 == 1, italic=style.italic)) for text in part.split()
        ]
    return words


def wrap(words: Sequence[Word], width: float, *, indent: float = 0.0) -> list[list[Word]]:
    """Return the words in lines no wider than `width` millimetres, the first shorter by `indent`."""
    lines: list[list[Word]] = [[]]
    for word in words:
        room = width - (indent if len(lines) == 1 else 0.0)
        if lines[-1] and width_of([*lines[-1], word]) > room:
            lines.append([])
        lines[-1].append(word)
    return lines


@dataclass(slots=True)
class Sheet:
    """One A4 page being set: black print on white, and the marks to be laid over it."""

    ink: Image.Image = field(default_factory=lambda: Image.new("L", (round(px(WIDTH_MM)), round(px(HEIGHT_MM))), 255))
    marks: list[Mark] = field(default_factory=list)
    tint: Image.Image | None = None
    """Colour printed on the paper before the text, of any resolution; None: plain paper."""
    said: dict[str, list[str]] = field(default_factory=lambda: {zone: [] for zone in ZONES})

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what is printed, in reading order."""
        return tuple(line for zone in ZONES for line in self.said[zone])

    def line(self, words: Sequence[Word], x: float, y: float, *, zone: str, fill_to: float | None = None) -> None:
        """Print words from `x` on; spread to the width `fill_to` when given."""
        self.said[zone].append(" ".join(text for text, _ in words))
        self._print(words, x, y, fill_to)

    def centred(self, words: Sequence[Word], x: float, y: float, *, zone: str) -> None:
        """Print words round the centre `x`."""
        self.line(words, x - width_of(words) / 2, y, zone=zone)

    def silent(self, words: Sequence[Word], x: float, y: float) -> None:
        """Print words without noting them: they belong to a line that was noted."""
        self._print(words, x, y, None)

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, thick: float = 0.25) -> None:
        """Draw a straight line `thick` millimetres wide."""
        ImageDraw.Draw(self.ink).line([px(x0), px(y0), px(x1), px(y1)], fill=0, width=max(1, round(px(thick))))

    def frame(self, left: float, top: float, right: float, bottom: float, *, thick: float = 0.3) -> None:
        """Draw a rectangle."""
        box = (px(left), px(top), px(right), px(bottom))
        ImageDraw.Draw(self.ink).rectangle(box, outline=0, width=max(1, round(px(thick))))

    def _print(self, words: Sequence[Word], x: float, y: float, fill_to: float | None) -> None:
        draw = ImageDraw.Draw(self.ink)
        gaps = len(words) - 1
        extra = (fill_to - width_of(words)) / gaps if fill_to is not None and gaps else 0.0
        at = px(x)
        for text, style in words:
            draw.text((at, px(y)), text, fill=0, font=font(style), anchor="ls")
            at += _length(text, style) + _length(" ", style) + px(extra)
