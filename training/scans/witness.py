"""Lines -> text with the Tesseract program: the third reader, asked where the first two differ."""

import subprocess
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ocr.readers.crops import bounding_box
from ocr.readers.ports import Grey, Quad

_ABOVE, _BESIDE = 0.05, 0.3
"""Of the line's height, taken from the page around it."""
_HEIGHT = 52


def witnessed(grey: Grey, quads: Sequence[Quad], *, language: str = "vie") -> list[str]:
    """Return one text a line, empty where nothing was read.

    Raises:
        OSError: there is no Tesseract.
    """
    if not quads:
        return []
    with tempfile.TemporaryDirectory(prefix="witness-") as folder:
        files = [Path(folder) / f"{index:03d}.png" for index in range(len(quads))]
        for file, quad in zip(files, quads, strict=True):
            cv2.imwrite(str(file), _cut(grey, quad))
        try:
            # One run for all lines of a page: the model is loaded once.
            return _read(files, language)
        except subprocess.CalledProcessError:
            # It dies of some odd pictures; which, only single runs tell.
            return [_read_alone(file, language) for file in files]


def _read(files: Sequence[Path], language: str) -> list[str]:
    listed = files[0].with_suffix(".txt")
    listed.write_text("".join(f"{file}\n" for file in files), encoding="utf-8")
    command = ["tesseract", str(listed), "stdout", "-l", language, "--psm", "7", "--dpi", "300"]
    done = subprocess.run(command, capture_output=True, check=True)
    # Pages end in form feeds.
    texts = unicodedata.normalize("NFC", done.stdout.decode()).split("\f")
    return [" ".join(text.split()) for text in texts[: len(files)]]


def _read_alone(file: Path, language: str) -> str:
    try:
        return _read([file], language)[0]
    except subprocess.CalledProcessError:
        return ""


def _cut(grey: Grey, quad: Quad) -> Grey:
    height, width = grey.shape
    left, top, right, bottom = bounding_box(quad, width, height)
    tall = bottom - top
    up, side = round(_ABOVE * tall), round(_BESIDE * tall)
    cut = grey[max(0, top - up) : bottom + up, max(0, left - side) : right + side]
    scale = _HEIGHT / cut.shape[0]
    size = max(1, round(cut.shape[1] * scale)), _HEIGHT
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cut, size, interpolation=how), dtype=np.uint8)
