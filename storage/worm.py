"""Is this S3 server WORM? A bucket of its own, locked objects in it, and every attempt to get rid of them.

Run it against the very server that will hold the archive (`sohoa doctor --worm`): how servers refuse differs, so that
nothing counts but what is there afterwards, by version, hash and lock.
"""

import hashlib
import io
import logging
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from urllib3 import BaseHTTPResponse

from storage.errors import StorageError, StoreUnavailable, StoreUnusable
from storage.objects import Stored
from storage.s3_access import S3Access
from storage.s3_bucket import health, is_versioned, object_lock_of, prepare
from storage.s3_errors import translated
from storage.s3_upload import upload
from storage.s3_versions import Version, claim_of
from storage.s3_wire import S3Wire
from storage.worm_attempts import ATTEMPTS, Attempt, Locked, Mode, Request, delete_version, hold, retain

log = logging.getLogger(__name__)

LOCK_SECONDS = 10
"""How long the objects are locked: longer than an attempt takes, short enough to wait for."""

_KEPT = b"these bytes were kept"
_SHA256 = hashlib.sha256(_KEPT).hexdigest()
_CODE = re.compile(rb"<Code>([A-Za-z0-9]+)</Code>")
_OK = 200
_REFUSED = 400
_PAUSES_SECONDS = (0, 0.5, 1, 2)
"""MinIO answers 404 while it hides an object that a lifecycle rule expired; beneath the marker it is there again."""

_GRACE = timedelta(seconds=2)

Who = Literal["application", "administrator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of one attempt (phép thử)."""

    who: Who
    attempt: str
    """Its words are in messages.yaml under `worm_` and this name."""
    expected: Literal["refused", "harmless", "allowed"]
    happened: str
    """The server's answer: `accepted (204)`, `refused (403 AccessDenied)`."""
    bytes_there: bool
    """Whether the version is still there, with the same hash."""
    lock_kept: bool
    """Whether it is locked as before, in a bucket that keeps versions and locks."""
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lock:
    """What protects an object at a moment."""

    mode: str | None
    until: datetime | None
    held: bool
    versioning: bool
    object_lock: bool

    @property
    def holds(self) -> bool:
        return self.versioning and self.object_lock and (self.held or self.until is not None)


def worm_rows(access: S3Access, admin: S3Access | None = None, *, bucket: str | None = None) -> Iterator[Row]:
    """Yield what came of each attempt, as the application and, where `admin` is given, as an administrator.

    `bucket` (the archive's name, `-worm-` and a random part if none is given) is made where it is missing, by the
    administrator if there is one, and emptied and removed in the end if the administrator may. Takes LOCK_SECONDS more
    than the attempts themselves. Governance is tried only where `access` locks by it, and as the application only: it
    does not bind administrators.

    Raises:
        StoreUnusable: the bucket is in use, nobody may make it, or the application may not write there.
        StoreUnavailable: the server did not answer.
    """
    name = bucket or f"{access.bucket}-worm-{secrets.token_hex(4)}"
    if name == access.bucket:
        raise StoreUnusable(access.where, "the rehearsal wants a bucket of its own")
    application = S3Wire(replace(access, bucket=name))
    administrator = S3Wire(replace(admin, bucket=name)) if admin else None
    watcher = administrator or application
    with _rehearsal(watcher):
        yield from _attempts("application", application, application, watcher)
        if administrator is not None:
            yield from _attempts("administrator", administrator, application, watcher)
            yield _after_the_end(administrator, _locked(application, "last", "COMPLIANCE"))


def _attempts(who: Who, wire: S3Wire, writer: S3Wire, watcher: S3Wire) -> Iterator[Row]:
    for attempt in ATTEMPTS:
        if attempt.lock != "GOVERNANCE" or (who == "application" and wire.access.lock == "governance"):
            yield _tried(who, wire, attempt, _locked(writer, f"{who}/{attempt.name}", attempt.lock), watcher)


def _tried(who: Who, wire: S3Wire, attempt: Attempt, target: Locked, watcher: S3Wire) -> Row:
    before = _lock_of(watcher, target)
    refused, happened = _made(attempt.request, wire, target)
    bytes_there = _is_there(watcher, target, patient=attempt.undo is not None)
    lock_kept = before.holds and _lock_of(watcher, target) == before
    if attempt.undo is not None and not refused:
        _made(attempt.undo, wire, target)
    if datetime.now(UTC) + target.clock > target.until:
        lock_kept, happened = False, f"{happened}; the lock ended meanwhile: the server is too slow for this rehearsal"
    return Row(
        who=who,
        attempt=attempt.name,
        expected=attempt.expected,
        happened=happened,
        bytes_there=bytes_there,
        lock_kept=lock_kept,
        passed=bytes_there and lock_kept and (attempt.expected == "harmless" or refused),
    )


def _after_the_end(wire: S3Wire, target: Locked) -> Row:
    """A lock ends when it says, neither earlier nor never: the administrator may then delete."""
    _wait_for(target.until - target.clock)
    _, happened = _made(delete_version, wire, target)
    there = _is_there(wire, target)
    return Row(
        who="administrator",
        attempt="delete_after_the_end",
        expected="allowed",
        happened=happened,
        bytes_there=there,
        lock_kept=there,
        passed=not there,
    )


def _locked(wire: S3Wire, key: str, mode: Mode) -> Locked:
    """Put an object and lock it; the object is returned even where the server does not lock it."""
    stored = Stored(key=key, bytes=len(_KEPT), sha256=_SHA256)
    version = upload(wire, stored, io.BytesIO(_KEPT))
    clock = timedelta(seconds=health(wire.access).clock_seconds or 0)
    until = (datetime.now(UTC) + clock + timedelta(seconds=LOCK_SECONDS)).replace(microsecond=0)
    target = Locked(key=key, version=version or "null", until=until, clock=clock)
    answer = hold(wire, target, on=True) if mode == "HOLD" else retain(wire, target, mode, until)
    if _is_refusal(answer):
        log.warning("object of the rehearsal could not be locked", extra={"key": key, "why": _told(answer)})
    return target


def _lock_of(wire: S3Wire, target: Locked) -> _Lock:
    claim = None
    # Nothing said of the lock, by an error or by silence, is no lock.
    with suppress(StorageError):
        claim = claim_of(wire, Version(key=target.key, id=target.version, is_newest=True))
    return _Lock(
        mode=claim.mode if claim else None,
        until=claim.until if claim else None,
        held=claim is not None and claim.held,
        versioning=is_versioned(wire),
        object_lock=object_lock_of(wire)[0],
    )


def _is_there(wire: S3Wire, target: Locked, *, patient: bool = False) -> bool:
    """Whether the version holds what was put; `patient`: once the server has settled."""
    for pause in _PAUSES_SECONDS if patient else (0,):
        time.sleep(pause)
        reply = wire.send("GET", target.key, query={"versionId": target.version})
        if reply.status == _OK:
            return hashlib.sha256(reply.data).hexdigest() == _SHA256
    return False


def _made(request: Request, wire: S3Wire, target: Locked) -> tuple[bool, str]:
    """Make an attempt; return whether the server refused it, and its answer in words."""
    try:
        answer = request(wire, target)
    except StoreUnavailable as error:
        return False, f"no answer ({error.detail['why']})"
    except StoreUnusable as error:
        return True, f"refused ({error.detail['why']})"
    return _is_refusal(answer), _told(answer)


def _is_refusal(answer: BaseHTTPResponse) -> bool:
    # The request that deletes many answers 200 and names in its body what it did not delete.
    return answer.status >= _REFUSED or b"<Error>" in answer.data


def _told(answer: BaseHTTPResponse) -> str:
    if not _is_refusal(answer):
        return f"accepted ({answer.status})"
    code = _CODE.search(answer.data)
    return f"refused ({answer.status} {code[1].decode()})" if code else f"refused ({answer.status})"


def _wait_for(moment: datetime) -> None:
    time.sleep(max(0.0, (moment + _GRACE - datetime.now(UTC)).total_seconds()))


@contextmanager
def _rehearsal(wire: S3Wire) -> Iterator[None]:
    """Make the bucket, or take one that is there and empty; empty and remove it as far as one may."""
    access, bucket = wire.access, wire.access.bucket
    with translated(access.where):
        exists = wire.client.bucket_exists(bucket)
        if exists and any(True for _ in wire.client.list_objects(bucket, recursive=True, include_version=True)):
            raise StoreUnusable(access.where, "the rehearsal wants an empty bucket of its own")
    if not exists:
        prepare(access)
    try:
        yield
    finally:
        if not _removed(wire):
            _wait_for(datetime.now(UTC) + timedelta(seconds=LOCK_SECONDS))
            if not _removed(wire):
                log.warning("bucket of the rehearsal left behind", extra={"bucket": bucket})


def _removed(wire: S3Wire) -> bool:
    """Delete all that is in the bucket and the bucket, as far as one may; return whether it is gone."""
    with translated(wire.access.where):
        listed = list(wire.client.list_objects(wire.access.bucket, recursive=True, include_version=True))
    for one in listed:
        target = Locked(
            key=str(one.object_name), version=one.version_id or "null", until=datetime.now(UTC), clock=timedelta()
        )
        if target.key.endswith("/delete_held") and not one.is_delete_marker:
            _made(partial(hold, on=False), wire, target)
        _made(delete_version, wire, target)
    with suppress(StorageError):
        return not _is_refusal(wire.send("DELETE"))
    return False
