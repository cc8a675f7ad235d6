"""Stored pages and readings -> shards of labelled lines.

A shard is what a fixed run of pages gave, so that it can be made as soon as those are read, and made again.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocr.readers.arbiter import plain
from ocr.readers.crops import bounding_box, strip
from ocr.readers.ink import ink_of
from ocr.readers.ports import Grey, Quad
from ocr.readers.word_pairs import WordPairs, folded_words
from training.reader.alphabet import as_label
from training.scans.agreement import Verdict, form_is_known, judged, needs_witness
from training.scans.dashes import with_dashes
from training.scans.pages import is_held_out
from training.scans.readings import stored_grey
from training.scans.stops import stop_fits
from training.shards import Ink8, Label

SOURCE = "scan"
PAGES_A_SHARD = 60
"""About 1,500 to 2,500 lines."""
_LETTERS_ASKED = 12
"""Shorter lines that look right are not worth a witness."""
LEAST_WORDS_EXCLUDED = 8
_SQUEEZED = 1600
"""Ink this wide may have been squeezed to fit."""
_FORMULAS = frozenset({"cộng hòa xã hội chủ nghĩa việt nam"})
"""Printed on every document. Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I, Mục II.1."""
_THREE_DOTS = re.compile(r"(?<!\.)\.{3}(?!\.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A line of a stored page, and what was read there; texts spelt as labels are."""

    index: int
    """Among the lines of its page, from 0."""
    quad: Quad
    one: str
    """The better reader's; empty where it was not asked."""
    two: str
    """The quick reader's."""
    witness: str | None

    def needs_witness(self, pairs: WordPairs) -> bool:
        """Whether a third reading may make a label of this line."""
        if self.one:
            return needs_witness(self.one, self.two, pairs)
        return sum(map(str.isalpha, self.two)) >= _LETTERS_ASKED and form_is_known(self.two)

    def verdict(self, pairs: WordPairs) -> Verdict | None:
        """Return what the readings agree on or settle; a line read once must be read alike by the witness."""
        if self.one:
            return judged(self.one, self.two, self.witness, pairs)
        alike = self.witness is not None and plain(self.witness) == plain(self.two)
        return judged(self.two, self.two, None, pairs) if alike else None


def read_lines(folder: Path, stem: str) -> Iterator[ReadLine]:
    """Yield the lines of a page that can be spelt as labels, with whatever the witness said of them."""
    said = folder / f"{stem}.witness.json"
    witness: dict[str, str] = json.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    with (folder / f"{stem}.lines.jsonl").open(encoding="utf-8") as rows:
        for index, row in enumerate(map(json.loads, rows)):
            line = _read_line(index, row, witness.get(str(index)))
            if line is not None:
                yield line


def _read_line(index: int, row: dict[str, Any], witness: str | None) -> ReadLine | None:
    # What looked right was not read by the better reader.
    texts = row.get("aster", ""), row["trueocr"]
    # Three dots may be one sign or three; more are leaders.
    if any(map(_THREE_DOTS.search, texts)):
        return None
    one, two = (as_label(text) for text in texts)
    if one is None or not two or (not one and "aster" in row):
        return None
    a, b, c, d = ((x, y) for x, y in row["quad"])
    known = as_label(witness) if witness else None
    return ReadLine(index=index, quad=(a, b, c, d), one=one, two=two, witness=known)


def labelled(line: ReadLine, grey: Grey, pairs: WordPairs) -> Verdict | None:
    """Return the label of a line, its dashes as they are printed; None: not to be learnt."""
    verdict = line.verdict(pairs)
    if verdict is None or not form_is_known(verdict.text):
        return None
    alone = strip(grey, line.quad)
    text = with_dashes(verdict.text, alone)
    return None if text is None or not stop_fits(text, alone) else Verdict(text=text, kind=verdict.kind)


class Labeller:
    """Makes the lines of shards and counts what became of each line."""

    def __init__(self, pages: Path, pairs: WordPairs, excluded: frozenset[str]) -> None:
        """`pages` is the folder of stored scans; `excluded` lines are as excluded_lines gives them."""
        self._pages = pages
        self._pairs = pairs
        self._excluded = excluded
        self.counts: Counter[str] = Counter()

    def lines(self, stems: Sequence[str]) -> Iterator[tuple[Ink8, Label]]:
        """Yield the labelled lines of pages."""
        for stem in stems:
            facts = json.loads((self._pages / f"{stem}.json").read_text(encoding="utf-8"))
            if not facts["lines"]:
                continue
            grey = stored_grey(self._pages, stem)
            self.counts["pages"] += 1
            self.counts["lines"] += len(facts["lines"])
            for line in read_lines(self._pages, stem):
                made = self._line(line, grey, held_out=is_held_out(facts["file"]))
                if made is not None:
                    yield made

    def _line(self, line: ReadLine, grey: Grey, *, held_out: bool) -> tuple[Ink8, Label] | None:
        verdict = labelled(line, grey, self._pairs)
        if verdict is None:
            return None
        if folded_line(verdict.text) in self._excluded:
            self.counts["excluded"] += 1
            return None
        ink = ink_of(grey, bounding_box(line.quad, grey.shape[1], grey.shape[0]))
        if ink.shape[1] >= _SQUEEZED:
            self.counts["too wide"] += 1
            return None
        self.counts[verdict.kind] += 1
        label = Label(text=verdict.text, source=SOURCE, kind=verdict.kind, held_out=held_out)
        return np.rint(ink * 255).astype(np.uint8), label


def folded_line(text: str) -> str:
    """Return a line as it is compared with excluded ones: its words, folded."""
    return " ".join(folded_words(text))


def excluded_lines(folder: Path | None) -> frozenset[str]:
    """Return the lines of eight or more words in the *.gt.txt files below a folder, but for fixed formulas."""
    if folder is None:
        return frozenset()
    lines = (
        folded_line(line) for file in folder.rglob("*.gt.txt") for line in file.read_text(encoding="utf-8").splitlines()
    )
    return frozenset(line for line in lines if len(line.split()) >= LEAST_WORDS_EXCLUDED) - _FORMULAS
