"""How far text reaches in a TrueType file. Does not know where typefaces lie."""

from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont


@lru_cache(maxsize=8)
def _advances(path: Path) -> dict[str, float]:
    with TTFont(path, lazy=True) as font:
        scale = 1000 / font["head"].unitsPerEm
        measures = font["hmtx"].metrics
        return {chr(code): measures[name][0] * scale for code, name in font.getBestCmap().items()}


def text_width(text: str, *, typeface: Path, size: float) -> float:
    """Return how far `text` (NFC) reaches at `size` points, in points. A letter it lacks counts as one em."""
    advances = _advances(typeface)
    return sum(advances.get(letter, 1000.0) for letter in text) * size / 1000


def missing_letters(text: str, *, typeface: Path) -> str:
    """Return the characters of `text` that the typeface cannot draw, each once, sorted."""
    return "".join(sorted(set(text) - _advances(typeface).keys()))
