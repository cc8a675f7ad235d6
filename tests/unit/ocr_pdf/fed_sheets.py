"""Drawn sheets whose words' places are known, fed askew, and what an access copy of them shows."""

import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from ocr.lines import Box, Line, PageReading
from sohoa.wiring import typeface

DPI = 200
WIDTH, HEIGHT = 1654, 2339
PAPER = (250, 248, 243)
BLACK, RED, BLUE = (25, 22, 28), (205, 35, 45), (40, 60, 150)
TEXT = [
    "ỦY BAN NHÂN DÂN TỈNH VÍ DỤ",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015",
    "Xét đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 64/TTr-SNV",
    "Điều 1. Phê duyệt Kế hoạch số hóa hồ sơ, giấy tờ, kết quả giải quyết thủ tục hành chính",
    "(ii) 1.111.111 đồng; MMM WWW iii lll: khoẻ khoắn, quý giá",
]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A drawn page whose words' places are known."""

    image: Image.Image
    lines: tuple[Line, ...]
    words: tuple[tuple[str, Box], ...]
    """Word and the box of its ink."""


@cache
def grained() -> np.ndarray:
    grain = np.random.default_rng(7).normal(0, 2.5, (HEIGHT, WIDTH, 1))
    return np.clip(np.array(PAPER) + grain, 0, 255).astype(np.uint8)


def paper() -> Image.Image:
    return Image.fromarray(grained())


def printed(texts: list[str] = TEXT, ink: tuple[int, int, int] = BLACK, top: int = 300) -> Sheet:
    image = paper()
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(typeface()), 38)
    lines, words = [], []
    for row, text in enumerate(texts):
        x, y = 180.0, top + 110 * row
        boxes = []
        for word in text.split():
            box = draw.textbbox((x, y), word, font=font)
            draw.text((x, y), word, font=font, fill=ink)
            boxes.append(tuple(round(edge) for edge in box))
            x += draw.textlength(word + " ", font=font)
        words += list(zip(text.split(), boxes, strict=True))
        lines.append(Line(text=text, box=around(boxes), confidence=1.0))
    return Sheet(image=image, lines=tuple(lines), words=tuple(words))


def around(boxes: list[tuple[int, ...]]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def turned_point(x: float, y: float, degrees: float) -> tuple[float, float]:
    """Where a point lies when the page is turned clockwise about its middle."""
    turn = math.radians(degrees)
    across, down = x - WIDTH / 2, y - HEIGHT / 2
    return (
        WIDTH / 2 + across * math.cos(turn) - down * math.sin(turn),
        HEIGHT / 2 + across * math.sin(turn) + down * math.cos(turn),
    )


def scanned(
    sheet: Sheet, folder: Path, *, tilt: float = 0.0, rotation: int = 0, **how: object
) -> tuple[Path, PageReading]:
    """The sheet fed askew and lying on its side, and what a reader says of it."""
    image = sheet.image.rotate(-tilt, Image.Resampling.BICUBIC, fillcolor=PAPER)
    image = Image.fromarray(np.rot90(np.asarray(image), rotation // 90))
    path = folder / f"scan-{tilt}-{rotation}.jpg"
    image.save(path, dpi=(DPI, DPI), **({"quality": 92} | how))
    return path, reading_of(sheet, tilt=tilt, rotation=rotation)


def reading_of(sheet: Sheet, *, tilt: float = 0.0, rotation: int = 0) -> PageReading:
    lines = []
    for line in sheet.lines:
        left, top, right, bottom = line.box
        corners = [turned_point(x, y, tilt) for x in (left, right) for y in (top, bottom)]
        xs, ys = zip(*corners, strict=True)
        lines.append(replace(line, box=(round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys)))))
    return PageReading(
        page=1,
        width_px=WIDTH,
        height_px=HEIGHT,
        dpi=DPI,
        width_mm=WIDTH / DPI * 25.4,
        height_mm=HEIGHT / DPI * 25.4,
        rotation=rotation,
        skew_degrees=tilt,
        lines=tuple(lines),
    )


def shown(path: Path, page: int = 1) -> np.ndarray:
    with pypdfium2.PdfDocument(path) as document:
        # A hair less: pdfium rounds sizes up.
        return np.asarray(document[page - 1].render(scale=(DPI - 0.001) / 72).to_pil().convert("RGB"))


@dataclass(frozen=True, kw_only=True)
class Stored:
    coding: str
    bits: int
    space: str
    coded: bytes


def pictures(path: Path, page: int = 1) -> list[Stored]:
    with pikepdf.open(path) as pdf:
        return [
            Stored(
                coding=str(picture.Filter),
                bits=int(picture.BitsPerComponent),
                space=str(picture.get("/ColorSpace")),
                coded=picture.read_raw_bytes(),
            )
            for picture in pdf.pages[page - 1].Resources.XObject.values()
        ]


def ink_box(pixels: np.ndarray) -> tuple[int, int, int, int]:
    down, across = np.nonzero(pixels[..., 0] < 128)
    return int(across.min()), int(down.min()), int(across.max()), int(down.max())


def unlike(one: np.ndarray, two: np.ndarray) -> float:
    """Mean difference of two pictures of a page, looked at from arm's length."""
    size = WIDTH // 4, HEIGHT // 4
    near, far = (np.asarray(Image.fromarray(x).resize(size, Image.Resampling.BOX), dtype=float) for x in (one, two))
    return float(np.abs(near - far).mean())
