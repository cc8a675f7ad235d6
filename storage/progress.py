"""What the ledger knows of batches, papers and documents. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from storage.records import State

Ciphertext = bytes
"""In a class with a field `bytes`, the type needs another name."""

ACCOUNTED = frozenset(
    {State.KEPT, State.REVIEW, State.PENDING, State.HELD, State.QUARANTINED, State.SUPERSEDED, State.REVOKED}
)
"""States in which a sheet is accounted for: something of it is kept, and somebody can say where."""

UNFINISHED = frozenset({State.WORKING, State.PENDING})
"""States that work goes on from by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A box of paper taken in together (lô, hộp)."""

    code: str
    folder: str | None
    """The folder it is taken from; None when single files were handed in."""
    state: Literal["open", "closed"]
    expected_sheets: int | None
    """None: nobody said."""
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPaper:
    """One file as it is handed in."""

    batch: str
    source: str
    """Path relative to the folder taken in, as shown to people."""
    path: str
    """Where it was."""
    sha256: str
    bytes: int
    mode: str
    received_at: datetime
    sheets: int | None = None
    """As the manifest says; None: a sheet is one page."""
    dossier: str | None = None
    procedure: str | None = None
    owner_sealed: Ciphertext | None = None
    """Type and identifier of the owner, encrypted."""
    owner_index: str | None = None
    type_hint: str | None = None
    """Code of the document type, as the manifest says."""
    state: State = State.WORKING
    reason: Mapping[str, Any] | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One file of a batch, as received."""

    id: str
    batch: str
    source: str
    path: str
    sha256: str
    bytes: int
    sheets: int | None
    dossier: str | None
    procedure: str | None
    owner_sealed: Ciphertext | None
    owner_index: str | None
    type_hint: str | None
    mode: str
    state: State
    """Of the file as a whole; its documents, once it has any, have states of their own."""
    reason: dict[str, Any] | None
    received_at: datetime
    pages: int | None
    """None until it was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A range of pages of a paper that make one document. Its identifier is that of its record."""

    id: str
    paper_id: str
    batch: str
    source: str
    first_page: int
    last_page: int
    """Of the paper, from 1, both included."""
    state: State
    waiting_for: str | None
    """`seal`, `index` or `store` while pending."""
    reason: dict[str, Any] | None
    seconds: float
    """Spent on it so far."""
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """The latest attempt of a stage at a paper or document."""

    subject: str
    """Identifier of the paper or document."""
    stage: str
    state: Literal["running", "done", "failed"]
    attempt: int
    """From 1."""
    input_hash: str | None
    output_hash: str | None
    error: dict[str, Any] | None
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A batch counted: what was expected, what came, what can be accounted for (đối soát)."""

    expected: int | None
    """Sheets; None: nobody said."""
    received_sheets: int
    accounted_sheets: int
    counts: dict[State, int]
    """Documents by state; a paper without documents counts as one."""
    unaccounted: list[str]
    """Sources with a sheet that is not accounted for, in order of receipt."""

    @property
    def tallies(self) -> bool:
        """Whether the batch may be closed. Without an expected number, all that came must be accounted for."""
        if self.expected is None:
            return not self.unaccounted
        return self.expected == self.accounted_sheets
