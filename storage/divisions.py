"""Documents of a paper that a person divided otherwise: the ledger knows the division that stands."""

from collections.abc import Collection

from sqlalchemy import Engine, delete

from storage import schema
from storage.engine import writing


class Divisions:
    """See storage.ledger.Ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def drop_documents(self, document_ids: Collection[str]) -> None:
        """Forget documents that others stand in the place of; their records stay. Safe to repeat."""
        with writing(self._engine) as connection:
            connection.execute(delete(schema.documents).where(schema.documents.c.id.in_(sorted(document_ids))))
