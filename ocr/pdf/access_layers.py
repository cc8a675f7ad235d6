"""A straightened page -> its ink as masks of one colour each, and what is left as a soft picture of the paper.

Ink is told from paper by how much darker it is than the paper around, and by its colour: black, red or blue. What is
doubtful stays in the background: pale marks, the other side showing through, photographs.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.lines import Box
from ocr.pdf.access_photos import find_photos

Rgb = npt.NDArray[np.uint8]
Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

WHITE = 255
_PAPER = 230.0
"""What paper is brought to, of 255, before ink is sought on it."""
_GROUND_SHARE = 8
"""The paper's own light is looked at in cells of so many pixels."""
_STROKE_MM = 6.0
"""Dark areas wider than this are no ink but something printed or stuck on: ground to themselves."""
_AROUND_MM = 2.5
"""How far the darkest ink around decides how dark ink must be here."""
_STRONG = 150
"""Ink must have a pixel as dark as this nearby."""
_PALEST = 185
_DARKEST = 120
"""Within these a pixel half-way between the ink around and the paper is where a stroke ends."""
_SPECK = 5
"""Least number of ink pixels in a square of 5 x 5: less is dust, or the grain of the paper."""
_BLACK_LIGHT = 105
"""Brightest channel of ink that is black whatever its tint, as print in a seal is."""
_TINTED = 26
_STRONGLY_TINTED = 60
_HALO = 5
"""Pixels around ink that are neither ink nor paper."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ink:
    """All that one ink left on the page."""

    colour: tuple[int, int, int]
    """RGB."""
    mask: Mask
    """Height x width of the page; True where there is ink."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layers:
    """A page in layers (lớp ảnh): the background, photographs on it, and inks over both, in the order of painting."""

    width: int
    height: int
    """Of the page, in pixels."""
    background: Rgb
    """Height x width x 3, of lower resolution; what ink covered is filled in from around."""
    photos: tuple[tuple[Box, Rgb], ...]
    """Place on the page in its pixels, and the pixels there."""
    inks: tuple[Ink, ...]


def part(pixels: Rgb, dpi: float, *, background_dpi: float) -> Layers:
    """Return the layers of an upright, level page."""
    darkness = _Darkness(pixels, dpi)
    photos = find_photos(darkness.flat, dpi)
    ink = darkness.ink(dpi)
    for left, top, right, bottom in photos:
        ink[top:bottom, left:right] = False
    height, width = ink.shape
    return Layers(
        width=width,
        height=height,
        background=_background(pixels, ink, min(1.0, background_dpi / dpi)),
        photos=tuple((box, pixels[box[1] : box[3], box[0] : box[2]]) for box in photos),
        inks=_by_colour(pixels, darkness, ink),
    )


class _Darkness:
    """The page as if its paper were evenly lit."""

    def __init__(self, pixels: Rgb, dpi: float) -> None:
        ground = _ground(pixels, dpi)
        self.even = np.asarray(cv2.divide(pixels, ground, scale=_PAPER), dtype=np.uint8)
        """RGB; paper is `_PAPER`."""
        first, second, third = cv2.split(self.even)
        self.flat: Grey = np.asarray(cv2.min(cv2.min(first, second), third), dtype=np.uint8)
        """The darkest channel: the one in which coloured ink is darkest too."""

    def ink(self, dpi: float) -> Mask:
        """Return where there is ink."""
        share = max(1, round(dpi / 75))
        darkest = _least_in_cells(self.flat, share)
        near = _dilated(darkest, round(_AROUND_MM / 25.4 * dpi / share), least=True)
        edge = np.clip((near.astype(np.uint16) + int(_PAPER)) // 2, _DARKEST, _PALEST).astype(np.uint8)
        edge[_dilated(darkest, 3, least=True) >= _STRONG] = 0
        size = self.flat.shape[1], self.flat.shape[0]
        limit = cv2.resize(edge, size, interpolation=cv2.INTER_NEAREST)
        found = cv2.compare(self.flat, limit, cv2.CMP_LT)
        around = cv2.boxFilter(found, cv2.CV_16U, (5, 5), normalize=False, borderType=cv2.BORDER_CONSTANT)
        return np.asarray((found > 0) & (around >= _SPECK * WHITE), dtype=np.bool_)


def _ground(pixels: Rgb, dpi: float) -> Rgb:
    height, width = pixels.shape[:2]
    size = max(1, width // _GROUND_SHARE), max(1, height // _GROUND_SHARE)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    reach = max(3, round(_STROKE_MM / 25.4 * dpi / _GROUND_SHARE) | 1)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    smooth = cv2.blur(cv2.medianBlur(closed, 5), (reach, reach))
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _least_in_cells(grey: Grey, share: int) -> Grey:
    height, width = grey.shape
    lower = np.pad(grey, ((0, -height % share), (0, -width % share)), constant_values=WHITE)
    rows = lower.reshape(lower.shape[0] // share, share, lower.shape[1]).min(axis=1)
    cells: Grey = rows.reshape(rows.shape[0], rows.shape[1] // share, share).min(axis=2)
    return cells


def _dilated(grey: Grey, reach: int, *, least: bool) -> Grey:
    kernel = np.ones((2 * (reach // 2) + 1,) * 2, np.uint8)
    return np.asarray(cv2.erode(grey, kernel) if least else cv2.dilate(grey, kernel), dtype=np.uint8)


def _by_colour(pixels: Rgb, darkness: _Darkness, ink: Mask) -> tuple[Ink, ...]:
    """Return red, blue and black ink, in this order: print lies over seals."""
    seen = ink.astype(np.uint8)
    # Scanners keep colour at half the resolution of light: a pixel's tint is that of the ink around it.
    red, green, blue = (_mean_of_ink(np.asarray(channel, dtype=np.uint8), seen) for channel in cv2.split(darkness.even))
    brightest = cv2.max(cv2.max(darkness.even[..., 0], darkness.even[..., 1]), darkness.even[..., 2])
    redness = cv2.subtract(red, cv2.max(green, blue))
    blueness = cv2.subtract(blue, red)
    dark = brightest < _BLACK_LIGHT
    # Print in a seal lies in red ink, which tints it: dark ink is never red, and blue only if it is very blue.
    is_red = ink & ~dark & (redness > _TINTED)
    is_blue = ink & (blueness > np.where(dark, np.uint8(_STRONGLY_TINTED), np.uint8(_TINTED))) & ~is_red
    masks = (is_red, is_blue, ink & ~is_red & ~is_blue)
    return tuple(Ink(colour=_colour_of(pixels, mask), mask=mask) for mask in masks if mask.any())


def _mean_of_ink(channel: Grey, ink: Grey) -> Grey:
    inside = cv2.multiply(channel, ink)
    total = cv2.boxFilter(inside, cv2.CV_16U, (5, 5), normalize=False)
    count = cv2.boxFilter(ink, cv2.CV_16U, (5, 5), normalize=False)
    return np.asarray(cv2.divide(total, np.maximum(count, 1)).astype(np.uint8))


def _colour_of(pixels: Rgb, mask: Mask) -> tuple[int, int, int]:
    core = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    values = pixels[core if core.any() else mask]
    red, green, blue = (int(value) for value in np.median(values, axis=0))
    return red, green, blue


def _background(pixels: Rgb, ink: Mask, scale: float) -> Rgb:
    """Return the page without its ink, smaller; where ink was, what is around it."""
    height, width = ink.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    paper = 1 - _dilated(ink.astype(np.uint8), _HALO, least=False)
    seen = cv2.resize(cv2.multiply(pixels, cv2.merge([paper] * 3)), size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(paper * np.uint8(WHITE), size, interpolation=cv2.INTER_AREA)
    filled = _filled(seen.astype(np.float32), np.asarray(weight / np.float32(WHITE), dtype=np.float32))
    return np.asarray(np.clip(np.rint(filled), 0, WHITE), dtype=np.uint8)


def _filled(total: npt.NDArray[np.float32], weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return total / weight; where weight is nothing, a mean over an ever wider neighbourhood."""
    height, width = weight.shape
    if min(height, width) > 1 and not (weight > 0).all():
        half = (width + 1) // 2, (height + 1) // 2
        wider = _filled(
            np.asarray(cv2.resize(total, half, interpolation=cv2.INTER_AREA), dtype=np.float32),
            np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA), dtype=np.float32),
        )
        around = np.asarray(cv2.resize(wider, (width, height), interpolation=cv2.INTER_LINEAR))
    else:
        around = np.full_like(total, WHITE)
    share = np.minimum(1.0, weight * 4)[..., np.newaxis]
    own = total / np.maximum(weight, 1e-3)[..., np.newaxis]
    return np.asarray(own * share + around * (1 - share), dtype=np.float32)
