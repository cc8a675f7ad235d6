"""Typefaces that can write Vietnamese, by how often official papers use the like. Reads font files; draws nothing."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))
"""Where Debian's packages put them: fonts-croscore, -texgyre, -freefont-ttf, -noto-core, -dejavu, -linuxlibertine,
-lmodern, -roboto, -open-sans, -crosextra-carlito, -sil-charis."""

_SPARE = ("FreeSerif.ttf", "DejaVuSans.ttf")
"""Typefaces with the signs that others lack: ☐ ☒ ☑ № ≤ ≥."""

_WORDS_KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One typeface in its styles; files by name, an absent style stands in for by the first."""

    name: str
    share: float
    """Weight among the families of its role, not normalised."""
    files: tuple[str, ...]
    """Upright, italic, bold, bold italic; or the upright alone."""
    held_out: bool = False
    """For validation only: never trained on."""

    def file(self, *, bold: bool, italic: bool) -> str:
        """Return the file name of a style."""
        return self.files[(2 * bold + italic) % len(self.files)]


def _four(name: str, share: float, pattern: str, styles: str, *, held_out: bool = False) -> Family:
    return Family(name=name, share=share, files=tuple(pattern.format(s) for s in styles.split(",")), held_out=held_out)


_DASHED = "Regular,Italic,Bold,BoldItalic"
_TEX = "regular,italic,bold,bolditalic"

FAMILIES = (
    _four("Tinos", 34, "Tinos-{}.ttf", _DASHED),
    _four("TeX Gyre Termes", 17, "texgyretermes-{}.otf", _TEX),
    _four("FreeSerif", 12, "FreeSerif{}.ttf", ",Italic,Bold,BoldItalic"),
    _four("Noto Serif", 3, "NotoSerif-{}.ttf", _DASHED),
    _four("TeX Gyre Pagella", 2, "texgyrepagella-{}.otf", _TEX),
    _four("TeX Gyre Schola", 2, "texgyreschola-{}.otf", _TEX),
    _four("TeX Gyre Bonum", 1, "texgyrebonum-{}.otf", _TEX),
    _four("Latin Modern Roman", 1.5, "lmroman10-{}.otf", _TEX),
    _four("Charis SIL", 1.5, "CharisSIL-{}.ttf", _DASHED),
    _four("Arimo", 7, "Arimo-{}.ttf", _DASHED),
    _four("TeX Gyre Heros", 2, "texgyreheros-{}.otf", _TEX),
    _four("FreeSans", 2, "FreeSans{}.ttf", ",Oblique,Bold,BoldOblique"),
    _four("Noto Sans", 1.5, "NotoSans-{}.ttf", _DASHED),
    _four("Carlito", 2.5, "Carlito-{}.ttf", _DASHED),
    _four("DejaVu Sans", 2, "DejaVuSans{}.ttf", ",-Oblique,-Bold,-BoldOblique"),
    _four("Roboto", 1.5, "Roboto-{}.ttf", _DASHED),
    _four("Roboto Condensed", 1, "RobotoCondensed-{}.ttf", _DASHED),
    _four("Cousine", 2, "Cousine-{}.ttf", _DASHED),
    _four("TeX Gyre Cursor", 2, "texgyrecursor-{}.otf", _TEX),
    _four("FreeMono", 1.5, "FreeMono{}.ttf", ",Oblique,Bold,BoldOblique"),
    _four("Latin Modern Mono", 1, "{}.otf", "lmmono10-regular,lmmono10-italic,lmmonolt10-bold,lmmonolt10-boldoblique"),
    _four("Linux Libertine", 4, "LinLibertine_{}.otf", "R,RI,RB,RBI", held_out=True),
    _four("DejaVu Serif", 2, "DejaVuSerif{}.ttf", ",-Italic,-Bold,-BoldItalic", held_out=True),
    _four("Open Sans", 2, "OpenSans-{}.ttf", _DASHED, held_out=True),
)


class Typefaces:
    """The families whose files are here, with what each can write."""

    def __init__(self, folders: Sequence[Path] = FOLDERS) -> None:
        """Look for the files below the folders.

        Raises:
            FileNotFoundError: not one family for training is here.
        """
        self._paths = _found(folders)
        self._runs: dict[tuple[str, str], list[tuple[str, str]]] = {}
        here = [family for family in FAMILIES if all(name in self._paths for name in family.files)]
        self.trained = tuple(family for family in here if not family.held_out)
        self.held_out = tuple(family for family in here if family.held_out)
        self.missing = tuple(family.name for family in FAMILIES if family not in here)
        if not self.trained:
            raise FileNotFoundError(f"no typefaces below {[str(folder) for folder in folders]}; see docs/training.md")

    def runs(self, text: str, file: str) -> list[tuple[str, str]]:
        """Split text into (file, run): what `file` cannot write goes to a typeface that can.

        Raises:
            ValueError: no typeface here can write a character.
        """
        if (text, file) in self._runs:
            return self._runs[text, file]
        runs: list[tuple[str, str]] = []
        for letter in text:
            name = next((n for n in (file, *_SPARE) if n in self._paths and ord(letter) in self._letters(n)), None)
            if name is None:
                raise ValueError(f"no typeface writes {letter!r}")
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + letter)
            else:
                runs.append((name, letter))
        if len(self._runs) >= _WORDS_KEPT:
            self._runs.clear()
        self._runs[text, file] = runs
        return runs

    def font(self, file: str, half_pixels: int) -> ImageFont.FreeTypeFont:
        """Return a typeface of so many half pixels per em."""
        return _font(str(self._paths[file]), half_pixels)

    def _letters(self, file: str) -> frozenset[int]:
        return _coverage(str(self._paths[file]))


def _found(folders: Iterable[Path]) -> Mapping[str, Path]:
    return {path.name: path for folder in folders for kind in ("*.ttf", "*.otf") for path in folder.rglob(kind)}


@functools.cache
def _coverage(path: str) -> frozenset[int]:
    try:
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except TTLibError:
        return frozenset()


@functools.lru_cache(maxsize=512)
def _font(path: str, half_pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, half_pixels / 2, layout_engine=ImageFont.Layout.BASIC)
