"""Pictures of pages with their truth, made from the sample box's sheets: versos, photographs, bad scans.

What `bench.pages` measures with; unit tests take single pictures. Every picture follows from its seed alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from sohoa.samplebox.degrade import PAPERS, scan_all
from sohoa.samplebox.pages import set_document
from sohoa.samplebox.seal import draw_seal, draw_signature
from sohoa.samplebox.varied import vary

Rgb = npt.NDArray[np.uint8]
Random = np.random.Generator

DPI = 150.0
"""Of versos; photographs and printed pages have 300."""
HEIGHT, WIDTH = 1754, 1240
_MM = DPI / 25.4
_TYPEFACE = "sohoa/typefaces/Tinos-Regular.ttf"
_PEN = (40, 52, 140)
_PENCIL = (128, 128, 132)


@cache
def printed(seed: int) -> Rgb:
    """Return a scanned page of print, 300 dpi."""
    random = np.random.default_rng([seed, 1])
    return np.asarray(scan_all(set_document(vary(seed, random)).sheets, random)[0])


def bare(random: Random) -> Rgb:
    """Return an empty sheet: paper that is not white, grain, uneven light."""
    paper = np.array(PAPERS[int(random.integers(len(PAPERS)))], dtype=np.float32) - float(random.uniform(0, 45))
    light = 1 - random.uniform(0.02, 0.12) * random.random((6, 5)).astype(np.float32)
    sheet = paper * cv2.resize(light, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)[..., None]
    return _grainy(sheet, random, random.uniform(1.5, 4.5))


def _grainy(sheet: npt.NDArray[np.float32], random: Random, spread: float) -> Rgb:
    tile = random.normal(0, spread, (512, 512)).astype(np.float32)
    noise = np.tile(tile, (sheet.shape[0] // 512 + 1, sheet.shape[1] // 512 + 1))[: sheet.shape[0], : sheet.shape[1]]
    return np.clip(sheet + noise[..., None], 0, 255).astype(np.uint8)


def _darken(sheet: Rgb, ink: npt.NDArray[np.float32]) -> Rgb:
    """Lay ink over a sheet: 1 leaves the paper, 0 is black; of one channel or three."""
    factor = ink if ink.ndim == 3 else ink[..., None]
    return np.clip(sheet * factor, 0, 255).astype(np.uint8)


def show_through(sheet: Rgb, random: Random, *, seed: int) -> Rgb:
    """Let the other side show: mirrored, soft, pale; its seal may have bled through in specks."""
    other = np.asarray(cv2.resize(printed(seed), (WIDTH, HEIGHT))).astype(np.float32)[:, ::-1] / 255
    soft = cv2.GaussianBlur(other, (0, 0), float(random.uniform(1.0, 2.5)))
    strength = float(random.uniform(0.04, 0.16))
    sheet = _darken(sheet, 1 - strength * (1 - np.clip(soft / 0.95, 0, 1)))
    if random.random() < 0.4:
        red = (other[..., 0] - other[..., 1:].max(axis=2)) > 0.2
        specks = cv2.GaussianBlur(random.random((HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1.0)
        bled = red & (specks > np.quantile(specks, random.uniform(0.75, 0.97)))
        ink = np.ones((HEIGHT, WIDTH, 3), dtype=np.float32)
        ink[bled] = (0.9, 0.45, 0.5)
        sheet = _darken(sheet, cv2.GaussianBlur(ink, (0, 0), 0.6))
    return sheet


def speckled(sheet: Rgb, random: Random) -> Rgb:
    """Add dust: specks of up to 0.8 mm."""
    out = sheet.copy()
    for _ in range(int(random.integers(10, 150))):
        at = int(random.integers(WIDTH)), int(random.integers(HEIGHT))
        level = int(random.integers(40, 190))
        cv2.circle(out, at, int(random.integers(1, round(0.4 * _MM))), (level, level, level), -1)
    return out


def punched(sheet: Rgb, random: Random) -> Rgb:
    """Add two or four punch holes along an edge, the lid dark or light behind them."""
    out, count = sheet.copy(), int(random.choice([2, 4]))
    level = int(random.integers(0, 120))
    edge = round(float(random.uniform(9, 14)) * _MM)
    x = edge if random.random() < 0.6 else WIDTH - edge
    for index in range(count):
        y = HEIGHT // 2 + round((index - (count - 1) / 2) * 80 * _MM)
        cv2.circle(out, (x + int(random.integers(-5, 6)), y), round(2.9 * _MM), (level,) * 3, -1, cv2.LINE_AA)
    return out


def stapled(sheet: Rgb, random: Random) -> Rgb:
    """Add the shadow of a staple, or its two holes, and a folded corner's shade."""
    out = sheet.astype(np.float32)
    x, y = (round(float(random.uniform(8, 25)) * _MM) for _ in range(2))
    shade = np.ones((HEIGHT, WIDTH), dtype=np.float32)
    angle = float(random.uniform(0, np.pi))
    end = round(x + 11 * _MM * np.cos(angle)), round(y + 11 * _MM * abs(np.sin(angle)))
    if random.random() < 0.6:
        cv2.line(shade, (x, y), end, float(random.uniform(0.45, 0.8)), round(0.5 * _MM), cv2.LINE_AA)
    for point in ((x, y), end):
        cv2.circle(shade, point, round(0.5 * _MM), 0.3, -1)
    fold = round(float(random.uniform(10, 35)) * _MM)
    cv2.line(shade, (0, fold), (fold, 0), float(random.uniform(0.75, 0.95)), round(0.8 * _MM))
    return _darken(out.astype(np.uint8), cv2.GaussianBlur(shade, (0, 0), 1.5))


def dark_edges(sheet: Rgb, random: Random) -> Rgb:
    """Add what the scanner shows beyond the sheet: black or grey strips along one to four edges, one may be slanted."""
    out = sheet.copy()
    level = int(random.integers(0, 110))
    for edge in random.permutation(4)[: int(random.integers(1, 5))]:
        wide, slant = round(float(random.uniform(1, 9)) * _MM), round(float(random.uniform(-4, 4)) * _MM)
        along = HEIGHT if edge % 2 else WIDTH
        strip = np.array([(0, 0), (along, 0), (along, max(0, wide + slant)), (0, wide)])
        if edge % 2:
            strip = strip[:, ::-1]
        if edge >= 2:
            strip = np.array([WIDTH, HEIGHT]) - strip
        cv2.fillPoly(out, [strip.astype(np.int32)], (level,) * 3)
    return out


BLANK: dict[str, Callable[[Rgb, Random], Rgb]] = {
    "bare": lambda sheet, _: sheet,
    "show-through": lambda sheet, random: show_through(sheet, random, seed=int(random.integers(900, 930))),
    "speckle": speckled,
    "punch holes": punched,
    "staple": stapled,
    "dark edges": dark_edges,
    "all of it": lambda sheet, random: dark_edges(
        punched(
            stapled(speckled(show_through(sheet, random, seed=int(random.integers(900, 930))), random), random), random
        ),
        random,
    ),
}
"""What is done to an empty sheet that stays blank."""


def _written(sheet: Rgb, text: str, at: tuple[int, int], points: float, ink: tuple[int, int, int]) -> Rgb:
    page = Image.fromarray(sheet)
    font = ImageFont.truetype(_TYPEFACE, round(points / 72 * DPI))
    ImageDraw.Draw(page).text(at, text, font=font, fill=ink)
    return cv2.GaussianBlur(np.asarray(page), (3, 3), 0.6)


def _stuck(sheet: Rgb, over: Image.Image, random: Random) -> Rgb:
    page = Image.fromarray(sheet)
    over = over.resize((round(over.width * DPI / 300), round(over.height * DPI / 300)))
    at = int(random.integers(150, WIDTH - 150 - over.width)), int(random.integers(150, HEIGHT - 150 - over.height))
    page.paste(over, at, over)
    return np.asarray(page)


def pencilled(sheet: Rgb, random: Random) -> Rgb:
    """Add a short note by pencil: thin grey strokes."""
    over = draw_signature(random).resize((480, 170))
    grey = Image.new("RGBA", over.size, (*_PENCIL, 0))
    grey.putalpha(over.getchannel("A").point(lambda value: int(value * 0.8)))
    return _stuck(sheet, grey, random)


PRINTED: dict[str, Callable[[Rgb, Random], Rgb]] = {
    "stamp": lambda sheet, random: _stuck(sheet, draw_seal("ỦY BAN NHÂN DÂN XÃ", "H. VÍ DỤ", random), random),
    "signature": lambda sheet, random: _stuck(sheet, draw_signature(random), random),
    "page number": lambda sheet, random: _written(
        sheet,
        str(int(random.integers(2, 99))),
        (WIDTH // 2, round(15 * _MM)),
        float(random.uniform(12, 14)),
        (25, 25, 30),
    ),
    "pencil": pencilled,
    "one line": lambda sheet, random: _written(
        sheet, "Đã đối chiếu bản chính", (200, int(random.integers(200, 1500))), 13, _PEN
    ),
}
"""What is put on a sheet that is nearly empty and not blank."""


def verso(kind: str, seed: int) -> Rgb:
    """Return a sheet of a kind named in BLANK or PRINTED; half of the latter bear holes, dust and show-through too."""
    random = np.random.default_rng([seed, *kind.encode()])
    sheet = bare(random)
    if kind in BLANK:
        return BLANK[kind](sheet, random)
    if random.random() < 0.5:
        sheet = punched(speckled(show_through(sheet, random, seed=int(random.integers(900, 930))), random), random)
    return PRINTED[kind](sheet, random)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photograph:
    """A photograph of a page."""

    pixels: Rgb
    corners: npt.NDArray[np.float64]
    """4 x 2, of the sheet: top left, top right, bottom right, bottom left of its print."""
    to_picture: npt.NDArray[np.float64]
    """3 x 3, from pixels of the flat page."""
    page: Rgb


def photograph(seed: int, *, page: Rgb | None = None) -> Photograph:
    """Return a photograph of a printed page on a table, taken at an angle, light from one side."""
    random = np.random.default_rng([seed, 7])
    page = printed(int(seed)) if page is None else page
    height, width = page.shape[:2]
    size = np.array([3000, 4000])
    spread = random.uniform(0.02, 0.13, (4, 2)) * size
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * size + spread * [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    matrix = cv2.getPerspectiveTransform(
        np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32), corners.astype(np.float32)
    )
    table = _table(size, random)
    sheet = cv2.warpPerspective(page, matrix, size.tolist(), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size.tolist())[..., None] / 255.0
    shadow = cv2.GaussianBlur(np.roll(mask[..., 0], (18, 14), (0, 1)), (0, 0), 20)[..., None]
    picture = sheet * mask + table * (1 - 0.5 * shadow) * (1 - mask)
    across = np.linspace(1, float(random.uniform(0.65, 0.95)), size[0])[None, :, None]
    down = np.linspace(1, float(random.uniform(0.75, 1.0)), size[1])[:, None, None]
    seen = cv2.GaussianBlur((picture * across * down).astype(np.float32), (0, 0), float(random.uniform(0.6, 1.2)))
    return Photograph(pixels=_grainy(seen, random, 3.0), corners=corners, to_picture=matrix, page=page)


def _table(size: npt.NDArray[np.int64], random: Random) -> npt.NDArray[np.float32]:
    """Return a table's top: wood with grain, a dark desk, or grey cloth."""
    colour = np.array(((120, 84, 52), (60, 58, 62), (128, 130, 126), (152, 112, 70))[int(random.integers(4))])
    grain = cv2.resize(random.normal(0, 16, (8, 300)).astype(np.float32), size.tolist(), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(colour + grain[..., None], 0, 255), dtype=np.float32)
