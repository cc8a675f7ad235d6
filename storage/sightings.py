"""Leases as this process has seen them, by a clock that never jumps.

A live worker renews its leases at a third of their time, and so changes them. A lease that stands as it was for longer
than its whole time is nobody's, even if wall clocks went back and it seems to run for hours.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lease as it stands in the ledger."""

    subject: str
    worker: str
    until: datetime
    seconds: int
    """How long its worker asked for."""


class Sightings:
    """When each lease was first seen as it is. May be shared between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Measure time in seconds by `clock`, which only goes forward."""
        self._clock = clock
        self._since: dict[Held, float] = {}
        self._lock = threading.Lock()

    def is_silent(self, lease: Held) -> bool:
        """Look at one lease; return whether it was seen unchanged for longer than its worker asked for."""
        now = self._clock()
        with self._lock:
            return now - self._since.setdefault(lease, now) > lease.seconds

    def silent(self, leases: Iterable[Held]) -> set[str]:
        """Look at all leases there are; return the subjects of those that are silent. What is gone is forgotten."""
        seen = set(leases)
        with self._lock:
            self._since = {lease: since for lease, since in self._since.items() if lease in seen}
        return {lease.subject for lease in seen if self.is_silent(lease)}
