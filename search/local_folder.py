"""The folder of the local index: made, opened, found damaged, wiped. Belongs to search/local.py."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock

from tantivy import Index

from search.errors import IndexDamaged, IndexUnavailable
from search.local_query import FORMAT, schema
from search.lock import sole_writer

_MAKING = "sohoa-index in the making"
"""The form of an index that is made afresh and not filled yet."""


class IndexFolder:
    """A folder that holds an index, and `<folder>.lock` beside it.

    The lock file is held by whoever writes, and remembers in which form the index was made: so an index that somebody
    deleted is told from one that never was.
    """

    def __init__(self, folder: Path, *, wait_seconds: float, on_wait: Callable[[str], None]) -> None:
        self._folder = folder
        self._lock_file = folder.with_name(folder.name + ".lock")
        self._wait_seconds = wait_seconds
        self._on_wait = on_wait
        self._opened: Index | None = None
        self._opening = Lock()

    def sole_writer(self) -> AbstractContextManager[None]:
        """Hold the index against other writers. Raises IndexUnavailable after the waiting time."""
        return sole_writer(self._lock_file, wait_seconds=self._wait_seconds, on_wait=self._on_wait)

    def open_for_reading(self) -> Index:
        """Return the index with the last finished write, making it when it never was.

        Raises:
            IndexDamaged, IndexUnavailable
        """
        if self._opened is None and not self._form():
            with self.sole_writer():
                self.open_for_writing()
        try:
            return self._current()
        except (IndexDamaged, IndexUnavailable):
            # Somebody may be making it afresh at this very moment: it is whole once they let go of it.
            with self.sole_writer():
                return self._current()

    def open_for_writing(self) -> Index:
        """Return the index with the last finished write, making it when it never was. Call it as the sole writer.

        Raises:
            IndexDamaged, IndexUnavailable
        """
        if not self._form():
            self._make()
        return self._current()

    def make_afresh(self) -> Index:
        """Throw the files away and return an empty index. Call it as the sole writer, and `filled` afterwards.

        Until then readers wait, and when its maker ends before that it is damaged.
        """
        with self._opening, self.translated():
            self._opened = None
            self._lock_file.write_text(_MAKING, encoding="utf-8")
            shutil.rmtree(self._folder, ignore_errors=True)
            return self._made()

    def filled(self) -> None:
        """Say that an index that was made afresh is whole now."""
        with self.translated():
            self._lock_file.write_text(FORMAT, encoding="utf-8")

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what tantivy raises in the block into ours."""
        try:
            yield
        except OSError as error:
            raise IndexUnavailable(str(self._folder), error.strerror or "the disk did not answer") from error
        except ValueError as error:
            why = str(error)
            if "IO error" in why or "LockBusy" in why or "os error" in why:
                raise IndexUnavailable(str(self._folder), why) from error
            raise IndexDamaged(str(self._folder), why) from error
        except BaseException as error:
            # A panic in tantivy's Rust, on files cut short for one, is no Exception and has no importable class.
            if type(error).__name__ != "PanicException":
                raise
            raise IndexDamaged(str(self._folder), "its files cannot be read") from error

    def _form(self) -> str:
        try:
            return self._lock_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise IndexUnavailable(str(self._lock_file), "cannot be read") from error

    def _make(self) -> None:
        with self._opening, self.translated():
            self._made()
            self._lock_file.write_text(FORMAT, encoding="utf-8")

    def _made(self) -> Index:
        self._folder.mkdir(parents=True, exist_ok=True)
        return Index(schema(), str(self._folder))

    def _current(self) -> Index:
        with self._opening, self.translated():
            form = self._form()
            if form == _MAKING:
                self._opened = None
                raise IndexDamaged(str(self._folder), "it was thrown away and not filled again")
            if self._opened is None:
                if form != FORMAT:
                    raise IndexDamaged(str(self._folder), f"it was made in another form ({form!r})")
                if not (self._folder / "meta.json").exists():
                    raise IndexDamaged(str(self._folder), "its files are gone")
                self._opened = Index.open(str(self._folder))
            self._opened.reload()
            return self._opened
