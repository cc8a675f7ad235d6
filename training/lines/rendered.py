"""Corpus and typefaces -> lines with their labels, one after the other, without end. Seeded by shard."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ocr.readers.ink import ink_of
from training.lines.bend import Bend
from training.lines.blocks import block
from training.lines.boxes import found_box
from training.lines.corpus import Corpus
from training.lines.degrade import draw, worn
from training.lines.render import Pen, Strip
from training.lines.typefaces import Family, Typefaces
from training.shards import Label

Rng = np.random.Generator
Ink8 = npt.NDArray[np.uint8]

_DPI = (100, 150, 200, 240, 300, 400)
_DPI_SHARES = (0.07, 0.16, 0.33, 0.08, 0.31, 0.05)
_POINTS = (8, 9, 10, 11, 12, 13, 14, 15, 18)
_POINT_SHARES = (0.04, 0.06, 0.1, 0.12, 0.17, 0.22, 0.22, 0.05, 0.02)
_TYPEWRITERS = ("Cousine", "TeX Gyre Cursor", "FreeMono", "Latin Modern Mono")
_FATTER = 0.12
"""Ribbons spread ink, and these typefaces are thin."""
WIDEST = 1600
"""Wider lines would be squeezed."""


def lines(corpus: Corpus, typefaces: Typefaces, rng: Rng, *, held_out: bool) -> Iterator[tuple[Ink8, Label]]:
    """Yield lines; typefaces that are held out draw only lines that are."""
    families = typefaces.held_out if held_out else typefaces.trained
    shares = np.array([family.share for family in families])
    while True:
        family = families[rng.choice(len(families), p=shares / shares.sum())]
        strip = _strip(corpus, typefaces, family, rng)
        bend = Bend.draw(rng, strip.em_px)
        wear = draw(rng, strip.dpi, fatter=_FATTER if family.name in _TYPEWRITERS else 0.0)
        grey = worn(bend.apply(strip.ink), wear, rng, strip.em_px)
        height, width = grey.shape
        for place in strip.places:
            ink = ink_of(grey, found_box(place, bend, rng, width, height))
            if ink.shape[1] < WIDEST:
                label = Label(text=place.label, source="rendered", kind=place.kind, held_out=held_out)
                yield np.rint(255 * ink).astype(np.uint8), label


def _strip(corpus: Corpus, typefaces: Typefaces, family: Family, rng: Rng) -> Strip:
    dpi = float(rng.choice(_DPI, p=_DPI_SHARES))
    em_px = dpi / 72 * float(rng.choice(_POINTS, p=_POINT_SHARES)) * float(rng.uniform(0.97, 1.03))
    typed = family.name in _TYPEWRITERS and rng.random() < 0.5
    pen = Pen(typefaces, family, em_px=em_px, dpi=dpi, jitter=float(rng.uniform(0.01, 0.04)) if typed else 0.0)
    return pen.draw(block(rng, corpus), rng)
