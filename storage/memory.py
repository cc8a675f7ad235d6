"""An object store and its retention in memory, for tests and rehearsals. Passes the same contracts as the real ones."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import BinaryIO

from storage.errors import ObjectConflict, ObjectDamaged, ObjectMissing, SourceChanged
from storage.objects import RetentionState, Stored, announced_sha256, check_key, check_prefix
from storage.retention import extended


class MemoryStore:
    """Forgets everything when the process ends."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[bytes, str]] = {}

    def put(self, key: str, stream: BinaryIO, *, sha256: str | None = None) -> Stored:
        """See ObjectStore.put."""
        announced = announced_sha256(check_key(key), sha256)
        data = stream.read()
        found = hashlib.sha256(data).hexdigest()
        if announced is not None and announced != found:
            raise SourceChanged(key, announced=announced, found=found)
        _, kept = self._objects.setdefault(key, (data, found))
        if kept != found:
            raise ObjectConflict(key)
        return Stored(key=key, bytes=len(data), sha256=found)

    def open(self, key: str) -> BinaryIO:
        """See ObjectStore.open."""
        try:
            data, sha256 = self._objects[check_key(key)]
        except KeyError:
            raise ObjectMissing(key) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ObjectDamaged(key)
        return io.BytesIO(data)

    def list(self, prefix: str) -> Iterator[str]:
        """See ObjectStore.list."""
        check_prefix(prefix)
        yield from sorted(key for key in tuple(self._objects) if key.startswith(prefix))

    def ping(self) -> None:
        """See ObjectStore.ping."""

    def damage(self, key: str) -> None:
        """Turn one bit of the object over, as a failing disk would. For tests and drills."""
        data, sha256 = self._objects[key]
        self._objects[key] = (bytes([data[0] ^ 1]) + data[1:] if data else b"\0", sha256)


class MemoryRetention:
    """See Retention."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._states: dict[str, RetentionState] = {}

    def set(self, key: str, until: date | None) -> None:
        """See Retention.set."""
        self._states[key] = extended(key, self.read(key), until)

    def hold(self, key: str, on: bool) -> None:
        """See Retention.hold."""
        self._states[key] = replace(self.read(key), held=on)

    def read(self, key: str) -> RetentionState:
        """See Retention.read."""
        self._store.open(key).close()
        return self._states.get(key, RetentionState())
