"""Export: a record's files to where a person wants them, verified, overwriting nothing."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from sohoa.errors import NotAllowed
from sohoa.toolbox import Toolbox
from storage.errors import ObjectDamaged
from storage.objects import read_bytes
from storage.records import Record, Role

CHUNK_BYTES = 1 << 20


def export(record: Record, role: Role, to: Path, kit: Toolbox) -> Path:
    """Write the file of this role to `to`, a new file or an existing folder, and return where it lies.

    Raises:
        NotAllowed: something stands there already, or the record has no such file.
        ObjectDamaged: the stored bytes are not those that were kept; nothing is left at `to`.
    """
    target = place_for(record, role, to)
    file = record.file(role)
    assert file is not None
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=".sohoa-", delete=False) as scratch:
            digest = hashlib.sha256()
            for chunk in _plain(record, role, kit):
                digest.update(chunk)
                scratch.write(chunk)
        if digest.hexdigest() != file.sha256:
            raise ObjectDamaged(file.key)
        Path(scratch.name).chmod(0o644)
        # link(), unlike rename(), refuses to replace what somebody put there meanwhile.
        os.link(scratch.name, target)
    except FileExistsError:
        raise NotAllowed(f"{target} exists; nothing is overwritten") from None
    finally:
        Path(scratch.name).unlink(missing_ok=True)
    kit.audit.note("exported", record_id=record.record_id, role=role)
    return target


def place_for(record: Record, role: Role, to: Path) -> Path:
    """Return the path the file will get, or raise NotAllowed."""
    file = record.file(role)
    if file is None:
        raise NotAllowed(f"{record.record_id} has no {role} copy")
    target = to / file.name if to.is_dir() else to
    if target.exists():
        raise NotAllowed(f"{target} exists; nothing is overwritten")
    if not target.parent.is_dir():
        raise NotAllowed(f"there is no folder {target.parent}")
    return target


def _plain(record: Record, role: Role, kit: Toolbox) -> Iterator[bytes]:
    file = record.file(role)
    assert file is not None
    if file.encrypted:
        yield kit.keys.decrypt(record.record_id, read_bytes(kit.store, file.key), context=role)
        return
    with kit.store.open(file.key) as kept:
        while chunk := kept.read(CHUNK_BYTES):
            yield chunk
