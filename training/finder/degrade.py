"""A piece of a page as scanners, copiers and clerks leave it: seeded by the generator it is given."""

import math

import cv2
import numpy as np

from ocr.readers.ports import Grey
from training.finder.pages import Piece, Quads

_TURN_DEGREES = 1.2


def degraded(piece: Piece, random: np.random.Generator) -> Piece:
    """Return the piece turned a little and spoilt; its lines stay known."""
    if random.random() < 0.25:
        piece = _turned(piece, float(random.normal(0, _TURN_DEGREES / 2)))
    grey = piece.grey
    if random.random() < 0.12:
        grey = _ruled(grey, piece.quads, random)
    if random.random() < 0.10:
        grey = _stamped(grey, random)
    if random.random() < 0.06:
        grey = _inverted(grey, piece.quads, random)
    return Piece(grey=_copied(grey, random), core=piece.core, quads=piece.quads)


def _turned(piece: Piece, degrees: float) -> Piece:
    height, width = piece.grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    grey = cv2.warpAffine(piece.grey, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))
    small = turn.copy()
    # The same turn about the same point in pixels a quarter of the size, whose centres lie half a pixel in.
    small[:, 2] = (turn[:, 2] + turn[:, :2] @ (1.5, 1.5) - 1.5) / 4
    core = cv2.warpAffine(piece.core, small, piece.core.shape[::-1], flags=cv2.INTER_LINEAR)
    quads = piece.quads @ turn[:, :2].T + turn[:, 2]
    return Piece(grey=np.asarray(grey, np.uint8), core=np.asarray(core, np.float32), quads=quads.astype(np.float32))


def _ruled(grey: Grey, quads: Quads, random: np.random.Generator) -> Grey:
    """Draw the rules of a table between lines of print, and some upright ones anywhere that no letter is cut."""
    out = grey.copy()
    height, width = grey.shape
    ink, thick = int(random.integers(0, 120)), int(random.integers(1, 3))
    for quad in quads[random.random(len(quads)) < 0.6]:
        y = int(quad[3][1]) + int(random.integers(-1, 3))
        start = int(random.integers(0, max(1, int(min(max(quad[0][0], 1), width)))))
        cv2.line(out, (start, y), (width - int(random.integers(0, 40)), y), (ink,), thick)
    light = np.flatnonzero((grey < 140).mean(axis=0) < 0.01)
    if len(light):
        for x in random.choice(light, size=min(4, len(light)), replace=False):
            cv2.line(out, (int(x), 0), (int(x), height), (ink,), thick)
    return out


def _stamped(grey: Grey, random: np.random.Generator) -> Grey:
    """Draw the rings of a seal and the stroke of a pen across what is printed."""
    height, width = grey.shape
    marks = np.full_like(grey, 255)
    centre = int(random.integers(0, width)), int(random.integers(0, height))
    radius, ink = int(random.integers(40, 110)), int(random.integers(0, 160))
    cv2.circle(marks, centre, radius, (ink,), int(random.integers(2, 5)), cv2.LINE_AA)
    cv2.circle(marks, centre, int(radius * 0.66), (ink,), 1, cv2.LINE_AA)
    at = np.array(centre) + np.cumsum(random.normal(0, 28, size=(14, 2)), axis=0)
    cv2.polylines(marks, [at.astype(np.int32)], False, (ink // 2,), int(random.integers(1, 4)), cv2.LINE_AA)
    return np.asarray(np.minimum(grey, marks), dtype=np.uint8)


def _inverted(grey: Grey, quads: Quads, random: np.random.Generator) -> Grey:
    """Print one line in negative, or the whole piece."""
    if not len(quads) or random.random() < 0.2:
        return np.asarray(255 - grey, dtype=np.uint8)
    out = grey.copy()
    quad = quads[int(random.integers(len(quads)))]
    left, top = np.maximum(0, quad.min(axis=0).astype(int))
    right, bottom = quad.max(axis=0).astype(int)
    out[top:bottom, left:right] = 255 - out[top:bottom, left:right]
    return out


def _copied(grey: Grey, random: np.random.Generator) -> Grey:
    """Soften, spread or thin the ink, change the light, add noise, specks, JPEG, one bit: each now and then."""
    if random.random() < 0.25:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), float(random.uniform(0.4, 1.3))), np.uint8)
    if random.random() < 0.12:
        work = cv2.erode if random.random() < 0.6 else cv2.dilate
        grey = np.asarray(work(grey, np.ones((2, 2), np.uint8)), np.uint8)
    if random.random() < 0.5:
        paper, ink = random.uniform(170, 255), random.uniform(0, 110)
        table = ink + (paper - ink) * (np.arange(256) / 255.0) ** random.uniform(0.6, 1.6)
        grey = np.asarray(cv2.LUT(grey, np.clip(table, 0, 255).astype(np.uint8)), np.uint8)
    if random.random() < 0.3:
        noise = random.normal(0, random.uniform(2, 14), size=grey.shape)
        grey = np.clip(grey + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.1:
        specks = random.random(grey.shape) < random.uniform(0.0005, 0.004)
        grey = np.where(specks, np.uint8(random.integers(0, 100)), grey)
    if random.random() < 0.2:
        quality = int(random.integers(15, 70))
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
        grey = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    if random.random() < 0.15:
        low, high = np.percentile(grey, (1, 60))
        limit = low + (high - low) * random.uniform(0.35, 0.8)
        grey = np.where(grey > limit, np.uint8(255), np.uint8(0))
    return grey


def random_scale(random: np.random.Generator) -> float:
    """Return a scale for piece_of: most near what the finder works at, some far off."""
    if random.random() < 0.15:
        return float(math.exp(random.uniform(math.log(0.5), math.log(2.0))))
    return float(math.exp(random.uniform(math.log(0.62), math.log(1.12))))
