"""A page of a scan -> its pixels as displayed, and how large the sheet is.

The pixels are the scan's own where the page is one picture. Digital notes over a page count as printed,
signatures do not (see overlay.py). Nothing is turned upright here but by what the file itself says.
"""

import contextlib
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ocr.errors import Damaged, PageMissing, TooLarge
from ocr.lines import Finding
from ocr.pages.alone import page_alone
from ocr.pages.coded import refuse_huge
from ocr.pages.image import Frame, decode, to_rgb
from ocr.pages.opened import MALFORMED, PIXEL_LIMIT, complaints, opened_pdf, unpacking
from ocr.pages.overlay import keep_printed
from ocr.pages.picture import Picture, only_picture, picture_bytes, rotation_said
from ocr.pages.scan import Kind, kind_of

RENDER_DPI = 300.0
"""For pages that are not one picture (design: 300 dpi)."""
LEAST_DPI = 200.0
"""Below this a copy may not be sealed without a person's consent."""

_MM_PER_INCH = 25.4
_A4_MM = (210.0, 297.0)
_PLAUSIBLE_DPI = (90.0, 610.0)
_SCREEN_DPI = 99.0
"""A picture that is no finer in either direction comes from a screen (72, 96); a fax has 204 by 98."""
# A6 to A3, short side and long side, with a margin for crooked feeding.
_PLAUSIBLE_SHORT_MM = (90.0, 340.0)
_PLAUSIBLE_LONG_MM = (125.0, 480.0)
_LONGEST_MM = 5_080
"""The longest page of a PDF/A: 14400 units. Source: ISO 19005-2, 6.1.13."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PageImage:
    """One page as it would be displayed."""

    pixels: npt.NDArray[np.uint8]
    """Height x width x 3, RGB."""
    dpi: float
    """The lesser of across and down."""
    width_mm: float
    height_mm: float
    findings: tuple[Finding, ...] = ()


def page_image(path: Path, page: int) -> PageImage:
    """Return page `page`, from 1. Memory: 180 megapixels at most, checked before decoding.

    Raises:
        BadScan: see ocr.errors.
        ScanUnavailable: the operating system refused.
    """
    if kind_of(path) is Kind.PDF:
        return _from_pdf(path, page)
    return _from_frame(decode(path, page), page)


def _from_frame(frame: Frame, page: int) -> PageImage:
    height, width = frame.pixels.shape[:2]
    findings: list[Finding] = []
    density = frame.density
    if density is None or not _is_plausible(width, height, density):
        density = (_assumed_dpi(width, height),) * 2
        findings.append(Finding(code="size_assumed", page=page, blocks_seal=True, detail={"size": "A4"}))
    if frame.from_camera:
        findings.append(Finding(code="photo", page=page, blocks_seal=True))
    if frame.mode == "1":
        findings.append(Finding(code="bilevel", page=page, blocks_seal=True))
    elif frame.mode in {"L", "LA", "I;16", "I;16B", "I", "F"}:
        findings.append(Finding(code="grey", page=page, blocks_seal=True))
    return _measured(frame.pixels, density, page, findings)


def _measured(
    pixels: npt.NDArray[np.uint8], density: tuple[float, float], page: int, findings: list[Finding]
) -> PageImage:
    dpi = min(density)
    # Scanners round: 199.9 dpi is 200.
    if dpi < LEAST_DPI - 1.0:
        detail = {"dpi": str(round(dpi)), "least": str(round(LEAST_DPI))}
        findings.append(Finding(code="low_resolution", page=page, blocks_seal=True, detail=detail))
    return PageImage(
        pixels=pixels,
        dpi=dpi,
        width_mm=pixels.shape[1] / density[0] * _MM_PER_INCH,
        height_mm=pixels.shape[0] / density[1] * _MM_PER_INCH,
        findings=tuple(findings),
    )


def _is_plausible(width: int, height: int, density: tuple[float, float]) -> bool:
    sides = sorted((width / density[0] * _MM_PER_INCH, height / density[1] * _MM_PER_INCH))
    return (
        all(_PLAUSIBLE_DPI[0] <= dpi <= _PLAUSIBLE_DPI[1] for dpi in density)
        and max(density) >= _SCREEN_DPI
        and _PLAUSIBLE_SHORT_MM[0] <= sides[0] <= _PLAUSIBLE_SHORT_MM[1]
        and _PLAUSIBLE_LONG_MM[0] <= sides[1] <= _PLAUSIBLE_LONG_MM[1]
    )


def _assumed_dpi(width: int, height: int) -> float:
    """Return the dpi at which the picture just fits A4: all ISO sizes have one proportion, and A4 is the usual one."""
    short, long = sorted((width, height))
    return max(short / _A4_MM[0], long / _A4_MM[1]) * _MM_PER_INCH


def _from_pdf(path: Path, page: int) -> PageImage:
    with opened_pdf(path) as pdf, complaints(path, page=page):
        if not 1 <= page <= len(pdf.pages):
            raise PageMissing(path, page, len(pdf.pages))
        sheet = pdf.pages[page - 1]
        picture = only_picture(sheet)
        if picture is not None:
            refuse_huge(picture.image, path)
        unit = float(sheet.obj.get("/UserUnit", 1.0))
        turns = rotation_said(sheet.obj) // 90
        _refuse_no_paper(sheet, unit, path, page)
        notes = keep_printed(sheet)
        pixels = _own_pixels(picture, turns) if picture is not None and notes == 0 else None
        alone = page_alone(sheet, path, page) if pixels is None else b""
    findings = _about(picture, page)
    density = (RENDER_DPI * unit, RENDER_DPI * unit) if picture is None else (picture.dpi_across, picture.dpi_down)
    if turns % 2:
        density = density[1], density[0]
    if pixels is None:
        pixels = _rendered(alone, density, path, page)
    return _measured(pixels, (density[0] / unit, density[1] / unit), page, findings)


def _refuse_no_paper(sheet: pikepdf.Page, unit: float, path: Path, page: int) -> None:
    """Refuse a page without area, for which renderers take the size of a letter, and one that no scanner can take."""
    left, bottom, right, top = (float(edge) for edge in sheet.mediabox)
    sides = [abs(right - left) * unit / 72 * _MM_PER_INCH, abs(top - bottom) * unit / 72 * _MM_PER_INCH]
    if not all(math.isfinite(side) and side > 0 for side in sides):
        raise Damaged(path, "the page has no size", page=page)
    if max(sides) > _LONGEST_MM + 1:
        raise TooLarge(path, what="millimetres", found=round(max(sides)), limit=_LONGEST_MM)


def _own_pixels(picture: Picture, turns: int) -> npt.NDArray[np.uint8] | None:
    """Return the scan's own pixels: drawing shifts them by half a pixel. None where only drawing shows them right."""
    if not picture.fills_page or not picture.is_plain:
        return None
    try:
        with unpacking(picture_bytes(picture.image)), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = pikepdf.PdfImage(picture.image).as_pil_image()
            pixels = to_rgb(image)
    except (*MALFORMED, OSError, Image.DecompressionBombError):
        return None
    if pixels.shape[:2] != (picture.height_px, picture.width_px):
        return None
    return np.ascontiguousarray(np.rot90(pixels, -turns))


def _about(picture: Picture | None, page: int) -> list[Finding]:
    if picture is None:
        return [Finding(code="not_single_picture", page=page)]
    if picture.bits == 1:
        return [Finding(code="bilevel", page=page, blocks_seal=True)]
    if picture.channels == 1:
        return [Finding(code="grey", page=page, blocks_seal=True)]
    return []


@contextlib.contextmanager
def _first_page(data: bytes, path: Path, page: int) -> Iterator[pypdfium2.PdfPage]:
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            first = document[0]
            try:
                yield first
            finally:
                first.close()
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise Damaged(path, f"the page cannot be drawn ({error})", page=page) from error


def _rendered(data: bytes, density: tuple[float, float], path: Path, page: int) -> npt.NDArray[np.uint8]:
    """Draw with notes, at exactly as many pixels as the density gives; `scale` would add one by rounding up."""
    with _first_page(data, path, page) as first:
        width, height = (round(points * dpi / 72) for points, dpi in zip(first.get_size(), density, strict=True))
        if not all(math.isfinite(side) and side > 0 for side in (width, height)):
            raise Damaged(path, "the page has no size", page=page)
        if width * height > PIXEL_LIMIT:
            raise TooLarge(path, what="pixels", found=width * height, limit=PIXEL_LIMIT)
        bitmap = pypdfium2.PdfBitmap.new_native(width, height, pdfium.FPDFBitmap_BGR, rev_byteorder=True)
        try:
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
            flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
            pdfium.FPDF_RenderPageBitmap(bitmap, first, 0, 0, width, height, 0, flags)
            return np.array(bitmap.to_numpy(), dtype=np.uint8)
        finally:
            bitmap.close()
