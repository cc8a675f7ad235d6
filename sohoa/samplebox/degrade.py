"""A clean page -> a page as a scanner gives it: skewed, softened, on paper that is not white, under uneven light."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from sohoa.samplebox.layout import HEIGHT_MM, WIDTH_MM, Sheet, px
from sohoa.samplebox.seal import draw_seal, draw_signature

PAPERS = ((252, 251, 248), (249, 247, 240), (247, 244, 233), (250, 250, 250), (244, 243, 240))
TONER = (22, 22, 26)
"""Print is never quite black."""
_MIDDLE = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How badly a page is treated."""

    skew_degrees: float
    blur_px: float
    noise: float
    """Standard deviation, of 255."""
    paper: tuple[int, int, int]
    light: float
    """How much darker the worst corner is, 0 to 1."""


def any_wear(random: np.random.Generator, paper: tuple[int, int, int]) -> Wear:
    """Return the treatment of one page: within a degree, blur of half a pixel, a few grey levels of noise."""
    return Wear(
        skew_degrees=float(random.uniform(-1.0, 1.0)),
        blur_px=float(random.uniform(0.35, 0.6)),
        noise=float(random.uniform(1.2, 2.8)),
        paper=paper,
        light=float(random.uniform(0.02, 0.09)),
    )


def scan_all(sheets: Sequence[Sheet], random: np.random.Generator) -> list[Image.Image]:
    """Return the pages of one document: the same paper, each laid on the glass anew."""
    paper = PAPERS[int(random.integers(len(PAPERS)))]
    return [scan(sheet, any_wear(random, paper), random) for sheet in sheets]


def scan(sheet: Sheet, wear: Wear, random: np.random.Generator) -> Image.Image:
    """Return the page as scanned, RGB, 300 dpi."""
    # The print is turned and softened while it is still grey: a third of the work.
    page = _coloured(_turned(sheet.ink, wear, fill=255), wear.paper)
    if sheet.tint is not None:
        # Scaled only then: a tint has no fine detail, and is set small.
        tint = _turned(sheet.tint, wear, fill=wear.paper).resize(page.size, Image.Resampling.BILINEAR)
        page = ImageChops.multiply(page, tint)
    for mark in sheet.marks:
        over = draw_seal(mark.words[0], mark.words[1], random) if mark.kind == "seal" else draw_signature(random)
        _stamp(page, _turned(over, wear, fill=None), _moved(mark.x, mark.y, wear.skew_degrees))
    page = ImageChops.multiply(page, _light(page.size, wear.light, random))
    return ImageChops.add(page, _noise(page.size, wear.noise, random), 1, -_MIDDLE)


def _turned(image: Image.Image, wear: Wear, fill: int | tuple[int, int, int] | None) -> Image.Image:
    turned = image.rotate(wear.skew_degrees, Image.Resampling.BILINEAR, fillcolor=fill)
    # Three taps are enough for a spread below a pixel, and three times as fast as the general blur.
    side = math.exp(-0.5 / wear.blur_px**2)
    taps = (side, 1.0, side)
    return turned.filter(ImageFilter.Kernel((3, 3), [a * b for a in taps for b in taps]))


def _moved(x: float, y: float, degrees: float) -> tuple[int, int]:
    """Return where a place of the sheet, in millimetres, lies in pixels once the sheet is turned."""
    angle, dx, dy = math.radians(degrees), px(x - WIDTH_MM / 2), px(y - HEIGHT_MM / 2)
    return (
        round(px(WIDTH_MM / 2) + dx * math.cos(angle) + dy * math.sin(angle)),
        round(px(HEIGHT_MM / 2) - dx * math.sin(angle) + dy * math.cos(angle)),
    )


def _stamp(page: Image.Image, over: Image.Image, centre: tuple[int, int]) -> None:
    """Lay ink over the page: print stays dark under it, as it does under real ink."""
    x, y = centre[0] - over.width // 2, centre[1] - over.height // 2
    box = (x, y, x + over.width, y + over.height)
    white = Image.new("RGB", over.size, (255, 255, 255))
    white.paste(over, mask=over)
    page.paste(ImageChops.multiply(page.crop(box), white), box)


def _coloured(ink: Image.Image, paper: tuple[int, int, int]) -> Image.Image:
    bands = [
        ink.point([round(dark + (light - dark) * value / 255) for value in range(256)])
        for dark, light in zip(TONER, paper, strict=True)
    ]
    return Image.merge("RGB", bands)


def _light(size: tuple[int, int], strength: float, random: np.random.Generator) -> Image.Image:
    """Return a soft map of brightness, and the shadow along the edge that the lid leaves."""
    grid = 1.0 - strength * random.random((6, 5))
    grid[:, 0 if random.random() < 0.5 else -1] -= strength * 0.6
    coarse = Image.fromarray(np.clip(grid * 255, 0, 255).astype(np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def _noise(size: tuple[int, int], deviation: float, random: np.random.Generator) -> Image.Image:
    """Return noise round the middle grey, from one tile laid so that its repeats do not line up."""
    grain = np.clip(np.rint(random.normal(_MIDDLE, deviation, (613, 797, 3))), 0, 255).astype(np.uint8)
    tile, noise = Image.fromarray(grain), Image.new("RGB", size)
    for y in range(0, size[1], tile.height):
        for x in range(-int(random.integers(tile.width)), size[0], tile.width):
            noise.paste(tile, (x, y))
    return noise
