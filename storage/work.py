"""Work in the ledger: who holds a paper or document now, and which stages it has been through."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, delete, or_, select, update

from storage import schema
from storage.engine import insert_new, reading, writing_rows
from storage.papers import is_open
from storage.progress import StageRow
from storage.sightings import Held, Sightings

_leases = schema.leases
_papers = schema.papers
_stages = schema.stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A paper handed out to a worker."""

    id: str
    received: int
    """Its place in the order of receipt."""


class Work:
    """See storage.ledger.Ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sightings = Sightings()

    def claim(self, subject: str, *, worker: str, seconds: int, now: datetime) -> bool:
        """Take the subject for so many seconds; return whether it is ours. What has expired is taken over.

        One of several who ask at once gets it. A worker that holds it already gets it again. A lease that this
        process has seen unchanged for its whole time has expired, whatever the clocks say.
        """
        with writing_rows(self._engine) as connection:
            return self._claim(connection, subject, worker=worker, seconds=seconds, now=now)

    def take_papers(
        self, batch: str, *, worker: str, number: int, seconds: int, now: datetime, after: int = 0
    ) -> list[Handed]:
        """Hand out up to `number` open papers of the batch that no other worker holds, and claim them.

        Of workers that ask at the same moment, each gets others. In order of receipt come those that others left
        behind, and then those that were received later than `after`: whoever gives there what it was handed last goes
        through the batch once, and is not given again what it could not finish.
        """
        mine: dict[str, Any] = {"worker": worker, "seconds": seconds, "now": now}
        with writing_rows(self._engine) as connection:
            handed: list[Handed] = []
            # Whoever was faster at some of those shown has a lease by the next look: it ends.
            while not handed and (shown := self._free(connection, batch, worker, number, now, after)):
                handed = [paper for paper in shown if self._claim(connection, paper.id, **mine)]
        return handed

    def renew(self, subject: str, *, worker: str, seconds: int, now: datetime) -> bool:
        """Hold the subject longer; return False when it was taken over or given back, and the work must stop."""
        ours = (_leases.c.subject == subject, _leases.c.worker == worker)
        with writing_rows(self._engine) as connection:
            longer = update(_leases).where(*ours).values(until=now + timedelta(seconds=seconds), seconds=seconds)
            return connection.execute(longer).rowcount == 1

    def release(self, subject: str, worker: str) -> None:
        """Give the subject back; nothing happens if it was taken over meanwhile."""
        with writing_rows(self._engine) as connection:
            connection.execute(delete(_leases).where(_leases.c.subject == subject, _leases.c.worker == worker))

    def held_by_others(self, worker: str, *, now: datetime) -> set[str]:
        """Return the subjects that other workers hold now."""
        with reading(self._engine) as connection:
            leases = _held(connection, _leases.c.worker != worker, _leases.c.until > now)
        return {lease.subject for lease in leases} - self._sightings.silent(leases)

    def _claim(self, connection: Connection, subject: str, *, worker: str, seconds: int, now: datetime) -> bool:
        held = {"worker": worker, "until": now + timedelta(seconds=seconds), "seconds": seconds}
        if insert_new(connection, _leases, subject=subject, **held):
            return True
        take = update(_leases).where(_leases.c.subject == subject).values(**held)
        if connection.execute(take.where(or_(_leases.c.worker == worker, _leases.c.until <= now))).rowcount == 1:
            return True
        return any(
            self._sightings.is_silent(lease)
            and connection.execute(
                take.where(_leases.c.worker == lease.worker, _leases.c.until == lease.until)
            ).rowcount
            for lease in _held(connection, _leases.c.subject == subject)
        )

    def _free(
        self, connection: Connection, batch: str, worker: str, number: int, now: datetime, after: int
    ) -> list[Handed]:
        silent = self._sightings.silent(_held(connection, _leases.c.worker != worker, _leases.c.until > now))
        over = or_(_leases.c.until <= now, _leases.c.subject.in_(silent))
        left = _open(batch, number).join(_leases, _leases.c.subject == _papers.c.id)
        found = _handed(connection, left.where(_leases.c.worker != worker, over))
        free = or_(_leases.c.subject.is_(None), _leases.c.worker == worker, over)
        rest = _open(batch, number - len(found)).outerjoin(_leases, _leases.c.subject == _papers.c.id)
        beyond = rest.where(_papers.c.received > after, _papers.c.id.not_in([paper.id for paper in found]), free)
        return found + _handed(connection, beyond)

    def begin_stage(self, subject: str, stage: str, *, input_hash: str, now: datetime) -> StageRow:
        """Return the row of a new attempt, running; the output of the one before is forgotten."""
        fresh = {
            "state": "running",
            "input_hash": input_hash,
            "output_hash": None,
            "payload": None,
            "error": None,
            "started_at": now,
            "finished_at": None,
        }
        with writing_rows(self._engine) as connection:
            if not insert_new(connection, _stages, subject=subject, stage=stage, attempt=1, **fresh):
                again = update(_stages).where(*_row(subject, stage)).values(attempt=_stages.c.attempt + 1, **fresh)
                connection.execute(again)
            return _stage_rows(connection, *_row(subject, stage))[0]

    def finish_stage(
        self, subject: str, stage: str, *, output_hash: str, payload: bytes | None, now: datetime
    ) -> StageRow:
        """Write down that the stage is done, with what it made; begun first."""
        changes = {"state": "done", "output_hash": output_hash, "payload": payload, "error": None, "finished_at": now}
        return self._end(subject, stage, changes)

    def fail_stage(self, subject: str, stage: str, *, error: Mapping[str, Any], now: datetime) -> StageRow:
        """Write down that the stage failed, and why; begun first."""
        return self._end(subject, stage, {"state": "failed", "error": dict(error), "finished_at": now})

    def stage_output(self, subject: str, stage: str) -> bytes | None:
        """Return what the stage made; None when it is not done, made nothing, or was discarded."""
        query = select(_stages.c.payload).where(*_row(subject, stage), _stages.c.state == "done")
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def stages(self, subject: str) -> list[StageRow]:
        """Return the stages of the subject, in the order they began."""
        with reading(self._engine) as connection:
            return _stage_rows(connection, _stages.c.subject == subject)

    def discard_outputs(self, subject: str) -> None:
        """Forget what the stages of the subject made; that they are done, and their hashes, stay."""
        with writing_rows(self._engine) as connection:
            connection.execute(update(_stages).where(_stages.c.subject == subject).values(payload=None))

    def _end(self, subject: str, stage: str, changes: Mapping[str, Any]) -> StageRow:
        with writing_rows(self._engine) as connection:
            connection.execute(update(_stages).where(*_row(subject, stage)).values(**changes))
            ended = _stage_rows(connection, *_row(subject, stage))
        if not ended:
            raise LookupError(f"stage {stage} of {subject} ends without having begun")
        return ended[0]


def _open(batch: str, number: int) -> Select[Any]:
    """Return the query for open papers of a batch in order of receipt, without those another transaction hands out."""
    query = select(_papers.c.id, _papers.c.received).where(_papers.c.batch == batch, is_open())
    return (
        query.order_by(_papers.c.received).limit(number).with_for_update(key_share=True, of=_papers, skip_locked=True)
    )


def _handed(connection: Connection, query: Select[Any]) -> list[Handed]:
    return [Handed(id=row.id, received=row.received) for row in connection.execute(query).all()]


def _held(connection: Connection, *conditions: ColumnElement[bool]) -> list[Held]:
    columns = [_leases.c[field.name] for field in fields(Held)]
    return [Held(**row._mapping) for row in connection.execute(select(*columns).where(*conditions)).all()]


def _row(subject: str, stage: str) -> tuple[Any, Any]:
    return _stages.c.subject == subject, _stages.c.stage == stage


def _stage_rows(connection: Connection, *conditions: Any) -> list[StageRow]:
    columns = [_stages.c[field.name] for field in fields(StageRow)]
    query = select(*columns).where(*conditions).order_by(_stages.c.started_at, _stages.c.stage)
    return [StageRow(**row._mapping) for row in connection.execute(query).all()]
