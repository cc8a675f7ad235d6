"""What can go wrong while keeping records and their bytes.

StorageError
├── BadKey               resubmit   no store may use such a key
├── BadOwner             resubmit   no owner can be found under such an identifier
├── ObjectMissing        resubmit   the key names nothing
├── ObjectConflict       resubmit   the key already names different bytes
├── ObjectDamaged        repair     the stored bytes are no longer those that were put
├── SourceChanged        retry      the bytes handed over are not those that were announced
├── StoreUnavailable     retry      the store did not answer
├── StoreUnusable        repair     the store refuses us, or lacks what an archive needs of it
├── StoreFull            repair     the disk is full, over quota or cannot be written
├── RetentionRefused     resubmit   retention may only be extended
├── KeyMissing           repair     a key was destroyed or lost
├── KeyMismatch          repair     the key does not open what it should
├── CatalogUnavailable   retry      the database did not answer in time
├── CatalogUnusable      repair     the database is damaged, foreign or of a newer version
├── BatchClosed          resubmit   nothing more goes into this batch
├── BatchMismatch        resubmit   expected and accounted sheets differ
├── UnknownBatch         resubmit   no batch has this code
├── UnknownPaper         resubmit   no paper has this identifier
├── UnknownRecord        resubmit   no record has this identifier
├── AmbiguousId          resubmit   several records begin like this
└── RecordDamaged        repair     a record version cannot be read or does not follow its predecessor
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

Remedy = Literal["resubmit", "retry", "repair"]

_LISTED = 10
"""How many names a message lists."""


class StorageError(Exception):
    """Root of storage/. `remedy` says what clears it, not how any edge reports it."""

    code: ClassVar[str] = "storage_error"
    """Stable name of what happened, snake case."""
    remedy: ClassVar[Remedy] = "repair"
    detail: dict[str, str]
    """The structured parts, as text, for wording the message in another language."""

    def __init__(self, message: str, **detail: object) -> None:
        super().__init__(message)
        self.detail = {name: str(value) for name, value in detail.items() if value is not None}

    # An exception is pickled by its arguments, and ours take other arguments than the message:
    # rebuild from message and attributes instead, so that errors cross process pools unchanged.
    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), str(self), dict(self.__dict__))

    @classmethod
    def _from_state(cls, message: str, state: Mapping[str, Any]) -> Self:
        error = cls.__new__(cls, message)
        error.__dict__.update(state)
        return error


def _rebuilt(kind: type[StorageError], message: str, state: Mapping[str, Any]) -> StorageError:
    return kind._from_state(message, state)


class BadKey(StorageError):
    """The key is empty, not portable, or would lead out of the store."""

    code = "bad_key"
    remedy = "resubmit"

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key!r} cannot be a key: {why}", key=ascii(key), why=why)
        self.key = key


class BadOwner(StorageError):
    """The owner's identifier holds no letter or digit, or its type is empty."""

    code = "bad_owner"
    remedy = "resubmit"

    def __init__(self, owner_type: str) -> None:
        super().__init__(f"an owner of type {owner_type!r} needs an identifier", owner_type=owner_type)
        self.owner_type = owner_type


class ObjectMissing(StorageError):
    """The key names nothing."""

    code = "object_missing"
    remedy = "resubmit"

    def __init__(self, key: str) -> None:
        super().__init__(f"the store holds nothing under {key!r}", key=key)
        self.key = key


class ObjectConflict(StorageError):
    """The key already holds other bytes. Objects are write-once."""

    code = "object_conflict"
    remedy = "resubmit"

    def __init__(self, key: str) -> None:
        super().__init__(f"{key!r} already holds different bytes; objects are never overwritten", key=key)
        self.key = key


class ObjectDamaged(StorageError):
    """The stored bytes do not match their checksum; they are not handed out."""

    code = "object_damaged"
    remedy = "repair"

    def __init__(self, key: str, why: str = "its bytes do not match its checksum") -> None:
        super().__init__(f"{key!r} is damaged: {why}; bring it back from a copy", key=key, why=why)
        self.key = key


class SourceChanged(StorageError):
    """The bytes handed over are not those announced. Nothing was kept."""

    code = "source_changed"
    remedy = "retry"

    def __init__(self, key: str, *, announced: str, found: str) -> None:
        super().__init__(
            f"the bytes for {key!r} have SHA-256 {found}, not {announced}: the source changed while it was read",
            key=key,
            announced=announced,
            found=found,
        )
        self.key = key


class StoreUnavailable(StorageError):
    """The store did not answer. Nothing is known about whether the bytes were kept."""

    code = "store_unavailable"
    remedy = "retry"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}", where=where, why=why)


class StoreUnusable(StorageError):
    """The store refuses us, or lacks what an archive needs of it: a right, object lock, a certificate we trust."""

    code = "store_unusable"
    remedy = "repair"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} cannot be used: {why}", where=where, why=why)


class StoreFull(StorageError):
    """The store cannot be written: full, over quota, or read-only. Nothing was kept by this call."""

    code = "store_full"
    remedy = "repair"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} cannot be written: {why}; make room or make it writable", where=where, why=why)


class RetentionRefused(StorageError):
    """Retention is only ever extended. It stays as it was."""

    code = "retention_refused"
    remedy = "resubmit"

    def __init__(self, key: str, *, until: str, asked: str) -> None:
        super().__init__(
            f"{key!r} is retained until {until}, which cannot be shortened to {asked}",
            key=key,
            until=until,
            asked=asked,
        )
        self.key = key


class KeyMissing(StorageError):
    """A key is not there: destroyed on purpose, or lost."""

    code = "key_missing"
    remedy = "repair"

    def __init__(self, what: str, *, destroyed: bool = False) -> None:
        fate = "was destroyed" if destroyed else "is missing; bring it back from the backup of the key store"
        super().__init__(f"{what} {fate}", what=what, destroyed="yes" if destroyed else "no")
        self.destroyed = destroyed


class KeyMismatch(StorageError):
    """The key does not open what it should: another archive's key, or altered bytes."""

    code = "key_mismatch"
    remedy = "repair"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} does not open with this archive's key", what=what)


class CatalogUnavailable(StorageError):
    """The database did not answer in time. Nothing was changed, or nothing is known of it."""

    code = "catalog_unavailable"
    remedy = "retry"

    def __init__(self, why: str) -> None:
        super().__init__(f"the database did not answer: {why}", why=why)


class CatalogUnusable(StorageError):
    """The database is damaged, is no database, or was made by a newer version."""

    code = "catalog_unusable"
    remedy = "repair"

    def __init__(self, why: str) -> None:
        super().__init__(f"the database cannot be used: {why}", why=why)


class BatchClosed(StorageError):
    """The batch is closed; nothing more goes into it."""

    code = "batch_closed"
    remedy = "resubmit"

    def __init__(self, batch: str) -> None:
        super().__init__(f"batch {batch!r} is closed; open another one", batch=batch)
        self.batch = batch


class BatchMismatch(StorageError):
    """The batch cannot be closed: sheets expected and accounted for differ. It stays open."""

    code = "batch_mismatch"
    remedy = "resubmit"

    def __init__(self, batch: str, *, expected: int, accounted: int, unaccounted: Sequence[str] = ()) -> None:
        listed = ", ".join(unaccounted[:_LISTED])
        if len(unaccounted) > _LISTED:
            listed += f" and {len(unaccounted) - _LISTED} more"
        named = f"; not accounted for: {listed}" if unaccounted else ""
        super().__init__(
            f"batch {batch!r} expects {expected} sheets and accounts for {accounted}{named}",
            batch=batch,
            expected=expected,
            accounted=accounted,
            unaccounted=listed,
        )
        self.batch = batch
        self.expected = expected
        self.accounted = accounted
        self.unaccounted = tuple(unaccounted)


class UnknownBatch(StorageError):
    """No batch has this code."""

    code = "unknown_batch"
    remedy = "resubmit"

    def __init__(self, batch: str) -> None:
        super().__init__(f"there is no batch {batch!r}", batch=batch)
        self.batch = batch


class UnknownPaper(StorageError):
    """No paper has this identifier."""

    code = "unknown_paper"
    remedy = "resubmit"

    def __init__(self, paper: str) -> None:
        super().__init__(f"there is no paper {paper!r}", paper=paper)
        self.paper = paper


class UnknownRecord(StorageError):
    """No record has this identifier, or begins like this."""

    code = "unknown_record"
    remedy = "resubmit"

    def __init__(self, record_id: str, why: str | None = None) -> None:
        super().__init__(f"there is no record {record_id!r}" + (f": {why}" if why else ""), record_id=record_id)
        self.record_id = record_id


class AmbiguousId(StorageError):
    """Several records begin like this."""

    code = "ambiguous_id"
    remedy = "resubmit"

    def __init__(self, prefix: str, candidates: Sequence[str]) -> None:
        listed = ", ".join(candidates)
        super().__init__(f"several records begin with {prefix!r}: {listed}", prefix=prefix, candidates=listed)
        self.prefix = prefix
        self.candidates = tuple(candidates)


class RecordDamaged(StorageError):
    """A record version cannot be read, or does not follow its predecessor."""

    code = "record_damaged"
    remedy = "repair"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}", where=where, what=what)
        self.where = where
        self.what = what
