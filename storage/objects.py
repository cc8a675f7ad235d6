"""Ports of the object store: bytes under keys, written once, and how long they must stay.

Adapters: disk.py, memory.py. Knows nothing of records; see packages.py for what lies where.
"""

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Protocol

from storage.errors import BadKey, StoreUnavailable

CHUNK_BYTES = 1 << 20
"""How much is in memory at a time while bytes are copied or hashed."""

MAX_KEY_BYTES = 1024
"""The limit of S3."""

MAX_PART_BYTES = 180
"""Leaves room in a file name of 255 bytes for what an adapter adds to it."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\<>:"|?*\ud800-\udfff]')
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store holds under a key."""

    key: str
    bytes: int
    sha256: str
    version: str | None = None
    """The store's own name of this version; None where a store has no versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionState:
    """Until when an object may not be destroyed."""

    protected: bool = False
    """Whether a retention was ever set. `until` means something only then."""
    until: date | None = None
    """Last day of the retention; None with `protected` is permanent."""
    held: bool = False
    """Whether a legal hold forbids destruction whatever the date."""


class ObjectStore(Protocol):
    """A write-once map from key to bytes.

    Keys are slash-separated, NFC, relative, at most 1024 UTF-8 bytes and 180 a part; see check_key. One
    adapter may be shared between threads and processes. tests/contract/test_object_store.py defines this port.
    """

    def put(self, key: str, stream: BinaryIO, *, sha256: str | None = None) -> Stored:
        """Keep the bytes of `stream` under `key`; durable once this returns. The same bytes again are a no-op.

        Raises:
            BadKey: nothing was kept.
            ObjectConflict: `key` holds different bytes, and still does.
            SourceChanged: the bytes do not have the announced `sha256`; nothing was kept.
            StoreFull: nothing was kept.
            StoreUnavailable: nothing is known about whether the bytes were kept.
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the bytes as a stream, from the beginning. The caller closes it.

        Raises:
            ObjectMissing: there is nothing under `key`.
            ObjectDamaged: the bytes are not those that were put; here, or at the latest at the end of the stream.
            StoreUnavailable: the store did not answer.
        """
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with `prefix`, in the order of their UTF-8 bytes."""
        ...

    def ping(self) -> None:
        """Return if the store can be reached and written, else raise StoreUnavailable or StoreFull."""
        ...


class Retention(Protocol):
    """How long objects must stay. Only ever extended. tests/contract/test_retention.py defines this port."""

    def set(self, key: str, until: date | None) -> None:
        """Forbid destruction to the end of day `until`; None is permanent. Safe to repeat.

        Raises:
            ObjectMissing: there is nothing under `key`.
            RetentionRefused: it is retained for longer already, and still is.
        """
        ...

    def hold(self, key: str, on: bool) -> None:
        """Set or lift a legal hold, which outlasts any date. Safe to repeat."""
        ...

    def read(self, key: str) -> RetentionState:
        """Return what is set. Raises ObjectMissing."""
        ...


def check_key(key: str) -> str:
    """Return `key`, or raise BadKey. Every adapter calls this first, so none can be escaped."""
    if unicodedata.normalize("NFC", key) != key:
        raise BadKey(key, "not in Unicode normal form C")
    if _FORBIDDEN.search(key):
        raise BadKey(key, "holds a character that not every file system can carry")
    if len(key.encode()) > MAX_KEY_BYTES:
        raise BadKey(key, f"longer than {MAX_KEY_BYTES} bytes")
    for part in key.split("/"):
        if not part:
            raise BadKey(key, "empty, or has an empty part")
        # Also keeps "." and ".." out, and leaves such names to the adapters' own files.
        if part.startswith(".") or part.endswith((".", " ")):
            raise BadKey(key, "a part begins or ends with a dot, or ends with a space")
        if len(part.encode()) > MAX_PART_BYTES:
            raise BadKey(key, f"a part is longer than {MAX_PART_BYTES} bytes")
    return key


def check_prefix(prefix: str) -> str:
    """Return `prefix`, or raise BadKey where no key could lie below it."""
    folder, slash, _ = prefix.rpartition("/")
    if slash:
        check_key(folder)
    return prefix


def blob_key(sha256: str) -> str:
    """Return the key under which bytes with this SHA-256 (hex, lower case) lie, however often handed in."""
    if not _SHA256.fullmatch(sha256):
        raise BadKey(sha256, "not a SHA-256 in lower-case hexadecimal")
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def announced_sha256(key: str, given: str | None) -> str | None:
    """Return the SHA-256 the bytes under `key` must have: as given, or as a blob's key says; None if neither does."""
    name = key.rpartition("/")[2]
    if _SHA256.fullmatch(name) and key == blob_key(name):
        return name
    return given


def put_bytes(store: ObjectStore, key: str, data: bytes) -> Stored:
    """Keep `data` under `key`. See ObjectStore.put."""
    return store.put(key, io.BytesIO(data), sha256=hashlib.sha256(data).hexdigest())


def read_bytes(store: ObjectStore, key: str) -> bytes:
    """Return all bytes under `key`, verified. See ObjectStore.open."""
    with store.open(key) as stream:
        return stream.read()


def put_blob(store: ObjectStore, path: Path) -> Stored:
    """Keep the file's bytes under the key of their hash. Safe to repeat; reads the file twice, 1 MiB at a time.

    Raises SourceChanged when the file changes between the two readings, and nothing was kept then.
    """
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            return store.put(blob_key(sha256), stream, sha256=sha256)
    except OSError as error:
        raise StoreUnavailable(str(path), error.strerror or str(error)) from error


def has_object(store: ObjectStore, key: str) -> bool:
    """Whether the store lists `key`; says nothing of whether its bytes are sound."""
    return next(iter(store.list(key)), None) == key
