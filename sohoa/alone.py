"""Whether a command has the archive to itself: rebuild and migrate do, all others share it.

While views are made anew, a question would be answered "not held" for papers that are there. The lock is the home's
and ends with the process, however it ends. Workers on other machines are not seen: stop them first.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sohoa.errors import ArchiveBusy
from storage.durable import disk_error

_held: dict[Path, int] = {}
"""Home -> the file that carries this process's lock."""


def share(home: Path) -> None:
    """Use the archive beside others until this process ends.

    Raises:
        ArchiveBusy: somebody has it to himself just now.
        StoreFull, StoreUnavailable: the home cannot be written.
    """
    if home not in _held:
        handle = _open(home)
        try:
            _lock(handle, fcntl.LOCK_SH, home)
        except ArchiveBusy:
            os.close(handle)
            raise
        _held[home] = handle


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Have the archive to oneself for the length of the block; shared again after it.

    Raises ArchiveBusy when somebody else uses it.
    """
    share(home)
    _lock(_held[home], fcntl.LOCK_EX, home)
    try:
        yield
    finally:
        fcntl.flock(_held[home], fcntl.LOCK_SH)


def _open(home: Path) -> int:
    place = home / "run" / "archive.lock"
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise disk_error(place, error) from error


def _lock(handle: int, kind: int, home: Path) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ArchiveBusy(home=str(home)) from None
