"""Putting a ledger together again from what the object store tells, and looking over its leases and pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, func, select

from storage import schema
from storage.engine import insert_new, reading, writing
from storage.records import State


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredDocument:
    """A document as its record tells: under the identifier it had."""

    record_id: str
    first_page: int
    last_page: int
    state: State
    waiting_for: str | None = None
    reason: dict[str, Any] | None = None


class Restoration:
    """See storage.ledger.Ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def clear(self) -> None:
        """Forget every batch, paper, document, lease and stage. The object store has what is needed to tell again."""
        with writing(self._engine) as connection:
            for table in (schema.stages, schema.leases, schema.documents, schema.papers, schema.batches):
                connection.execute(delete(table))

    def restore_batch(
        self, code: str, *, folder: str | None, expected: int | None, opened_at: datetime, closed_at: datetime | None
    ) -> None:
        """Write the batch as it was, open or closed. Safe to repeat."""
        with writing(self._engine) as connection:
            insert_new(
                connection,
                schema.batches,
                code=code,
                folder=folder,
                state="closed" if closed_at else "open",
                expected_sheets=expected,
                opened_at=opened_at,
                closed_at=closed_at,
            )

    def restore_documents(self, paper_id: str, documents: Sequence[RestoredDocument]) -> None:
        """Write the paper's documents under the identifiers their records have. Safe to repeat."""
        now = datetime.now(UTC)
        with writing(self._engine) as connection:
            for document in documents:
                insert_new(
                    connection,
                    schema.documents,
                    id=document.record_id,
                    paper_id=paper_id,
                    first_page=document.first_page,
                    last_page=document.last_page,
                    state=document.state,
                    waiting_for=document.waiting_for,
                    reason=document.reason,
                    seconds=0.0,
                    updated_at=now,
                )

    def pages_read(self, batch: str) -> int:
        """Return how many pages of the batch have been read."""
        query = (
            select(func.count())
            .select_from(schema.stages)
            .join(schema.papers, schema.papers.c.id == schema.stages.c.subject)
            .where(
                schema.papers.c.batch == batch, schema.stages.c.stage.like("read/%"), schema.stages.c.state == "done"
            )
        )
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def pages_read_of_open(self, batch: str) -> int:
        """Return how many pages were read of papers of the batch that are still at work."""
        stages, papers = schema.stages, schema.papers
        query = (
            select(func.count())
            .select_from(stages)
            .join(papers, papers.c.id == stages.c.subject)
            .where(papers.c.batch == batch, papers.c.state == State.WORKING)
            .where(stages.c.stage.like("read/%"), stages.c.state == "done")
        )
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def pages_read_since(self, batch: str, since: datetime) -> tuple[int, datetime | None, datetime | None]:
        """Return how many pages of the batch were read since then, and when the first and the last of them were."""
        stages, papers = schema.stages, schema.papers
        query = (
            select(func.count(), func.min(stages.c.finished_at), func.max(stages.c.finished_at))
            .join_from(stages, papers, papers.c.id == stages.c.subject)
            .where(papers.c.batch == batch, stages.c.stage.like("read/%"), stages.c.state == "done")
            .where(stages.c.finished_at >= since)
        )
        with reading(self._engine) as connection:
            number, first, last = connection.execute(query).one()
        return number, first, last

    def is_worked_on(self, batch: str, *, now: datetime) -> bool:
        """Whether a worker holds a paper of the batch."""
        leases, papers = schema.leases, schema.papers
        held = select(papers.c.id).join_from(leases, papers, papers.c.id == leases.c.subject)
        query = held.where(papers.c.batch == batch, leases.c.until > now).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def free_leases(self, is_gone: Callable[[str], bool]) -> int:
        """Give back what workers hold that are known to have ended, and return how many leases that were."""
        with reading(self._engine) as connection:
            workers = connection.execute(select(schema.leases.c.worker).distinct()).scalars().all()
        gone = [worker for worker in workers if is_gone(worker)]
        if not gone:
            return 0
        with writing(self._engine) as connection:
            return connection.execute(delete(schema.leases).where(schema.leases.c.worker.in_(gone))).rowcount
