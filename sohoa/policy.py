"""What each edge makes of an error's remedy: exit code, retry. The error itself only says what clears it."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from ocr.errors import OcrError
from search.errors import SearchError
from signing.errors import SigningError
from sohoa.errors import SohoaError
from storage.errors import StorageError

OUR_ERRORS = (OcrError, SearchError, SigningError, SohoaError, StorageError)

EXIT_CODE = {"resubmit": 65, "retry": 75, "repair": 78}
"""sysexits.h: EX_DATAERR, EX_TEMPFAIL, EX_CONFIG."""

EXIT_PENDING = EXIT_CODE["retry"]
EXIT_BAD = EXIT_CODE["resubmit"]
EXIT_OPERATOR = EXIT_CODE["repair"]

RETRY_DELAYS_SECONDS = (2, 10, 60)


def worth_retrying(error: object) -> bool:
    """Whether the same call may succeed later with nothing changed."""
    return isinstance(error, OUR_ERRORS) and error.remedy == "retry"


FIRST_REST_SECONDS = 15.0
LONGEST_REST_SECONDS = 300.0


@dataclass(slots=True)
class Rests:
    """When a batch that got no further is tried again: after a rest that doubles, at once if there is something new.

    A signer or store that is down for hours is so asked every five minutes, and found again when it is back.
    """

    clock: Callable[[], float] = time.monotonic
    _resting: dict[str, tuple[frozenset[str], float, float]] = field(default_factory=dict)
    """By batch: what it got stuck with, until when it rests, how long."""

    def over(self, batch: str, todo: Collection[str]) -> bool:
        """Whether the batch may be tried."""
        stuck, until, _ = self._resting.get(batch, (frozenset(), 0.0, 0.0))
        return not stuck.issuperset(todo) or self.clock() >= until

    def after(self, batch: str, left: Collection[str]) -> None:
        """Hear what a try has left undone."""
        stuck, _, rest = self._resting.pop(batch, (frozenset(), 0.0, 0.0))
        if left:
            same = stuck == frozenset(left)
            rest = min(2 * rest, LONGEST_REST_SECONDS) if same else FIRST_REST_SECONDS
            self._resting[batch] = (frozenset(left), self.clock() + rest, rest)
