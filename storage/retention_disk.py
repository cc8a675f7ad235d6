"""Retention beside a store on disk.

An empty file for each date that was set, and one for a hold: `retention/<key>/.until-2031-01-01`, `.permanent`,
`.hold`. The latest date counts, so two writers need no lock and neither can shorten what the other set.

What this cannot do: a disk does not stop its administrator from deleting files. That takes a store with object lock.
"""

from contextlib import suppress
from datetime import date
from pathlib import Path

from storage.durable import disk_error, make_folder, sync_folder, write_new
from storage.errors import ObjectMissing
from storage.objects import RetentionState, check_key
from storage.retention import extended, is_later

_UNTIL = ".until-"
_PERMANENT = ".permanent"
_HOLD = ".hold"


class DiskRetention:
    """See Retention. `root` is the root of the DiskStore."""

    def __init__(self, root: Path) -> None:
        self._objects = root / "objects"
        self._marks = root / "retention"

    def set(self, key: str, until: date | None) -> None:
        """See Retention.set."""
        state = self.read(key)
        if state != extended(key, state, until):
            self._mark(key, _PERMANENT if until is None else f"{_UNTIL}{until.isoformat()}")

    def hold(self, key: str, on: bool) -> None:
        """See Retention.hold."""
        if self.read(key).held == on:
            return
        if on:
            self._mark(key, _HOLD)
            return
        folder = self._marks / key
        try:
            (folder / _HOLD).unlink(missing_ok=True)
            sync_folder(folder)
        except OSError as error:
            raise disk_error(folder, error) from error

    def read(self, key: str) -> RetentionState:
        """See Retention.read."""
        if not (self._objects / check_key(key)).is_file():
            raise ObjectMissing(key)
        names: list[str] = []
        with suppress(FileNotFoundError):
            names = [path.name for path in (self._marks / key).iterdir()]
        ends: list[date | None] = [date.fromisoformat(n.removeprefix(_UNTIL)) for n in names if n.startswith(_UNTIL)]
        if _PERMANENT in names:
            ends.append(None)
        held = _HOLD in names
        if not ends:
            return RetentionState(held=held)
        latest = ends[0]
        for end in ends[1:]:
            latest = end if is_later(end, latest) else latest
        return RetentionState(protected=True, until=latest, held=held)

    def _mark(self, key: str, name: str) -> None:
        folder = self._marks / key
        try:
            make_folder(folder)
            with suppress(FileExistsError):
                write_new(folder / name, b"", mode=0o444)
        except OSError as error:
            raise disk_error(folder, error) from error
