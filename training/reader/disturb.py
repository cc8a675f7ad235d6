"""Cheap disturbance of ink on its way to the trainer: a little of what line finders and scanners do, each time anew."""

import cv2
import numpy as np
import numpy.typing as npt

Ink = npt.NDArray[np.float32]

_SHIFT_ROWS = 2.5
_SCALE_ROWS = 0.10
_SCALE_COLUMNS = 0.10
_SHEAR = 0.12


def disturbed(ink: npt.NDArray[np.uint8], rng: np.random.Generator) -> Ink:
    """Return the ink, 0 to 1, moved, stretched, blurred, faded and soiled by chance; as many rows, other columns."""
    line = np.asarray(ink, dtype=np.float32) / 255.0
    if rng.random() < 0.8:
        line = _bent(line, rng)
    if rng.random() < 0.15:
        line = np.asarray(cv2.GaussianBlur(line, (0, 0), rng.uniform(0.4, 0.9)), dtype=np.float32)
    if rng.random() < 0.5:
        line = line * rng.uniform(0.6, 1.3) + rng.uniform(-0.05, 0.08)
    if rng.random() < 0.3:
        line = line + rng.normal(0, rng.uniform(0.01, 0.07), line.shape).astype(np.float32)
    if rng.random() < 0.15:
        line = _barred(line, rng)
    return np.asarray(np.clip(line, 0, 1), dtype=np.float32)


def _bent(line: Ink, rng: np.random.Generator) -> Ink:
    rows, columns = line.shape
    across, down = 1 + rng.uniform(-_SCALE_COLUMNS, _SCALE_COLUMNS), 1 + rng.uniform(-_SCALE_ROWS, _SCALE_ROWS)
    lean = rng.uniform(-_SHEAR, _SHEAR) if rng.random() < 0.3 else 0.0
    middle = rows / 2
    move = np.array(
        [[across, lean, -lean * middle], [0, down, middle * (1 - down) + rng.uniform(-_SHIFT_ROWS, _SHIFT_ROWS)]]
    )
    size = max(8, round(columns * across)), rows
    return np.asarray(cv2.warpAffine(line, move, size, flags=cv2.INTER_LINEAR), dtype=np.float32)


def _barred(line: Ink, rng: np.random.Generator) -> Ink:
    """A narrow piece lost, or an inked stroke of a stamp across."""
    columns = line.shape[1]
    width = int(rng.integers(2, 7))
    at = int(rng.integers(0, max(1, columns - width)))
    barred = line.copy()
    if rng.random() < 0.5:
        barred[:, at : at + width] = rng.uniform(0, 0.1)
    else:
        barred[:, at : at + width] = np.maximum(barred[:, at : at + width], rng.uniform(0.15, 0.5))
    return barred
