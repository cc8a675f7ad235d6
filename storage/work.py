"""Work in the ledger: who holds a paper or document now, and which stages it has been through."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, or_, select, update

from storage import schema
from storage.engine import insert_new, reading, writing
from storage.progress import StageRow

_leases = schema.leases
_stages = schema.stages


class Work:
    """See storage.ledger.Ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, subject: str, *, worker: str, seconds: int, now: datetime) -> bool:
        """Take the subject for so many seconds; return whether it is ours. What has expired is taken over.

        One of several who ask at once gets it. A worker that holds it already gets it again.
        """
        until = now + timedelta(seconds=seconds)
        free = or_(_leases.c.worker == worker, _leases.c.until <= now)
        with writing(self._engine) as connection:
            if insert_new(connection, _leases, subject=subject, worker=worker, until=until):
                return True
            taken = update(_leases).where(_leases.c.subject == subject, free).values(worker=worker, until=until)
            return connection.execute(taken).rowcount == 1

    def renew(self, subject: str, *, worker: str, seconds: int, now: datetime) -> bool:
        """Hold the subject longer; return False when it was taken over or given back, and the work must stop."""
        ours = (_leases.c.subject == subject, _leases.c.worker == worker)
        with writing(self._engine) as connection:
            longer = update(_leases).where(*ours).values(until=now + timedelta(seconds=seconds))
            return connection.execute(longer).rowcount == 1

    def release(self, subject: str, worker: str) -> None:
        """Give the subject back; nothing happens if it was taken over meanwhile."""
        with writing(self._engine) as connection:
            connection.execute(delete(_leases).where(_leases.c.subject == subject, _leases.c.worker == worker))

    def held_by_others(self, worker: str, *, now: datetime) -> set[str]:
        """Return the subjects that other workers hold now."""
        query = select(_leases.c.subject).where(_leases.c.worker != worker, _leases.c.until > now)
        with reading(self._engine) as connection:
            return set(connection.execute(query).scalars())

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
        with writing(self._engine) as connection:
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
        with writing(self._engine) as connection:
            connection.execute(update(_stages).where(_stages.c.subject == subject).values(payload=None))

    def _end(self, subject: str, stage: str, changes: Mapping[str, Any]) -> StageRow:
        with writing(self._engine) as connection:
            connection.execute(update(_stages).where(*_row(subject, stage)).values(**changes))
            ended = _stage_rows(connection, *_row(subject, stage))
        if not ended:
            raise LookupError(f"stage {stage} of {subject} ends without having begun")
        return ended[0]


def _row(subject: str, stage: str) -> tuple[Any, Any]:
    return _stages.c.subject == subject, _stages.c.stage == stage


def _stage_rows(connection: Connection, *conditions: Any) -> list[StageRow]:
    columns = [_stages.c[field.name] for field in fields(StageRow)]
    query = select(*columns).where(*conditions).order_by(_stages.c.started_at, _stages.c.stage)
    return [StageRow(**row._mapping) for row in connection.execute(query).all()]
