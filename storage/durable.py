"""Files that are there after the power comes back: written, synced, and named in a synced folder."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import StorageError, StoreFull, StoreUnavailable

_FULL = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EFBIG,
    errno.EACCES,
    errno.EPERM,
}


def disk_error(where: Path, error: OSError) -> StorageError:
    """Return what a failure of the operating system means to us: StoreFull or StoreUnavailable."""
    why = error.strerror or str(error)
    return StoreFull(str(where), why) if error.errno in _FULL else StoreUnavailable(str(where), why)


@contextmanager
def disk_errors(where: Path) -> Iterator[None]:
    """Turn the operating system's failures in the block into ours: see disk_error."""
    try:
        yield
    except OSError as error:
        raise disk_error(where, error) from error


def write_new(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Make the file with these bytes, durable and whole or not there at all. The folder must exist.

    Raises FileExistsError, and leaves the file that is there as it is. Two writers cannot both win.
    """
    scratch = path.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as written:
            written.write(data)
            written.flush()
            os.fsync(written.fileno())
        # link(), unlike rename(), refuses to replace.
        path.hardlink_to(scratch)
    finally:
        scratch.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make the folder and those above it where missing, for their owner only, and durable. Safe to repeat."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
