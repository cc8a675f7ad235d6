"""One writer at a time on one index, across threads and processes; the others wait and say so."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import IndexUnavailable

POLL_SECONDS = 0.05


def ignore(_message: str) -> None:
    """Say nothing."""


@contextmanager
def sole_writer(path: Path, *, wait_seconds: float, on_wait: Callable[[str], None] = ignore) -> Iterator[None]:
    """Hold the lock file for the length of the block; it is freed when the process ends, however it ends.

    `on_wait` is called once, with an English sentence, when another writer is at work.

    Raises:
        IndexUnavailable: another writer held it for all of `wait_seconds`, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise IndexUnavailable(str(path), error.strerror or "cannot be written") from error
    try:
        _take(handle, path, wait_seconds, on_wait)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path, wait_seconds: float, on_wait: Callable[[str], None]) -> None:
    until = time.monotonic() + wait_seconds
    waited = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until:
                raise IndexUnavailable(
                    str(path), f"another command has been writing for {wait_seconds:g} seconds"
                ) from None
            if not waited:
                on_wait("another command is writing to the search index; waiting for it")
                waited = True
            time.sleep(POLL_SECONDS)
        else:
            return
