"""Folder of born-digital documents -> lines with the text layer's words as labels, worn like scans. Seeded."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2

from ocr.readers.ink import ink_of
from training.lines.bend import Bend
from training.lines.boxes import Place, found_box
from training.lines.corpus import Excluded, has_run
from training.lines.degrade import draw, worn
from training.lines.print_pages import PrintLine, drawn, plausible, print_lines, strangers
from training.lines.rendered import WIDEST
from training.reader.alphabet import as_label
from training.shards import Label

Rng = np.random.Generator
Ink8 = npt.NDArray[np.uint8]

_DPI = (150, 200, 240, 300)
_DPI_SHARES = (0.25, 0.35, 0.1, 0.3)
_LINES_A_PAGE = 24
_HELD_OUT_ONE_IN = 12
_FATTER = 0.06
"""Ink on paper is fatter than what pdfium draws."""
_LEAST_EM_PX = 11.0
"""Smaller print is not meant to be read."""


def lines(folder: Path, excluded: Excluded, rng: Rng) -> Iterator[tuple[Ink8, Label]]:
    """Yield some lines of each page, in an order drawn anew by the seed; a twelfth of the documents is held out."""
    pages = [(file, page) for file in sorted(folder.glob("*.pdf")) for page in range(_page_count(file))]
    for at in rng.permutation(len(pages)):
        file, page = pages[at]
        held_out = is_held_out(file.name)
        for ink, text in _of_page(file, page, excluded, rng):
            yield ink, Label(text=text, source="print", kind=file.stem, held_out=held_out)


def is_held_out(name: str) -> bool:
    """Whether the document of this name is for validation only."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % _HELD_OUT_ONE_IN == 0


def _page_count(file: Path) -> int:
    document = pypdfium2.PdfDocument(file)
    try:
        return len(document)
    finally:
        document.close()


def _of_page(file: Path, page: int, excluded: Excluded, rng: Rng) -> Iterator[tuple[Ink8, str]]:
    dpi = float(rng.choice(_DPI, p=_DPI_SHARES))
    document = pypdfium2.PdfDocument(file)
    try:
        sheet = document[page]
        if sheet.get_rotation():
            return
        clean, found = drawn(sheet, dpi), print_lines(sheet, dpi)
    finally:
        document.close()
    places = [
        place
        for line, strange in zip(found, strangers(found), strict=True)
        if not strange and (place := _place(line, clean, excluded)) is not None
    ]
    if not places:
        return
    em_px = float(np.median([place.em_px for place in places]))
    bend = Bend.draw(rng, em_px)
    grey = worn(bend.apply(255 - clean), draw(rng, dpi, light_share=0.5, fatter=_FATTER), rng, em_px)
    for at in sorted(rng.permutation(len(places))[:_LINES_A_PAGE]):
        box = found_box(places[at], bend, rng, grey.shape[1], grey.shape[0])
        ink = ink_of(grey, box)
        if ink.shape[1] < WIDEST:
            yield np.rint(255 * ink).astype(np.uint8), places[at].label


def _place(line: PrintLine, clean: npt.NDArray[np.uint8], excluded: Excluded) -> Place | None:
    """Return where a line stands, or None where its label cannot be trusted or written."""
    label = as_label(line.text)
    glyphs = line.glyphs
    if (
        not label
        or has_run(label)
        or glyphs[0].em < _LEAST_EM_PX
        or not plausible(line, clean)
        or excluded.holds(label)
    ):
        return None
    return Place(
        label=label, kind="print", left=min(glyph.left for glyph in glyphs), right=max(glyph.right for glyph in glyphs),
        top=min(glyph.top for glyph in glyphs), bottom=max(glyph.bottom for glyph in glyphs),
        baseline=glyphs[0].baseline, em_px=glyphs[0].em,
    )  # fmt: skip
