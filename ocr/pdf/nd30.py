"""The rules of Nghị định 30/2020 for a digitized copy, checked on a PDF: format, colour, resolution, scale.

What is found is told, not judged: a bilevel scan of a paper long gone may be all there is. Rules about the agency's
signature on the copy (ND30-DIG-05 to 09) are not looked at here.

Source: NĐ 30/2020/NĐ-CP, PL I, Phần II, Mục I.
"""

from collections.abc import Iterator
from pathlib import Path

import pikepdf

from ocr.lines import Finding
from ocr.pages.opened import complaints, opened_pdf
from ocr.pages.picture import Picture, only_picture
from ocr.pdf.geometry import POINTS_PER_MM

LEAST_VERSION = (1, 4)
LEAST_DPI = 200.0
SHEETS_MM = ((297.0, 420.0), (210.0, 297.0), (148.0, 210.0), (105.0, 148.0))
"""A3 to A6. The decree wants A4; old papers and cards are what they are."""

_ROUNDING_DPI = 1.0
"""Scanners and page boxes round: 199.6 dpi is 200."""
_SHEET_TOLERANCE = 0.02
"""Ours, as is comparing with sheets of ISO 216: the decree says 100 %, which nobody can see on a file alone."""
_UNCOVERED = 0.02


def check_scan_rules(pdf: Path) -> tuple[Finding, ...]:
    """Return which of the rules the file breaks, by page; nothing if it keeps them all.

    - `ND30-DIG-01`: PDF, version 1.4 or later.
    - `ND30-DIG-02`: pictures in colour.
    - `ND30-DIG-03`: at least 200 dpi, across and down.
    - `ND30-DIG-04`: scale 100 %: each page a sheet of ISO 216 within 2 %, filled by its picture.

    Raises:
        BadScan: the file cannot be parsed.
        ScanUnavailable: the operating system refused.
    """
    with opened_pdf(pdf) as document, complaints(pdf):
        findings = list(_check_version(document))
        for page, sheet in enumerate(document.pages, start=1):
            picture = only_picture(sheet)
            findings += _check_picture(picture, page, _unit(sheet))
            findings += _check_scale(sheet, picture, page)
    return tuple(findings)


def _check_version(document: pikepdf.Pdf) -> Iterator[Finding]:
    version = document.pdf_version
    in_catalog = document.Root.get("/Version")
    if in_catalog is not None:
        version = max(version, str(in_catalog).lstrip("/"))
    if tuple(int(part) for part in version.split(".")) < LEAST_VERSION:
        yield Finding(code="ND30-DIG-01", detail={"version": version})


def _check_picture(picture: Picture | None, page: int, unit: float) -> Iterator[Finding]:
    if picture is None:
        return
    if picture.bits == 1 or picture.channels == 1:
        colour = "bilevel" if picture.bits == 1 else "grey"
        yield Finding(code="ND30-DIG-02", page=page, blocks_seal=True, detail={"colour": colour})
    dpi = min(picture.dpi_across, picture.dpi_down) / unit
    if dpi < LEAST_DPI - _ROUNDING_DPI:
        yield Finding(code="ND30-DIG-03", page=page, blocks_seal=True, detail={"dpi": f"{dpi:.0f}"})


def _check_scale(sheet: pikepdf.Page, picture: Picture | None, page: int) -> Iterator[Finding]:
    left, bottom, right, top = (float(edge) for edge in sheet.mediabox)
    sides = abs(right - left), abs(top - bottom)
    width_mm, height_mm = (side * _unit(sheet) / POINTS_PER_MM for side in sides)
    if not any(_is_near((width_mm, height_mm), size) for size in SHEETS_MM):
        size = {"width_mm": f"{width_mm:.0f}", "height_mm": f"{height_mm:.0f}"}
        yield Finding(code="ND30-DIG-04", page=page, detail={"what": "sheet", **size})
    if picture is None or _uncovered(picture, sides[0] * sides[1]) > _UNCOVERED:
        yield Finding(code="ND30-DIG-04", page=page, detail={"what": "picture_does_not_fill_page"})


def _is_near(sides: tuple[float, float], sheet: tuple[float, float]) -> bool:
    return all(abs(side - edge) <= _SHEET_TOLERANCE * edge for side, edge in zip(sorted(sides), sheet, strict=True))


def _uncovered(picture: Picture, area: float) -> float:
    """Return the share of the page that the picture leaves free; below 0 where it runs over the edge."""
    drawn = picture.width_px * picture.height_px * 72**2 / (picture.dpi_across * picture.dpi_down)
    return 1 - drawn / area


def _unit(sheet: pikepdf.Page) -> float:
    return float(sheet.obj.get("/UserUnit", 1.0))
