"""Export: a record's files to where a person wants them, verified, overwriting nothing."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from sohoa.errors import NotAllowed
from sohoa.toolbox import Toolbox
from storage.errors import ObjectDamaged
from storage.objects import read_bytes
from storage.records import Record, Role

CHUNK_BYTES = 1 << 20

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What file systems without hard links (FAT, exFAT, some shares) answer."""


def export(record: Record, role: Role, to: Path, kit: Toolbox) -> Path:
    """Write the file of this role to `to`, a new file or an existing folder, and return where it lies.

    Raises:
        NotAllowed: something stands there already, the place cannot be written, or the record has no such file.
        ObjectDamaged: the stored bytes are not those that were kept; nothing is left at `to`.
    """
    target = place_for(record, role, to)
    file = record.file(role)
    assert file is not None
    write_new(target, _plain(record, role, kit), sha256=file.sha256, key=file.key)
    kit.audit.note("exported", record_id=record.record_id, role=role)
    return target


def place_for(record: Record, role: Role, to: Path) -> Path:
    """Return the path the file will get, or raise NotAllowed."""
    file = record.file(role)
    if file is None:
        raise NotAllowed(
            f"{record.record_id} has no {role} copy", vi=f"hồ sơ {record.record_id} không có tệp loại này ({role})"
        )
    try:
        target = to / file.name if to.is_dir() else to
        refuse_existing(target)
        if not target.parent.is_dir():
            raise NotAllowed(f"there is no folder {target.parent}", vi=f"không có thư mục {target.parent}")
    except OSError as error:
        raise _unwritable(to, error) from error
    return target


def refuse_existing(target: Path) -> None:
    """Raise NotAllowed if something stands there, a broken link too."""
    if os.path.lexists(target):
        raise NotAllowed(f"{target} exists; nothing is overwritten", vi=f"{target} đã tồn tại; không ghi đè")


def write_new(target: Path, chunks: Iterable[bytes], *, sha256: str | None = None, key: str = "") -> None:
    """Write a file where nothing stands; whole or not at all. With `sha256`, only if the bytes have that hash.

    Raises: see `export`.
    """
    scratch = target.with_name(f".sohoa-{secrets.token_hex(8)}")
    try:
        digest = hashlib.sha256()
        with scratch.open("xb") as out:
            for chunk in chunks:
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if sha256 is not None and digest.hexdigest() != sha256:
            raise ObjectDamaged(key)
        _appear(scratch, target)
    except FileExistsError:
        refuse_existing(target)
        raise
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError) -> NotAllowed:
    why = error.strerror or str(error)
    return NotAllowed(f"{target} cannot be written: {why}", vi=f"không ghi được {target} ({why})")


def _appear(scratch: Path, target: Path) -> None:
    """Give the file its name. link(), unlike rename(), refuses to replace what somebody put there meanwhile."""
    try:
        os.link(scratch, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # A USB stick knows no links: the last look is the best there is.
        refuse_existing(target)
        scratch.rename(target)


def _plain(record: Record, role: Role, kit: Toolbox) -> Iterator[bytes]:
    file = record.file(role)
    assert file is not None
    if file.encrypted:
        yield kit.keys.decrypt(record.record_id, read_bytes(kit.store, file.key), context=role)
        return
    with kit.store.open(file.key) as kept:
        while chunk := kept.read(CHUNK_BYTES):
            yield chunk
