"""What a separator sheet says -> a PDF/A-2b of such sheets, to be printed on A4: words for people, codes for us.

Drawn at 300 dpi in black and white. Each sheet has a QR code and a Code 128 that say the same; either is enough.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from ocr.lines import Line, PageReading
from ocr.pdf.legal import compose_legal
from ocr.separator import Separator, payload_of, short_payload

_DPI = 300
_WIDTH_MM, _HEIGHT_MM = 210, 297
_QR_MM = 90.0
_BARS_WIDTH_MM, _BARS_HEIGHT_MM = 160.0, 28.0
_LONGEST_IN_BARS = 27
"""Letters that leave a bar half a millimetre: three pixels of a scan at 150 dpi."""


def draw_separators(
    separator: Separator, words: Sequence[str], count: int, out: Path, *, typeface: Path, created: datetime
) -> None:
    """Write `count` equal sheets to `out`; `words` are what they say to people: a title, then lines below it.

    Raises:
        CannotCompose, ScanUnavailable: see compose_legal.
    """
    sheet, lines = _sheet(separator, words, typeface)
    with TemporaryDirectory() as folder:
        drawn = Path(folder) / "sheets.tif"
        density = (_DPI, _DPI)
        sheet.save(drawn, save_all=True, append_images=[sheet] * (count - 1), compression="group4", dpi=density)
        pages = [_reading(page, sheet, lines) for page in range(1, count + 1)]
        compose_legal(drawn, pages, out, title=words[0], created=created)


def _sheet(separator: Separator, words: Sequence[str], typeface: Path) -> tuple[Image.Image, tuple[Line, ...]]:
    """Return the sheet, black on white, and the words on it with their places."""
    sheet = Image.new("1", (_px(_WIDTH_MM), _px(_HEIGHT_MM)), 1)
    draw = ImageDraw.Draw(sheet)
    lines, top = [], 22.0
    for number, text in enumerate(words):
        size = 13.0 if number == 0 else 6.0
        lines.append(_centred(draw, text, top, size, typeface))
        top += size * 1.5
    payload = payload_of(separator)
    _paste(sheet, _code(payload, zxingcpp.BarcodeFormat.QRCode, ec_level="Q"), _QR_MM, _QR_MM, 105.0)
    bars = _code(short_payload(payload, _LONGEST_IN_BARS), zxingcpp.BarcodeFormat.Code128)
    _paste(sheet, bars, _BARS_WIDTH_MM, _BARS_HEIGHT_MM, 215.0)
    lines.append(_centred(draw, payload, 252.0, 4.0, typeface))
    return sheet, tuple(lines)


def _centred(draw: ImageDraw.ImageDraw, text: str, top_mm: float, size_mm: float, typeface: Path) -> Line:
    """Print a line in the middle of the sheet, smaller where it would not fit, and return it with its place."""
    face = ImageFont.truetype(str(typeface), _px(size_mm), layout_engine=ImageFont.Layout.BASIC)
    room = _px(_WIDTH_MM - 30)
    if (wide := face.getlength(text)) > room:
        face = face.font_variant(size=int(_px(size_mm) * room / wide))
    place = draw.textbbox((_px(_WIDTH_MM / 2), _px(top_mm)), text, font=face, anchor="ma")
    draw.text((_px(_WIDTH_MM / 2), _px(top_mm)), text, font=face, anchor="ma", fill=0)
    left, above, right, below = place
    return Line(text=text, box=(int(left), int(above), int(right), int(below)), confidence=1.0)


def _code(text: str, form: zxingcpp.BarcodeFormat, **options: str) -> Image.Image:
    """Return a code, a pixel a module, without the quiet zone: the sheet is white round it."""
    made = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(text, form, **options), scale=1, add_quiet_zones=False
    )
    return Image.fromarray(np.array(made, dtype=np.uint8)).convert("1")


def _paste(sheet: Image.Image, code: Image.Image, width_mm: float, height_mm: float, top_mm: float) -> None:
    """Put a code in the middle of the sheet, at most so wide, its modules a whole number of pixels."""
    pixels = max(1, int(_px(width_mm) / code.width))
    height = pixels * code.height if code.height == code.width else _px(height_mm)
    grown = code.resize((pixels * code.width, height), Image.Resampling.NEAREST)
    sheet.paste(grown, ((sheet.width - grown.width) // 2, _px(top_mm)))


def _reading(page: int, sheet: Image.Image, lines: tuple[Line, ...]) -> PageReading:
    return PageReading(
        page=page,
        width_px=sheet.width,
        height_px=sheet.height,
        dpi=_DPI,
        width_mm=_WIDTH_MM,
        height_mm=_HEIGHT_MM,
        lines=lines,
    )


def _px(mm: float) -> int:
    return round(mm * _DPI / 25.4)
