"""The rule of retention: a date may move away, never nearer."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

from storage.errors import RetentionRefused
from storage.objects import Retention, RetentionState


def retain_at_least(retention: Retention, key: str, until: date | None) -> None:
    """Extend the retention of `key` to `until` (None: permanent), or leave it where it is longer already.

    For bytes that several records share: the longest of their retentions counts. Raises ObjectMissing.
    """
    with suppress(RetentionRefused):
        retention.set(key, until)


def extended(key: str, state: RetentionState, until: date | None) -> RetentionState:
    """Return the state with `until` (None: permanent) set, or raise RetentionRefused if that were shorter."""
    if state.protected and is_later(state.until, until):
        raise RetentionRefused(key, until=_shown(state.until), asked=_shown(until))
    return replace(state, protected=True, until=until)


def is_later(first: date | None, second: date | None) -> bool:
    """Whether `first` ends after `second`; None is permanent and ends after every date."""
    if second is None:
        return False
    return first is None or first > second


def _shown(until: date | None) -> str:
    return "ever" if until is None else until.isoformat()
