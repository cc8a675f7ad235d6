"""What lies over print: seals, pens, watermarks, dirt; as shares of full ink in the red channel. Seeded."""

import cv2
import numpy as np
import numpy.typing as npt

Rng = np.random.Generator
Real = npt.NDArray[np.float32]

_FULL = (255,)


def marks(shape: tuple[int, ...], rng: Rng, em_px: float) -> Real:
    """Return a seal's rings and letters, a watermark, or strokes of a pen, somewhere over the strip; red seals pale."""
    seen = np.zeros(shape[:2], dtype=np.uint8)
    roll = rng.random()
    if roll < 0.55:
        _seal(seen, rng, em_px)
        strength = rng.uniform(0.04, 0.28) if rng.random() < 0.7 else rng.uniform(0.3, 0.85)
    elif roll < 0.7:
        _watermark(seen, rng, em_px)
        strength = rng.uniform(0.06, 0.25)
    else:
        for _ in range(int(rng.integers(1, 4))):
            _stroke(seen, rng, em_px)
        strength = rng.uniform(0.4, 0.95)
    soft = cv2.GaussianBlur(seen, (0, 0), 0.03 * em_px + 0.3).astype(np.float32) * np.float32(strength / 255)
    return np.asarray(soft, dtype=np.float32)


def specks(shape: tuple[int, ...], rng: Rng, em_px: float, density: float) -> Real:
    """Return dots of dirt, so many a square em on average; they come in swarms."""
    seen = np.zeros(shape[:2], dtype=np.uint8)
    area = shape[0] * shape[1] / em_px**2
    count = int(rng.poisson(density * area))
    middle = rng.random(2) * shape[:2]
    for at in range(min(count, 600)):
        place = rng.random(2) * shape[:2] if at % 2 else middle + rng.normal(0, 2.5 * em_px, 2)
        radius = int(rng.exponential(0.025 * em_px))
        cv2.circle(seen, (int(place[1]), int(place[0])), radius, (int(rng.integers(90, 256)),), -1)
    return seen.astype(np.float32) / np.float32(255)


def _seal(seen: npt.NDArray[np.uint8], rng: Rng, em_px: float) -> None:
    height, width = seen.shape
    middle = (int(rng.random() * width), int(rng.uniform(-0.3, 1.3) * height))
    radius = rng.uniform(3.2, 4.4) * em_px
    for share, thick in ((1.0, 0.14), (0.9, 0.05), (0.55, 0.05)):
        cv2.circle(seen, middle, int(radius * share), _FULL, max(1, round(thick * em_px)), cv2.LINE_AA)
    size = em_px / 34
    for angle in np.arange(0, 2 * np.pi, 0.23):
        letter = chr(int(rng.integers(65, 91)))
        place = (int(middle[0] + 0.72 * radius * np.cos(angle)), int(middle[1] + 0.72 * radius * np.sin(angle)))
        cv2.putText(
            seen, letter, place, cv2.FONT_HERSHEY_SIMPLEX, size, _FULL, max(1, round(0.06 * em_px)), cv2.LINE_AA
        )
    points = [
        (middle[0] + radius * share * np.sin(turn), middle[1] - radius * share * np.cos(turn))
        for share, turn in ((0.3 if at % 2 == 0 else 0.12, at * np.pi / 5) for at in range(10))
    ]
    cv2.fillPoly(seen, [np.array(points, dtype=np.int32)], _FULL)
    if rng.random() < 0.7:
        seen[:] = np.where(rng.random(seen.shape) < rng.uniform(0.05, 0.5), 0, seen)


def _watermark(seen: npt.NDArray[np.uint8], rng: Rng, em_px: float) -> None:
    """Large letters across the page, rising."""
    height, width = seen.shape
    word = "".join(chr(int(code)) for code in rng.integers(97, 123, 11)).capitalize()
    size = rng.uniform(2.0, 4.0) * em_px
    level = np.zeros((int(1.6 * size), int(8 * size)), dtype=np.uint8)
    cv2.putText(level, word, (0, int(1.2 * size)), cv2.FONT_HERSHEY_DUPLEX, size / 22, _FULL, max(2, int(size / 7)))
    turn = cv2.getRotationMatrix2D((4 * size, 0.8 * size), rng.uniform(0, 40), 1.0)
    turn[0, 2] += rng.uniform(-3 * size, width - 5 * size)
    turn[1, 2] += rng.uniform(-0.5, 0.5) * size + height / 2 - 0.8 * size
    np.maximum(seen, cv2.warpAffine(level, turn, (width, height)), out=seen)


def _stroke(seen: npt.NDArray[np.uint8], rng: Rng, em_px: float) -> None:
    """A signature's line: a walk that turns smoothly."""
    height, width = seen.shape
    count = 60
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(np.cumsum(rng.normal(0, 0.10, count)))
    steps = em_px * rng.uniform(0.12, 0.4) * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    walk = np.cumsum(steps, axis=0) + rng.random(2) * (width, height)
    cv2.polylines(
        seen, [walk.astype(np.int32)], False, _FULL, max(1, round(rng.uniform(0.04, 0.13) * em_px)), cv2.LINE_AA
    )
