"""What a reader made of pages, against what is printed: shares of wrong letters, numbers and lines, with intervals.

The definitions are the outside scorer's (SOHOA_TEST_SCORER), which is used instead of these where it is given.
"""

import importlib.util
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import edlib
import numpy as np
from rapidfuzz.distance import Levenshtein

FOLD = {
    **dict.fromkeys(map(ord, "“”„‟«»″"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛′`´"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    ord("…"): "...",
}
LEADER = re.compile(r"(?:[._·•]\s?){4,}|[._·•]{3,}")
NUM = re.compile(r"\d+(?:[./,:\-]\d+)*")
DRAWS = 2000
LEAST_TYPED = 25
"""Letters a line must have to be looked for in a typed text."""
ALIGNED = 0.15
"""Share of letters that may differ for the best reader, for a line to be in the typed text."""


class Rules(Protocol):
    """How texts are made comparable, and a printed line's cost; the outside scorer is one."""

    def norm(self, s: str) -> str:
        """Return the text with quotes, dashes, leaders and spaces folded."""
        ...

    def strip_dia(self, s: str) -> str:
        """Return the text without diacritics."""
        ...

    def line_cost(self, lines: Sequence[str], page: str) -> tuple[int, int, int]:
        """Return wrong letters, letters, and lines found as they are; order and other text do not count."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts of one page, added up by `total`."""

    wrong: int = 0
    letters: int = 0
    bare_wrong: int = 0
    """Without diacritics."""
    exact: int = 0
    lines: int = 0
    numbers_right: int = 0
    numbers: int = 0


def rules(scorer: Path | None) -> Rules:
    """Return the outside scorer's rules, or ours."""
    if scorer is None:
        return _Ours()
    spec = importlib.util.spec_from_file_location("scorer", scorer)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module  # type: ignore[no-any-return]


class _Ours:
    def norm(self, s: str) -> str:
        return " ".join(LEADER.sub(" ", unicodedata.normalize("NFC", s).translate(FOLD)).split())

    def strip_dia(self, s: str) -> str:
        letters = unicodedata.normalize("NFD", s).replace("đ", "d").replace("Đ", "D")
        return "".join(letter for letter in letters if not unicodedata.combining(letter))

    def line_cost(self, lines: Sequence[str], page: str) -> tuple[int, int, int]:
        costs = [min(infix(line, page), len(line)) for line in lines]
        return sum(costs), sum(map(len, lines)), costs.count(0)


def infix(short: str, long: str) -> int:
    """Return the fewest edits that make the short text a part of the long one."""
    if not long:
        return len(short)
    return int(edlib.align(short, long, mode="HW", task="distance")["editDistance"]) if short else 0


def of_page(lines: Sequence[str], texts: Sequence[str], how: Rules) -> Score:
    """Score a page's readings, in reading order, by its printed lines."""
    known = [line for line in map(how.norm, lines) if line]
    page = how.norm("\n".join(texts))
    wrong, letters, exact = how.line_cost(known, page)
    bare, _, _ = how.line_cost([how.strip_dia(line) for line in known], how.strip_dia(page))
    right, numbers = _numbers(" ".join(known), page)
    return Score(
        wrong=wrong,
        letters=letters,
        bare_wrong=bare,
        exact=exact,
        lines=len(known),
        numbers_right=right,
        numbers=numbers,
    )


def of_lines(lines: Sequence[str], texts: Sequence[str], how: Rules) -> Score:
    """Score readings line by line: of each box it is known what it holds."""
    pairs = [(how.norm(line), how.norm(text)) for line, text in zip(lines, texts, strict=True)]
    costs = [min(Levenshtein.distance(*pair), len(pair[0])) for pair in pairs]
    bare = [min(Levenshtein.distance(how.strip_dia(a), how.strip_dia(b)), len(a)) for a, b in pairs]
    numbers = [_numbers(*pair) for pair in pairs]
    return Score(
        wrong=sum(costs),
        letters=sum(len(line) for line, _ in pairs),
        bare_wrong=sum(bare),
        exact=costs.count(0),
        lines=len(pairs),
        numbers_right=sum(right for right, _ in numbers),
        numbers=sum(all_ for _, all_ in numbers),
    )


def of_typed(typed: str, readings: Mapping[str, Sequence[str]], how: Rules) -> dict[str, Score]:
    """Score the lines that one reader at least finds in the text a paper was typed as: how much of each is not in it.

    What a reader leaves out at a line's ends is not seen; all are judged by the same lines.
    """
    text, bare = how.norm(typed.replace("\n", " ")), how.strip_dia(how.norm(typed.replace("\n", " ")))
    rows = [[how.norm(line) for line in row] for row in zip(*readings.values(), strict=True)]
    scores = {name: Score() for name in readings}
    for row in rows:
        longest = max(map(len, row))
        if longest < LEAST_TYPED:
            continue
        costs = [infix(line, text) for line in row]
        if min(cost / max(1, len(line)) for cost, line in zip(costs, row, strict=True)) > ALIGNED:
            continue
        for name, line, cost in zip(readings, row, costs, strict=True):
            short = max(0, longest - len(line) - 2)
            one = Score(
                wrong=min(cost + short, longest),
                letters=longest,
                bare_wrong=min(infix(how.strip_dia(line), bare) + short, longest),
                exact=int(cost == 0),
                lines=1,
            )
            scores[name] = total([scores[name], one])
    return scores


def total(scores: Sequence[Score]) -> Score:
    """Return the sums."""
    return Score(**{name: sum(getattr(score, name) for score in scores) for name in Score.__slots__})


def interval(ours: Sequence[Score], others: Sequence[Score]) -> tuple[float, float]:
    """Return the 95 % interval of the difference in wrong letters, percent, by drawing pages anew; seeded."""
    counts = np.array([(a.wrong, a.letters, b.wrong, b.letters) for a, b in zip(ours, others, strict=True)], float)
    drawn = counts[np.random.default_rng(0).integers(len(counts), size=(DRAWS, len(counts)))].sum(axis=1)
    share = 100 * (drawn[:, 0] / np.maximum(drawn[:, 1], 1) - drawn[:, 2] / np.maximum(drawn[:, 3], 1))
    low, high = np.percentile(share, (2.5, 97.5))
    return float(low), float(high)


def _numbers(line: str, page: str) -> tuple[int, int]:
    known, seen = Counter(NUM.findall(line)), Counter(NUM.findall(page))
    return sum((known & seen).values()), sum(known.values())
