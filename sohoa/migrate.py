"""Migrate: an embedded archive moves into the services, and both are compared before anybody relies on the new one.

Objects are copied with their retention, each verified as it is read and again where it arrived; catalogue, ledger and
index are made anew from them, as `sohoa rebuild` does. The source is read only. Interrupted, it goes on where it was.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from search.index import reconcile
from sohoa.errors import MigrationDiffers, TargetInUse
from sohoa.local_time import VIETNAM
from sohoa.moved import unfinished
from sohoa.rebuild import rebuild, reindex
from sohoa.settings import Settings
from sohoa.steps.index import FINDABLE
from sohoa.toolbox import Toolbox
from storage.objects import CHUNK_BYTES, ObjectStore, RetentionState
from storage.records import State

SETTLED = frozenset(State) - {State.WORKING, State.PENDING, State.FAILED}
"""States that a rebuild finds again; what is under way is begun again by the next `sohoa ingest` or worker."""

NAMED = 5
"""How many differences a message names."""

OnObject = Callable[[int, int], None]
"""Called with how many objects are copied and how many there are."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What moves; the other parts stay where they are."""

    objects: bool
    catalogue: bool
    index: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing counted on both sides."""

    what: str
    source: int
    target: int
    differences: tuple[str, ...] = ()
    """What is not the same, by name."""

    @property
    def equal(self) -> bool:
        """Whether both sides agree."""
        return self.source == self.target and not self.differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was moved, and the proof."""

    copied: int
    """Objects copied by this run; those that were there already are compared all the same."""
    bytes: int
    rows: tuple[Row, ...]


def migrate(source: Toolbox, target: Toolbox, parts: Parts, on_object: OnObject = lambda _n, _of: None) -> Migrated:
    """Move the parts from source to target and compare.

    Raises:
        TargetInUse: the target holds what the source does not; nothing was changed.
        MigrationDiffers: the copy is not the same; names what. The source is as it was; stay with it.
        ObjectDamaged: an object of the source is damaged; restore it first.
        StoreUnavailable, StoreFull, CatalogUnavailable, IndexUnavailable: run it again, it goes on.
    """
    _refuse_others(source, target, parts)
    copied = size = 0
    with unfinished(target.settings, "sohoa migrate --to services"):
        if parts.objects:
            copied, size = _copy(source, target, on_object)
        if parts.catalogue:
            rebuild(target)
        elif parts.index:
            reindex(target)
    rows = tuple(_compare(source, target, parts))
    unequal = [row for row in rows if not row.equal]
    if unequal:
        names = [name for row in unequal for name in row.differences or (row.what,)]
        raise MigrationDiffers(what=", ".join(names[:NAMED]), number=len(names))
    return Migrated(copied=copied, bytes=size, rows=rows)


def parts_of(settings: Settings) -> Parts:
    """Return what the settings say that moves."""
    return Parts(
        objects=settings.s3_endpoint is not None,
        catalogue=settings.database_url is not None,
        index=settings.elasticsearch_url is not None,
    )


def _refuse_others(source: Toolbox, target: Toolbox, parts: Parts) -> None:
    """Stop where the target serves another archive, or this one has lived on there."""
    if parts.objects:
        ours = set(source.store.list(""))
        for key in target.store.list(""):
            if key not in ours:
                raise TargetInUse(what=key)
    if parts.catalogue:
        batches = {batch.code for batch in source.ledger.batches()}
        for batch in target.ledger.batches():
            if batch.code not in batches:
                raise TargetInUse(what=batch.code)
        _refuse_strangers(target.catalog.versions(), source)
    if parts.index:
        _refuse_strangers(target.index.versions(), source)


def _refuse_strangers(found: Iterable[str], source: Toolbox) -> None:
    ours = source.catalog.versions().keys()
    for record_id in found:
        if record_id not in ours:
            raise TargetInUse(what=record_id)


def _copy(source: Toolbox, target: Toolbox, on_object: OnObject) -> tuple[int, int]:
    """Copy what is not there yet; return how many objects, and their bytes."""
    keys = list(source.store.list(""))
    there = set(target.store.list(""))
    copied = size = 0
    for number, key in enumerate(keys, start=1):
        if key not in there:
            with source.store.open(key) as stream:
                size += target.store.put(key, stream).bytes
            copied += 1
        _protect(key, source.retention.read(key), target)
        on_object(number, len(keys))
    return copied, size


def _protect(key: str, wanted: RetentionState, target: Toolbox) -> None:
    found = target.retention.read(key)
    if wanted.protected and (found.protected, found.until) != (True, wanted.until):
        target.retention.set(key, wanted.until)
    # One that was set on the target is a person's decision: the comparison shows it, nothing lifts it.
    if wanted.held and not found.held:
        target.retention.hold(key, on=True)


def _compare(source: Toolbox, target: Toolbox, parts: Parts) -> Iterator[Row]:
    if parts.objects:
        yield _row("objects", _hashes(source.store), _hashes(target.store))
        yield _row("retention", _retention(source), _retention(target))
    if parts.catalogue:
        yield _row("records", source.catalog.versions(), target.catalog.versions())
        yield _row("batches", _batches(source), _batches(target))
        yield _row("papers", _papers(source), _papers(target))
        yield _row("documents", _documents(source), _documents(target))
        yield _row("reuses", _reuses(source), _reuses(target))
    if parts.index or parts.catalogue:
        expected = source.catalog.versions_in(FINDABLE)
        gap = reconcile(target.index, expected)
        found = len(target.index.versions())
        yield Row(what="index", source=len(expected), target=found, differences=(*gap.missing, *gap.stale, *gap.extra))


def _row(what: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Row:
    names = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    return Row(what=what, source=len(ours), target=len(theirs), differences=tuple(names))


def _hashes(store: ObjectStore) -> dict[str, str]:
    """Return the SHA-256 of every object, from its bytes as they are served now."""
    found = {}
    for key in store.list(""):
        digest = hashlib.sha256()
        with store.open(key) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
        found[key] = digest.hexdigest()
    return found


def _retention(kit: Toolbox) -> dict[str, RetentionState]:
    """Return what protects each object still: a date that is over protects nothing, and not every store keeps it."""
    today = kit.clock().astimezone(VIETNAM).date()
    found = {}
    for key in kit.store.list(""):
        state = kit.retention.read(key)
        if state.protected and state.until is not None and state.until < today:
            state = RetentionState(held=state.held)
        if state.protected or state.held:
            found[key] = state
    return found


def _batches(kit: Toolbox) -> dict[str, Any]:
    return {b.code: (b.state, b.expected_sheets) for b in kit.ledger.batches()}


def _papers(kit: Toolbox) -> dict[str, Any]:
    """Return what became of each file; of one that is under way only that it is there."""
    return {
        f"{paper.batch}/{paper.source}/{paper.sha256[:12]}": paper.state if paper.state in SETTLED else None
        for batch in kit.ledger.batches()
        for paper in kit.ledger.papers(batch.code)
    }


def _documents(kit: Toolbox) -> dict[str, Any]:
    """Return the documents that are done, or wait for a person: those under way are found again when they are read."""
    return {
        document.id: (document.state, document.first_page, document.last_page)
        for batch in kit.ledger.batches()
        for document in kit.ledger.documents(batch.code)
        if document.state in SETTLED
    }


def _reuses(kit: Toolbox) -> dict[str, Any]:
    return {event.id: event.record_id for record in kit.catalog.all() for event in kit.catalog.reuses(record.record_id)}
