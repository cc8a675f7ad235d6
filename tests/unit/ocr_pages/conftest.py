"""Small papers, made where they are needed."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont

TYPEFACE = Path(__file__).parents[3] / "sohoa" / "typefaces" / "Tinos-Regular.ttf"

Paper = Callable[..., Image.Image]
PdfMaker = Callable[..., Path]


@pytest.fixture(scope="session")
def paper() -> Paper:
    """Make a sheet with a few lines of print: A5 at 150 dpi unless told otherwise."""

    def make(*lines: str, size: tuple[int, int] = (874, 1240), mode: str = "RGB", ink: object = "black") -> Image.Image:
        sheet = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(sheet)
        font = ImageFont.truetype(str(TYPEFACE), size[1] // 44)
        for row, line in enumerate(lines or ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",) * 12):
            draw.text((size[0] // 12, size[1] // 12 + row * size[1] // 26), line, font=font, fill=ink)
        return sheet.convert(mode)

    return make


@pytest.fixture
def pdf_of(tmp_path: Path) -> PdfMaker:
    """Make a PDF whose pages each show one picture; `change` may alter it before it is saved."""

    def make(
        *pictures: Image.Image, dpi: float = 150, change: Callable[[pikepdf.Pdf], None] | None = None, **save: object
    ) -> Path:
        path = tmp_path / "scan.pdf"
        with pikepdf.new() as pdf:
            for picture in pictures:
                _add_page(pdf, picture, dpi)
            if change is not None:
                change(pdf)
            pdf.save(path, **save)
        return path

    return make


def _add_page(pdf: pikepdf.Pdf, picture: Image.Image, dpi: float) -> None:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=92)
    image = pikepdf.Stream(pdf, buffer.getvalue())
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.width,
        Height=picture.height,
        BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray if picture.mode == "L" else pikepdf.Name.DeviceRGB,
        Filter=pikepdf.Name.DCTDecode,
    )
    width, height = picture.width * 72 / dpi, picture.height * 72 / dpi
    pdf.add_blank_page(page_size=(width, height))
    page = pdf.pages[-1]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.Contents = pikepdf.Stream(pdf, b"q %f 0 0 %f 0 0 cm /Im0 Do Q" % (width, height))
