"""A file where people put it -> its bytes in the store as they were at one moment, or why it is no paper.

Whoever fills the folder may be at it still: files grow, change and vanish, and what has a name need not be a file.
"""

import errno
import hashlib
import os
import stat
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from storage.errors import SourceChanged
from storage.objects import ObjectStore, Stored, blob_key
from storage.records import State

SETTLED_SECONDS = 0.5
"""A file that was written to more recently may not be whole yet."""

_SYSTEM_FILES = ("thumbs.db", "desktop.ini")
_CIRCLE = "circular_link"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Letters that make what follows read backwards: a name could show another ending than it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPaper:
    """Why a file is not taken in, and where that leaves it."""

    state: State
    code: str
    why: str = ""
    """What the operating system said; empty if it was not that."""


def legible(name: str) -> str:
    """Return a file's name as text that can be stored and shown: NFC, bytes that are no UTF-8 and control letters
    written as escapes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", "".join(map(_shown, text)))


def _shown(letter: str) -> str:
    if unicodedata.category(letter) == "Cc" or letter in _TURNING:
        return letter.encode("unicode_escape").decode("ascii")
    return letter


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is left by a system or program and no paper."""
    return name.startswith(".") or name.endswith("~") or name.lower() in _SYSTEM_FILES


def why_no_paper(path: Path, within: Path | None) -> NoPaper | None:
    """Return why the file is not to be read, or None. Nothing is opened, so no pipe is waited for.

    `within`: the folder that was handed in, which links may not leave; None for a file that was named itself.
    """
    if is_hidden(path.name):
        return NoPaper(state=State.IGNORED, code="hidden_file")
    try:
        if within is not None and path.is_symlink() and not path.resolve(strict=True).is_relative_to(within.resolve()):
            return NoPaper(state=State.IGNORED, code="link_leaves_folder")
        mode = path.stat().st_mode
    except OSError as error:
        return _unseen(path, error)
    except RuntimeError:  # so says Python 3.11 to 3.12 of a circle
        return NoPaper(state=State.IGNORED, code=_CIRCLE)
    if stat.S_ISDIR(mode) and not path.is_symlink():
        return _closed(path)
    return None if stat.S_ISREG(mode) else NoPaper(state=State.IGNORED, code="not_a_file")


def _unseen(path: Path, error: OSError) -> NoPaper:
    if error.errno == errno.ELOOP:
        return NoPaper(state=State.IGNORED, code=_CIRCLE)
    if path.is_symlink():
        return NoPaper(state=State.IGNORED, code="dangling_link")
    return unread(error)


def _closed(folder: Path) -> NoPaper:
    """A folder is handed in only where what lies in it could not be listed."""
    try:
        os.scandir(folder).close()
    except OSError as error:
        return unread(error)
    return NoPaper(state=State.IGNORED, code="not_a_file")


def unread(error: OSError) -> NoPaper:
    """Return what an error of the operating system means for the file."""
    gone = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)
    code = "source_gone" if gone else "unreadable"
    return NoPaper(state=State.QUARANTINED, code=code, why=error.strerror or type(error).__name__)


def unsettled_seconds(path: Path) -> float:
    """Return how long to wait until the file may count as whole; 0 if it does, or if it cannot be looked at."""
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
    return SETTLED_SECONDS - age if 0 <= age < SETTLED_SECONDS else 0.0


def keep_bytes(path: Path, store: ObjectStore) -> Stored:
    """Keep the file's bytes under the key of their hash. Safe to repeat; reads the file twice, 1 MiB at a time.

    Raises:
        OSError: the source cannot be read; nothing was kept.
        SourceChanged: it changed while it was read; nothing was kept.
        StoreUnavailable, StoreFull: see ObjectStore.put.
    """
    with open(path, "rb", opener=_never_waiting) as stream:
        before = os.fstat(stream.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "not a regular file any more")
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        after = os.fstat(stream.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise SourceChanged(blob_key(sha256), announced=f"{before.st_size} bytes", found=f"{after.st_size} bytes")
        stream.seek(0)
        return store.put(blob_key(sha256), stream, sha256=sha256)


def _never_waiting(path: str, flags: int) -> int:
    # A pipe put in the file's place would be waited for until somebody writes to it.
    return os.open(path, flags | os.O_NONBLOCK)
