"""Our query -> tantivy's. Belongs to search/local.py: the layout of the fields and how much each counts."""

from collections.abc import Sequence

from tantivy import Document, FieldType, Occur, Schema, SchemaBuilder
from tantivy import Query as Native

from search.flat import FACETS, Flat, date_word, filter_words, number_word
from search.fold import words
from search.query import Level, Phrase, Query, Term, date_phrases, fewest

FORMAT = "sohoa-index 1"
"""Raised when the layout changes: an index of another format is rebuilt."""

_FOLDED = {"head": 2.0, "body": 1.0}
_EXACT = {"head_exact": 1.2, "body_exact": 0.6}
_BEGUN = 3.0
"""What it adds when the words stand side by side in the head, the last of them perhaps only begun."""
_TYPO = 0.4
"""What a word counts that is met but for one letter, or only begun."""


def schema() -> Schema:
    """Return the layout. Text comes as words parted by blanks, folded by us: no tokenizer needs to be registered."""
    builder = SchemaBuilder()
    for name in ("record_id", "reference"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*_FOLDED, *_EXACT, "filters"):
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    # Not unsigned: a Python integer put into an unsigned fast field stops the writer.
    builder.add_integer_field("version", indexed=True, fast=True)
    builder.add_integer_field("issued", indexed=True, fast=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def document(flat: Flat) -> Document:
    """Return the record as tantivy keeps it."""
    shown = flat.shown
    made = Document()
    made.add_text("record_id", shown.record_id)
    made.add_text("reference", reference(shown.record_id, shown.version))
    for name, text in (("head", shown.head), ("body", shown.text)):
        found = list(words(text))
        made.add_text(name, " ".join(w.folded for w in found))
        made.add_text(f"{name}_exact", " ".join(w.exact for w in found))
    made.add_text("filters", " ".join(flat.filters))
    for name, values in flat.facets.items():
        for value in values:
            made.add_text(name, value)
    made.add_integer("version", shown.version)
    made.add_integer("issued", flat.issued)
    made.add_bytes("shown", shown.to_bytes())
    return made


def reference(record_id: str, version: int) -> str:
    """Return id and version as one term, so that both are listed without reading documents."""
    return f"{record_id} {version}"


def read_reference(term: str) -> tuple[str, int]:
    """Return what `reference` put together."""
    record_id, _, version = term.rpartition(" ")
    return record_id, int(version)


class Translation:
    """Translates queries for one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def native(self, query: Query, level: Level) -> Native:
        """Return tantivy's form of the query, taken as strictly as `level` says."""
        parts = [(Occur.Must, self._filter(filter_words(name, value))) for name, value in query.where.items()]
        if query.issued:
            parts.append((Occur.Must, Native.range_query(self._schema, "issued", FieldType.Integer, *query.issued)))
        parts += [(Occur.Must, self._said(_folded(phrase), _exact(phrase))) for phrase in query.phrases]
        parts += [(Occur.Must, self._dated(date)) for date in query.dates]
        parts += self._typed(query, level)
        parts += [(Occur.Should, Native.boost_query(self._filter((number_word(n),)), 5.0)) for n in query.numbers]
        if len(query.words) > 1:
            together = self._said(_folded(query.words), _exact(query.words), slop=1)
            parts.append((Occur.Should, Native.boost_query(together, 1.5)))
            if level > Level.AS_TYPED:
                begun = Native.phrase_prefix_query(self._schema, "head", [*_folded(query.words)])
                parts.append((Occur.Should, Native.boost_query(begun, _BEGUN)))
        return Native.boolean_query(parts) if parts else Native.all_query()

    def record(self, record_id: str) -> Native:
        """Return the query for one record."""
        return self._term("record_id", record_id)

    def _typed(self, query: Query, level: Level) -> list[tuple[Occur, Native]]:
        if level is Level.AS_TYPED:
            compounds = [self._said(_folded(c), _exact(c)) for c in query.compounds]
            return [(Occur.Must, part) for part in (*map(self._word, query.words), *compounds)]
        near = [self._near(term) for term in query.terms]
        if level is Level.NEARLY or not near:
            return [(Occur.Must, part) for part in near]
        sure = [(Occur.Must, self._word(term)) for term in query.terms if term.is_number]
        some = Native.boolean_query([(Occur.Should, part) for part in near], fewest(len(near)))
        return [*sure, (Occur.Must, some)]

    def _word(self, term: Term) -> Native:
        weighed = [(name, term.folded, weight) for name, weight in _FOLDED.items()]
        weighed += [(name, term.exact, weight) for name, weight in _EXACT.items()]
        return _any([Native.boost_query(self._term(name, word), weight) for name, word, weight in weighed])

    def _near(self, term: Term) -> Native:
        loose: list[Native] = []
        if term.may_be_misspelt:
            loose += [Native.fuzzy_term_query(self._schema, name, term.folded, 1) for name in _FOLDED]
        if term.may_be_begun:
            loose.append(Native.fuzzy_term_query(self._schema, "head", term.folded, 0, prefix=True))
        return _any([self._word(term), *(Native.boost_query(query, _TYPO) for query in loose)])

    def _said(self, folded: Sequence[str], exact: Sequence[str], slop: int = 0) -> Native:
        weighed = [(name, folded, weight) for name, weight in _FOLDED.items()]
        weighed += [(name, exact, weight) for name, weight in _EXACT.items()]
        return _any([Native.boost_query(self._sequence(name, said, slop), weight) for name, said, weight in weighed])

    def _dated(self, date: str) -> Native:
        issued = Native.boost_query(self._filter((date_word(date),)), 5.0)
        return _any([issued, *(self._sequence(name, said) for name in _FOLDED for said in date_phrases(date))])

    def _filter(self, sequence: Sequence[str]) -> Native:
        return Native.const_score_query(self._sequence("filters", sequence), 1.0)

    def _sequence(self, name: str, sequence: Sequence[str], slop: int = 0) -> Native:
        if len(sequence) == 1:
            return self._term(name, sequence[0])
        return Native.phrase_query(self._schema, name, list(sequence), slop)

    def _term(self, name: str, word: str) -> Native:
        return Native.term_query(self._schema, name, word)


def _any(queries: Sequence[Native]) -> Native:
    return Native.boolean_query([(Occur.Should, query) for query in queries])


def _folded(phrase: Phrase) -> list[str]:
    return [term.folded for term in phrase]


def _exact(phrase: Phrase) -> list[str]:
    return [term.exact for term in phrase]
