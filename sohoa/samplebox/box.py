"""The sample box: eleven files as they come from a records office, with the truth about each."""

import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from sohoa.samplebox import pages
from sohoa.samplebox.degrade import scan_all
from sohoa.samplebox.formats import jpeg_bytes, write_pdf, write_png, write_tiff, write_truncated
from sohoa.samplebox.layout import DPI
from sohoa.samplebox.pages import SetDocument
from sohoa.samplebox.paper import Box, Expectation, SampleDocument, SamplePaper

SignedPdf = Callable[[Path, Path], None]
"""Signs a PDF: from the first path to the second."""
DAMAGED = "010 Bản quét hỏng.jpg"
HIDDEN = ".DS_Store"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One paper to be made."""

    file: str
    kind: str
    documents: Callable[[], Sequence[SetDocument]]
    dpi: int | None = DPI
    expect: Expectation = "kept"
    why: str


_ITEMS = (
    _Item(
        file="001 Quyết định nâng lương.jpg",
        kind="jpeg",
        documents=lambda: [pages.official("salary")],
        why="one page, read and sealed without a person",
    ),
    _Item(
        file="002 Quyết định số hóa.pdf",
        kind="pdf",
        documents=lambda: [pages.official("digitising")],
        why="two pages are one document: the second bears a page number and no head",
    ),
    _Item(
        file="003 Công văn góp ý.pdf",
        kind="pdf",
        documents=lambda: [pages.official("opinion")],
        why="a letter has no title; its subject stands under the number",
    ),
    _Item(
        file="004 Công văn mùa mưa bão.jpg",
        kind="jpeg",
        documents=lambda: [pages.official("flood")],
        dpi=None,
        expect="review",
        why="the file does not say how large the page is: a person accepts the assumed size before it is sealed",
    ),
    _Item(
        file="005 Thông báo tiếp công dân.png",
        kind="png",
        documents=lambda: [pages.official("reception")],
        why="a PNG",
    ),
    _Item(
        file="Hộ tịch/006 Giấy khai sinh.jpg",
        kind="jpeg",
        documents=lambda: [pages.birth_certificate()],
        why="a citizen's paper with a personal number, in a folder of its own",
    ),
    _Item(
        file="Đất đai/007 Giấy chứng nhận.tif",
        kind="tiff",
        documents=lambda: [pages.land_certificate()],
        dpi=200,
        why="front and back in one TIFF, at the lowest resolution that may be sealed",
    ),
    _Item(
        file="008 Tờ trình và báo cáo.pdf",
        kind="pdf",
        documents=lambda: [pages.official("proposal"), pages.official("report")],
        why="two documents scanned in one go: they become two records",
    ),
    _Item(
        file="009 Kế hoạch đã ký số.pdf",
        kind="signed_pdf",
        documents=lambda: [pages.official("plan")],
        why="signed before it came: kept byte for byte",
    ),
)


def make_box(folder: Path, *, signed_pdf: SignedPdf | None, seed: int = 2026, only: Collection[str] = ()) -> Box:
    """Write the papers into the folder, which is made, and return the truth about them.

    The same seed gives the same bytes, but for the signature of `signed_pdf`; without it the signed paper is left out.
    `only` keeps to the files whose names begin so ("001", ".DS"), each the same as in the whole box. Everything in the
    box is made up. About half a second of one core a page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    makers: list[tuple[str, Callable[[], SamplePaper]]] = []
    for index, item in enumerate(_ITEMS):
        if item.kind != "signed_pdf" or signed_pdf is not None:
            random = np.random.default_rng([seed, index])
            makers.append((item.file, partial(_make, item, folder, random, signed_pdf)))
    makers.append((DAMAGED, partial(_damaged, folder, np.random.default_rng([seed, len(_ITEMS)]))))
    makers.append((HIDDEN, partial(_hidden, folder)))
    wanted = [make for file, make in makers if not only or Path(file).name.startswith(tuple(only))]
    return Box(folder=folder, papers=tuple(make() for make in wanted))


def _make(item: _Item, folder: Path, random: np.random.Generator, signed_pdf: SignedPdf | None) -> SamplePaper:
    documents = item.documents()
    scans = [scan for document in documents for scan in scan_all(document.sheets, random)]
    path = folder / item.file
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(item, scans, path, int(random.integers(75, 86)), signed_pdf)
    return SamplePaper(
        file=item.file,
        kind=item.kind,
        documents=_in_one_file(documents),
        sheets=len(scans),
        dpi=item.dpi,
        expect=item.expect,
        why=item.why,
    )


def _write(item: _Item, scans: Sequence[Image.Image], path: Path, quality: int, signed_pdf: SignedPdf | None) -> None:
    if item.kind == "png":
        write_png(scans[0], path)
    elif item.kind == "tiff":
        write_tiff(scans, path)
    elif item.kind == "jpeg":
        path.write_bytes(jpeg_bytes(scans[0], quality=quality, dpi=item.dpi))
    else:
        data = [jpeg_bytes(scan, quality=quality) for scan in scans]
        if signed_pdf is None or item.kind == "pdf":
            write_pdf(data, path)
        else:
            with tempfile.TemporaryDirectory() as aside:
                unsigned = Path(aside) / "unsigned.pdf"
                write_pdf(data, unsigned)
                signed_pdf(unsigned, path)


def _in_one_file(documents: Sequence[SetDocument]) -> tuple[SampleDocument, ...]:
    placed, before = [], 0
    for document in documents:
        truth = document.truth
        placed.append(replace(truth, first_page=before + 1, last_page=before + len(document.sheets)))
        before += len(document.sheets)
    return tuple(placed)


def _damaged(folder: Path, random: np.random.Generator) -> SamplePaper:
    scan = scan_all(pages.official("opinion").sheets, random)[0]
    write_truncated(jpeg_bytes(scan, quality=80), folder / DAMAGED)
    return SamplePaper(
        file=DAMAGED,
        kind="damaged",
        expect="quarantined",
        why="the file stops in the middle of the picture: it must be scanned again",
    )


def _hidden(folder: Path) -> SamplePaper:
    (folder / HIDDEN).write_bytes(b"\x00\x00\x00\x01Bud1" + bytes(4088))
    return SamplePaper(file=HIDDEN, kind="hidden", dpi=None, expect="ignored", why="left by a file manager: no paper")
