"""The ledger: what was done to each paper and document, who holds it now, and what is still to be done.

The truth about progress. One object, four chapters: batches, papers, the documents found in them, and the work.
"""

from sqlalchemy import Engine

from storage.batches import Batches
from storage.divisions import Divisions
from storage.documents import Documents
from storage.papers import Papers
from storage.progress import Batch, Document, NewPaper, Paper, Reconciliation, StageRow
from storage.restore import Restoration, RestoredDocument
from storage.sightings import Sightings
from storage.work import Handed, Work

__all__ = [
    "Batch",
    "Document",
    "Handed",
    "Ledger",
    "NewPaper",
    "Paper",
    "Reconciliation",
    "RestoredDocument",
    "StageRow",
]


class Ledger(Batches, Papers, Documents, Divisions, Work, Restoration):
    """Every call is one transaction, durable when it returns, and safe to repeat.

    May be shared between threads; each process opens its own. Times are aware; `now` is the caller's clock, and
    workers on several machines must have theirs agree to within a fraction of a lease.

    Any call may raise CatalogUnavailable (nothing was changed, or nothing is known), CatalogUnusable or StoreFull.
    """

    def __init__(self, engine: Engine) -> None:
        """Use the database behind `engine`, brought up to date by storage.migrate.upgrade."""
        super().__init__(engine)
        self._sightings = Sightings()
