"""What we hold: the newest version of each record, in SQL, and each use made of it. Can be rebuilt from the store."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update

from storage import schema
from storage.documents import resolve_in
from storage.engine import insert_new, reading, writing, writing_rows
from storage.errors import UnknownRecord
from storage.likeness import likeness, likeness_of
from storage.packages import record_from_json, record_to_json
from storage.records import Record, Role, State

_records = schema.records
_files = schema.record_files
_reuses = schema.reuses

_AT_A_TIME = 500
"""Records in memory at a time while all are gone through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReuseEvent:
    """One use of a record in place of paper (một lần dùng lại)."""

    id: str
    """The same for a repeated call, so that it counts once."""
    record_id: str
    dossier: str
    """Code of the dossier it was used in."""
    purpose: str
    who: str
    at: datetime
    files: tuple[str, ...] = ()
    """Names of the files handed out."""


class Catalog:
    """Every call is one transaction, and safe to repeat. May be shared between threads; each process opens its own.

    Any call may raise CatalogUnavailable (nothing was changed, or nothing is known), CatalogUnusable, StoreFull, and
    RecordDamaged for a row that does not hold a record: clear the catalogue and rebuild it.
    """

    def __init__(self, engine: Engine) -> None:
        """Use the database behind `engine`, brought up to date by storage.migrate.upgrade."""
        self._engine = engine

    def put(self, record: Record, record_sha256: str) -> bool:
        """Show this version if it is newer than the one shown; return whether it was.

        `record_sha256` is that of its record.json, as write_version returned it.
        """
        values: dict[str, Any] = {
            "version": record.version,
            "sha256": record_sha256,
            "state": record.state,
            "type_code": record.document_type.code,
            "owner_index": record.owner_index,
            "likeness": likeness_of(record),
            "received_at": record.received_at,
            "body": record_to_json(record).decode(),
        }
        older = (_records.c.record_id == record.record_id, _records.c.version < record.version)
        with writing_rows(self._engine) as connection:
            shown = insert_new(connection, _records, record_id=record.record_id, **values)
            shown = shown or connection.execute(update(_records).where(*older).values(**values)).rowcount == 1
            if shown:
                _put_files(connection, record)
        return shown

    def get(self, record_id: str) -> Record:
        """Return the newest version of the record. Raises UnknownRecord."""
        with reading(self._engine) as connection:
            body = connection.execute(select(_records.c.body).where(_records.c.record_id == record_id)).scalar()
        if body is None:
            raise UnknownRecord(record_id)
        return _record(body)

    def version_of(self, record_id: str) -> int | None:
        """Return the number of the version shown; None if the record is not known."""
        query = select(_records.c.version).where(_records.c.record_id == record_id)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def resolve(self, prefix: str) -> str:
        """Return the whole identifier of the one record that begins so; at least 4 characters, in any case.

        Raises UnknownRecord, AmbiguousId.
        """
        with reading(self._engine) as connection:
            return resolve_in(connection, _records.c.record_id, prefix)

    def by_owner(self, owner_index: str, type_codes: Sequence[str] | None) -> list[Record]:
        """Return the owner's records of these types (None: of any), of every state, in order of receipt."""
        conditions = [_records.c.owner_index == owner_index]
        if type_codes is not None:
            conditions.append(_records.c.type_code.in_(type_codes))
        return self._where(*conditions)

    def alike(self, number: str | None, issuer: str | None, year: int | None, *, but: str) -> list[str]:
        """Return the records that may be the same document, without the record `but`, in order of receipt.

        Those have the same number and symbol, issuer and year, however they are written; none if one of the
        three is not known.
        """
        same = likeness(number, issuer, year)
        if same is None:
            return []
        return self._ids(_records.c.likeness == same, _records.c.record_id != but)

    def by_state(self, state: State) -> list[Record]:
        """Return the records in this state, in order of receipt."""
        return self._where(_records.c.state == state)

    def by_master(self, sha256: str) -> list[str]:
        """Return the records whose master has these bytes, in order of receipt."""
        masters = select(_files.c.record_id).where(_files.c.sha256 == sha256, _files.c.role == Role.MASTER)
        return self._ids(_records.c.record_id.in_(masters))

    def versions(self) -> dict[str, tuple[int, str]]:
        """Return, for each record, the version shown and the SHA-256 of its record.json."""
        query = select(_records.c.record_id, _records.c.version, _records.c.sha256)
        with reading(self._engine) as connection:
            return {row.record_id: (row.version, row.sha256) for row in connection.execute(query).all()}

    def versions_in(self, states: Sequence[State]) -> dict[str, int]:
        """Return the version shown of each record in one of these states."""
        query = select(_records.c.record_id, _records.c.version).where(_records.c.state.in_(states))
        with reading(self._engine) as connection:
            return {row.record_id: row.version for row in connection.execute(query).all()}

    def by_masters(self, sha256s: Collection[str]) -> dict[str, list[Record]]:
        """Return, for each of these masters, the records made from it, in order of receipt."""
        found: dict[str, list[Record]] = defaultdict(list)
        joined = select(_files.c.sha256, _records.c.body).join_from(
            _files, _records, _files.c.record_id == _records.c.record_id
        )
        wanted = sorted(set(sha256s))
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), _AT_A_TIME):
                some = _files.c.sha256.in_(wanted[start : start + _AT_A_TIME])
                query = joined.where(some, _files.c.role == Role.MASTER)
                ordered = query.order_by(_records.c.received_at, _records.c.record_id)
                for sha256, body in connection.execute(ordered).all():
                    found[sha256].append(_record(body))
        return found

    def by_ids(self, record_ids: Collection[str]) -> dict[str, Record]:
        """Return the records of these identifiers that are known."""
        wanted, found = sorted(set(record_ids)), {}
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), _AT_A_TIME):
                some = _records.c.record_id.in_(wanted[start : start + _AT_A_TIME])
                for record_id, body in connection.execute(select(_records.c.record_id, _records.c.body).where(some)):
                    found[record_id] = _record(body)
        return found

    def all(self) -> Iterator[Record]:
        """Yield every record, ordered by identifier; one that changes meanwhile is yielded once."""
        query = select(_records.c.record_id, _records.c.body).order_by(_records.c.record_id).limit(_AT_A_TIME)
        last = ""
        while True:
            # A transaction for each portion: whoever is slow to take them blocks nobody.
            with reading(self._engine) as connection:
                rows = connection.execute(query.where(_records.c.record_id > last)).all()
            if not rows:
                return
            for row in rows:
                yield _record(row.body)
            last = rows[-1].record_id

    def add_reuse(self, event: ReuseEvent) -> bool:
        """Count the use; return whether it was new."""
        with writing_rows(self._engine) as connection:
            return insert_new(connection, _reuses, **{**asdict(event), "files": list(event.files)})

    def reuses(self, record_id: str) -> list[ReuseEvent]:
        """Return the uses made of the record, in the order of their times."""
        query = select(_reuses).where(_reuses.c.record_id == record_id).order_by(_reuses.c.at, _reuses.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [ReuseEvent(**{**row._mapping, "files": tuple(row.files)}) for row in rows]

    def clear(self) -> None:
        """Forget all records and uses, before they are put again from the store."""
        with writing(self._engine) as connection:
            for table in (_files, _records, _reuses):
                connection.execute(delete(table))

    def _where(self, *conditions: ColumnElement[bool]) -> list[Record]:
        query = select(_records.c.body).where(*conditions).order_by(_records.c.received_at, _records.c.record_id)
        with reading(self._engine) as connection:
            return [_record(body) for body in connection.execute(query).scalars()]

    def _ids(self, *conditions: ColumnElement[bool]) -> list[str]:
        query = select(_records.c.record_id).where(*conditions).order_by(_records.c.received_at, _records.c.record_id)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())


def _put_files(connection: Connection, record: Record) -> None:
    connection.execute(delete(_files).where(_files.c.record_id == record.record_id))
    for file in record.files:
        insert_new(connection, _files, record_id=record.record_id, role=file.role, sha256=file.sha256)


def _record(body: str) -> Record:
    return record_from_json(body.encode(), where="the catalogue")
