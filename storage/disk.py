"""An object store on a local disk: write-once, synced, verified before it is served.

    objects/<key>               the bytes, read-only
    checksums/<key>.<sha256>    one line for `sha256sum --check`, run in objects/; none for a blob, whose name says it
    retention/<key>/...         see retention_disk.py
    incoming/                   what is being written; swept when older than an hour

The checksum is written before the object appears and carries the hash in its name. So whichever of two
racing writers wins, its checksum is there, and a machine killed at any point leaves at worst a checksum too many.
"""

import errno
import hashlib
import io
import logging
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from storage.durable import disk_error, make_folder, sync_folder, write_new
from storage.errors import (
    BadKey,
    ObjectConflict,
    ObjectDamaged,
    ObjectMissing,
    SourceChanged,
    StorageError,
    StoreUnavailable,
)
from storage.objects import CHUNK_BYTES, Stored, announced_sha256, check_key, check_prefix

log = logging.getLogger(__name__)

STALE_SECONDS = 3600
"""A file in incoming/ that nobody wrote to for so long belongs to a writer that died."""

IN_MEMORY_BYTES = 8 * CHUNK_BYTES
"""Up to this size an object is read once; a larger one is read twice, to verify and to serve."""

_CLASHES = {errno.ENOTDIR, errno.EISDIR, errno.EEXIST}


class DiskStore:
    """See ObjectStore. Give each archive a folder of its own, all on one file system."""

    def __init__(self, root: Path) -> None:
        """Make the folders where they are missing, and sweep what dead writers left."""
        self.root = root
        self._objects = root / "objects"
        self._checksums = root / "checksums"
        self._incoming = root / "incoming"
        with self._translated():
            for folder in (self._objects, self._checksums, self._incoming):
                make_folder(folder)
            self._sweep()

    def put(self, key: str, stream: BinaryIO, *, sha256: str | None = None) -> Stored:
        """See ObjectStore.put. A damaged object is mended when its own bytes are put again."""
        announced = announced_sha256(check_key(key), sha256)
        with self._translated(key):
            scratch = self._incoming / secrets.token_hex(16)
            try:
                stored = _copy(key, stream, scratch)
                if announced is not None and announced != stored.sha256:
                    raise SourceChanged(key, announced=announced, found=stored.sha256)
                self._publish(stored, scratch)
            finally:
                scratch.unlink(missing_ok=True)
        return stored

    def open(self, key: str) -> BinaryIO:
        """See ObjectStore.open. Verifies before it returns, so damaged bytes are never served; seekable."""
        target = self._objects / check_key(key)
        try:
            stream = target.open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise ObjectMissing(key) from None
        except OSError as error:
            raise StoreUnavailable(str(target), error.strerror or str(error)) from error
        try:
            served, sha256 = _digested(stream)
            if not self._vouched(key, sha256):
                raise ObjectDamaged(key)
        except OSError as error:
            stream.close()
            if error.errno == errno.EIO:
                raise ObjectDamaged(key, "the disk cannot read it") from error
            raise StoreUnavailable(str(target), error.strerror or str(error)) from error
        except StorageError:
            stream.close()
            raise
        return served

    def list(self, prefix: str) -> Iterator[str]:
        """See ObjectStore.list."""
        folder, _, begin = check_prefix(prefix).rpartition("/")
        with self._translated():
            yield from _walk(self._objects / folder, f"{folder}/" if folder else "", begin)

    def ping(self) -> None:
        """See ObjectStore.ping. Writes, syncs and removes a small file."""
        probe = self._incoming / secrets.token_hex(16)
        with self._translated():
            try:
                write_new(probe, b"ping")
            finally:
                probe.unlink(missing_ok=True)

    def _publish(self, stored: Stored, scratch: Path) -> None:
        target = self._objects / stored.key
        if not target.exists():
            _finish(scratch)
            self._vouch(stored)
            make_folder(target.parent)
            # link(), unlike rename(), refuses to replace: two writers cannot both win.
            with suppress(FileExistsError):
                target.hardlink_to(scratch)
                sync_folder(target.parent)
                return
        self._settle(stored, scratch, target)

    def _settle(self, stored: Stored, scratch: Path, target: Path) -> None:
        """Something lies there: agree if it is the same, mend it if it is a damaged copy of the same, else refuse."""
        with target.open("rb") as existing:
            held = hashlib.file_digest(existing, "sha256").hexdigest()
        if held == stored.sha256:
            self._vouch(stored)
            # Another writer may have linked it and not synced yet: what we acknowledge must be durable.
            sync_folder(target.parent)
        elif self._vouched(stored.key, held):
            self._withdraw(stored)
            raise ObjectConflict(stored.key)
        elif self._only_voucher(stored):
            _finish(scratch)
            scratch.replace(target)
            sync_folder(target.parent)
            log.warning("damaged object mended", extra={"key": stored.key})
        else:
            raise ObjectDamaged(stored.key)

    def _vouched(self, key: str, sha256: str) -> bool:
        """Whether bytes with this hash were put under `key`."""
        of_key = announced_sha256(key, None)
        return of_key == sha256 if of_key else self._checksum(key, sha256).exists()

    def _vouch(self, stored: Stored) -> None:
        if not self._vouched(stored.key, stored.sha256):
            path = self._checksum(stored.key, stored.sha256)
            make_folder(path.parent)
            with suppress(FileExistsError):
                write_new(path, f"{stored.sha256}  {stored.key}\n".encode(), mode=0o444)

    def _only_voucher(self, stored: Stored) -> bool:
        """Whether these bytes, and no others, were ever put under the key."""
        if announced_sha256(stored.key, None) is not None:
            return True
        path = self._checksum(stored.key, stored.sha256)
        begin = path.name.removesuffix(stored.sha256)
        if not path.exists():
            return False
        alike = [p for p in path.parent.iterdir() if p.name.startswith(begin) and len(p.name) == len(path.name)]
        return alike == [path]

    def _withdraw(self, stored: Stored) -> None:
        """Remove the checksum of a writer that lost."""
        if announced_sha256(stored.key, None) is None:
            self._checksum(stored.key, stored.sha256).unlink(missing_ok=True)

    def _checksum(self, key: str, sha256: str) -> Path:
        return self._checksums / f"{key}.{sha256}"

    def _sweep(self) -> None:
        for entry in os.scandir(self._incoming):
            with suppress(FileNotFoundError):
                if time.time() - entry.stat().st_mtime > STALE_SECONDS:
                    Path(entry.path).unlink()
                    log.info("unfinished object swept", extra={"file": entry.name})

    @contextmanager
    def _translated(self, key: str = "") -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _CLASHES and key:
                raise BadKey(key, "a part of it is an object, or it is a folder of objects") from error
            raise disk_error(self.root, error) from error


def _copy(key: str, stream: BinaryIO, scratch: Path) -> Stored:
    digest = hashlib.sha256()
    size = 0
    with scratch.open("xb") as written:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            size += written.write(chunk)
    return Stored(key=key, bytes=size, sha256=digest.hexdigest())


def _finish(scratch: Path) -> None:
    """Make the bytes durable, and the file read-only."""
    scratch.chmod(0o444)
    with scratch.open("rb") as written:
        os.fsync(written.fileno())


def _digested(stream: io.BufferedReader) -> tuple[BinaryIO, str]:
    """Return a stream of the same bytes, at its beginning, and their hash."""
    if os.fstat(stream.fileno()).st_size <= IN_MEMORY_BYTES:
        with stream:
            data = stream.read()
        return io.BytesIO(data), hashlib.sha256(data).hexdigest()
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return stream, sha256


def _walk(folder: Path, above: str, begin: str) -> Iterator[str]:
    """Yield the keys below `folder`, whose own key is `above`, for names that begin with `begin`."""
    try:
        entries = [(entry.name, entry.is_dir()) for entry in os.scandir(folder) if entry.name.startswith(begin)]
    except (FileNotFoundError, NotADirectoryError):
        return
    # A folder sorts as its keys do, with the slash: "a-b" comes before "a/b".
    for name, is_folder in sorted((f"{name}/" if is_folder else name, is_folder) for name, is_folder in entries):
        if is_folder:
            yield from _walk(folder / name, above + name, "")
        else:
            yield above + name
