"""All that parses a file before it is a record, one after the other: to be called in a pool worker."""

import resource
from datetime import UTC, datetime
from pathlib import Path

from ocr.lines import PageReading
from ocr.pages.raster import page_image
from ocr.pages.scan import inspect_scan
from ocr.pdf.legal import compose_legal

CREATED = datetime(2026, 11, 24, tzinfo=UTC)
PAGES = 2
"""So many pages of a file are drawn."""


def whole_round(source: Path, out: Path) -> tuple[int, list[str], int]:
    """Return pages, codes of findings, and the most memory this process ever had, in MiB."""
    scan = inspect_scan(source)
    pages, codes = [], []
    for page in range(1, min(scan.page_count, PAGES) + 1):
        image = page_image(source, page)
        height, width = image.pixels.shape[:2]
        codes += [finding.code for finding in image.findings]
        pages.append(
            PageReading(
                page=page,
                width_px=width,
                height_px=height,
                dpi=image.dpi,
                width_mm=image.width_mm,
                height_mm=image.height_mm,
                findings=image.findings,
            )
        )
    composed = compose_legal(source, pages, out, title=source.stem, created=CREATED)
    codes += [finding.code for finding in composed.findings]
    page_image(out, 1)
    return scan.page_count, codes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
