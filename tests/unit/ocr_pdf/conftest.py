"""Readings made by hand, and legal and access copies composed from them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest

from ocr.lines import Finding, Line, PageReading
from ocr.pages.picture import only_picture
from ocr.pages.raster import page_image
from ocr.pages.scan import Kind, inspect_scan, kind_of
from ocr.pdf.access import AccessCopy, compose_access
from ocr.pdf.legal import Composed, compose_legal

Compose = Callable[..., tuple[Path, Composed]]

CREATED = datetime(2026, 11, 24, 9, 30, 15, tzinfo=timezone(timedelta(hours=7)))


def drawn(path: Path, page: int = 1, dpi: int = 100) -> np.ndarray:
    """The page as pdfium shows it, RGB."""
    with pypdfium2.PdfDocument(path) as document:
        return np.asarray(document[page - 1].render(scale=dpi / 72).to_pil().convert("RGB"))


def read_by_hand(
    source: Path, page: int = 1, *, rotation: int = 0, skew_degrees: float = 0.0, lines: Sequence[Line] = ()
) -> PageReading:
    if kind_of(source) is Kind.PDF:
        height, width = drawn(source, page).shape[:2]
        width_mm, height_mm, dpi, findings = width * 0.254, height * 0.254, 100.0, ()
        with pikepdf.open(source) as pdf:
            if only_picture(pdf.pages[page - 1]) is None:
                findings = (Finding(code="not_single_picture", page=page),)
    else:
        image = page_image(source, page)
        height, width = image.pixels.shape[:2]
        width_mm, height_mm, dpi, findings = image.width_mm, image.height_mm, image.dpi, image.findings
    if rotation % 180:
        width, height, width_mm, height_mm = height, width, height_mm, width_mm
    return PageReading(
        page=page,
        width_px=width,
        height_px=height,
        dpi=dpi,
        width_mm=width_mm,
        height_mm=height_mm,
        rotation=rotation,
        skew_degrees=skew_degrees,
        lines=tuple(lines),
        findings=findings,
    )


@pytest.fixture
def compose(tmp_path: Path) -> Compose:
    """Return a function that composes all pages of a scan, or the readings given, and says where the copy lies."""

    def make(source: Path, readings: Sequence[PageReading] = (), *, name: str = "legal.pdf") -> tuple[Path, Composed]:
        pages = readings or [read_by_hand(source, page + 1) for page in range(inspect_scan(source).page_count)]
        out = tmp_path / name
        return out, compose_legal(source, pages, out, title="Công văn số 575/UBND-KTTH", created=CREATED)

    return make


@pytest.fixture
def access(tmp_path: Path) -> Callable[..., tuple[Path, AccessCopy]]:
    """Return a function that makes the access copy of a scan from its readings, and says where the copy lies."""

    def make(source: Path, *readings: PageReading, name: str = "access.pdf") -> tuple[Path, AccessCopy]:
        out = tmp_path / name
        return out, compose_access(source, readings, out, title="Công văn số 575/UBND-KTTH", created=CREATED)

    return make


@pytest.fixture
def draw() -> Callable[..., np.ndarray]:
    return drawn


@pytest.fixture
def by_hand() -> Callable[..., PageReading]:
    return read_by_hand
