"""Fake of the port: an index in memory, slow and plain, for tests and for reading what the port means."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from search.flat import FACETS, Flat, date_word, filter_words, flatten, number_word
from search.fold import one_edit_apart, words
from search.index import Entry, Hits
from search.query import Query, Term, date_phrases, fewest

Near = Callable[[Term, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    flat: Flat
    head: tuple[str, ...]
    head_exact: tuple[str, ...]
    text: tuple[str, ...]
    text_exact: tuple[str, ...]


class MemoryIndex:
    """Forgets everything when the process ends."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    def put(self, entries: Iterable[Entry]) -> None:
        """See RecordIndex.put."""
        fresh = [_keep(entry) for entry in entries]
        with self._lock:
            for kept in fresh:
                held = self._kept.get(kept.flat.shown.record_id)
                if held is None or held.flat.shown.version <= kept.flat.shown.version:
                    self._kept[kept.flat.shown.record_id] = kept

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """See Rebuildable.rebuild."""
        fresh = [_keep(entry) for entry in entries]
        with self._lock:
            self._kept = {kept.flat.shown.record_id: kept for kept in fresh}

    def remove(self, record_ids: Iterable[str]) -> None:
        """See RecordIndex.remove."""
        with self._lock:
            for record_id in record_ids:
                self._kept.pop(record_id, None)

    def search(self, query: Query) -> Hits:
        """See RecordIndex.search."""
        kept = [k for k in list(self._kept.values()) if _passes(k, query)]
        for level, rate in enumerate((_as_typed, _nearly, _mostly)):
            rated = sorted(((rate(k, query), k) for k in kept), key=lambda pair: (-pair[0], -pair[1].flat.issued))
            rated = [(score, k) for score, k in rated if score > 0]
            if rated or query.typed_nothing:
                return _answer(rated, query, approximate=level > 0)
        return _answer([], query, approximate=False)

    def versions(self) -> Mapping[str, int]:
        """See RecordIndex.versions."""
        return {record_id: kept.flat.shown.version for record_id, kept in list(self._kept.items())}


def _keep(entry: Entry) -> _Kept:
    flat = flatten(entry)
    head, text = list(words(flat.shown.head)), list(words(flat.shown.text))
    return _Kept(
        flat=flat,
        head=tuple(w.folded for w in head),
        head_exact=tuple(w.exact for w in head),
        text=tuple(w.folded for w in text),
        text_exact=tuple(w.exact for w in text),
    )


def _holds(words_there: Sequence[str], sequence: Sequence[str]) -> bool:
    if not sequence:
        return False
    size = len(sequence)
    return any(tuple(words_there[i : i + size]) == tuple(sequence) for i in range(len(words_there) - size + 1))


def _says(kept: _Kept, sequence: Sequence[str]) -> bool:
    return _holds(kept.head, sequence) or _holds(kept.text, sequence)


def _passes(kept: _Kept, query: Query) -> bool:
    return (
        (not query.issued or query.issued[0] <= kept.flat.issued <= query.issued[1])
        and all(_holds(kept.flat.filters, filter_words(name, value)) for name, value in query.where.items())
        and all(_says(kept, [term.folded for term in phrase]) for phrase in query.phrases)
        and all(
            date_word(date) in kept.flat.filters or any(_says(kept, p) for p in date_phrases(date))
            for date in query.dates
        )
    )


def _same(term: Term, word: str) -> bool:
    return term.folded == word


def _near(term: Term, word: str) -> bool:
    return _same(term, word) or (term.may_be_misspelt and one_edit_apart(term.folded, word))


def _begun(term: Term, word: str) -> bool:
    return term.may_be_begun and word.startswith(term.folded)


def _rate(kept: _Kept, term: Term, near: Near, begun: Near = _same) -> float:
    return (
        3.0 * any(near(term, w) or begun(term, w) for w in kept.head)
        + 1.5 * (term.exact in kept.head_exact)
        + 1.0 * any(near(term, w) for w in kept.text)
        + 0.5 * (term.exact in kept.text_exact)
    )


def _extra(kept: _Kept, query: Query) -> float:
    together = [term.folded for term in query.words]
    return (
        1.0
        + 5.0 * any(number_word(number) in kept.flat.filters for number in query.numbers)
        + 5.0 * any(date_word(date) in kept.flat.filters for date in query.dates)
        + (2.0 * _says(kept, together) if len(together) > 1 else 0.0)
        + (2.0 * _holds(kept.text_exact, [t.exact for t in query.words]) if len(together) > 1 else 0.0)
    )


def _as_typed(kept: _Kept, query: Query) -> float:
    rates = [_rate(kept, term, _same) for term in query.words]
    rates += [2.0 * _says(kept, [term.folded for term in compound]) for compound in query.compounds]
    return sum(rates) + _extra(kept, query) if all(rates) else 0.0


def _nearly(kept: _Kept, query: Query) -> float:
    rates = [_rate(kept, term, _near, _begun) for term in query.terms]
    return sum(rates) + _extra(kept, query) if all(rates) else 0.0


def _mostly(kept: _Kept, query: Query) -> float:
    rates = {term: _rate(kept, term, _near, _begun) for term in query.terms}
    enough = len([rate for rate in rates.values() if rate]) >= fewest(len(rates))
    return sum(rates.values()) if enough and all(rate for term, rate in rates.items() if term.is_number) else 0.0


def _answer(rated: Sequence[tuple[float, _Kept]], query: Query, *, approximate: bool) -> Hits:
    page = rated[query.offset : query.offset + query.limit]
    facets = {
        name: dict(Counter(value for _, k in rated for value in k.flat.facets[name]).most_common()) for name in FACETS
    }
    return Hits(
        total=len(rated),
        hits=tuple(k.flat.shown.hit(score, query, approximate=approximate) for score, k in page),
        facets=facets,
        approximate=approximate and bool(rated),
    )
