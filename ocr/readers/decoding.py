"""What a network saw at each step of a line -> the line's text, with Vietnamese official language as second opinion.

Words of which the network is sure are taken as they are. For the others its next best guesses are spelt out, and
language chooses among them: tone marks, which a blurred scan hardly shows, mostly follow from the words beside them.
Numbers are never settled: language does not know them.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ocr.readers.ports import Reading
from ocr.readers.word_pairs import BEGIN, END, WordPairs

SURE = 0.99
"""A word none of whose letters is less sure than this is not questioned."""
LANGUAGE_WEIGHT = 0.35
"""How much a log likelihood of the language counts beside one of the network."""
GUESSES = 6
"""Spellings of one word that are compared."""
LEAST_LOG = -7.0
"""A letter less likely than this at a step, as a natural logarithm, is not tried."""
BLANK = 0

Ids = npt.NDArray[np.int64]
Logs = npt.NDArray[np.float32]
Beams = dict[tuple[int, ...], tuple[float, float]]
"""Classes so far -> log probabilities of all ways to write them that end in a blank, and in the last class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The likeliest classes at each step of one line, the likeliest first; class 0 is the blank."""

    ids: Ids
    """Steps x classes."""
    logs: Logs
    """Steps x classes, natural logarithms of probabilities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guess:
    """One spelling of a word."""

    text: str
    log: float
    """Natural logarithm of its probability to the network, over all ways to write it."""
    sure: float
    """0 to 1: its least sure letter's."""


def decode(seen: Seen, letters: tuple[str, ...], pairs: WordPairs | None) -> Reading:
    """Return the text of a line; class n is `letters[n - 1]`. Without `pairs` the likeliest letters are taken.

    The confidence is the least sure letter's, and that of a word that language chose its share among the guesses.
    """
    words = [_guesses(seen, part, letters, questioned=pairs is not None) for part in _words(seen, letters)]
    words = [guesses for guesses in words if guesses]
    chosen = _likeliest(words, pairs) if pairs is not None else [guesses[0] for guesses in words]
    text = " ".join(guess.text for guess in chosen)
    return Reading(text=text, confidence=min((guess.sure for guess in chosen), default=0.0) if text else 0.0)


def _words(seen: Seen, letters: tuple[str, ...]) -> Iterator[slice]:
    """Yield the steps of each word: what lies between the steps at which a space is the likeliest."""
    best = seen.ids[:, 0]
    is_space = _spaces(letters)[best]
    edges = np.flatnonzero(np.diff(np.concatenate(([True], is_space, [True]))))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if (best[start:stop] != BLANK).any():
            yield slice(start, stop)


def _guesses(seen: Seen, part: slice, letters: tuple[str, ...], *, questioned: bool) -> list[_Guess]:
    """Return the spellings of a word, the network's own first."""
    ids, logs = seen.ids[part], seen.logs[part]
    fresh = (ids[:, 0] != BLANK) & np.concatenate(([True], ids[1:, 0] != ids[:-1, 0]))
    spelt = tuple(int(one) for one in ids[fresh, 0])
    sure = float(np.exp(logs[fresh, 0].min()))
    text = _text(spelt, letters)
    if not text:
        return []
    alone = [_Guess(text=text, log=0.0, sure=sure)]
    if not questioned or sure >= SURE or any(letter.isdigit() for letter in text):
        return alone
    found = _spellings(ids, logs, _settled(letters))
    total = float(np.logaddexp.reduce([log for _, log in found]))
    others = [
        _Guess(text=_text(one, letters), log=log, sure=math.exp(log - total)) for one, log in found if one != spelt
    ]
    own = next((log for one, log in found if one == spelt), None)
    if own is None:
        return alone
    return [_Guess(text=text, log=own, sure=sure), *(guess for guess in others if guess.text)]


@cache
def _spaces(letters: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return for each class whether it is a space."""
    return np.array([False, *(letter.isspace() for letter in letters)])


@cache
def _settled(letters: tuple[str, ...]) -> frozenset[int]:
    """Return the classes that language has no say in: spaces and digits."""
    return frozenset(i for i, letter in enumerate(letters, start=1) if letter.isspace() or letter.isdigit())


def _text(spelt: Sequence[int], letters: tuple[str, ...]) -> str:
    return unicodedata.normalize("NFC", "".join(letters[one - 1] for one in spelt)).strip()


def _spellings(ids: Ids, logs: Logs, never: frozenset[int]) -> list[tuple[tuple[int, ...], float]]:
    """Return the likeliest spellings with their log probabilities. Prefix beam search: Hannun et al. 2014."""
    beams: Beams = {(): (0.0, -math.inf)}
    for step_ids, step_logs in zip(ids.tolist(), logs.tolist(), strict=True):
        grown: Beams = {}
        for one, log in zip(step_ids, step_logs, strict=True):
            if log >= LEAST_LOG and one not in never:
                _grow(grown, beams, one, log)
        beams = dict(sorted(grown.items(), key=lambda item: -_sum(*item[1]))[:GUESSES])
    return [(prefix, log) for prefix, ends in beams.items() if (log := _sum(*ends)) > -math.inf]


def _grow(grown: Beams, beams: Beams, one: int, log: float) -> None:
    """Add what becomes of every prefix when this class comes next."""
    for prefix, (blank, letter) in beams.items():
        if one == BLANK:
            _add(grown, prefix, _sum(blank, letter) + log, -math.inf)
        elif prefix and prefix[-1] == one:
            _add(grown, prefix, -math.inf, letter + log)
            _add(grown, (*prefix, one), -math.inf, blank + log)
        else:
            _add(grown, (*prefix, one), -math.inf, _sum(blank, letter) + log)


def _add(grown: Beams, prefix: tuple[int, ...], blank: float, letter: float) -> None:
    had = grown.get(prefix, (-math.inf, -math.inf))
    grown[prefix] = (_sum(had[0], blank), _sum(had[1], letter))


def _sum(one: float, two: float) -> float:
    high, low = max(one, two), min(one, two)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def _likeliest(words: Sequence[Sequence[_Guess]], pairs: WordPairs) -> list[_Guess]:
    """Return one guess a word: the line that network and language together find the likeliest (Viterbi)."""
    if all(len(guesses) == 1 for guesses in words):
        return [guesses[0] for guesses in words]
    paths: list[tuple[float, list[_Guess]]] = [(0.0, [])]
    for guesses in words:
        ahead = []
        for guess in guesses:
            ahead.append(
                max(
                    (
                        (score + guess.log + LANGUAGE_WEIGHT * _language(path, guess.text, pairs), [*path, guess])
                        for score, path in paths
                    ),
                    key=lambda one: one[0],
                )
            )
        paths = ahead
    ends = [(score + LANGUAGE_WEIGHT * _language(path, END, pairs), path) for score, path in paths]
    return max(ends, key=lambda one: one[0])[1]


def _language(path: Sequence[_Guess], word: str, pairs: WordPairs) -> float:
    return pairs.log_likelihood(path[-1].text if path else BEGIN, word)
