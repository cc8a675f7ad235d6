"""Watch: what appears in a folder is received once it is whole. Nothing in the folder is moved, renamed or deleted.

Each direct sub-folder is a batch, and so are the files that lie in the folder itself: the folder's open batch, or a new
one. The folder is looked at again and again, so a share that reports no changes will do, and what one look missed the
next one finds.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sohoa.errors import NotAllowed
from sohoa.inbox import UNFINISHED_NAMES, Found, Sight, can_be_opened, look, looks_whole
from sohoa.intake import open_batch, storable
from sohoa.messages import reason_of
from sohoa.policy import OUR_ERRORS
from sohoa.steps.receive import Order, receive
from sohoa.taken import Taken
from sohoa.toolbox import Toolbox
from storage.errors import BatchClosed, SourceChanged
from storage.ledger import Paper

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""How long a file may stand still without its end before it is taken as it is, and set aside with its reason."""

LATE_SECONDS = 600.0
"""A file that cannot be taken for so long is told of; one that cannot be opened is written down as such."""

AGAIN_SECONDS = 60.0
"""After a fault with one file, and between two comparisons of folder and ledger."""


class Intake(Protocol):
    """Where files go."""

    def take(self, found: Found) -> Paper:
        """Receive the file into its folder's batch and return its line in the ledger. Safe to repeat."""
        ...

    def sources(self, batch: str) -> Collection[str]:
        """Return the sources that the ledger has for this batch."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one look at the folder led to."""

    taken: tuple[Paper, ...] = ()
    waiting: int = 0
    """Files seen and not taken yet."""
    late: tuple[tuple[str, str], ...] = ()
    """Path and why: files that waited too long. Each is told once."""
    trouble: tuple[tuple[str, str], ...] = ()
    """Path (or "") and what went wrong; told each time."""


@dataclass(slots=True)
class _Candidate:
    sight: Sight
    since: float
    """When it was first seen like this."""
    first: float
    """When it was first seen at all."""
    not_before: float = 0.0
    refused: bool = False
    """Written down as unreadable: looked at until it opens."""
    told: bool = False


@dataclass(slots=True)
class Watch:
    """The watcher of one folder; call `turn` every few seconds, from one thread."""

    root: Path
    intake: Intake
    taken: Taken
    settle_seconds: float
    """How long a file must look the same."""
    clock: Callable[[], float] = time.monotonic
    stopped: Callable[[], bool] = lambda: False
    opens: Callable[[Path], bool] = can_be_opened
    _candidates: dict[str, _Candidate] = field(default_factory=dict)
    _compared: float | None = None

    def turn(self) -> Turn:
        """Look once, and take what is whole. One bad file stops nothing.

        Raises:
            OSError: the folder itself cannot be looked at; what was seen before is remembered.
        """
        now = self.clock()
        if self._compared is None or now - self._compared >= AGAIN_SECONDS:
            self._compare()
            self._compared = now
        found = [one for one in look(self.root) if not self.taken.knows(str(one.path), one.sight)]
        before = self._candidates
        self._candidates = {str(one.path): _seen(one, before.get(str(one.path)), now) for one in found}
        papers: list[Paper] = []
        trouble: list[tuple[str, str]] = []
        for one in found:
            if self.stopped():
                break
            if self._is_due(one, now):
                try:
                    papers.append(self._take(one))
                except SourceChanged:
                    log.info("file changed while it was read", extra={"ref": one.source})  # it stands still later
                except OUR_ERRORS as error:
                    trouble.append((one.source, reason_of(error)["message"]))
                    if error.remedy != "resubmit":
                        break  # store or ledger: the next file would fare no better
                    self._later(one, now)
                except Exception as error:
                    log.exception("file not taken", extra={"ref": one.source})
                    trouble.append((one.source, f"{type(error).__name__}: {error}"))
                    self._later(one, now)
        late = tuple(self._late(found, now))
        return Turn(taken=tuple(papers), waiting=len(self._candidates), late=late, trouble=tuple(trouble))

    def _is_due(self, one: Found, now: float) -> bool:
        candidate = self._candidates[str(one.path)]
        if now < candidate.not_before or one.path.name.lower().endswith(UNFINISHED_NAMES):
            return False
        still = now - candidate.since
        if not one.marked and still < self.settle_seconds:
            return False
        if not one.regular:
            return True
        if not self.opens(one.path):
            return not candidate.refused and now - candidate.first >= LATE_SECONDS
        return one.marked or still >= PATIENCE_SECONDS or looks_whole(one.path)

    def _take(self, one: Found) -> Paper:
        readable = not one.regular or self.opens(one.path)
        paper = self.intake.take(one)
        if readable:
            self.taken.add(str(one.path), one.sight, batch=paper.batch, source=paper.source)
            del self._candidates[str(one.path)]
        else:
            self._candidates[str(one.path)].refused = True
        return paper

    def _later(self, one: Found, now: float) -> None:
        self._candidates[str(one.path)].not_before = now + AGAIN_SECONDS

    def _late(self, found: list[Found], now: float) -> Iterator[tuple[str, str]]:
        for one in found:
            candidate = self._candidates.get(str(one.path))
            if candidate is not None and not candidate.told and now - candidate.first >= LATE_SECONDS:
                candidate.told = True
                yield str(one.path), "locked_file" if candidate.refused else "still_growing"

    def _compare(self) -> None:
        """Forget what was taken and is not in the ledger: it is seen anew at this very look."""
        for batch, lines in self.taken.by_batch().items():
            known = self.intake.sources(batch)
            self.taken.forget([path for path, source in lines if source not in known])


def _seen(one: Found, before: _Candidate | None, now: float) -> _Candidate:
    if before is None:
        return _Candidate(sight=one.sight, since=now, first=now)
    if before.sight == one.sight:
        return before
    return _Candidate(sight=one.sight, since=now, first=before.first, told=before.told)


class LedgerIntake:
    """Receives into the archive. See Intake."""

    def __init__(self, kit: Toolbox) -> None:
        self._kit = kit

    def take(self, found: Found) -> Paper:
        """See Intake.take. A batch closed meanwhile takes no more: the folder gets a new one."""
        try:
            return self._receive(found)
        except BatchClosed:
            return self._receive(found)

    def sources(self, batch: str) -> Collection[str]:
        """See Intake.sources."""
        return self._kit.ledger.sources(batch)

    def _receive(self, found: Found) -> Paper:
        kit = self._kit
        batch = kit.ledger.open_batch_of(storable(found.folder)) or open_batch([found.folder], None, None, kit)
        order = Order(mode=kit.settings.mode)
        return receive(found.path, found.source, batch=batch.code, order=order, kit=kit, within=found.folder)[0]


def watch_folder(root: Path, kit: Toolbox, *, stopped: Callable[[], bool]) -> Watch:
    """Return the watcher of a folder for this archive. A folder that is not there yet is waited for: a share that is
    not mounted yet, for one.

    Raises:
        NotAllowed: it is no folder, or holds the archive itself.
    """
    folder = root.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise NotAllowed(f"{folder} is no folder to watch")
    home = kit.settings.home
    if home.is_relative_to(folder):
        raise NotAllowed(f"{folder} holds the archive itself ({home}): watch another folder")
    return Watch(
        root=folder,
        intake=LedgerIntake(kit),
        taken=Taken(home / "watch" / "taken.jsonl"),
        settle_seconds=kit.settings.watch_settle_seconds,
        stopped=stopped,
    )
