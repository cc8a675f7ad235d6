"""What lies in a watched folder: every file, whose batch it belongs to, and whether it is whole. Changes nothing."""

import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

MARKER = ".ready"
"""`<name>.ready` beside a file says that it is whole; it counts while it is not older than the file."""

UNFINISHED_NAMES = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp")
"""What copying programs call a file until it is whole. It is waited for, not taken."""

_TAIL_BYTES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a file looks like without being opened."""

    bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One file as one look saw it."""

    path: Path
    folder: Path
    """Whose batch it belongs to."""
    source: str
    """Path below that folder."""
    sight: Sight
    regular: bool
    """False for pipes, dangling links and the like: they are never opened."""
    marked: bool
    """Whether a marker says that it is whole."""


def look(root: Path) -> list[Found]:
    """Return every file below the folder, hidden ones and markers left out. Links to folders are not followed.

    Raises:
        OSError: the folder itself cannot be listed. A sub-folder that cannot be is passed over, and logged.
    """
    found = []
    for entry, marked in _entries(root):
        if entry.is_dir(follow_symlinks=False):
            folder = Path(entry.path)
            found += [_found(e, folder, m) for e, m in _below(folder)]
        else:
            found.append(_found(entry, root, marked))
    return sorted(found, key=lambda one: one.path)


def _below(folder: Path) -> Iterator[tuple["os.DirEntry[str]", bool]]:
    try:
        entries = list(_entries(folder))
    except OSError as error:
        log.warning("folder not looked into", extra={"ref": str(folder), "error": str(error)})
        return
    for entry, marked in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path))
        else:
            yield entry, marked


def _entries(folder: Path) -> Iterator[tuple["os.DirEntry[str]", bool]]:
    with os.scandir(folder) as listed:
        entries = {entry.name: entry for entry in listed}
    for name, entry in entries.items():
        if name.startswith(".") or name.endswith(("~", MARKER)) or name.lower() in ("thumbs.db", "desktop.ini"):
            continue
        if _is_link_to_folder(entry):
            continue
        marker = entries.get(name + MARKER)
        yield entry, marker is not None and _sight(marker)[0].mtime_ns >= _sight(entry)[0].mtime_ns


def _is_link_to_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a circle of links
        return False


def _found(entry: "os.DirEntry[str]", folder: Path, marked: bool) -> Found:
    sight, regular = _sight(entry)
    path = Path(entry.path)
    return Found(
        path=path,
        folder=folder,
        source=path.relative_to(folder).as_posix(),
        sight=sight,
        regular=regular,
        marked=marked,
    )


def _sight(entry: "os.DirEntry[str]") -> tuple[Sight, bool]:
    try:
        seen = entry.stat()
    except OSError:  # dangling, circular, or gone since it was listed
        return Sight(bytes=0, mtime_ns=0, inode=0), False
    return Sight(bytes=seen.st_size, mtime_ns=seen.st_mtime_ns, inode=seen.st_ino), stat.S_ISREG(seen.st_mode)


def can_be_opened(path: Path) -> bool:
    """Whether the file opens for reading: on a share, whoever writes it may hold it locked."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError:
        return False
    return True


def looks_whole(path: Path) -> bool:
    """Whether a PDF, JPEG or PNG has its end. Bytes only, nothing is parsed; any other file counts as whole."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            tail = file.read()
    except OSError:
        return False
    if not head:
        return False
    for begin, end in ((b"%PDF-", b"%%EOF"), (b"\xff\xd8", b"\xff\xd9"), (b"\x89PNG", b"IEND")):
        if head.startswith(begin):
            return end in tail
    return True
