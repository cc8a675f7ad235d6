"""A separator sheet is found however it was scanned, and nothing else is taken for one."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from ocr.pages.barcodes import separator_payload
from ocr.pages.raster import page_image
from ocr.pdf.separators import draw_separators
from ocr.separator import Separator, payload_of

SHEET = Separator(dossier="H29.12-250704-0001", type_code="QĐ")
TYPEFACE = Path(__file__).parents[3] / "sohoa" / "typefaces" / "Tinos-Regular.ttf"


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    out = tmp_path_factory.mktemp("sheet") / "sheet.pdf"
    draw_separators(SHEET, ["TỜ PHÂN CÁCH"], 1, out, typeface=TYPEFACE, created=datetime(2026, 1, 2, tzinfo=UTC))
    return Image.fromarray(page_image(out, 1).pixels).convert("L")


def one_bit(page: Image.Image) -> Image.Image:
    return page.point(lambda value: 255 if value > 128 else 0)


def jpeg(page: Image.Image) -> Image.Image:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=25)
    return Image.open(io.BytesIO(out.getvalue()))


def noisy(page: Image.Image) -> Image.Image:
    grain = np.random.default_rng(7).normal(0, 18, (page.height, page.width))
    return Image.fromarray(np.clip(np.asarray(page, dtype=float) * 0.8 + 20 + grain, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("harm", [one_bit, jpeg, noisy])
@pytest.mark.parametrize("turned", [0, 90, 180, 270, 8, 175])
@pytest.mark.parametrize("dpi", [150, 200, 400])
def test_a_sheet_is_found_however_it_was_scanned(
    sheet: Image.Image, dpi: int, turned: int, harm: Callable[[Image.Image], Image.Image]
) -> None:
    scan = sheet.resize((round(sheet.width * dpi / 300), round(sheet.height * dpi / 300)), Image.Resampling.BILINEAR)
    scan = harm(scan.rotate(turned, Image.Resampling.BILINEAR, expand=turned % 90 == 0, fillcolor=255))
    assert separator_payload(np.asarray(scan), dpi) == payload_of(SHEET)


def test_either_code_is_enough(sheet: Image.Image) -> None:
    for top, bottom in ((100, 200), (212, 245)):
        torn = sheet.copy()
        torn.paste(255, (0, round(top * 11.811), torn.width, round(bottom * 11.811)))
        found = separator_payload(np.asarray(torn), 300)
        assert found is not None and found.startswith("SOHOA1;")


@pytest.mark.parametrize("text", ["00020101021238570010A000000727", "SOHOA2", "https://example.org/SOHOA1", "SOHOA10"])
def test_a_code_of_another_maker_changes_nothing(text: str) -> None:
    page = np.full((3508, 2480), 255, dtype=np.uint8)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    made = np.array(zxingcpp.write_barcode_to_image(code, scale=12))
    page[300 : 300 + made.shape[0], 300 : 300 + made.shape[1]] = made
    assert separator_payload(page, 300) is None


def test_a_page_of_colour_is_looked_at_too(sheet: Image.Image) -> None:
    assert separator_payload(np.asarray(sheet.convert("RGB")), 300) == payload_of(SHEET)
