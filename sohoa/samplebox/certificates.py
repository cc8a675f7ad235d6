"""Papers citizens hand in: birth certificate and land-use certificate, on printed forms with a coloured ground.

Source: Thông tư 04/2020/TT-BTP, Thông tư 10/2024/TT-BTNMT: their forms in outline, not compared with the signed texts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

from sohoa.samplebox.layout import HEIGHT_MM, WIDTH_MM, Mark, Sheet, Style, mm_of, px, styled, width_of, wrap
from sohoa.samplebox.official import MOTTO, NATION

Colour = tuple[int, int, int]
LEFT, RIGHT = 25.0, 188.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The foot of a certificate."""

    dated: str | None
    """"Bình Minh Mẫu, ngày 10 tháng 3 năm 2025"; None when the form has no such row."""
    heads: tuple[str, ...]
    """Rows over the signature."""
    name: str
    seal: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """Giấy khai sinh, filled in."""

    issuer: tuple[str, ...]
    number: str
    rows: tuple[tuple[tuple[str, str], ...], ...]
    """Rows of (label, value) that stand side by side."""
    signed: Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """Giấy chứng nhận quyền sử dụng đất, filled in: two pages."""

    parts: tuple[tuple[str, tuple[str, ...]], ...]
    """Of the first page: heading, its lines; **…** is bold."""
    serial: str
    signed: Signed
    back: tuple[tuple[str, tuple[str, ...]], ...]
    """Of the second page. The first part is followed by a sketch of the parcel."""
    corners: tuple[tuple[float, float], ...]
    """Of the parcel, 0 to 1 across and down the sketch."""


def set_birth(paper: Birth) -> list[Sheet]:
    """Return the one page of a birth certificate."""
    sheet = Sheet(tint=_ground((156, 62, 44), (253, 246, 232)))
    for index, name in enumerate(paper.issuer):
        sheet.centred(styled(name, Style(12, bold=True)), 58.0, 29.0 + index * 5.2, zone="left")
    low = 29.0 + (len(paper.issuer) - 1) * 5.2
    sheet.rule(48.0, low + 1.6, 68.0, low + 1.6)
    sheet.centred(styled(f"Số: {paper.number}", Style(13)), 58.0, low + 9.0, zone="left")
    _nation(sheet, 138.0, 29.0)
    sheet.centred(styled("GIẤY KHAI SINH", Style(24, bold=True)), WIDTH_MM / 2, 68.0, zone="body")
    y = 82.0
    for row in paper.rows:
        y = _row(sheet, row, y)
    _signed(sheet, paper.signed, y + 6.0)
    return [sheet]


def set_land(paper: Land) -> list[Sheet]:
    """Return the two pages of a land-use certificate."""
    front, back = (Sheet(tint=_ground((176, 44, 84), (253, 240, 240))) for _ in range(2))
    _nation(front, WIDTH_MM / 2, 34.0)
    front.centred(styled("GIẤY CHỨNG NHẬN", Style(22, bold=True)), WIDTH_MM / 2, 62.0, zone="body")
    for index, row in enumerate(("QUYỀN SỬ DỤNG ĐẤT,", "QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT")):
        front.centred(styled(row, Style(14, bold=True)), WIDTH_MM / 2, 71.0 + index * 7.0, zone="body")
    y = _parts(front, paper.parts, 90.0)
    _signed(front, paper.signed, y + 6.0)
    front.line(styled(paper.serial, Style(15, bold=True)), 150.0, HEIGHT_MM - 22.0, zone="signature")
    y = _parts(back, paper.back[:1], 30.0)
    _sketch(back, paper.corners, y + 6.0)
    _parts(back, paper.back[1:], y + 98.0)
    return [front, back]


def _nation(sheet: Sheet, x: float, y: float) -> None:
    sheet.centred(styled(NATION, Style(13, bold=True)), x, y, zone="right")
    motto = styled(MOTTO, Style(14, bold=True))
    sheet.centred(motto, x, y + 6.0, zone="right")
    half = width_of(motto) / 2
    sheet.rule(x - half, y + 7.8, x + half, y + 7.8)


def _row(sheet: Sheet, row: Sequence[tuple[str, str]], y: float) -> float:
    """Set labels and values that stand side by side, or one whose value runs on."""
    starts = (LEFT, LEFT + 62.0, LEFT + 112.0) if len(row) == 3 else (LEFT, LEFT + 84.0)
    if len(row) > 1:
        y += 8.2
        sheet.said["body"].append(" ".join(f"{label}: {value}" for label, value in row))
        for x, (label, value) in zip(starts, row, strict=False):
            sheet.silent(styled(f"{label}: **{value}**", Style(13)), x, y)
        return y
    label, value = row[0]
    for index, line in enumerate(wrap(styled(f"{label}: **{value}**", Style(13)), RIGHT - LEFT)):
        y += 8.2 if index == 0 else 6.4
        sheet.line(line, LEFT, y, zone="body")
    return y


def _parts(sheet: Sheet, parts: Sequence[tuple[str, tuple[str, ...]]], y: float) -> float:
    for heading, lines in parts:
        y += 10.0
        sheet.line(styled(heading, Style(13, bold=True)), LEFT, y, zone="body")
        for text in lines:
            for line in wrap(styled(text, Style(13)), RIGHT - LEFT - 5.0):
                y += mm_of(13) * 1.6
                sheet.line(line, LEFT + 5.0, y, zone="body")
    return y


def _signed(sheet: Sheet, signed: Signed, y: float) -> None:
    x = 146.0
    if signed.dated:
        y += 5.0
        sheet.centred(styled(signed.dated, Style(13, italic=True)), x, y, zone="signature")
    for head in signed.heads:
        y += 5.8
        sheet.centred(styled(head, Style(13, bold=True)), x, y, zone="signature")
    sheet.marks.append(Mark("signature", x + 2.0, y + 18.0))
    sheet.marks.append(Mark("seal", x - 17.0, y + 18.5, signed.seal))
    sheet.centred(styled(signed.name, Style(13, bold=True)), x, y + 38.0, zone="signature")


def _sketch(sheet: Sheet, corners: Sequence[tuple[float, float]], top: float) -> None:
    """Draw the parcel with its corners numbered, and an arrow to the north."""
    left, width, height = 62.0, 80.0, 74.0
    places = [(left + x * width, top + y * height) for x, y in corners]
    for (x0, y0), (x1, y1) in zip(places, [*places[1:], places[0]], strict=True):
        sheet.rule(x0, y0, x1, y1, thick=0.4)
    middle = (sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places))
    for index, (x, y) in enumerate(places):
        away = math.hypot(x - middle[0], y - middle[1])
        out = (x + (x - middle[0]) / away * 4.0, y + (y - middle[1]) / away * 4.0 + 1.5)
        sheet.centred(styled(str(index + 1), Style(11)), *out, zone="body")
    sheet.rule(168.0, top + 4.0, 168.0, top + 22.0, thick=0.4)
    sheet.rule(168.0, top + 4.0, 166.0, top + 9.0, thick=0.4)
    sheet.rule(168.0, top + 4.0, 170.0, top + 9.0, thick=0.4)


@cache
def _ground(frame: Colour, paper: Colour) -> Image.Image:
    """Return the colour of the form, at half the resolution of the print: a wavy ground and a double frame."""
    half = 0.5
    ground = Image.new("RGB", (round(px(WIDTH_MM) * half), round(px(HEIGHT_MM) * half)), paper)
    draw = ImageDraw.Draw(ground)
    faint = tuple(round(p - (p - f) * 0.16) for p, f in zip(paper, frame, strict=True))
    for row in range(12, 286, 4):
        for phase in (0.0, math.pi):
            waves = [(x, row + 5.0 * math.sin(x / 9.0 + phase + row / 40)) for x in range(12, 199)]
            draw.line([(px(x) * half, px(y) * half) for x, y in waves], fill=faint, width=1)
    for inset, thick in ((10.0, 1.0), (12.2, 0.3), (13.4, 0.3)):
        sides = (inset, inset, WIDTH_MM - inset, HEIGHT_MM - inset)
        draw.rectangle([px(side) * half for side in sides], outline=frame, width=round(px(thick) * half))
    return ground
