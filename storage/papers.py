"""Papers in the ledger, and the documents found in them."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, func, or_, select, update

from storage import schema
from storage.engine import insert_new, reading, writing, writing_rows
from storage.errors import BatchClosed, UnknownBatch, UnknownPaper
from storage.identifiers import new_id
from storage.progress import UNFINISHED, Document, NewPaper, Paper
from storage.records import State

_papers = schema.papers
_documents = schema.documents


class Papers:
    """See storage.ledger.Ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def receive(self, new: NewPaper) -> tuple[Paper, bool]:
        """Return the paper and whether it is new; the same bytes from the same source of the batch are one paper.

        Raises:
            UnknownBatch: nothing was written.
            BatchClosed: it is new, and the batch takes no more; nothing was written.
        """
        with writing(self._engine) as connection:
            state = connection.execute(_batch_state(new.batch)).scalar()
            if state is None:
                raise UnknownBatch(new.batch)
            if existing := papers_where(connection, *_same(new)):
                return existing[0], False
            if state == "closed":
                raise BatchClosed(new.batch)
            is_new = insert_new(connection, _papers, id=new_id(), **asdict(new))
            return papers_where(connection, *_same(new))[0], is_new

    def restore_paper(self, new: NewPaper) -> Paper:
        """Write the paper down as it was received once, also into a batch that is closed by now. Safe to repeat.

        Raises UnknownBatch.
        """
        with writing(self._engine) as connection:
            if connection.execute(_batch_state(new.batch)).scalar() is None:
                raise UnknownBatch(new.batch)
            insert_new(connection, _papers, id=new_id(), **asdict(new))
            return papers_where(connection, *_same(new))[0]

    def set_paper(
        self, paper_id: str, *, state: State, reason: Mapping[str, Any] | None = None, pages: int | None = None
    ) -> None:
        """Write down where the paper stands; without `pages` their number stays. Raises UnknownPaper."""
        changes: dict[str, Any] = {"state": state, "reason": reason}
        if pages is not None:
            changes["pages"] = pages
        with writing_rows(self._engine) as connection:
            done = connection.execute(update(_papers).where(_papers.c.id == paper_id).values(**changes))
        if not done.rowcount:
            raise UnknownPaper(paper_id)

    def paper(self, paper_id: str) -> Paper:
        """Return the paper. Raises UnknownPaper."""
        with reading(self._engine) as connection:
            found = papers_where(connection, _papers.c.id == paper_id)
        if not found:
            raise UnknownPaper(paper_id)
        return found[0]

    def papers(self, batch: str) -> list[Paper]:
        """Return the papers of the batch in order of receipt; none for an unknown batch."""
        with reading(self._engine) as connection:
            return papers_where(connection, _papers.c.batch == batch)

    def unfinished_batches(self) -> list[str]:
        """Return the batches that have a paper work goes on with, in the order they were opened."""
        batches = schema.batches
        of_papers = select(_papers.c.batch).where(_papers.c.state == State.WORKING)
        of_documents = select(_papers.c.batch).join(_documents, _documents.c.paper_id == _papers.c.id)
        either = of_papers.union(of_documents.where(*_unfinished()))
        query = select(batches.c.code).where(batches.c.code.in_(either)).order_by(batches.c.opened_at, batches.c.code)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def sources(self, batch: str) -> set[str]:
        """Return the sources of the batch's papers; none for an unknown batch."""
        with reading(self._engine) as connection:
            return set(connection.execute(select(_papers.c.source).where(_papers.c.batch == batch)).scalars())

    def papers_with(self, sha256: str) -> list[Paper]:
        """Return all papers with these bytes, of any batch, in order of receipt."""
        with reading(self._engine) as connection:
            return papers_where(connection, _papers.c.sha256 == sha256)

    def papers_named(self, batch: str, source: str) -> list[Paper]:
        """Return the papers of this source of the batch, one for each content it had, in order of receipt."""
        with reading(self._engine) as connection:
            return papers_where(connection, _papers.c.batch == batch, _papers.c.source == source)

    def papers_at_work(self, batch: str) -> set[str]:
        """Return the papers of the batch whose state is working."""
        query = select(_papers.c.id).where(_papers.c.batch == batch, _papers.c.state == State.WORKING)
        with reading(self._engine) as connection:
            return set(connection.execute(query).scalars())

    def count_papers(self, batch: str) -> int:
        """Return how many papers the batch has."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).where(_papers.c.batch == batch)).scalar_one())

    def papers_of(self, owner_index: str) -> list[Paper]:
        """Return the papers that were handed in for this owner, of any batch, in order of receipt."""
        with reading(self._engine) as connection:
            return papers_where(connection, _papers.c.owner_index == owner_index)

    def unfinished_papers(self, batch: str) -> list[str]:
        """Return the papers of the batch that work goes on with, in order of receipt.

        Those are the papers that are working, or have a document that is working, or pending for a reason that
        trying again may clear (its remedy is not `resubmit`).
        """
        query = select(_papers.c.id).where(_papers.c.batch == batch, is_open()).order_by(_papers.c.received)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())


def is_open() -> ColumnElement[bool]:
    """Return what holds for papers that work goes on with; see Papers.unfinished_papers."""
    has_unfinished = select(_documents.c.id).where(_documents.c.paper_id == _papers.c.id, *_unfinished()).exists()
    return or_(_papers.c.state == State.WORKING, has_unfinished)


def _unfinished() -> tuple[ColumnElement[bool], ...]:
    """Return what holds for documents that work goes on with."""
    remedy = func.coalesce(_documents.c.reason["remedy"].as_string(), "retry")
    return _documents.c.state.in_(UNFINISHED), remedy != "resubmit"


def _batch_state(code: str) -> Select[Any]:
    return select(schema.batches.c.state).where(schema.batches.c.code == code)


def _same(new: NewPaper) -> tuple[ColumnElement[bool], ...]:
    return _papers.c.batch == new.batch, _papers.c.source == new.source, _papers.c.sha256 == new.sha256


def papers_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Paper]:
    """Return the papers for which all conditions hold, in order of receipt."""
    columns = [_papers.c[field.name] for field in fields(Paper)]
    rows = connection.execute(select(*columns).where(*conditions).order_by(_papers.c.received)).all()
    return [Paper(**{**row._mapping, "state": State(row.state)}) for row in rows]


def documents_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Document]:
    """Return the documents for which all conditions hold: papers in order of receipt, pages ascending."""
    query = _joined().where(*conditions).order_by(_papers.c.received, _documents.c.first_page, _documents.c.last_page)
    return [_document(row) for row in connection.execute(query).all()]


def _joined() -> Select[Any]:
    columns = [_papers.c[f.name] if f.name in {"batch", "source"} else _documents.c[f.name] for f in fields(Document)]
    return select(*columns).join_from(_documents, _papers, _documents.c.paper_id == _papers.c.id)


def _document(row: Row[Any]) -> Document:
    return Document(**{**row._mapping, "state": State(row.state)})
