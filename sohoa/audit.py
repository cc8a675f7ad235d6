"""Who did what to which record, and when: append-only lines, each carrying the hash of the one before.

A changed, removed or reordered line breaks the chain from there on; `AuditLog.check` says where. Personal
identifiers never stand in it. Source: QCVN 12:2026/BCA 3.9 (M/H); chain after RFC 6962's idea of a verifiable log.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sohoa.masking import mask_numbers

OURS = frozenset({"sha256", "fingerprint", "owner_index"})
"""Details that are hashes: what looks like a number in them is none."""

START = "0" * 64
"""What the first line names as its predecessor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One act (dòng nhật ký)."""

    number: int
    """From 1, without gaps."""
    at: str
    """ISO 8601, UTC."""
    who: str
    what: str
    """viewed, looked_up, searched, reused, exported, confirmed, rejected, sealed, trusted, ..."""
    record_id: str | None
    detail: Mapping[str, str]
    previous: str
    """SHA-256 of the line before, hex."""


class AuditLog:
    """The log of one archive, in one file. Processes on one machine may write side by side."""

    def __init__(self, file: Path, *, who: str, clock: Callable[[], datetime]) -> None:
        self._file = file
        self._who = who
        self._clock = clock

    def note(self, what: str, *, record_id: str | None = None, **detail: str) -> None:
        """Append one line, flushed to the disk before this returns; personal numbers people typed are masked."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a+b") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            number, previous = _tail(log.fileno())
            line = {
                "number": number + 1,
                "at": self._clock().isoformat(timespec="milliseconds"),
                "who": self._who,
                "what": what,
                "record_id": record_id,
                "detail": {name: text if name in OURS else mask_numbers(text) for name, text in detail.items()},
                "previous": previous,
            }
            log.write(json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            log.flush()
            os.fsync(log.fileno())

    def lines(self, record_id: str | None = None) -> Iterator[AuditLine]:
        """Yield the lines, oldest first; with `record_id`, those of one record."""
        if not self._file.exists():
            return
        with self._file.open("rb") as log:
            for raw in log:
                line = AuditLine(**json.loads(raw))
                if record_id in (None, line.record_id):
                    yield line

    def check(self) -> int | None:
        """Return the number of the first line that does not follow from the one before, or None if all do."""
        if not self._file.exists():
            return None
        previous = START
        with self._file.open("rb") as log:
            for number, raw in enumerate(log, start=1):
                try:
                    line = json.loads(raw)
                except ValueError:
                    return number
                if line.get("number") != number or line.get("previous") != previous:
                    return number
                previous = hashlib.sha256(raw.rstrip(b"\n")).hexdigest()
        return None


def _tail(log: int) -> tuple[int, str]:
    """Return number and hash of the last whole line; a half line left by a power cut is cut away first."""
    end = os.lseek(log, 0, os.SEEK_END)
    if end == 0:
        return 0, START
    step = 1 << 16
    tail = b""
    at = end
    while at > 0 and tail.count(b"\n") < 2:
        at = max(0, at - step)
        tail = os.pread(log, end - at, at)
    whole = tail.rfind(b"\n") + 1
    if whole < len(tail):
        os.ftruncate(log, at + whole)
        tail = tail[:whole]
    if not tail:
        return 0, START
    last = tail.rstrip(b"\n").rsplit(b"\n", 1)[-1]
    return int(json.loads(last)["number"]), hashlib.sha256(last).hexdigest()
