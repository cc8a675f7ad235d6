"""Which versions of a key in an S3 bucket are ours: the oldest says what was put, later ones may only agree.

A plain DELETE hides a key under a marker, and whoever may write can put other bytes on top; neither touches the
version beneath. So nothing here asks for "the newest": keys are found, read and retained by version.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from minio.time import from_iso8601utc

from storage.errors import ObjectDamaged, ObjectMissing, StoreUnavailable
from storage.objects import announced_sha256
from storage.s3_errors import translated
from storage.s3_upload import SHA256_METADATA
from storage.s3_wire import S3Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a key that holds bytes. Delete markers hold none and are left out."""

    key: str
    id: str
    is_newest: bool
    """Whether who asks without a version gets this one; of a hidden key no version is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a version says of itself, and how it is locked."""

    key: str
    id: str
    bytes: int
    sha256: str | None
    """What its writer said it holds; None: nothing."""
    mode: str | None = None
    """GOVERNANCE or COMPLIANCE; None: never locked."""
    until: datetime | None = None
    """When the lock ends."""
    held: bool = False


def list_versions(wire: S3Wire, prefix: str) -> Iterator[Version]:
    """Yield the versions of the keys that begin with `prefix`, by key, newest first."""
    access = wire.access
    with translated(access.where):
        listed = wire.client.list_objects(access.bucket, prefix=prefix, recursive=True, include_version=True)
        for found in listed:
            if not found.is_delete_marker and found.object_name is not None:
                newest = str(found.is_latest).lower() == "true"
                yield Version(key=found.object_name, id=found.version_id or "null", is_newest=newest)


def versions_of(wire: S3Wire, key: str) -> list[Version]:
    """Return the versions of exactly this key, newest first; none if there is none."""
    found: list[Version] = []
    for version in list_versions(wire, key):
        if version.key != key:
            break
        found.append(version)
    return found


def ours(wire: S3Wire, key: str) -> tuple[str, list[Claim]]:
    """Return the SHA-256 of what was put under `key`, and the versions that claim to hold it, newest first.

    Raises:
        ObjectMissing: no version holds bytes.
        ObjectDamaged: it can no longer be told what was put.
    """
    versions = versions_of(wire, key)
    if not versions:
        raise ObjectMissing(key)
    claims = [claim_of(wire, version) for version in versions]
    first = claims[-1]
    truth = announced_sha256(key, None) or (first.sha256 if first else None)
    if truth is None:
        raise ObjectDamaged(key, "its first version carries no checksum, or cannot be read")
    return truth, [claim for claim in claims if claim is not None and claim.sha256 == truth]


def claim_of(wire: S3Wire, version: Version) -> Claim | None:
    """Return what the version says of itself, or None where the server cannot tell."""
    access = wire.access
    try:
        with translated(access.where, version.key):
            found = wire.client.stat_object(access.bucket, version.key, version_id=version.id)
    except ObjectMissing:
        return None
    headers = found.metadata
    if headers is None:
        raise StoreUnavailable(access.where, "it answered without headers")
    until = headers.get("x-amz-object-lock-retain-until-date")
    return Claim(
        key=version.key,
        id=version.id,
        bytes=found.size or 0,
        sha256=headers.get(SHA256_METADATA),
        mode=headers.get("x-amz-object-lock-mode"),
        until=from_iso8601utc(until) if until else None,
        held=headers.get("x-amz-object-lock-legal-hold") == "ON",
    )
