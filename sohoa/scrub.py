"""Scrub: stored bytes are read again and compared with what was kept (kiểm tra tính toàn vẹn)."""

from dataclasses import dataclass
from random import shuffle
from time import monotonic

from sohoa.toolbox import Toolbox
from storage.errors import RecordDamaged
from storage.packages import all_record_ids, check_chain, newest_version

_LISTED = 10
"""How many faults the error names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """What a scrub went through and found sound."""

    records: int
    """There are."""
    read: int
    """Of them, read again."""
    bytes: int
    """Of the files of the newest versions that were read again."""


def scrub(kit: Toolbox, *, seconds: float) -> Scrubbed:
    """Read chains and files of all records again; of a large archive as many as there is time for, others each time.

    What was read is written into the audit log. Nothing is changed or repaired.

    Raises:
        RecordDamaged: names what was found, after everything was gone through.
        Errors with remedy retry: the store did not answer; what was read so far is not counted.
    """
    ids = list(all_record_ids(kit.store))
    shuffle(ids)
    limit = monotonic() + seconds
    problems: list[str] = []
    read = size = 0
    for record_id in ids:
        if monotonic() > limit:
            break
        found = check_chain(kit.store, record_id, deep=True)
        problems += found
        read += 1
        size += 0 if found else sum(file.bytes for file in newest_version(kit.store, record_id).files)
    kit.audit.note("scrubbed", records=str(len(ids)), read=str(read), problems=str(len(problems)))
    if problems:
        more = f" and {len(problems) - _LISTED} more" if len(problems) > _LISTED else ""
        raise RecordDamaged("the object store", "; ".join(problems[:_LISTED]) + more)
    return Scrubbed(records=len(ids), read=read, bytes=size)
