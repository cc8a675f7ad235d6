"""Finders and readers by name, and the modes made of them: `fast`, `standard`, or any FINDER/READER.

An engine is imported when it is made: whoever only checks a name loads none.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocr.errors import ReaderUnavailable
from ocr.lines import ReadBy
from ocr.readers.models import ASTER, LINE_DETECTOR, LINE_FINDER, READER, TRUEOCR, Model
from ocr.readers.ports import LineFinder, LineReader

MODES: Mapping[str, str] = {"fast": "sohoa/sohoa", "standard": "ppocr/sohoa+trueocr+aster"}
"""The modes with a name of their own: `fast` for previews and triage, `standard` for records. Only these have a third
reader, which is of other descent and reads once more what a pen may have written: ocr/readers/penned.py."""
AND = "+"
"""Between the better reader and the one that it must agree with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What stands behind a name."""

    module: str
    kind: str
    """The class in it, made without arguments."""
    weights: Model

    def make(self) -> Any:
        """Return a new one, its weights loaded.

        Raises:
            ReaderUnavailable: a model is missing or altered, or the engine is not in this release.
            AlphabetIncomplete: a reader cannot write Vietnamese.
        """
        try:
            module = importlib.import_module(self.module)
        except ImportError as error:
            raise ReaderUnavailable(self.module, str(error)) from error
        return getattr(module, self.kind)()


FINDERS: Mapping[str, Engine] = {
    "ppocr": Engine(module="ocr.readers.ppocr", kind="PpocrFinder", weights=LINE_DETECTOR),
    "sohoa": Engine(module="ocr.readers.finder", kind="SohoaFinder", weights=LINE_FINDER),
}
READERS: Mapping[str, Engine] = {
    "aster": Engine(module="ocr.readers.aster", kind="AsterReader", weights=ASTER),
    "sohoa": Engine(module="ocr.readers.own", kind="SohoaReader", weights=READER),
    "trueocr": Engine(module="ocr.readers.trueocr", kind="TrueocrReader", weights=TRUEOCR),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A finder and a reader, or two that must agree, or these and a witness of what a pen may have written; by name."""

    finder: str
    readers: tuple[str, ...]

    @property
    def read_by(self) -> ReadBy:
        """What a reading says of who made it."""
        weights = {f"finder {self.finder}": FINDERS[self.finder].weights.sha256}
        weights |= {f"reader {name}": READERS[name].weights.sha256 for name in self.readers}
        return ReadBy(finder=self.finder, reader=AND.join(self.readers), weights=weights)


def chosen(mode: str) -> Choice:
    """Return what a mode stands for.

    Raises:
        ValueError: no such mode; says what there is.
    """
    finder, _, reader = MODES.get(mode, mode).partition("/")
    readers = tuple(reader.split(AND))
    known = finder in FINDERS and all(name in READERS for name in readers)
    if not known or (len(readers) > 2 and mode not in MODES) or len(set(readers)) < len(readers):
        raise ValueError(f"mode {mode!r} is none of {all_modes()}")
    return Choice(finder=finder, readers=readers)


def is_mode(mode: str) -> bool:
    """Whether `chosen` knows the mode."""
    try:
        chosen(mode)
    except ValueError:
        return False
    return True


def all_modes() -> str:
    """Return in one line what a mode may be, for messages."""
    return f"{', '.join(MODES)}, FINDER/READER, FINDER/READER+READER ({', '.join(FINDERS)} / {', '.join(READERS)})"


def make_finder(name: str) -> LineFinder:
    """Return a new finder. Raises: see Engine.make."""
    finder: LineFinder = FINDERS[name].make()
    return finder


def make_reader(name: str) -> LineReader:
    """Return a new reader. Raises: see Engine.make."""
    reader: LineReader = READERS[name].make()
    return reader
