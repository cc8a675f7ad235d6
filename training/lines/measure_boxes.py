"""Pages of rendered blocks -> how the line finder's boxes lie around their print: what boxes.py was set by."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ocr.lines import Box
from ocr.readers.crops import bounding_box
from ocr.readers.ports import LineFinder
from training.lines.blocks import block
from training.lines.boxes import Place
from training.lines.corpus import Corpus
from training.lines.degrade import draw, worn
from training.lines.render import Pen
from training.lines.typefaces import Typefaces

Rng = np.random.Generator
Ink8 = npt.NDArray[np.uint8]

_A4_INCHES = (8.27, 11.69)
_MARGIN_INCHES = 0.3
_DPI = (150.0, 200.0, 200.0, 300.0)
_POINTS = (11, 12, 13, 14)


def measure(corpus: Corpus, typefaces: Typefaces, finder: LineFinder, rng: Rng, pages: int) -> npt.NDArray[np.float64]:
    """Return a row a line that was found as one: ems beyond its ink on the left, right, above and below."""
    rows: list[tuple[float, ...]] = []
    for page in range(pages):
        dpi = _DPI[page % len(_DPI)]
        ink, places = _page(corpus, typefaces, rng, dpi)
        grey = worn(ink, draw(rng, dpi), rng, dpi / 72 * _POINTS[-1])
        boxes = [bounding_box(quad, grey.shape[1], grey.shape[0]) for quad in finder.find(grey)]
        rows += [beyond for place in places for beyond in _beyond(place, boxes)]
    return np.array(rows).reshape(-1, 4)


def _page(corpus: Corpus, typefaces: Typefaces, rng: Rng, dpi: float) -> tuple[Ink8, list[Place]]:
    """Return a page of blocks below each other, and where their lines stand on it."""
    width, height = (round(side * dpi) for side in _A4_INCHES)
    ink = np.zeros((height, width), dtype=np.uint8)
    places: list[Place] = []
    shares = np.array([family.share for family in typefaces.trained])
    x = y = round(_MARGIN_INCHES * dpi)
    while True:
        family = typefaces.trained[rng.choice(len(shares), p=shares / shares.sum())]
        em_px = dpi / 72 * float(rng.choice(_POINTS))
        strip = Pen(typefaces, family, em_px=em_px, dpi=dpi).draw(block(rng, corpus), rng)
        if y + strip.ink.shape[0] > height:
            return ink, places
        wide = min(strip.ink.shape[1], width - x)
        ink[y : y + strip.ink.shape[0], x : x + wide] |= strip.ink[:, :wide]
        places += [_moved(place, x, y) for place in strip.places if place.right < wide - em_px]
        # Strips have empty margins, which may overlap.
        y += strip.ink.shape[0] - round(4.5 * em_px)


def _moved(place: Place, right: int, down: int) -> Place:
    return Place(
        label=place.label, kind=place.kind, left=place.left + right, right=place.right + right, top=place.top + down,
        bottom=place.bottom + down, baseline=place.baseline + down, em_px=place.em_px,
    )  # fmt: skip


def _beyond(place: Place, boxes: list[Box]) -> Iterator[tuple[float, ...]]:
    for left, top, right, bottom in boxes:
        across = min(right, place.right) - max(left, place.left)
        down = min(bottom, place.bottom) - max(top, place.top)
        alone = across > 0.85 * max(place.right - place.left, right - left) and bottom - top < 1.9 * place.em_px
        if alone and down > 0.5 * (place.bottom - place.top):
            sides = (place.left - left, right - place.right, place.top - top, bottom - place.bottom)
            yield tuple(side / place.em_px for side in sides)
            return
