"""Readings made by hand, and legal copies composed from them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ocr.lines import Line, PageReading
from ocr.pages.raster import page_image
from ocr.pages.scan import inspect_scan
from ocr.pdf.legal import Composed, compose_legal

Compose = Callable[..., tuple[Path, Composed]]

CREATED = datetime(2026, 11, 24, 9, 30, 15, tzinfo=timezone(timedelta(hours=7)))


def read_by_hand(
    source: Path, page: int = 1, *, rotation: int = 0, skew_degrees: float = 0.0, lines: Sequence[Line] = ()
) -> PageReading:
    image = page_image(source, page)
    height, width = image.pixels.shape[:2]
    width_mm, height_mm = image.width_mm, image.height_mm
    if rotation % 180:
        width, height, width_mm, height_mm = height, width, height_mm, width_mm
    return PageReading(
        page=page,
        width_px=width,
        height_px=height,
        dpi=image.dpi,
        width_mm=width_mm,
        height_mm=height_mm,
        rotation=rotation,
        skew_degrees=skew_degrees,
        lines=tuple(lines),
        findings=image.findings,
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
def by_hand() -> Callable[..., PageReading]:
    return read_by_hand
