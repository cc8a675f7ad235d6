"""Bytes out of an S3 bucket: whole and verified before anybody sees them, or known to be damaged."""

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from storage.errors import ObjectDamaged, StorageError, StoreUnavailable
from storage.objects import CHUNK_BYTES
from storage.s3_errors import error_code, refused, unreachable
from storage.s3_spool import room, spool
from storage.s3_versions import Claim
from storage.s3_wire import S3Wire

log = logging.getLogger(__name__)

MOST_READS = 4
"""How often a read begins again when it is cut off or not answered."""

_PAUSE_SECONDS = 0.3
_OK = 200
_CANNOT_READ = {"SlowDownRead", "InternalError"}
"""What servers say, besides being overloaded, when their own copy of the bytes cannot be read."""


class _CutOff(Exception):
    """The server began to answer and could not go on, or said that it cannot read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A version whose bytes are those that were put."""

    version: str
    stream: BinaryIO
    """At its beginning; seekable. Whoever gets it closes it."""


def find_sound(wire: S3Wire, sha256: str, claims: Sequence[Claim]) -> Sound | None:
    """Return the first of the versions that really holds these bytes; None if none does."""
    for claim in claims:
        try:
            return Sound(version=claim.id, stream=fetch(wire, claim.key, claim.id, sha256))
        except ObjectDamaged:
            log.warning("damaged version found", extra={"key": claim.key, "version": claim.id})
    return None


def fetch(wire: S3Wire, key: str, version: str, sha256: str) -> BinaryIO:
    """Return the verified bytes of a version, at their beginning.

    Raises:
        ObjectDamaged: they have another SHA-256, or the server lives and cannot read them.
        ObjectMissing: there is no such version.
        StoreUnavailable: the server did not answer.
    """
    failed: Exception | None = None
    for number in range(MOST_READS):
        time.sleep(_PAUSE_SECONDS * number)
        copy = spool(wire.access)
        try:
            if _received(wire, key, version, copy) != sha256:
                raise ObjectDamaged(key)
            copy.seek(0)
        except (_CutOff, StoreUnavailable) as error:
            copy.close()
            failed = error
        except StorageError:
            copy.close()
            raise
        else:
            return copy
    if isinstance(failed, _CutOff) and _answers(wire):
        raise ObjectDamaged(key, "the store cannot read it") from failed
    raise StoreUnavailable(wire.access.where, str(failed)) from failed


def _received(wire: S3Wire, key: str, version: str, copy: BinaryIO) -> str:
    """Copy the version's bytes and return their SHA-256."""
    try:
        reply = wire.send_once("GET", key, query={"versionId": version}, whole=False)
    except HTTPError as error:
        raise unreachable(wire.access.where, error) from error
    try:
        if reply.status != _OK:
            reply.read(cache_content=True)
            if error_code(reply) in _CANNOT_READ:
                raise _CutOff(error_code(reply))
            raise refused(wire.access.where, reply, key)
        return _copied(wire, reply, copy)
    except HTTPError as error:
        raise _CutOff(str(error)) from error
    finally:
        # A connection read to its end is used again, any other is shut: its rest would be read as the next answer.
        if reply.length_remaining:
            reply.close()
        reply.release_conn()


def _copied(wire: S3Wire, reply: BaseHTTPResponse, copy: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := reply.read(CHUNK_BYTES):
        digest.update(chunk)
        with room(wire.access):
            copy.write(chunk)
    return digest.hexdigest()


def _answers(wire: S3Wire) -> bool:
    try:
        return wire.send("HEAD").status == _OK
    except StorageError:
        return False
