"""Counts the sheets of a batch. Pure.

A sheet is one page unless the manifest says how many sheets a file has. Then a file of which only some documents
are accounted for accounts for its share, rounded down, so that it is never whole before all of it is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from storage.progress import ACCOUNTED, Document, Paper, Reconciliation
from storage.records import State

_OF_THE_FILE = frozenset({State.HELD, State.QUARANTINED, State.FAILED, State.IGNORED})
"""States of a paper that say all there is to say, whatever documents were found in it before."""


def reconcile(
    expected: int | None, papers: Sequence[Paper], documents: Mapping[str, Sequence[Document]]
) -> Reconciliation:
    """Return the count of a batch's papers; `documents` by the identifier of their paper."""
    counts: Counter[State] = Counter()
    received = accounted = 0
    unaccounted = []
    for paper in papers:
        of_paper = () if paper.state in _OF_THE_FILE else documents.get(paper.id, ())
        counts.update([document.state for document in of_paper] or [paper.state])
        if paper.state is State.IGNORED:
            continue
        sheets = _sheets(paper, of_paper)
        there = _accounted(paper, of_paper, sheets)
        received += sheets
        accounted += there
        if there < sheets:
            unaccounted.append(paper.source)
    return Reconciliation(
        expected=expected,
        received_sheets=received,
        accounted_sheets=accounted,
        counts=dict(counts),
        unaccounted=unaccounted,
    )


def _sheets(paper: Paper, documents: Sequence[Document]) -> int:
    return paper.sheets if paper.sheets is not None else _pages(paper, documents)


def _pages(paper: Paper, documents: Sequence[Document]) -> int:
    # A file that could not be opened is one sheet: the least it can be.
    return paper.pages or sum(map(_length, documents)) or 1


def _accounted(paper: Paper, documents: Sequence[Document], sheets: int) -> int:
    if not documents:
        return sheets if paper.state in ACCOUNTED else 0
    pages = _pages(paper, documents)
    there = sum(_length(document) for document in documents if document.state in ACCOUNTED)
    return sheets * min(there, pages) // pages


def _length(document: Document) -> int:
    return document.last_page - document.first_page + 1
