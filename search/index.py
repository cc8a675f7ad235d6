"""The port: records, findable by what is written on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from search.query import Query
from storage.records import DocumentType, Record, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record as it is handed to the index."""

    record: Record
    text: str
    """What was read, pages parted by a form feed. Personal numbers are masked by the caller: all of it is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One record that answers the query."""

    record_id: str
    version: int
    state: State
    score: float
    """Higher is nearer; comparable within one answer only."""
    document_type: DocumentType
    fields: Mapping[str, str | tuple[str, ...]]
    """Those with a value; personal numbers masked."""
    highlights: tuple[str, ...]
    """Up to three passages of the text, HTML-escaped, what matched in <em>; empty when only filters matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The answer to a query."""

    total: int
    """How many records answer it; `hits` is one page of them, the nearest first."""
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    """`document_type` (by name), `issuing_authority`, `year`, `state` -> value -> how many of `total`; at most
    search.flat.MOST_FACETS values each, the most frequent first."""
    approximate: bool = False
    """Nothing met the query as typed: these meet it but for a letter here and there, or for some of its words."""


class RecordIndex(Protocol):
    """Records, findable: a view that can be thrown away and rebuilt.

    Accents are optional (đ as d, tone placement settled, NFD accepted) and rank higher when they agree. Superseded and
    revoked records are found as well and carry their state. An adapter may be shared between threads. Every adapter
    passes tests/contract/test_record_index.py, which is the definition of this port.
    """

    def put(self, entries: Iterable[Entry]) -> None:
        """Make the records findable, all or none, by the version given. Safe to repeat.

        An older version never takes the place of a newer one, in whatever order they come.

        Raises:
            IndexUnavailable: nothing is known about whether the entries were taken.
            IndexDamaged: they were not.
        """
        ...

    def remove(self, record_ids: Iterable[str]) -> None:
        """Forget the records; unknown ones are passed over. Raises as `put` does."""
        ...

    def search(self, query: Query) -> Hits:
        """Return the records that meet the query, nearest first; to filters alone, the latest issued first.

        Where none meets all of it, those that meet it with one letter wrong a word, or with a word of the head only
        begun (numbers: never), and with compounds taken apart; where none does, those that meet most of its words and
        all its numbers. Quoted phrases, dates and filters always hold.

        Raises:
            IndexUnavailable, IndexDamaged
        """
        ...

    def versions(self) -> Mapping[str, int]:
        """Return record id -> version of everything that can be found. Raises as `search` does."""
        ...


class Rebuildable(Protocol):
    """An index that can be made anew as a whole, whatever became of it. The same contract file defines it."""

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Replace everything by the entries, each record once; readers see the old until all of the new is there.

        Heals a damaged or deleted index, which is empty in the meantime.

        Raises:
            IndexUnavailable: the index is as it was, or empty if it was damaged.
        """
        ...


class RebuildableIndex(RecordIndex, Rebuildable, Protocol):
    """What the product works with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What keeps an index from agreeing with the archive. Remove `extra`, then put `missing` and `stale`."""

    missing: tuple[str, ...] = field(default=())
    """Records to put: not in the index, or there in a version that the archive never made (these are `extra` too)."""
    stale: tuple[str, ...] = field(default=())
    """Records to put again: the index has an older version."""
    extra: tuple[str, ...] = field(default=())
    """Records to remove: the archive does not have them, or not in a version that new."""

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to mend."""
        return not (self.missing or self.stale or self.extra)


def reconcile(index: RecordIndex, expected: Mapping[str, int]) -> Difference:
    """Return what differs between the index and the expected versions, each list sorted. Changes nothing."""
    found = index.versions()
    ahead = {i for i, version in found.items() if version > expected.get(i, version)}
    return Difference(
        missing=tuple(sorted((expected.keys() - found.keys()) | ahead)),
        stale=tuple(sorted(i for i, version in found.items() if version < expected.get(i, version))),
        extra=tuple(sorted((found.keys() - expected.keys()) | ahead)),
    )
