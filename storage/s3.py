"""An object store in an S3 bucket with versioning and object lock: write-once, verified before it is served.

    <key>    one version: the bytes, their SHA-256 as metadata `sha256`; more versions only after damage, or by others

Written under `If-None-Match: *`, so of racing writers one wins; read by version, so that neither a delete marker nor
bytes put on top by somebody else changes what a key holds. Keys on the S3 protocol, on no server's own behaviour.
"""

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from urllib3 import PoolManager

from storage.errors import ObjectConflict, ObjectDamaged, SourceChanged, StoreUnavailable
from storage.objects import CHUNK_BYTES, Stored, announced_sha256, check_key, check_prefix
from storage.s3_access import S3Access
from storage.s3_download import find_sound
from storage.s3_errors import translated
from storage.s3_spool import room, spool
from storage.s3_upload import try_writing, upload
from storage.s3_versions import Claim, list_versions, ours, versions_of
from storage.s3_wire import S3Wire

log = logging.getLogger(__name__)

MOST_ROUNDS = 4
"""How often a put looks and writes again when others write the same key at the same time."""

_PAUSE_SECONDS = 0.3


class S3Store:
    """See ObjectStore. s3_bucket.prepare makes the bucket."""

    def __init__(self, access: S3Access, pool: PoolManager | None = None) -> None:
        """Ask the server nothing yet."""
        self._wire = S3Wire(access, pool)

    def put(self, key: str, stream: BinaryIO, *, sha256: str | None = None) -> Stored:
        """See ObjectStore.put. A damaged object is mended by a version on top, locked like the damaged one."""
        announced = announced_sha256(check_key(key), sha256)
        with spool(self._wire.access) as copy:
            stored = self._copied(key, stream, copy)
            if announced is not None and announced != stored.sha256:
                raise SourceChanged(key, announced=announced, found=stored.sha256)
            for number in range(MOST_ROUNDS):
                time.sleep(_PAUSE_SECONDS * number)
                # Looked at first: the server's condition does not see what lies under a delete marker.
                if versions_of(self._wire, key):
                    return self._settled(stored, copy)
                version = upload(self._wire, stored, copy)
                if version is not None:
                    return replace(stored, version=version)
        raise StoreUnavailable(self._wire.access.where, f"{key!r} is being written, or cannot be listed")

    def open(self, key: str) -> BinaryIO:
        """See ObjectStore.open. Verifies before it returns, so damaged bytes are never served; seekable."""
        truth, claims = ours(self._wire, check_key(key))
        sound = find_sound(self._wire, truth, claims)
        if sound is None:
            raise ObjectDamaged(key)
        return sound.stream

    def list(self, prefix: str) -> Iterator[str]:
        """See ObjectStore.list. A key hidden by a delete marker is listed: its bytes are there and are served."""
        last = None
        for version in list_versions(self._wire, check_prefix(prefix)):
            if version.key != last:
                last = version.key
                yield version.key

    def ping(self) -> None:
        """See ObjectStore.ping. Begins an upload and drops it."""
        try_writing(self._wire)

    def link(self, key: str, minutes: int = 5) -> str:
        """Return an address that hands out the bytes to whoever has it, for so many minutes, unverified.

        It names the server as SOHOA_S3_ENDPOINT does. Raises ObjectMissing, and ObjectDamaged as far as it is known.
        """
        _, claims = ours(self._wire, check_key(key))
        if not claims:
            raise ObjectDamaged(key)
        access = self._wire.access
        with translated(access.where, key):
            return self._wire.client.presigned_get_object(
                access.bucket, key, expires=timedelta(minutes=minutes), version_id=claims[0].id
            )

    def _settled(self, stored: Stored, copy: BinaryIO) -> Stored:
        """Something lies there: agree if it is the same, mend it if it is a damaged copy of the same, else refuse."""
        truth, claims = ours(self._wire, stored.key)
        if truth != stored.sha256:
            raise ObjectConflict(stored.key)
        sound = find_sound(self._wire, truth, claims)
        if sound is not None:
            sound.stream.close()
            return replace(stored, version=sound.version)
        version = upload(self._wire, stored, copy, headers=_lock_of(claims), once=False)
        log.warning("damaged object mended", extra={"key": stored.key, "version": version})
        return replace(stored, version=version)

    def _copied(self, key: str, stream: BinaryIO, copy: BinaryIO) -> Stored:
        digest = hashlib.sha256()
        size = 0
        with room(self._wire.access):
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                size += copy.write(chunk)
        return Stored(key=key, bytes=size, sha256=digest.hexdigest())


def _lock_of(claims: Sequence[Claim]) -> dict[str, str]:
    """Return the headers that lock a new version as firmly as the firmest of these."""
    headers: dict[str, str] = {}
    ends = [claim.until for claim in claims if claim.until is not None and claim.until > datetime.now(UTC)]
    if ends:
        firm = any(claim.mode == "COMPLIANCE" for claim in claims)
        headers["x-amz-object-lock-mode"] = "COMPLIANCE" if firm else "GOVERNANCE"
        headers["x-amz-object-lock-retain-until-date"] = max(ends).strftime("%Y-%m-%dT%H:%M:%SZ")
    if any(claim.held for claim in claims):
        headers["x-amz-object-lock-legal-hold"] = "ON"
    return headers
