"""Retention and legal hold in an S3 bucket by object lock: the server refuses destruction, and administrators too.

A day is kept to its last second in Vietnam's time. Every version that holds what was put is locked alike, and the
least locked one is what counts.
"""

from datetime import UTC, date, datetime, timedelta, timezone

from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.retention import Retention as Lock

from storage.errors import ObjectDamaged, StoreUnusable
from storage.objects import RetentionState, check_key
from storage.retention import extended, is_later
from storage.s3_access import S3Access
from storage.s3_errors import translated
from storage.s3_versions import Claim, ours
from storage.s3_wire import S3Wire

PERMANENT = date(2999, 12, 31)
"""What "permanent" (vĩnh viễn) is to S3, which knows dates only. A later day is kept, and read back, as permanent."""

VIETNAM = timezone(timedelta(hours=7))

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_MODES = {"governance": GOVERNANCE, "compliance": COMPLIANCE}


class S3Retention:
    """See Retention. `access` as of the S3Store."""

    def __init__(self, access: S3Access) -> None:
        """Ask the server nothing yet."""
        self._wire = S3Wire(access)
        self._mode = _MODES[access.lock]

    def set(self, key: str, until: date | None) -> None:
        """See Retention.set. A day that is over protects nothing; S3 refuses it, so nothing is set."""
        claims = self._claims(key)
        # All are asked before any is set: what is refused changes nothing.
        wanted = [claim for claim in claims if _state(claim) != extended(key, _state(claim), until)]
        end = end_of(until)
        if end <= datetime.now(UTC):
            return
        for claim in wanted:
            self._lock(claim, end)

    def hold(self, key: str, on: bool) -> None:
        """See Retention.hold."""
        client, bucket = self._wire.client, self._wire.access.bucket
        turn = client.enable_object_legal_hold if on else client.disable_object_legal_hold
        for claim in self._claims(key):
            if claim.held != on:
                with translated(self._wire.access.where, key):
                    turn(bucket, key, version_id=claim.id)

    def read(self, key: str) -> RetentionState:
        """See Retention.read. Of several versions, what holds for all of them."""
        states = [_state(claim) for claim in self._claims(key)]
        held = all(state.held for state in states)
        if not all(state.protected for state in states):
            return RetentionState(held=held)
        least = states[0].until
        for state in states[1:]:
            least = state.until if is_later(least, state.until) else least
        return RetentionState(protected=True, until=least, held=held)

    def _claims(self, key: str) -> list[Claim]:
        _, claims = ours(self._wire, check_key(key))
        if not claims:
            raise ObjectDamaged(key)
        return claims

    def _lock(self, claim: Claim, end: datetime) -> None:
        """Lock to `end`, in the mode it is locked in already: to change it, even upwards, is to lift the old lock."""
        access = self._wire.access
        lock = Lock(claim.mode or self._mode, end)
        try:
            with translated(access.where, claim.key):
                self._wire.client.set_object_retention(access.bucket, claim.key, lock, version_id=claim.id)
        except StoreUnusable:
            # Another writer may have locked it for longer meanwhile, which the server will not undo.
            extended(claim.key, self.read(claim.key), day_of(end))
            raise


def end_of(day: date | None) -> datetime:
    """Return the last second of the day in Vietnam's time, as UTC; of PERMANENT for None and for later days."""
    day = min(day or PERMANENT, PERMANENT)
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=VIETNAM).astimezone(UTC)


def day_of(end: datetime) -> date | None:
    """Return the last day that is kept whole in Vietnam's time; None from PERMANENT on."""
    if end >= end_of(None):
        return None
    return (end + _SECOND).astimezone(VIETNAM).date() - _DAY


def _state(claim: Claim) -> RetentionState:
    if claim.until is None:
        return RetentionState(held=claim.held)
    return RetentionState(protected=True, until=day_of(claim.until), held=claim.held)
