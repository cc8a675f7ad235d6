"""Sets of pages to measure readers on: sample papers, as they are and worse, rendered pages, scans of a corpus.

Pages are made upright and level once, so that all readers see the same picture.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ocr.pages.clean import reading_grey
from ocr.pages.raster import page_image
from ocr.pages.scan import inspect_scan
from ocr.pages.upright import Compass, direction_of
from ocr.readers.level import levelled
from ocr.readers.ports import Quad
from ocr.readers.trueocr import TrueocrCompass
from training.lines.blocks import block
from training.lines.corpus import Corpus, Excluded
from training.lines.degrade import draw, worn
from training.lines.render import Pen, Strip
from training.lines.typefaces import Typefaces
from training.scans.pages import is_held_out

SETS = ("scans", "print", "rendered", "150dpi", "100dpi", "onebit", "corpus", "learnt")
"""`150dpi`, `100dpi` and `onebit` are the sample scans made so; `corpus` the scans with a typed text that nothing was
learnt from, `learnt` those whose lines a reader of ours has seen."""
RENDERED = 12
"""Pages."""
CORPUS_PAGES = {"corpus": 6, "learnt": 1}
"""Of each scan with a typed text."""
SEED = 20_261_124
"""No shard of training lines has it, nor does any draw the held-out typefaces."""
_BOX_MARGIN_EM = 0.14
_PAGE_EM = (40, 58)
"""Width and height of a rendered page in ems of its print."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a set, and what is known of it."""

    set: str
    name: str
    lines: tuple[str, ...] = ()
    """As printed; of the boxes where there are any."""
    typed: str = ""
    """The text of the whole paper, where the lines are not known."""
    boxes: tuple[Quad, ...] | None = None
    """Where each line is, where that is known."""
    file: str = ""
    """Of the paper, and which of its pages."""
    page: int = 0

    def picture(self, folder: Path) -> Path:
        """Return where the level grey page lies."""
        return folder / f"{self.set}-{self.name}.png"

    def grey(self, folder: Path) -> Grey:
        """Return the level grey page."""
        return np.asarray(cv2.imread(str(self.picture(folder)), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def write_pages(
    names: Iterable[str],
    folder: Path,
    *,
    samples: Path | None,
    corpus: Path | None,
    most: int,
    told: Callable[[str], None],
) -> list[Page]:
    """Write the pages of the sets, `most` of each, and the list of them; sets that lack their folder are left out."""
    pages, compass = [], TrueocrCompass()
    for name in names:
        made = 0
        for page, grey in _pages_of(name, samples, corpus, compass):
            cv2.imwrite(str(page.picture(folder)), grey, [cv2.IMWRITE_PNG_COMPRESSION, 1])
            pages.append(page)
            made += 1
            told(f"pages: {name} {made}")
            if made == most:
                break
        if not made:
            told(f"{name}: left out, its folder is not named\n")
    (folder / "pages.json").write_text(json.dumps([asdict(page) for page in pages]), encoding="utf-8")
    return pages


def read_pages(folder: Path) -> list[Page]:
    """Return the list that write_pages left."""
    rows = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    return [
        Page(**row | {"lines": tuple(row["lines"]), "boxes": None if row["boxes"] is None else _quads(row["boxes"])})
        for row in rows
    ]


def _quads(rows: list[list[list[float]]]) -> tuple[Quad, ...]:
    return tuple(tuple((x, y) for x, y in row) for row in rows)  # type: ignore[misc]


def _pages_of(name: str, samples: Path | None, corpus: Path | None, compass: Compass) -> Iterator[tuple[Page, Grey]]:
    if name == "rendered":
        yield from _rendered(corpus, samples) if corpus is not None else ()
    elif name in CORPUS_PAGES:
        yield from _typed(name, corpus, compass) if corpus is not None else ()
    elif samples is not None:
        yield from _samples(name, samples, compass)


def _samples(name: str, samples: Path, compass: Compass) -> Iterator[tuple[Page, Grey]]:
    """Yield the transcribed pages of a part, or those of the scans made worse."""
    worse = WORSE.get(name)
    part = "scans" if worse else name
    for truth in sorted((samples / part).glob("*.gt.txt")):
        paper, _, number = truth.name.removesuffix(".gt.txt").rpartition("_p" if part == "scans" else "-")
        file, page = samples / part / f"{paper}.pdf", int(number)
        image = page_image(file, page)
        pixels, dpi = worse(image.pixels, image.dpi) if worse else (image.pixels, image.dpi)
        lines = tuple(truth.read_text(encoding="utf-8").splitlines())
        about = Page(set=name, name=f"{paper}-{page}", lines=lines, file=str(file), page=page)
        yield about, _level(pixels, dpi, compass)


def _level(pixels: Grey, dpi: float, compass: Compass) -> Grey:
    return levelled(pixels, dpi, direction_of(reading_grey(pixels), compass), None).grey


def _at(target: float, pixels: Grey, dpi: float) -> tuple[Grey, float]:
    scale = min(1.0, target / dpi)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), dpi * scale


def _one_bit(pixels: Grey, dpi: float) -> tuple[Grey, float]:
    """Return the page at 200 dpi as an office scanner's black-and-white mode gives it: one threshold for all of it."""
    small, dpi = _at(200.0, pixels, dpi)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    _, bits = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.repeat(np.asarray(bits, dtype=np.uint8)[..., None], 3, axis=2), dpi


WORSE: Mapping[str, Callable[[Grey, float], tuple[Grey, float]]] = {
    "150dpi": lambda pixels, dpi: _at(150.0, pixels, dpi),
    "100dpi": lambda pixels, dpi: _at(100.0, pixels, dpi),
    "onebit": _one_bit,
}


def _typed(name: str, corpus: Path, compass: Compass) -> Iterator[tuple[Page, Grey]]:
    """Yield pages of scans whose typed text is known, of those that were learnt from or of the others."""
    for typed in sorted((corpus / "scans" / "transcripts").glob("*.txt")):
        file = corpus / "scans" / f"{typed.stem}.pdf"
        if is_held_out(file.name) is (name == "learnt"):
            continue
        for page in range(1, min(CORPUS_PAGES[name], inspect_scan(file).page_count) + 1):
            image = page_image(file, page)
            about = Page(set=name, name=f"{typed.stem}-{page}", typed=typed.read_text(encoding="utf-8"))
            yield replace(about, file=str(file), page=page), _level(image.pixels, image.dpi, compass)


def _rendered(corpus: Path, samples: Path | None) -> Iterator[tuple[Page, Grey]]:
    """Yield pages drawn in typefaces that are never trained on, of text that is not either."""
    texts = Corpus(corpus, Excluded(samples), held_out=True)
    typefaces = Typefaces()
    for number in range(RENDERED):
        rng = np.random.default_rng((SEED, number))
        family = typefaces.held_out[number % len(typefaces.held_out)]
        dpi = float(rng.choice((150, 200, 300)))
        pen = Pen(typefaces, family, em_px=dpi / 72 * float(rng.uniform(10, 14)), dpi=dpi)
        strips = [pen.draw(block(rng, texts), rng) for _ in range(12)]
        ink, page = _stacked(strips, f"{number:02d}")
        yield page, worn(ink, draw(rng, dpi), rng, strips[0].em_px)


def _stacked(strips: list[Strip], name: str) -> tuple[Grey, Page]:
    """Return as many strips one below the other as fit on a page, and where their lines are."""
    em = strips[0].em_px
    wide, high = (round(side * em) for side in _PAGE_EM)
    wide = max(wide, *(strip.ink.shape[1] for strip in strips))
    sheet, top = np.zeros((high, wide), dtype=np.uint8), 0
    lines, boxes, margin = list[str](), list[Quad](), _BOX_MARGIN_EM * em
    for strip in strips:
        height, width = strip.ink.shape
        if top + height > high:
            break
        sheet[top : top + height, :width] = strip.ink
        for place in strip.places:
            left, right = place.left - margin, place.right + margin
            upper, lower = place.top + top - margin, place.bottom + top + margin
            lines.append(place.label)
            boxes.append(((left, upper), (right, upper), (right, lower), (left, lower)))
        top += height
    return sheet, Page(set="rendered", name=name, lines=tuple(lines), boxes=tuple(boxes))
