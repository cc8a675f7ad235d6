"""What the product itself runs in a pool worker: looking for room for the seal on a page."""

from datetime import UTC, datetime
from pathlib import Path

from ocr.lines import PageReading
from ocr.pages.raster import page_image
from ocr.pages.scan import inspect_scan
from ocr.pages.space import find_free_box
from ocr.pdf.legal import compose_legal
from ocr.readers.page import page_reader
from signing.block import BlockPlace, agency_block_size_mm, block_region, margin_place


def place_block(pdf: Path, agency: str, typeface: Path) -> BlockPlace:
    """Return where the conversion block goes on page 1 as displayed: free room at the top right, else the margin.

    Source: ND30-DIG-06, Nghị định 30/2020/NĐ-CP PL I Phần II Mục I, ô 14.
    """
    page = page_image(pdf, 1)
    width_mm, height_mm = agency_block_size_mm(agency, typeface=typeface, page_width_mm=page.width_mm)
    left, top, right, bottom = block_region(page.width_mm)
    box = find_free_box(
        page,
        width_mm=width_mm,
        height_mm=height_mm,
        left_mm=left,
        right_mm=right,
        top_mm=top,
        bottom_mm=bottom,
    )
    if box is None:
        return margin_place(page.width_mm, (width_mm, height_mm))
    return BlockPlace(left_mm=box[0], top_mm=box[1], width_mm=width_mm, height_mm=height_mm, free=True)


def warm_up(mode: str) -> None:
    """Load the reading models of this worker, so that the first page does not wait for them."""
    page_reader(mode)


def to_archival(scan: Path, out: Path) -> None:
    """Write the scan as a PDF/A-2b without a text layer: what an agency that does not read its papers would sign."""
    pages = []
    for page in range(1, inspect_scan(scan).page_count + 1):
        image = page_image(scan, page)
        height, width = image.pixels.shape[:2]
        pages.append(
            PageReading(
                page=page,
                width_px=width,
                height_px=height,
                dpi=image.dpi,
                width_mm=image.width_mm,
                height_mm=image.height_mm,
            )
        )
    compose_legal(scan, pages, out, title=scan.stem, created=datetime.now(UTC))
