"""Born-digital page -> its letters as placed by the text layer, grouped into lines. Draws with pdfium, once a page."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

_SAME_BASELINE_EM = 0.12
_NEXT_WORD_EM = 0.17
_NEXT_COLUMN_EM = 1.3
_BACK_EM = 0.3
_LIKE_SIZE = 1.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A letter that is drawn, in pixels from the page's top left."""

    text: str
    x: float
    """Where it starts on the baseline."""
    baseline: float
    left: float
    top: float
    right: float
    bottom: float
    em: float
    after_space: bool
    """Whether the text layer has a space before it."""
    sound: bool
    """Upright, and mapped to Unicode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLine:
    """Letters of one line, from left to right, as a finder of lines would take them together."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        """Return what the text layer says, with its spaces and those that the gaps show."""
        text = self.glyphs[0].text
        for before, glyph in zip(self.glyphs[:-1], self.glyphs[1:], strict=True):
            wide = glyph.x - before.right > _NEXT_WORD_EM * glyph.em
            text += (" " if glyph.after_space or wide else "") + glyph.text
        return text


def drawn(page: pypdfium2.PdfPage, dpi: float) -> npt.NDArray[np.uint8]:
    """Return the page's grey."""
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    try:
        return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()


def print_lines(page: pypdfium2.PdfPage, dpi: float) -> list[PrintLine]:
    """Return the lines of a page that is not turned, in pixels at this resolution."""
    text = page.get_textpage()
    try:
        return _joined(_pieces(_glyphs(text, page.get_bbox(), dpi / 72)))
    finally:
        text.close()


def _glyphs(text: pypdfium2.PdfTextPage, bounds: tuple[float, float, float, float], scale: float) -> Iterator[Glyph]:
    x0, _, _, y1 = bounds
    space = False
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter.isspace() or letter == "\x00":
            space = True
            continue
        left, bottom, right, top = text.get_charbox(index)
        x, y = _origin(text, index)
        em, level = _size(text, index)
        if em > 0 and right > left:
            yield Glyph(
                text="-" if letter in "\x02\ufffe" else letter,
                x=(x - x0) * scale, baseline=(y1 - y) * scale,
                left=(left - x0) * scale, top=(y1 - top) * scale,
                right=(right - x0) * scale, bottom=(y1 - bottom) * scale,
                em=em * scale, after_space=space,
                sound=level and not pdfium.FPDFText_HasUnicodeMapError(text, index),
            )  # fmt: skip
        space = False


def _origin(text: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    return x.value, y.value


def _size(text: pypdfium2.PdfTextPage, index: int) -> tuple[float, bool]:
    """Return the type size in points and whether the letter stands level; slanted letters do."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(text, index, matrix):
        return 0.0, False
    return pdfium.FPDFText_GetFontSize(text, index) * abs(matrix.d), abs(matrix.b) < 0.01 * abs(matrix.d)


def _pieces(glyphs: Iterator[Glyph]) -> list[list[Glyph]]:
    pieces: list[list[Glyph]] = []
    for glyph in glyphs:
        if pieces and _goes_on(pieces[-1][-1], glyph):
            pieces[-1].append(glyph)
        else:
            pieces.append([glyph])
    return pieces


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    em = max(before.em, glyph.em)
    return (
        abs(glyph.baseline - before.baseline) < _SAME_BASELINE_EM * em
        and -_BACK_EM * em < glyph.left - before.right < _NEXT_COLUMN_EM * em
        and em < _LIKE_SIZE * min(before.em, glyph.em)
    )


def _joined(pieces: list[list[Glyph]]) -> list[PrintLine]:
    """Join pieces that stand beside each other, whatever their order in the file."""
    lines: list[list[Glyph]] = []
    for piece in sorted(pieces, key=lambda piece: piece[0].left):
        line = next((line for line in lines if _goes_on(line[-1], piece[0])), None)
        if line is None:
            lines.append(piece)
        else:
            line.extend(piece)
    return [PrintLine(glyphs=tuple(line)) for line in lines]


def strangers(lines: list[PrintLine]) -> list[bool]:
    """Say of each line whether letters of others stand in it: small raised ones, or a second print over it."""
    every = [(glyph, index) for index, line in enumerate(lines) for glyph in line.glyphs]
    lefts, rights = (np.array([getattr(glyph, side) for glyph, _ in every]) for side in ("left", "right"))
    ys = np.array([(glyph.top + glyph.bottom) / 2 for glyph, _ in every])
    owners = np.array([index for _, index in every])
    found = []
    for index, line in enumerate(lines):
        em, baseline = line.glyphs[0].em, line.glyphs[0].baseline
        inside = (rights > line.glyphs[0].left - 0.6 * em) & (lefts < line.glyphs[-1].right + 0.6 * em)
        inside &= (ys > baseline - 0.85 * em) & (ys < baseline + 0.5 * em) & (owners != index)
        found.append(bool(inside.any()))
    return found


def plausible(line: PrintLine, grey: npt.NDArray[np.uint8]) -> bool:
    """Whether the line says what is seen: level, mapped letters of usual width, each with ink of its own."""
    if not all(glyph.sound for glyph in line.glyphs):
        return False
    advance = (line.glyphs[-1].right - line.glyphs[0].left) / line.glyphs[0].em / len(line.text)
    return 0.15 < advance < 1.1 and all(_is_inked(glyph, grey) for glyph in line.glyphs)


def _is_inked(glyph: Glyph, grey: npt.NDArray[np.uint8]) -> bool:
    rows = slice(max(0, math.floor(glyph.top)), math.ceil(glyph.bottom) + 1)
    columns = slice(max(0, math.floor(glyph.left)), math.ceil(glyph.right) + 1)
    cut = grey[rows, columns]
    return cut.size > 0 and int(cut.min()) < 150
