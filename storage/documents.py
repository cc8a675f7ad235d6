"""Documents in the ledger: ranges of pages of a paper, each to become one record."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update

from storage import schema
from storage.engine import insert_new, reading, writing, writing_rows
from storage.errors import AmbiguousId, UnknownPaper, UnknownRecord
from storage.identifiers import as_prefix, new_id, prefix_range
from storage.papers import documents_where
from storage.progress import Document
from storage.records import State

_documents = schema.documents

_LISTED = 10
"""How many candidates an ambiguous prefix is answered with."""


class Documents:
    """See storage.ledger.Ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_documents(self, paper_id: str, ranges: Sequence[tuple[int, int]]) -> list[Document]:
        """Return the paper's documents with these first and last pages, made if need be, in the order of their pages.

        Safe to repeat: equal ranges keep their identifiers. Documents with other ranges are dropped while they are
        working, since nothing was filed under them; others stay as they are, and are not returned. Raises UnknownPaper.
        """
        now = datetime.now(UTC)
        wanted = {(first, last) for first, last in ranges}
        with writing(self._engine) as connection:
            paper = select(schema.papers.c.id).where(schema.papers.c.id == paper_id)
            if connection.execute(paper).first() is None:
                raise UnknownPaper(paper_id)
            for document in documents_where(connection, _documents.c.paper_id == paper_id):
                if (document.first_page, document.last_page) not in wanted and document.state is State.WORKING:
                    connection.execute(delete(_documents).where(_documents.c.id == document.id))
            for first, last in sorted(wanted):
                insert_new(
                    connection,
                    _documents,
                    id=new_id(),
                    paper_id=paper_id,
                    first_page=first,
                    last_page=last,
                    state=State.WORKING,
                    seconds=0.0,
                    updated_at=now,
                )
            found = documents_where(connection, _documents.c.paper_id == paper_id)
        return [document for document in found if (document.first_page, document.last_page) in wanted]

    def documents(self, batch: str) -> list[Document]:
        """Return the documents of the batch: papers in order of receipt, pages ascending."""
        with reading(self._engine) as connection:
            return documents_where(connection, schema.papers.c.batch == batch)

    def documents_of(self, paper_id: str) -> list[Document]:
        """Return the documents of the paper, pages ascending."""
        with reading(self._engine) as connection:
            return documents_where(connection, _documents.c.paper_id == paper_id)

    def document(self, document_id: str) -> Document:
        """Return the document with this whole identifier. Raises UnknownRecord."""
        with reading(self._engine) as connection:
            found = documents_where(connection, _documents.c.id == document_id)
        if not found:
            raise UnknownRecord(document_id)
        return found[0]

    def resolve(self, prefix: str) -> str:
        """Return the whole identifier of the one document that begins so; at least 4 characters, in any case.

        Raises UnknownRecord, AmbiguousId.
        """
        with reading(self._engine) as connection:
            return resolve_in(connection, _documents.c.id, prefix)

    def set_document(
        self,
        document_id: str,
        *,
        state: State,
        waiting_for: str | None = None,
        reason: Mapping[str, Any] | None = None,
        add_seconds: float = 0.0,
    ) -> None:
        """Write down where the document stands, and add to the time spent on it. Raises UnknownRecord."""
        changes = update(_documents).where(_documents.c.id == document_id)
        changes = changes.values(
            state=state,
            waiting_for=waiting_for,
            reason=reason,
            seconds=_documents.c.seconds + add_seconds,
            updated_at=datetime.now(UTC),
        )
        with writing_rows(self._engine) as connection:
            done = connection.execute(changes)
        if not done.rowcount:
            raise UnknownRecord(document_id)


def resolve_in(connection: Connection, column: ColumnElement[str], prefix: str) -> str:
    """Return the one value of the column that begins so. Raises UnknownRecord for none, AmbiguousId for several."""
    first, last = prefix_range(as_prefix(prefix))
    query = select(column).where(column.between(first, last)).order_by(column).limit(_LISTED)
    found = list(connection.execute(query).scalars())
    if not found:
        raise UnknownRecord(prefix)
    if len(found) > 1:
        raise AmbiguousId(prefix, found)
    return found[0]
