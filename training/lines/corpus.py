"""Folder of texts -> paragraphs drawn by weight, names and places. Reads everything once; draws without end."""

import csv
import hashlib
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.reader.alphabet import ALPHABET, as_label

_WEIGHTS = {"01": 0.22, "02": 0.24, "03": 0.08, "04": 0.15, "05": 0.12, "06": 0.11, "07": 0.08}
"""By the first letters of a file's name: papers as offices write them first, encyclopaedia for words that law lacks."""
_HELD_OUT_ONE_IN = 12
_LETTERS = frozenset(ALPHABET)
_WORD = re.compile(r"\w+")
_SIGNS_RUN = re.compile(r"([^\w.…\s]|_)\1{2,}")
_RUN = 8
"""Words in a row that make a line somebody's own."""
_WORDS_A_LETTER = 400
_COMMON = 3e-4
"""Share of running text below which all letters count as equally rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of texts."""

    paragraphs: tuple[str, ...]
    weight: float


def has_run(text: str) -> bool:
    """Whether a sign other than a dot is repeated so often that nobody would count it, as in blanks to fill in."""
    return _SIGNS_RUN.search(text) is not None


class Excluded:
    """Lines that must not be learnt from: those of documents kept for judging."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take each line of eight or more words in the *.txt files below the folder; without a folder, none."""
        files = sorted(folder.rglob("*.txt")) if folder else []
        lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
        starts = (_words(line)[:_RUN] for line in lines)
        self._starts = frozenset(" ".join(start) for start in starts if len(start) == _RUN)

    def holds(self, text: str) -> bool:
        """Whether the first eight words of an excluded line stand together anywhere in the text, in any case."""
        if not self._starts:
            return False
        words = _words(text)
        return any(" ".join(words[at : at + _RUN]) in self._starts for at in range(len(words) - _RUN + 1))


class Corpus:
    """What lines are made of."""

    def __init__(self, folder: Path, excluded: Excluded, *, held_out: bool = False) -> None:
        """Read text/*.txt.xz, names.csv and places.csv; one paragraph in twelve is for lines that are held out."""
        self._excluded = excluded
        self.parts = _parts(folder / "text", held_out=held_out)
        self.names = _names(folder / "names.csv")
        self.places = _places(folder / "places.csv")
        self.words, self._rarity = _words_by_letter(self.parts)

    def paragraph(self, rng: np.random.Generator) -> str:
        """Return a paragraph whose letters all are in the alphabet, as a label."""
        weights = np.array([part.weight for part in self.parts])
        while True:
            part = self.parts[rng.choice(len(self.parts), p=weights / weights.sum())]
            text = as_label(part.paragraphs[rng.integers(len(part.paragraphs))])
            if text and not has_run(text) and not self._excluded.holds(text):
                return text

    def name(self, rng: np.random.Generator) -> str:
        """Return a person's name: family name first, as often as it occurs."""
        return f"{_draw(rng, self.names['family'])} {_draw(rng, self.names['given'])}"

    def place(self, rng: np.random.Generator) -> str:
        """Return the full name of an administrative unit."""
        return self.places[rng.integers(len(self.places))]

    def word(self, rng: np.random.Generator) -> str:
        """Return a word chosen for one of its letters, the more likely the rarer that is in running text."""
        choice = _draw(rng, self._rarity)
        words = self.words[choice]
        return words[rng.integers(len(words))]


def _parts(folder: Path, *, held_out: bool) -> tuple[Part, ...]:
    parts = []
    for file in sorted(folder.glob("*.txt.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            kept = tuple(line for line in map(str.strip, lines) if line and _is_held_out(line) is held_out)
        parts.append(Part(paragraphs=kept, weight=_WEIGHTS.get(file.name[:2], 0.05)))
    if not parts:
        raise FileNotFoundError(f"no texts in {folder}")
    return tuple(parts)


def _is_held_out(line: str) -> bool:
    return hashlib.blake2b(line.encode(), digest_size=2).digest()[0] % _HELD_OUT_ONE_IN == 0


def _names(file: Path) -> Mapping[str, tuple[tuple[str, ...], np.ndarray]]:
    by_part: dict[str, dict[str, int]] = {"family": {}, "given": {}}
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            kind = {"surname": "family", "middle+given": "given", "given_freq": "given"}.get(row["part"])
            if kind:
                by_part[kind][row["text"].strip()] = int(row["count"] or 1)
    return {
        kind: (tuple(found), np.cumsum(np.sqrt(np.array(list(found.values()), dtype=float))))
        for kind, found in by_part.items()
    }


def _draw(rng: np.random.Generator, choice: tuple[tuple[str, ...], np.ndarray]) -> str:
    texts, cumulated = choice
    return texts[int(np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right"))]


def _places(file: Path) -> tuple[str, ...]:
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(row["full_name"].strip() for row in csv.DictReader(rows))


def _words_by_letter(parts: Sequence[Part]) -> tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, ...], np.ndarray]]:
    """Return words that hold each letter, found ones, in other case too, or the sign alone; and what to choose by."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    counts: Counter[str] = Counter()
    for word, often in Counter(_some_words(parts)).items():
        for letter in word:
            counts[letter] += often
        for form in filter(_LETTERS.issuperset, (word, word.upper(), word.capitalize())):
            for letter in set(form):
                if len(found[letter]) < _WORDS_A_LETTER:
                    found[letter][form] = None
    words = {letter: tuple(found.get(letter, ())) or (letter,) for letter in ALPHABET if letter != " "}
    share = np.array([counts[letter] for letter in words]) / max(1, counts.total())
    return words, (tuple(words), np.cumsum((share + _COMMON) ** -0.7))


def _some_words(parts: Sequence[Part]) -> Iterable[str]:
    for part in parts:
        step = max(1, len(part.paragraphs) // 20_000)
        for paragraph in part.paragraphs[::step]:
            yield from (word for word in paragraph.split() if len(word) <= 14 and not has_run(word))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
