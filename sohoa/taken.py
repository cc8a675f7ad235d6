"""What the watcher has taken, so that a restart reads no file again: a line of JSON a file.

A memory, not a record: what it lacks is read and hashed once more, and the ledger knows it by its bytes.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sohoa.inbox import Sight

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Line:
    sight: Sight
    batch: str
    source: str


class Taken:
    """Paths that were taken, and what they looked like then. For one thread."""

    def __init__(self, file: Path) -> None:
        """Remember what the file says; a torn or foreign line is passed over."""
        self._file = file
        self._lines: dict[str, _Line] = {}
        written = bad = 0
        for raw in _raw_lines(file):
            written += 1
            try:
                path, size, mtime_ns, inode, batch, source = json.loads(raw)
                sight = Sight(bytes=int(size), mtime_ns=int(mtime_ns), inode=int(inode))
            except (ValueError, TypeError):
                bad += 1
                continue
            self._lines[str(path)] = _Line(sight, str(batch), str(source))
        if bad or written > 2 * len(self._lines) + 100:
            # A torn line at the end would swallow the next one.
            self._write_anew()

    def knows(self, path: str, sight: Sight) -> bool:
        """Whether the file was taken as it looks now."""
        line = self._lines.get(path)
        return line is not None and line.sight == sight

    def add(self, path: str, sight: Sight, *, batch: str, source: str) -> None:
        """Remember that the file was taken."""
        self._lines[path] = _Line(sight, batch, source)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="ascii") as out:
                out.write(self._text(path))
        except OSError as error:
            # It is remembered until the next start, and read once more then.
            log.warning("memory of the watched folder not written", extra={"error": str(error)})

    def forget(self, paths: Iterable[str]) -> None:
        """Take the files for new."""
        forgotten = [self._lines.pop(path) for path in list(paths) if path in self._lines]
        if forgotten:
            self._write_anew()

    def by_batch(self) -> dict[str, list[tuple[str, str]]]:
        """Return path and source of everything taken, by batch."""
        batches: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, line in self._lines.items():
            batches[line.batch].append((path, line.source))
        return batches

    def _text(self, path: str) -> str:
        line = self._lines[path]
        sight = line.sight
        # ASCII: names that are no Unicode survive as escapes.
        return json.dumps([path, sight.bytes, sight.mtime_ns, sight.inode, line.batch, line.source]) + "\n"

    def _write_anew(self) -> None:
        fresh = self._file.with_suffix(".new")
        try:
            fresh.write_text("".join(map(self._text, self._lines)), encoding="ascii")
            fresh.replace(self._file)
        except OSError as error:
            log.warning("memory of the watched folder not written", extra={"error": str(error)})


def _raw_lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
