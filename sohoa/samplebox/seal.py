"""Red round seals and blue pen signatures, drawn. Made up, and not like any state emblem."""

import math
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from sohoa.samplebox.layout import Style, font, px

SEAL_MM = 36.0
SEAL_INK = (206, 24, 38)
PEN_INK = (28, 44, 150)
_FINER = 2
"""Drawn so much larger, then made smaller."""


@cache
def _seal_shape(top: str, bottom: str) -> Image.Image:
    """Return the seal's shape, white on black, twice its size."""
    size = round(px(SEAL_MM)) * _FINER
    shape = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(shape)
    centre = size / 2
    for radius, thick in ((0.98, 0.022), (0.93, 0.008), (0.61, 0.012)):
        r = centre * radius
        draw.ellipse((centre - r, centre - r, centre + r, centre + r), outline=255, width=max(1, round(centre * thick)))
    _around(shape, top, centre * 0.775, middle=-90.0, room=212.0)
    _around(shape, bottom, centre * 0.775, middle=90.0, room=80.0, inward=True)
    for angle in (148.0, 32.0):
        x, y = _on_circle(centre, centre * 0.775, angle)
        draw.polygon(_star(x, y, centre * 0.06), fill=255)
    draw.polygon(_star(centre, centre * 0.93, centre * 0.36), fill=255)
    word = font(Style(8.5 * _FINER, bold=True))
    draw.text((centre, centre * 1.44), "MẪU", fill=255, font=word, anchor="mm")
    return shape


def _on_circle(centre: float, radius: float, degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return centre + radius * math.cos(angle), centre + radius * math.sin(angle)


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * 0.4
        angle = math.radians(36 * index - 90)
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return points


def _around(shape: Image.Image, text: str, radius: float, *, middle: float, room: float, inward: bool = False) -> None:
    """Write the text along a circle, centred at `middle` degrees, within `room` degrees."""
    face = font(Style(9.4 * _FINER, bold=True))
    widths = [face.getlength(letter) for letter in text]
    degrees = [math.degrees(width / radius) for width in widths]
    stretch = min(1.12, room / sum(degrees))
    turn = -1.0 if inward else 1.0
    at = middle - turn * sum(degrees) * stretch / 2
    side = round(face.size * 2)
    for letter, degree in zip(text, degrees, strict=True):
        at += turn * degree * stretch / 2
        stamp = Image.new("L", (side, side), 0)
        squeezed = stretch < 0.97
        ImageDraw.Draw(stamp).text((side / 2, side / 2 + face.size * 0.33), letter, fill=255, font=face, anchor="ms")
        if squeezed:
            narrow = stamp.resize((max(1, round(side * stretch)), side))
            stamp = Image.new("L", (side, side), 0)
            stamp.paste(narrow, ((side - narrow.width) // 2, 0))
        stamp = stamp.rotate(-(at + 90) if not inward else -(at - 90), Image.Resampling.BICUBIC)
        x, y = _on_circle(shape.width / 2, radius, at)
        _lighten(shape, stamp, round(x - side / 2), round(y - side / 2))
        at += turn * degree * stretch / 2


def _lighten(shape: Image.Image, stamp: Image.Image, x: int, y: int) -> None:
    box = (x, y, x + stamp.width, y + stamp.height)
    shape.paste(ImageChops.lighter(shape.crop(box), stamp), box)


def draw_seal(top: str, bottom: str, random: np.random.Generator) -> Image.Image:
    """Return one impression of the seal, RGBA: turned a little, the ink uneven and in places missing."""
    shape = _seal_shape(top, bottom).rotate(float(random.uniform(-9, 9)), Image.Resampling.BICUBIC)
    side = round(px(SEAL_MM))
    shape = shape.resize((side, side), Image.Resampling.LANCZOS)
    coarse = Image.fromarray(random.integers(196, 256, (7, 7), dtype=np.uint8)).resize(
        shape.size, Image.Resampling.BICUBIC
    )
    fine = Image.fromarray(random.integers(184, 256, (side // 3, side // 3), dtype=np.uint8)).resize(shape.size)
    alpha = ImageChops.multiply(ImageChops.multiply(shape, coarse), fine).point(lambda v: min(236, int(v * 1.2)))
    inked = Image.new("RGBA", shape.size, (*SEAL_INK, 0))
    inked.putalpha(alpha)
    return inked


def draw_signature(random: np.random.Generator) -> Image.Image:
    """Return one signature in blue pen, RGBA: a few loops and a long last stroke."""
    width, height = round(px(52)) * _FINER, round(px(24)) * _FINER
    canvas = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(canvas)
    for stroke in _strokes(random):
        path = _smooth(stroke)
        speed = np.linalg.norm(np.diff(path, axis=0), axis=1)
        press = np.interp(speed, [speed.min(), speed.max() + 1e-9], [1.25, 0.65])
        for (x, y), weight in zip(path[1:], np.convolve(press, np.ones(9) / 9, mode="same"), strict=True):
            radius = px(0.34) * _FINER * float(weight) * 0.5 + 1.0
            cx, cy = float(x) * width, float(y) * height
            draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=255)
    alpha = canvas.resize((width // _FINER, height // _FINER), Image.Resampling.LANCZOS).point(lambda v: int(v * 0.86))
    inked = Image.new("RGBA", alpha.size, (*PEN_INK, 0))
    inked.putalpha(alpha)
    return inked


def _strokes(random: np.random.Generator) -> list[np.ndarray]:
    """Return the strokes' points, 0 to 1 across and down: a tall capital, smaller loops that shrink, a stroke below."""
    lean = float(random.uniform(0.02, 0.07))
    high = float(random.uniform(0.04, 0.12))
    capitals = (
        [[0.16, 0.62], [0.2 + lean, high], [0.28 + lean, high + 0.1], [0.17, 0.74], [0.24, 0.8]],
        [[0.1, 0.3], [0.2 + lean, high], [0.2, 0.8], [0.13, 0.6], [0.3, 0.45]],
        [[0.3, high + 0.1], [0.16, high + 0.05], [0.12, 0.6], [0.22, 0.78], [0.31, 0.5]],
        [[0.12, 0.8], [0.16 + lean, high], [0.2 + lean, 0.75], [0.25 + lean, high + 0.12], [0.28, 0.78]],
    )
    capital = capitals[int(random.integers(len(capitals)))]
    loops, x = [], 0.3
    for index in range(int(random.integers(2, 5))):
        tall = float(random.uniform(0.2, 0.42)) * (1.0 - 0.15 * index)
        step = float(random.uniform(0.07, 0.11))
        loops += [[x + step * 0.9, 0.66 - tall], [x + step * 0.5, 0.64 - tall * 0.8], [x + step * 0.7, 0.7]]
        x += step
    tail = [[x + 0.1, 0.5], [x + 0.22, 0.56], [0.97, float(random.uniform(0.4, 0.52))]]
    below = [[0.08, 0.9], [0.4, float(random.uniform(0.78, 0.86))], [0.78, float(random.uniform(0.7, 0.8))]]
    strokes = [capital + loops + tail] + ([below] if random.random() < 0.7 else [])
    return [np.array(stroke) + random.normal(0, 0.012, (len(stroke), 2)) for stroke in strokes]


def _smooth(points: np.ndarray, steps: int = 180) -> np.ndarray:
    """Return a Catmull-Rom curve through the points."""
    padded = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(
            0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
        )
    return np.vstack(parts)
