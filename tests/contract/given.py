"""Papers for the tests of the ledger."""

from datetime import UTC, datetime
from typing import Any

from storage.ledger import Ledger, NewPaper, Paper

NOW = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
SHA = "ab" * 32


def new(source: str = "a.pdf", **changes: Any) -> NewPaper:
    """Return a paper as it is handed in, into batch B."""
    values: dict[str, Any] = {
        "batch": "B",
        "source": source,
        "path": f"/scans/b/{source}",
        "sha256": SHA,
        "bytes": 3,
        "mode": "standard",
        "received_at": NOW,
    }
    return NewPaper(**{**values, **changes})


def received(ledger: Ledger, source: str = "a.pdf", **changes: Any) -> Paper:
    """Return a paper that the ledger has received."""
    return ledger.receive(new(source, **changes))[0]
