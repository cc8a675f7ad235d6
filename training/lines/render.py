"""Block of lines -> its ink on a strip of page, and where each line stands. What wears it is in degrade.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from training.lines.blocks import Block, Line, Style
from training.lines.boxes import Place
from training.lines.typefaces import Family, Typefaces
from training.reader.alphabet import as_label

Rng = np.random.Generator
Ink8 = npt.NDArray[np.uint8]

_MARGIN_EM, _MARGIN_ABOVE_EM = 2.2, 3.2
"""So much that a line's surroundings lie on the strip, mostly."""
_SPREAD_MOST = 1.25
"""Words of a line that fills less of its width are not spread."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strip:
    """A block drawn."""

    ink: Ink8
    """0 paper, 255 ink."""
    places: tuple[Place, ...]
    em_px: float
    dpi: float


class Pen:
    """Draws blocks in one typeface and size."""

    def __init__(self, typefaces: Typefaces, family: Family, *, em_px: float, dpi: float, jitter: float = 0.0) -> None:
        """`jitter`: how far letters stray from the baseline, in ems: typewriters."""
        self._typefaces, self._family = typefaces, family
        self._em_px, self._dpi, self._jitter = em_px, dpi, jitter

    def draw(self, block: Block, rng: Rng) -> Strip:
        """Return the strip; lines that the alphabet cannot write are drawn, and not among its places."""
        em = self._em_px
        margin, above = _MARGIN_EM * em, _MARGIN_ABOVE_EM * em
        width, height = (
            round(block.width_em * em + 2 * margin),
            round((block.rows - 1) * block.pitch_em * em + 2 * above),
        )
        canvas = Image.new("L", (width, height))
        draw = ImageDraw.Draw(canvas)
        places = []
        for line in block.lines:
            baseline = above + line.row * block.pitch_em * em
            place = self._line(draw, line, margin + line.left_em * em, baseline, rng)
            if place is not None and 0 <= place.left < place.right <= width:
                places.append(place)
        self._rules(draw, block, margin, above)
        return Strip(ink=np.array(canvas), places=tuple(places), em_px=em, dpi=self._dpi)

    def _line(self, draw: ImageDraw.ImageDraw, line: Line, x: float, baseline: float, rng: Rng) -> Place | None:
        style, em = line.style, self._em_px
        words = line.text.split(" ")
        files = [
            self._family.file(bold=style.bold or at < style.bold_words, italic=style.italic) for at in range(len(words))
        ]
        lengths = [self._length(word, file, style.spacing_em) for word, file in zip(words, files, strict=True)]
        gap = (0.25 + style.spacing_em) * em
        if line.room_em is not None:
            fit = int(np.searchsorted(np.cumsum(lengths) + gap * np.arange(len(words)), line.room_em * em))
            words, lengths = words[:fit], lengths[:fit]
        gap = _spread(gap, lengths, None if line.width_em is None else line.width_em * em)
        total = sum(lengths) + gap * (len(words) - 1)
        left = at = x - total / 2 if line.centred else x
        boxes = []
        for word, file, length in zip(words, files, lengths, strict=False):
            boxes += self._word(draw, word, file, at, baseline, style.spacing_em, rng)
            at += length + gap
        self._rules_of(draw, style, left, total, baseline)
        label = as_label(" ".join(words))
        if not label or not boxes:
            return None
        extent = np.array(boxes)
        return Place(
            label=label, kind=line.kind, left=float(extent[:, 0].min()), right=float(extent[:, 2].max()),
            top=float(extent[:, 1].min()), bottom=float(extent[:, 3].max()), baseline=baseline, em_px=em,
        )  # fmt: skip

    def _rules_of(self, draw: ImageDraw.ImageDraw, style: Style, left: float, total: float, baseline: float) -> None:
        em = self._em_px
        if style.underlined:
            y = baseline + 0.13 * em
            draw.line((left, y, left + total, y), fill=255, width=max(1, round(0.05 * em)))
        if style.rule_em:
            y, middle, half = baseline + 0.42 * em, left + total / 2, style.rule_em * em / 2
            draw.line((middle - half, y, middle + half, y), fill=255, width=max(1, round(0.05 * em)))

    def _length(self, word: str, file: str, spacing_em: float) -> float:
        runs = self._typefaces.runs(word, file)
        return sum(self._font(name).getlength(run) for name, run in runs) + spacing_em * self._em_px * len(word)

    def _word(
        self, draw: ImageDraw.ImageDraw, word: str, file: str, x: float, y: float, spacing_em: float, rng: Rng
    ) -> list[tuple[float, float, float, float]]:
        boxes = []
        for name, run in self._typefaces.runs(word, file):
            font = self._font(name)
            for piece in run if spacing_em or self._jitter else (run,):
                astray = self._jitter * self._em_px * float(rng.normal()) if self._jitter else 0.0
                draw.text((x, y + astray), piece, font=font, fill=255, anchor="ls")
                left, top, right, bottom = font.getbbox(piece, anchor="ls")
                boxes.append((x + left, y + top, x + right, y + bottom))
                x += font.getlength(piece) + spacing_em * self._em_px
        return boxes

    def _rules(self, draw: ImageDraw.ImageDraw, block: Block, margin: float, above: float) -> None:
        if not block.ruled_at_em:
            return
        em, thick = self._em_px, max(1, round(0.04 * self._em_px))
        pitch = block.pitch_em * em
        top = above - 0.33 * em - pitch / 2
        ys = [top + row * pitch for row in range(block.rows + 1)]
        xs = [margin + edge * em for edge in block.ruled_at_em]
        for y in ys:
            draw.line((xs[0], y, xs[-1], y), fill=255, width=thick)
        for x in xs:
            draw.line((x, ys[0], x, ys[-1]), fill=255, width=thick)

    def _font(self, file: str) -> ImageFont.FreeTypeFont:
        return self._typefaces.font(file, round(2 * self._em_px))


def _spread(gap: float, lengths: Sequence[float], width: float | None) -> float:
    """Return the space between words that fills the width, or the plain one where that is far from filling it."""
    if width is None or len(lengths) < 2:
        return gap
    total = sum(lengths) + gap * (len(lengths) - 1)
    spare = (width - total) / (len(lengths) - 1)
    return gap + spare if -0.3 * gap < spare and width < _SPREAD_MOST * total else gap
