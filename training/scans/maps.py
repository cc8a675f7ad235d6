"""Pages -> the detector's own map beside the lines made from it, for a smaller finder to learn from.

A page becomes three files: NAME.png, the level grey page; NAME.map.png, the map at the detector's resolution, 0 to 255
for a probability of 0 to 1, padded to multiples of 32 as the network sees it; NAME.json, the quads in pixels of the
page, and the same cut at the rules of tables.
"""

import json
import logging
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ocr.errors import BadScan
from ocr.readers.cells import split_at_rules
from ocr.readers.ports import Grey, Quad
from ocr.readers.ppocr import PpocrFinder
from training.scans.pages import PRINT_DPI, PageName, drawn_grey, is_held_out, level_scan

log = logging.getLogger(__name__)

_QUICK = [cv2.IMWRITE_PNG_COMPRESSION, 1]


class _Remembering:
    """The detector's network, and the last map it gave."""

    def __init__(self, runner: Any) -> None:
        self._runner = runner
        self.map: npt.NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    def __call__(self, **inputs: Any) -> Any:
        answer = self._runner(**inputs)
        self.map = np.asarray(answer[0], dtype=np.float32)[0, 0]
        return answer


class MappingFinder:
    """The product's finder, which also gives its map. Not to be shared between threads."""

    def __init__(self) -> None:
        """Load the detector. Raises ReaderUnavailable."""
        self._finder = PpocrFinder()
        # PaddleX hands the map to nobody: its network is wrapped, so that one run gives both.
        predictor = self._finder._detector.paddlex_predictor
        self._memory = _Remembering(predictor.runner)
        predictor.runner = self._memory

    def find(self, grey: Grey) -> tuple[list[Quad], Grey]:
        """Return the lines as LineFinder.find, and the map: the network's height x width, 0 to 255."""
        quads = self._finder.find(grey)
        return quads, np.rint(self._memory.map.clip(0, 1) * 255).astype(np.uint8)


def store_scan(name: PageName, finder: MappingFinder, compass: Any, out: Path) -> None:
    """Write a scanned page's files; one that is blank or damaged gets an empty list of lines and no images."""
    try:
        level = level_scan(name, compass)
    except BadScan as error:
        log.warning("page left out", extra={"page": name.stem, "reason": str(error)})
        level = None
    if level is None:
        _write_facts(name, out, {"dpi": 0, "quads": [], "lines": []})
        return
    quads, found = finder.find(level.grey)
    facts = {"dpi": round(level.dpi, 1), "quads": quads, "lines": split_at_rules(quads, level.rules)}
    _store(name, level.grey, found, facts, out)


def store_print(name: PageName, finder: MappingFinder, out: Path) -> None:
    """Write a born-digital page's files."""
    grey = drawn_grey(name)
    quads, found = finder.find(grey)
    _store(name, grey, found, {"dpi": PRINT_DPI, "quads": quads, "lines": quads}, out)


def _store(name: PageName, grey: Grey, found: Grey, facts: dict[str, Any], out: Path) -> None:
    cv2.imwrite(str(out / f"{name.stem}.png"), grey, _QUICK)
    cv2.imwrite(str(out / f"{name.stem}.map.png"), found)
    _write_facts(name, out, {"height": grey.shape[0], "width": grey.shape[1], **facts})


def _write_facts(name: PageName, out: Path, facts: dict[str, Any]) -> None:
    """Written last and renamed: a page whose facts exist is complete."""
    known = {"file": name.path.name, "page": name.page, "held_out": is_held_out(name.path.name), **facts}
    unfinished = out / f"{name.stem}.json.tmp"
    unfinished.write_text(json.dumps(known), encoding="utf-8")
    unfinished.rename(out / f"{name.stem}.json")
