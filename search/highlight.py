"""Text and query -> the passages that matched, safe to put into a page. Pure."""

import html
from collections.abc import Sequence
from itertools import islice

from search.fold import Word, nfc, one_edit_apart, words
from search.query import Query, Term, date_phrases

MOST = 3
WIDTH = 180
"""Characters of a passage, before escaping."""
FARTHEST = 40_000
"""Words of a text that are looked through."""


def find_passages(text: str, query: Query, *, approximate: bool = False) -> tuple[str, ...]:
    """Return up to three passages of the text, HTML-escaped, what matched in <em>, in the order of the text.

    Those with most of the query's words are chosen. Accents, tone placement and leading zeros do not matter; with
    `approximate` neither does one letter of a word, nor that a word is only begun.
    """
    text = nfc(text)
    found = list(islice(words(text), FARTHEST))
    spans = _matches(found, query, approximate=approximate)
    if not spans:
        return ()
    return tuple(
        _shown(text, place, [s for s in spans if place[0] <= s[0] < place[1]]) for place in _places(text, spans)
    )


Span = tuple[int, int, str]
"""Start, end, and what of the query it matched."""


def _matches(found: Sequence[Word], query: Query, *, approximate: bool) -> list[Span]:
    singles = {term.folded for term in (query.terms if approximate else query.words)}
    sequences = [tuple(term.folded for term in phrase) for phrase in query.phrases]
    if not approximate:
        sequences += [tuple(term.folded for term in compound) for compound in query.compounds]
    sequences += [phrase for date in query.dates for phrase in date_phrases(date)]
    starts = {sequence[0]: [s for s in sequences if s[0] == sequence[0]] for sequence in sequences}
    near = [term for term in query.terms if term.may_be_begun] if approximate else []
    spans: list[Span] = []
    for index, word in enumerate(found):
        for sequence in starts.get(word.folded, ()):
            if tuple(w.folded for w in found[index : index + len(sequence)]) == sequence:
                spans.append((word.start, found[index + len(sequence) - 1].end, " ".join(sequence)))
        if word.folded in singles:
            spans.append((word.start, word.end, word.folded))
        elif hit := next((term.folded for term in near if _nearly(term, word)), None):
            spans.append((word.start, word.end, hit))
    return sorted(spans)


def _nearly(term: Term, word: Word) -> bool:
    return word.folded.startswith(term.folded) or (term.may_be_misspelt and one_edit_apart(term.folded, word.folded))


def _places(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Choose stretches that hold the most different words, none overlapping."""
    rated = []
    for index, span in enumerate(spans):
        inside = [s for s in spans[index : index + 30] if s[1] <= span[0] + WIDTH - 40]
        rated.append((-len({s[2] for s in inside}), -sum(s[1] - s[0] for s in inside), span[0]))
    chosen: list[tuple[int, int]] = []
    for _, _, start in sorted(rated):
        place = _on_words(text, max(0, start - 40), min(len(text), start - 40 + WIDTH))
        if all(place[1] <= c[0] or place[0] >= c[1] for c in chosen):
            chosen.append(place)
        if len(chosen) == MOST:
            break
    return sorted(chosen)


def _on_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and not text[start - 1].isspace() and end - start < 2 * WIDTH:
        start -= 1
    while end < len(text) and not text[end].isspace() and end - start < 2 * WIDTH:
        end += 1
    return start, end


def _shown(text: str, place: tuple[int, int], spans: Sequence[Span]) -> str:
    parts, at = [], place[0]
    for start, end, _ in spans:
        if end <= at:
            continue
        start = max(start, at)
        parts += [_plain(text[at:start]), f"<em>{_plain(text[start:end])}</em>"]
        at = end
    parts.append(_plain(text[at : place[1]]))
    return "".join(parts).strip()


def _plain(text: str) -> str:
    return html.escape("".join(" " if c.isspace() else c for c in text))
