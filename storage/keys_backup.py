"""The key store's folder as one archive, and what an archive is worth: a compressed tar, unpacked with `tar xzf`."""

import gzip
import io
import os
import re
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.durable import sync_folder

FILE_NAME = "sohoa-keys.tar.gz"
"""Name of the backup in a folder that is given in place of a file."""

_NAME = re.compile(r"archive\.key|records/[^/.]+/[^/.]+\.(?:key|destroyed)")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupCheck:
    """How far a backup of the keys would bring us."""

    opens: bool
    """Whether the backup is there and can be read to its end."""
    matches: bool
    """Whether it holds this archive's key."""
    missing: tuple[str, ...] = ()
    """Records whose key the backup lacks, or holds another of. Sorted."""
    undestroyed: tuple[str, ...] = ()
    """Records whose key was destroyed here and still lies in the backup. Sorted."""
    problem: str = ""
    """Why it does not open; for the operator."""

    @property
    def sound(self) -> bool:
        """Whether everything readable today could be read from the backup, and nothing more."""
        return self.opens and self.matches and not self.missing and not self.undestroyed


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRead:
    """What is in a backup, or why it does not open."""

    files: Mapping[str, bytes]
    problem: str = ""


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the key store's files by their names within it; others are left out."""
    files: dict[str, bytes] = {}
    for path in [folder / "archive.key", *sorted((folder / "records").glob("*/*"))]:
        name = path.relative_to(folder).as_posix()
        if _NAME.fullmatch(name):
            # A key destroyed by another process since the listing is left out, as it should be.
            try:
                files[name] = path.read_bytes()
            except FileNotFoundError:
                continue
    return files


def write_backup(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the archive beside `path`, then put it in its place: a reader sees the old one or the new one."""
    target = path / FILE_NAME if path.is_dir() else path
    scratch = target.with_name(f".{target.name}.{os.urandom(8).hex()}")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with (
                gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w") as archive,
            ):
                for name, data in sorted(files.items()):
                    member = tarfile.TarInfo(name)
                    member.size, member.mode = len(data), 0o600
                    archive.addfile(member, io.BytesIO(data))
            raw.flush()
            os.fsync(raw.fileno())
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    sync_folder(target.parent)


def read_backup(path: Path) -> BackupRead:
    """Return the files of a backup: an archive, a folder with one, or a plain copy of the key store's folder."""
    if path.is_dir() and not (path / FILE_NAME).exists():
        return BackupRead(files=read_folder(path)) if (path / "archive.key").exists() else _unread("no backup there")
    target = path / FILE_NAME if path.is_dir() else path
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(target, "r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() and _NAME.fullmatch(member.name) else None
                if content is not None:
                    files[member.name] = content.read()
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        return _unread(str(error))
    return BackupRead(files=files)


def compare(ours: Mapping[str, bytes], backup: BackupRead) -> BackupCheck:
    """Return what the backup is worth to a key store with these files."""
    theirs = backup.files
    keys = {name for name in ours if name.startswith("records/") and name.endswith(".key")}
    destroyed = {name.removesuffix(".destroyed") + ".key" for name in ours if name.endswith(".destroyed")}
    return BackupCheck(
        opens=not backup.problem,
        matches="archive.key" in theirs and theirs["archive.key"] == ours.get("archive.key"),
        missing=_record_ids(name for name in keys if theirs.get(name) != ours[name]),
        undestroyed=_record_ids(name for name in destroyed if name in theirs),
        problem=backup.problem,
    )


def _record_ids(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name.rpartition("/")[2].removesuffix(".key") for name in names))


def _unread(problem: str) -> BackupRead:
    return BackupRead(files={}, problem=problem)
