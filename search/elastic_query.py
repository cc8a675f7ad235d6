"""Our query -> Elasticsearch's, and a record -> its document. Belongs to search/elastic.py.

The same fields, weights and levels as search/local_query.py: words are folded and parted by us, so that both engines
give the same answers and Elasticsearch needs no analysis plugin. Its own analyser only cuts at blanks.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from search.flat import FACETS, MOST_FACETS, Flat, date_word, filter_words, number_word
from search.fold import words
from search.query import Level, Phrase, Query, Term, date_phrases, fewest

Native = dict[str, Any]

_FOLDED = {"head": 2.0, "body": 1.0}
_EXACT = {"head_exact": 1.2, "body_exact": 0.6}
_BEGUN = 3.0
"""What it adds when the words stand side by side in the head, the last of them perhaps only begun."""
_TYPO = 0.4
"""What a word counts that is met but for one letter, or only begun."""


@cache
def layout() -> Mapping[str, Any]:
    """Return settings and mappings of a new index, from search/elastic_index.json."""
    read: Mapping[str, Any] = json.loads(files("search").joinpath("elastic_index.json").read_text(encoding="utf-8"))
    return read


@cache
def layout_sha256() -> str:
    """Return the hash of the layout that an index remembers: one of another hash is made anew."""
    return sha256(json.dumps(layout(), sort_keys=True).encode()).hexdigest()


def document(flat: Flat) -> Native:
    """Return the record as Elasticsearch keeps it."""
    shown = flat.shown
    head, body = list(words(shown.head)), list(words(shown.text))
    return {
        "record_id": shown.record_id,
        "version": shown.version,
        "issued": flat.issued,
        "head": " ".join(w.folded for w in head),
        "head_exact": " ".join(w.exact for w in head),
        "body": " ".join(w.folded for w in body),
        "body_exact": " ".join(w.exact for w in body),
        "filters": " ".join(flat.filters),
        **{name: list(values) for name, values in flat.facets.items()},
        "shown": shown.to_bytes().decode(),
    }


def request(query: Query, level: Level) -> Native:
    """Return the body of the search for the query, taken as strictly as `level` says."""
    by_date: list[Native] = [{"issued": "desc"}, {"record_id": "asc"}]
    return {
        "query": native(query, level),
        "from": query.offset,
        "size": query.limit,
        "sort": by_date if query.typed_nothing else [{"_score": "desc"}, *by_date],
        "track_total_hits": True,
        "aggs": {name: {"terms": {"field": name, "size": MOST_FACETS}} for name in FACETS},
    }


def native(query: Query, level: Level) -> Native:
    """Return Elasticsearch's form of the query, taken as strictly as `level` says."""
    passes = [_sequence("filters", filter_words(name, value)) for name, value in query.where.items()]
    if query.issued:
        passes.append({"range": {"issued": {"gte": query.issued[0], "lte": query.issued[1]}}})
    meets = [_said(_folded(phrase), _exact(phrase)) for phrase in query.phrases]
    meets += [_dated(date) for date in query.dates]
    meets += _typed(query, level)
    adds = [_constant(_sequence("filters", (number_word(number),)), 5.0) for number in query.numbers]
    if len(query.words) > 1:
        adds.append(_said(_folded(query.words), _exact(query.words), slop=1, boost=1.5))
        if level > Level.AS_TYPED:
            adds.append({"match_phrase_prefix": {"head": {"query": " ".join(_folded(query.words)), "boost": _BEGUN}}})
    return {"bool": {"filter": passes, "must": meets, "should": adds}}


def _typed(query: Query, level: Level) -> list[Native]:
    if level is Level.AS_TYPED:
        return [*map(_word, query.words), *(_said(_folded(c), _exact(c)) for c in query.compounds)]
    near = [_near(term) for term in query.terms]
    if level is Level.NEARLY or not near:
        return near
    sure = [_word(term) for term in query.terms if term.is_number]
    return [*sure, {"bool": {"should": near, "minimum_should_match": fewest(len(near))}}]


def _word(term: Term) -> Native:
    weighed = [(name, term.folded, weight) for name, weight in _FOLDED.items()]
    weighed += [(name, term.exact, weight) for name, weight in _EXACT.items()]
    return _any([_term(name, word, weight) for name, word, weight in weighed])


def _near(term: Term) -> Native:
    loose: list[Native] = []
    if term.may_be_misspelt:
        loose += [{"fuzzy": {name: _loosely(term, fuzziness=1, transpositions=True)}} for name in _FOLDED]
    if term.may_be_begun:
        loose.append({"prefix": {"head": _loosely(term)}})
    return _any([_word(term), *loose])


def _loosely(term: Term, **how: Any) -> Native:
    # Met by whatever word, it counts the same; and no word is left out, as the default way of rewriting would.
    return {"value": term.folded, "boost": _TYPO, "rewrite": "constant_score", **how}


def _said(folded: Sequence[str], exact: Sequence[str], *, slop: int = 0, boost: float = 1.0) -> Native:
    weighed = [(name, folded, weight) for name, weight in _FOLDED.items()]
    weighed += [(name, exact, weight) for name, weight in _EXACT.items()]
    return _any([_sequence(name, said, slop=slop, boost=weight * boost) for name, said, weight in weighed])


def _dated(date: str) -> Native:
    issued = _constant(_sequence("filters", (date_word(date),)), 5.0)
    return _any([issued, *(_sequence(name, said) for name in _FOLDED for said in date_phrases(date))])


def _sequence(name: str, sequence: Sequence[str], *, slop: int = 0, boost: float = 1.0) -> Native:
    if len(sequence) == 1:
        return _term(name, sequence[0], boost)
    return {"match_phrase": {name: {"query": " ".join(sequence), "slop": slop, "boost": boost}}}


def _term(name: str, word: str, boost: float) -> Native:
    return {"term": {name: {"value": word, "boost": boost}}}


def _constant(query: Native, boost: float) -> Native:
    return {"constant_score": {"filter": query, "boost": boost}}


def _any(queries: Sequence[Native]) -> Native:
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def _folded(phrase: Phrase) -> list[str]:
    return [term.folded for term in phrase]


def _exact(phrase: Phrase) -> list[str]:
    return [term.exact for term in phrase]
