"""Ink of a strip -> the grey that a scanner's red channel would show: worn print, paper, copying, compression. Seeded.

Red seals leave only a pale trace in the red channel; blue ones and pens stay.
"""

import functools
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.lines import overprint

Rng = np.random.Generator
Ink8 = npt.NDArray[np.uint8]
Grey = npt.NDArray[np.uint8]
Real = npt.NDArray[np.float32]

_EDGE = 0.45
"""Where ink ends after the first blur; thin strokes reach little more than half of full ink then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How badly a strip fared; see draw()."""

    spread: float
    """Threshold shift of the ink, positive fattens: share of full ink."""
    uneven: float
    """How far the shift wanders over the strip."""
    blur_px: float
    ink: float
    """Grey of full ink, 0 to 255."""
    paper: float
    """Grey of bare paper, 0 to 255."""
    noise: float
    """Standard deviation of the scanner's noise, grey levels."""
    through: float
    """Ink of the other side that shows, share of full ink."""
    overprinted: bool
    bilevel: bool
    specks: float
    """Dots of dirt per square em."""
    shrink: float
    """Share of the resolution that survived an earlier copy; 1 for all of it."""
    quality: int | None
    """Of JPEG; None for no compression."""


def draw(rng: Rng, dpi: float, *, light_share: float = 0.4, fatter: float = 0.0) -> Wear:
    """Draw how a strip fared: a share hardly worn, a quarter bilevel, some copied twice; `fatter` adds to spreads."""
    light = rng.random() < light_share
    copied = not light and rng.random() < 0.25
    grey = not light and rng.random() < 0.3
    scale = dpi / 200
    spread = rng.normal(0.03, 0.05 if light else 0.12) + (0.06 if copied else 0.0)
    return Wear(
        spread=float(np.clip(spread, -0.14, 0.34)) + fatter,
        uneven=0.0 if light else float(rng.uniform(0, 0.11)),
        blur_px=float(scale * (rng.uniform(0.2, 0.7) if light else rng.uniform(0.3, 1.25))),
        ink=float(rng.uniform(0, 45) if light else rng.uniform(0, 70) if rng.random() < 0.75 else rng.uniform(60, 120)),
        paper=float(rng.uniform(185, 240) if grey else rng.uniform(238, 256)),
        noise=float(rng.uniform(0, 2.5) if light else rng.uniform(0.5, 11)),
        through=0.0 if light or rng.random() < 0.78 else float(rng.uniform(0.04, 0.3)),
        overprinted=not light and rng.random() < 0.25,
        bilevel=rng.random() < (0.22 if light else 0.32),
        specks=0.0 if light or rng.random() < 0.6 else float(rng.uniform(0.02, 0.5)),
        shrink=float(rng.uniform(0.5, 0.85)) if copied and scale > 0.7 else 1.0,
        quality=None if rng.random() < 0.3 else int(rng.integers(60, 96) if light else rng.integers(25, 92)),
    )


def worn(ink: Ink8, wear: Wear, rng: Rng, em_px: float) -> Grey:
    """Return the strip's grey, of the ink's size."""
    seen = _inked(ink, wear, rng, em_px)
    if wear.through:
        seen = np.maximum(seen, np.float32(wear.through) * _other_side(ink, rng, em_px))
    if wear.overprinted:
        seen = np.maximum(seen, overprint.marks(seen.shape, rng, em_px))
    if wear.shrink < 1:
        seen = _copied(seen, wear.shrink)
    grey = np.float32(wear.paper) - np.float32(wear.paper - wear.ink) * seen
    grey = _paper(grey, wear, rng, em_px)
    if wear.bilevel:
        return _bilevel(grey, wear, rng)
    flat = np.asarray(cv2.convertScaleAbs(np.clip(grey, 0, 255)), dtype=np.uint8)
    return flat if wear.quality is None else _compressed(flat, wear.quality)


def _inked(ink: Ink8, wear: Wear, rng: Rng, em_px: float) -> Real:
    """Blur, then restore an edge at another level: ink runs or breaks, differently here and there."""
    soft = cv2.GaussianBlur(ink, (0, 0), max(0.3, 0.022 * em_px)).astype(np.float32) / np.float32(255)
    level: Real | np.float32 = np.float32(_EDGE - wear.spread)
    if wear.uneven:
        level = level + np.float32(wear.uneven) * _cloud(ink.shape, rng, 0.18 * em_px)
    edged = np.clip((soft - level) * np.float32(3.0) + np.float32(0.5), 0, 1)
    return np.asarray(cv2.GaussianBlur(edged, (0, 0), wear.blur_px), dtype=np.float32)


def _cloud(shape: tuple[int, ...], rng: Rng, grain_px: float) -> Real:
    """Return noise of deviation about 1 whose grains are so large."""
    step = max(1.0, grain_px)
    small = rng.standard_normal((int(shape[0] / step) + 2, int(shape[1] / step) + 2), dtype=np.float32)
    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _other_side(ink: Ink8, rng: Rng, em_px: float) -> Real:
    turned = np.roll(ink[:, ::-1], (int(rng.normal(0, em_px)), int(rng.normal(0, 4 * em_px))), axis=(0, 1))
    return cv2.GaussianBlur(turned, (0, 0), 0.08 * em_px).astype(np.float32) / np.float32(255)


def _copied(seen: Real, shrink: float) -> Real:
    height, width = seen.shape
    small = cv2.resize(seen, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip((back - np.float32(0.5)) * np.float32(1.6) + np.float32(0.5), 0, 1)


def _paper(grey: Real, wear: Wear, rng: Rng, em_px: float) -> Real:
    if wear.paper < 240 and rng.random() < 0.5:
        grey = grey + np.float32(rng.uniform(2, 9)) * _cloud(grey.shape, rng, rng.uniform(2, 12) * em_px)
    if wear.noise:
        grey = grey + np.float32(wear.noise) * _grain(grey.shape, rng)
    if wear.specks:
        dirt = overprint.specks(grey.shape, rng, em_px, wear.specks)
        grey = np.minimum(grey, np.float32(255) * (1 - dirt))
    return grey


def _grain(shape: tuple[int, ...], rng: Rng) -> Real:
    """Return normal noise, cut somewhere out of a long piece: drawing it anew takes longer than all else."""
    size = shape[0] * shape[1]
    piece = _noise()
    if size >= piece.size:
        return rng.standard_normal(shape, dtype=np.float32)
    start = int(rng.integers(piece.size - size))
    return piece[start : start + size].reshape(shape)


@functools.cache
def _noise() -> Real:
    return np.random.default_rng(0).standard_normal(16_000_000, dtype=np.float32)


def _bilevel(grey: Real, wear: Wear, rng: Rng) -> Grey:
    at = wear.ink + (wear.paper - wear.ink) * float(rng.uniform(0.5, 0.74))
    return np.where(grey > np.float32(at), np.uint8(255), np.uint8(0))


def _compressed(grey: Grey, quality: int) -> Grey:
    done, encoded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
