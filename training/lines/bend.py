"""Skew and curl left after straightening: moves a strip's pixels, and says where points went. Seeded."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Rng = np.random.Generator
Ink8 = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """A turn about the top left, after a wave across the strip."""

    slope: float
    """Rise per pixel across, downwards."""
    wave_px: float
    """Amplitude; 0 for a flat sheet."""
    wave_length_px: float
    phase: float

    @classmethod
    def draw(cls, rng: Rng, em_px: float) -> "Bend":
        """Draw one: most strips are nearly level, some were fed askew or lay in a binding."""
        slope = float(np.deg2rad(rng.normal(0, 0.15 if rng.random() < 0.7 else 0.5)))
        wave = float(rng.uniform(0.03, 0.2)) * em_px if rng.random() < 0.15 else 0.0
        return cls(
            slope=slope,
            wave_px=wave,
            wave_length_px=float(rng.uniform(15, 60)) * em_px,
            phase=float(rng.uniform(0, 2 * np.pi)),
        )

    def apply(self, ink: Ink8) -> Ink8:
        """Return the strip bent, in the same frame; outside of it is paper."""
        height, width = ink.shape
        if abs(self.slope) * width < 0.7 and not self.wave_px:
            return ink
        if not self.wave_px:
            turn = np.array([[1.0, 0.0, 0.0], [self.slope, 1.0, 0.0]])
            return np.asarray(cv2.warpAffine(ink, turn, (width, height), flags=cv2.INTER_LINEAR), dtype=np.uint8)
        across = np.arange(width, dtype=np.float32)
        rows = np.arange(height, dtype=np.float32)[:, None] - self._down(across).astype(np.float32)[None, :]
        columns = np.broadcast_to(across[None, :], rows.shape)
        return np.asarray(cv2.remap(ink, np.ascontiguousarray(columns), rows, cv2.INTER_LINEAR), dtype=np.uint8)

    def moved(self, points: Points) -> Points:
        """Return where points (N x 2, across and down) went."""
        return np.stack([points[:, 0], points[:, 1] + self._down(points[:, 0])], axis=1)

    def _down(self, across: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        flat = self.slope * across
        if not self.wave_px:
            return np.asarray(flat)
        return np.asarray(flat + self.wave_px * np.sin(across * (2 * np.pi / self.wave_length_px) + self.phase))
