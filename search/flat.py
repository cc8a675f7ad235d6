"""A record -> what an index keeps of it: words, filters, facets, and what a hit shows. Pure; shared by all adapters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from search.fold import key, nfc, phrase
from search.index import Entry
from search.query import read_date
from search.shown import Shown
from storage.records import Record

WHOLE = frozenset(
    {"document_type", "state", "year", "issued_date", "dossier", "batch", "procedure", "record_id", "owner_type"}
)
"""Filters compared by the whole value; all others by words that stand side by side in the value."""
FACETS = ("document_type", "issuing_authority", "year", "state")
MOST_FACETS = 100
"""Values counted in one facet; rarer ones are left out."""
GAP = "|"
"""Stands between the values of a filter, so that a phrase does not run from one into the next."""

_HEAD_FIRST = ("document_number", "subject", "issuing_authority", "signer_name", "holder_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """One record, laid flat."""

    shown: Shown
    filters: tuple[str, ...]
    """Filter words in order, `name=whole_value` or `name:word`, with gaps between values."""
    facets: Mapping[str, tuple[str, ...]]
    issued: int
    """Issue date as yyyymmdd, for the order of answers to filters alone; 0 when there is none."""


def flatten(entry: Entry) -> Flat:
    """Return the record laid flat."""
    record = entry.record
    fields = {name: _composed(field.value) for name, field in record.fields.items() if field.value is not None}
    issued = fields.get("issued_date", "")
    date = read_date(issued) if isinstance(issued, str) else None
    plain = {name: values for name, value in fields.items() if (values := _values(value))}
    return Flat(
        shown=Shown(
            record_id=record.record_id,
            version=record.version,
            state=record.state,
            document_type=record.document_type,
            fields=fields,
            head="\n".join(_head(record, plain)),
            text=nfc(entry.text),
        ),
        filters=tuple(_filters(record, plain, date)),
        facets={
            "document_type": (record.document_type.name,),
            "issuing_authority": plain.get("issuing_authority", ()),
            "year": (date[:4],) if date else (),
            "state": (record.state.value,),
        },
        issued=int(date.replace("-", "")) if date else 0,
    )


def filter_words(name: str, value: str) -> tuple[str, ...]:
    """Return the filter words that stand side by side in Flat.filters of a record that passes `name=value`."""
    if name in WHOLE:
        return (f"{name}={key(read_date(value) or value if name == 'issued_date' else value)}",)
    return tuple(f"{name}:{word}" for word in phrase(value))


def number_word(number: str) -> str:
    """Return the filter word of a whole document number."""
    return f"document_number={key(number)}"


def date_word(date: str) -> str:
    """Return the filter word of an issue date, ISO 8601."""
    return f"issued_date={key(date)}"


def _composed(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return nfc(value) if isinstance(value, str) else tuple(map(nfc, value))


def _values(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(v for v in ((value,) if isinstance(value, str) else value) if v)


def _head(record: Record, plain: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield record.document_type.name
    for name in _HEAD_FIRST:
        yield from plain.get(name, ())
    for name, values in plain.items():
        if name not in _HEAD_FIRST and name not in ("document_type", "issued_date"):
            yield from values


def _filters(record: Record, plain: Mapping[str, tuple[str, ...]], date: str | None) -> Iterator[str]:
    whole = {
        "document_type": (record.document_type.code, record.document_type.name),
        "state": (record.state.value,),
        "year": (date[:4],) if date else (),
        "issued_date": (date,) if date else (),
        "dossier": (record.source.dossier,),
        "batch": (record.source.batch,),
        "procedure": (record.source.procedure,),
        "record_id": (record.record_id,),
        "owner_type": (record.owner_type,),
        "document_number": plain.get("document_number", ()),
    }
    for name, given in whole.items():
        for value in given:
            if value:
                yield f"{name}={key(value)}"
                yield GAP
    for name, values in plain.items():
        if name not in WHOLE:
            for value in values:
                yield from (f"{name}:{word}" for word in phrase(value))
                yield GAP
