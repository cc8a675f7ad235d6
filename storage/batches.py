"""Batches in the ledger: opened, counted, closed."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, select, update

from storage import schema
from storage.engine import insert_new, reading, writing
from storage.errors import BadKey, BatchClosed, BatchMismatch, UnknownBatch
from storage.papers import documents_where, papers_where
from storage.progress import Batch, Document, Paper, Reconciliation
from storage.reconcile import reconcile

_batches = schema.batches

CODE_LENGTH = 200
"""Of a batch's code, in characters."""


class Batches:
    """See storage.ledger.Ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open_batch(self, code: str, *, folder: str | None, expected: int | None, now: datetime) -> Batch:
        """Return the batch, opened if need be. Safe to repeat; a number given replaces the one before.

        Raises:
            BatchClosed: nothing was changed.
            BadKey: the code is longer than CODE_LENGTH.
        """
        if len(code) > CODE_LENGTH:
            raise BadKey(code, f"a batch's code has at most {CODE_LENGTH} characters")
        with writing(self._engine) as connection:
            insert_new(connection, _batches, code=code, state="open", opened_at=now)
            batch = _get(connection, code)
            if batch.state == "closed":
                raise BatchClosed(code)
            changes = {
                "folder": folder if batch.folder is None else batch.folder,
                "expected_sheets": batch.expected_sheets if expected is None else expected,
            }
            connection.execute(update(_batches).where(_batches.c.code == code).values(**changes))
            return _get(connection, code)

    def open_batch_of(self, folder: str) -> Batch | None:
        """Return the folder's open batch, the one opened last; None if there is none."""
        query = (
            select(_batches)
            .where(_batches.c.folder == folder, _batches.c.state == "open")
            .order_by(_batches.c.opened_at.desc(), _batches.c.code.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return _batch(row) if row else None

    def batch(self, code: str) -> Batch:
        """Return the batch. Raises UnknownBatch."""
        with reading(self._engine) as connection:
            return _get(connection, code)

    def batches(self) -> list[Batch]:
        """Return all batches, in the order they were opened."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(_batches).order_by(_batches.c.opened_at, _batches.c.code)).all()
        return [_batch(row) for row in rows]

    def contents(self, code: str) -> tuple[Batch, list[Paper], dict[str, list[Document]]]:
        """Return the batch, its papers in order of receipt and their documents by paper, as of one moment.

        Raises UnknownBatch.
        """
        with reading(self._engine) as connection:
            return _contents(connection, _get(connection, code))

    def reconcile(self, code: str) -> Reconciliation:
        """Return the batch counted. Raises UnknownBatch."""
        with reading(self._engine) as connection:
            return _reconcile(connection, _get(connection, code))

    def close_batch(self, code: str, *, now: datetime) -> Batch:
        """Close the batch and return it; a closed one is returned as it is.

        Raises:
            UnknownBatch: there is no such batch.
            BatchMismatch: sheets expected and accounted for differ; it stays open. Without an expected number,
                all that was received must be accounted for.
        """
        with writing(self._engine) as connection:
            batch = _get(connection, code)
            if batch.state == "closed":
                return batch
            count = _reconcile(connection, batch)
            if not count.tallies:
                raise BatchMismatch(
                    code,
                    expected=count.received_sheets if count.expected is None else count.expected,
                    accounted=count.accounted_sheets,
                    unaccounted=count.unaccounted,
                )
            connection.execute(update(_batches).where(_batches.c.code == code).values(state="closed", closed_at=now))
            return _get(connection, code)


def _get(connection: Connection, code: str) -> Batch:
    row = connection.execute(select(_batches).where(_batches.c.code == code)).first()
    if row is None:
        raise UnknownBatch(code)
    return _batch(row)


def _batch(row: Row[tuple[object, ...]]) -> Batch:
    return Batch(**row._mapping)


def _contents(connection: Connection, batch: Batch) -> tuple[Batch, list[Paper], dict[str, list[Document]]]:
    documents: dict[str, list[Document]] = defaultdict(list)
    for document in documents_where(connection, schema.papers.c.batch == batch.code):
        documents[document.paper_id].append(document)
    return batch, papers_where(connection, schema.papers.c.batch == batch.code), documents


def _reconcile(connection: Connection, batch: Batch) -> Reconciliation:
    _, papers, documents = _contents(connection, batch)
    return reconcile(batch.expected_sheets, papers, documents)
