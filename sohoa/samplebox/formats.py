"""Pictures of pages -> the files that scanners, phones and careless hands make of them. The same bytes each time."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from PIL import Image

from sohoa.samplebox.layout import DPI

TIFF_DPI = 200
PNG_DPI = 300


def jpeg_bytes(page: Image.Image, *, quality: int, dpi: int | None = DPI) -> bytes:
    """Return the page as a colour JPEG; without `dpi` the file says nothing of its size."""
    out = io.BytesIO()
    if dpi is None:
        page.save(out, "JPEG", quality=quality)
    else:
        page.save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()


def write_pdf(pages: Sequence[bytes], path: Path, *, dpi: int = DPI) -> None:
    """Write a PDF of JPEG pages as a scanner does: each page one picture, its data untouched."""
    with pikepdf.new() as pdf:
        for data in pages:
            _add_page(pdf, data, dpi)
        pdf.docinfo["/Producer"] = pikepdf.String("May quet mau")
        pdf.save(path, deterministic_id=True)


def _add_page(pdf: pikepdf.Pdf, data: bytes, dpi: int) -> None:
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
    picture = pikepdf.Stream(
        pdf,
        data,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    across, down = width * 72 / dpi, height * 72 / dpi
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, round(across, 2), round(down, 2)],
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture)),
        Contents=pikepdf.Stream(pdf, f"q {across:.2f} 0 0 {down:.2f} 0 0 cm /Im0 Do Q".encode()),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def write_tiff(pages: Sequence[Image.Image], path: Path, *, dpi: int = TIFF_DPI) -> None:
    """Write a TIFF of several pages, packed without loss."""
    first, *others = [_at(page, dpi) for page in pages]
    first.save(path, "TIFF", save_all=True, append_images=others, compression="tiff_adobe_deflate", dpi=(dpi, dpi))


def write_png(page: Image.Image, path: Path, *, dpi: int = PNG_DPI) -> None:
    """Write the page as a PNG."""
    _at(page, dpi).save(path, "PNG", dpi=(dpi, dpi), compress_level=3)


def write_truncated(data: bytes, path: Path) -> None:
    """Write the first 40 per cent of a file, as a full disk or a pulled plug leaves it."""
    path.write_bytes(data[: len(data) * 2 // 5])


def _at(page: Image.Image, dpi: int) -> Image.Image:
    return page.resize((round(page.width * dpi / DPI), round(page.height * dpi / DPI)), Image.Resampling.BICUBIC)
