"""An S3 bucket fit for an archive: made where it is missing, and told what it is. Changes nothing of one that is there.

What `sohoa doctor` prints of the object store comes from here.
"""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

from minio.error import S3Error

from storage.errors import ObjectDamaged, StoreUnavailable, StoreUnusable
from storage.s3_access import S3Access
from storage.s3_errors import refused, translated
from storage.s3_versions import list_versions, ours
from storage.s3_wire import S3Wire

_ENABLED = "Enabled"
_NO_LOCK = {"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFound"}
_MADE_BY_ANOTHER = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
_OK = 200
_TLS_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Health:
    """What an S3 bucket says of itself."""

    endpoint: str
    bucket: str
    server: str
    """What the server calls itself; empty when it does not say. S3 tells no version."""
    certificate_ends: datetime | None
    """When the server's certificate ends; None without TLS."""
    versioning: bool
    object_lock: bool
    default_lock: str | None
    """What new objects are locked by on their own, "COMPLIANCE 30 Days"; None: nothing until a record is kept."""
    clock_seconds: float | None
    """The server's clock less ours, to a second and what the answer took; None when it tells no time."""
    free_bytes: int | None = None
    """S3 does not tell: always None. Ask the server's own monitoring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A key somebody else has been at. What was put is still served, from its own version."""

    key: str
    kind: Literal["hidden", "overlaid", "undecidable"]
    """hidden: under a delete marker; overlaid: other bytes on top; undecidable: the first version has no checksum."""


def prepare(access: S3Access) -> None:
    """Make the bucket, with object lock and versioning, where it is missing; else see that it has both.

    Raises:
        StoreUnusable: it lacks one, or is missing and this account may not make it.
        StoreUnavailable: the server did not answer.
    """
    wire = S3Wire(access)
    with translated(access.where):
        exists = wire.client.bucket_exists(access.bucket)
    if not exists:
        _make(wire)
    if not is_versioned(wire):
        raise StoreUnusable(access.where, "versioning is off; turn it on, or name a bucket made with object lock")
    if not object_lock_of(wire)[0]:
        why = "the bucket was made without object lock; name another one in SOHOA_S3_BUCKET, it is made as it must be"
        raise StoreUnusable(access.where, why)


def health(access: S3Access) -> S3Health:
    """Return what the bucket says of itself. Raises StoreUnavailable or StoreUnusable."""
    wire = S3Wire(access)
    asked = datetime.now(UTC)
    reply = wire.send("HEAD")
    if reply.status != _OK:
        raise refused(access.where, reply)
    told = reply.headers.get("date")
    object_lock, default_lock = object_lock_of(wire)
    return S3Health(
        endpoint=access.endpoint,
        bucket=access.bucket,
        server=reply.headers.get("server", ""),
        certificate_ends=_certificate_ends(access),
        versioning=is_versioned(wire),
        object_lock=object_lock,
        default_lock=default_lock,
        clock_seconds=(parsedate_to_datetime(told) - asked).total_seconds() if told else None,
    )


def oddities(access: S3Access, prefix: str = "") -> Iterator[Oddity]:
    """Yield the keys that were hidden or overlaid behind our back, in one pass over all versions."""
    wire = S3Wire(access)
    for key, group in groupby(list_versions(wire, prefix), key=lambda version: version.key):
        versions = list(group)
        if not any(version.is_newest for version in versions):
            yield Oddity(key=key, kind="hidden")
        if len(versions) > 1:
            try:
                _, claims = ours(wire, key)
            except ObjectDamaged:
                yield Oddity(key=key, kind="undecidable")
                continue
            if len(claims) < len(versions):
                yield Oddity(key=key, kind="overlaid")


def _make(wire: S3Wire) -> None:
    access = wire.access
    try:
        with translated(access.where):
            try:
                wire.client.make_bucket(access.bucket, location=access.region, object_lock=True)
            except S3Error as error:
                if error.code not in _MADE_BY_ANOTHER:
                    raise
    except StoreUnusable as error:
        why = f"there is no such bucket and this account may not make it; an administrator makes it ({error})"
        raise StoreUnusable(access.where, why) from error


def is_versioned(wire: S3Wire) -> bool:
    """Whether the bucket keeps the versions that are overwritten or deleted."""
    with translated(wire.access.where):
        return wire.client.get_bucket_versioning(wire.access.bucket).status == _ENABLED


def object_lock_of(wire: S3Wire) -> tuple[bool, str | None]:
    """Return whether the bucket has object lock, and what it locks new objects by on its own, if anything."""
    with translated(wire.access.where):
        try:
            found = wire.client.get_object_lock_config(wire.access.bucket)
        except S3Error as error:
            if error.code in _NO_LOCK:
                return False, None
            raise
    return True, f"{found.mode} {found.duration} {found.duration_unit}" if found.mode else None


def _certificate_ends(access: S3Access) -> datetime | None:
    address = urlsplit(access.endpoint)
    if address.scheme != "https":
        return None
    context = ssl.create_default_context(cafile=str(access.ca) if access.ca else None)
    place = (address.hostname or "", address.port or 443)
    try:
        with (
            socket.create_connection(place, timeout=_TLS_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=address.hostname) as secured,
        ):
            told = secured.getpeercert() or {}
    except OSError as error:
        raise StoreUnavailable(access.where, str(error)) from error
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
