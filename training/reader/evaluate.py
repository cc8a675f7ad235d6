"""How well a reader reads the held-out lines of each source.

    python -m training.reader.evaluate --shards FOLDER --onnx reader.onnx [--letters meta.json] [--lines 2000]

The ONNX file has the inputs `x`, `widths` and the outputs `ids`, `conf`, `lengths` of ocr.readers.own; `--letters`
names the classes of a reader that does not write training.reader.alphabet, such as trueocr's own.
"""

import argparse
import json
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from rapidfuzz.distance import Levenshtein

from ocr.readers.decoding import decode
from ocr.readers.ink import TALL
from ocr.readers.own import likeliest
from ocr.readers.word_pairs import word_pairs
from training.reader.alphabet import ALPHABET
from training.reader.shelf import Shelf, by_width
from training.shards import ShardLine

_COLUMNS = 20_000
_TAIL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Readings of lines against their labels, per cent."""

    lines: int
    letters: int
    cer: float
    """Edits a letter of the labels."""
    cer_plain: float
    """The same without diacritics."""
    exact: float
    """Lines right in every letter."""


def held_out(folder: Path, most: int) -> list[ShardLine]:
    """Return the held-out lines, of each source at most so many: spread over what there is, always the same ones."""
    lines = [line for line in Shelf(folder).look() if line.label.held_out]
    chosen: list[ShardLine] = []
    for source in sorted({line.label.source for line in lines}):
        of_source = [line for line in lines if line.label.source == source]
        chosen += of_source[:: max(1, len(of_source) // most)][:most]
    return chosen


def greedy(ids: npt.NDArray[np.int64], letters: Sequence[str] = ALPHABET) -> str:
    """Return the text of the likeliest class at each step."""
    text = "".join(letters[index - 1] for index, _ in groupby(ids.tolist()) if index)
    return " ".join(unicodedata.normalize("NFC", text).split())


def plain(text: str) -> str:
    """Return the text without diacritics; đ is d."""
    marked = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def score(pairs: Sequence[tuple[str, str]]) -> Score:
    """Return the score of (label, reading) pairs."""
    letters = max(1, sum(len(label) for label, _ in pairs))
    edits = sum(Levenshtein.distance(label, text) for label, text in pairs)
    edits_plain = sum(Levenshtein.distance(plain(label), plain(text)) for label, text in pairs)
    exact = sum(label == text for label, text in pairs)
    return Score(
        lines=len(pairs),
        letters=letters,
        cer=100 * edits / letters,
        cer_plain=100 * edits_plain / letters,
        exact=100 * exact / max(1, len(pairs)),
    )


Spell = Callable[[Mapping[str, npt.NDArray[Any]]], str]
"""Outputs of the network for the steps of one line -> its text."""


def readings(
    lines: Sequence[ShardLine], model: Path, outputs: Sequence[str], spell: Spell
) -> tuple[list[tuple[ShardLine, str]], float]:
    """Return what an ONNX reader makes of each line, in no order, and the CPU seconds it took on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    pairs: list[tuple[ShardLine, str]] = []
    begun = time.process_time()
    for group in by_width(lines, _COLUMNS):
        columns = -(-group[-1].width // 8) * 8 + _TAIL
        ink = np.zeros((len(group), 1, TALL, columns), dtype=np.float32)
        for row, line in zip(ink, group, strict=True):
            row[0, :, : line.width] = line.ink() / np.float32(255)
        widths = np.array([line.width for line in group], dtype=np.int64)
        found = session.run([*outputs, "lengths"], {"x": ink, "widths": widths})
        for index, (line, steps) in enumerate(zip(group, found[-1], strict=True)):
            seen = {name: values[index][:steps] for name, values in zip(outputs, found, strict=False)}
            pairs.append((line, spell(seen)))
    return pairs, time.process_time() - begun


def main() -> None:
    """Print a table, one row a source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--letters", type=Path, help="JSON with `charset`")
    parser.add_argument("--language", action="store_true", help="language chooses where the network is not sure")
    parser.add_argument("--lines", type=int, default=2000, help="of each source at most")
    arguments = parser.parse_args()
    letters = json.loads(arguments.letters.read_text(encoding="utf-8"))["charset"] if arguments.letters else ALPHABET
    lines = held_out(arguments.shards, arguments.lines)
    if arguments.language:
        words = word_pairs()
        outputs, spell = ["logits"], lambda seen: decode(likeliest(seen["logits"]), tuple(letters), words).text
    else:
        outputs, spell = ["ids"], lambda seen: greedy(seen["ids"], letters)
    pairs, seconds = readings(lines, arguments.onnx, outputs, spell)
    print(f"{len(lines)} lines, {len(lines) / seconds:.0f} a second")  # noqa: T201
    print(f"{'source':10} {'lines':>6} {'letters':>8} {'CER':>7} {'plain':>7} {'exact':>7}")  # noqa: T201
    for source in [*sorted({line.label.source for line in lines}), ""]:
        found = score([(line.label.text, text) for line, text in pairs if source in ("", line.label.source)])
        name, figures = source or "all", (found.cer, found.cer_plain, found.exact)
        print(f"{name:10} {found.lines:6} {found.letters:8} " + " ".join(f"{figure:6.2f}%" for figure in figures))  # noqa: T201


if __name__ == "__main__":
    main()
