"""Sheets are counted so that a batch is never whole before it is."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.progress import ACCOUNTED, Document, Paper, Reconciliation
from storage.reconcile import reconcile
from storage.records import State

AT = datetime(2026, 11, 24, tzinfo=UTC)


def a_paper(state: State, *, sheets: int | None = None, pages: int | None = None) -> Paper:
    return Paper(
        id="p",
        batch="B",
        source="a.pdf",
        path="/a.pdf",
        sha256="ab" * 32,
        bytes=3,
        sheets=sheets,
        dossier=None,
        procedure=None,
        owner_sealed=None,
        owner_index=None,
        type_hint=None,
        mode="standard",
        state=state,
        reason=None,
        received_at=AT,
        pages=pages,
    )


def a_document(first: int, last: int, state: State) -> Document:
    return Document(
        id=f"d{first}",
        paper_id="p",
        batch="B",
        source="a.pdf",
        first_page=first,
        last_page=last,
        state=state,
        waiting_for=None,
        reason=None,
        seconds=0,
        updated_at=AT,
    )


def counted(paper: Paper, *documents: Document) -> Reconciliation:
    return reconcile(None, [paper], {"p": documents})


@pytest.mark.parametrize(
    ("state", "received", "accounted"),
    [
        (State.WORKING, 1, 0),
        (State.FAILED, 1, 0),
        (State.IGNORED, 0, 0),
        (State.QUARANTINED, 1, 1),
        (State.HELD, 1, 1),
        (State.KEPT, 1, 1),
        (State.REVIEW, 1, 1),
        (State.PENDING, 1, 1),
    ],
)
def test_a_file_nobody_could_open_is_one_sheet(state: State, received: int, accounted: int) -> None:
    count = counted(a_paper(state))
    assert (count.received_sheets, count.accounted_sheets) == (received, accounted)
    assert count.unaccounted == (["a.pdf"] if received > accounted else [])


@pytest.mark.parametrize(
    ("sheets", "pages", "documents", "received", "accounted"),
    [
        pytest.param(None, 3, [(1, 2, "kept"), (3, 3, "working")], 3, 2, id="a-sheet-is-a-page"),
        pytest.param(None, 3, [(1, 2, "kept")], 3, 2, id="a-page-in-no-document-is-missed"),
        pytest.param(None, None, [(1, 2, "kept")], 2, 2, id="pages-not-told"),
        pytest.param(2, 4, [(1, 4, "kept")], 2, 2, id="two-pages-a-sheet"),
        pytest.param(2, 4, [(1, 3, "kept"), (4, 4, "failed")], 2, 1, id="never-whole-before-all-is"),
        pytest.param(2, 4, [(1, 1, "kept"), (2, 4, "failed")], 2, 0, id="half-a-sheet-is-none"),
        pytest.param(5, 1, [(1, 1, "review")], 5, 5, id="more-sheets-than-pages"),
        pytest.param(0, 1, [(1, 1, "working")], 0, 0, id="counts-for-nothing"),
        pytest.param(None, 2, [(1, 2, "kept"), (1, 2, "kept")], 2, 2, id="overlap-counts-once"),
    ],
)
def test_sheets_of_documents(
    sheets: int | None, pages: int | None, documents: Sequence[tuple[int, int, str]], received: int, accounted: int
) -> None:
    found = [a_document(first, last, State(state)) for first, last, state in documents]
    count = counted(a_paper(State.WORKING, sheets=sheets, pages=pages), *found)
    assert (count.received_sheets, count.accounted_sheets) == (received, accounted)


def test_a_state_of_the_whole_file_overrules_its_documents() -> None:
    documents = a_document(1, 1, State.KEPT), a_document(2, 2, State.WORKING)
    failed = counted(a_paper(State.FAILED, pages=2), *documents)
    assert (failed.accounted_sheets, failed.counts) == (0, {State.FAILED: 1})
    held = counted(a_paper(State.HELD, pages=2), *documents)
    assert (held.accounted_sheets, held.counts) == (2, {State.HELD: 1})


@given(
    states=st.lists(st.sampled_from(State), min_size=1, max_size=6),
    sheets=st.none() | st.integers(1, 9),
)
def test_a_paper_is_whole_exactly_when_all_its_documents_are(states: list[State], sheets: int | None) -> None:
    documents = [a_document(page, page, state) for page, state in enumerate(states, start=1)]
    count = counted(a_paper(State.WORKING, sheets=sheets, pages=len(states)), *documents)
    whole = all(state in ACCOUNTED for state in states)
    assert (count.accounted_sheets == count.received_sheets) == whole
    assert count.tallies == whole
    assert sum(count.counts.values()) == len(states)


@pytest.mark.parametrize(("expected", "tallies"), [(None, True), (1, True), (2, False), (0, False)])
def test_a_batch_tallies_when_it_has_what_was_expected(expected: int | None, tallies: bool) -> None:
    assert reconcile(expected, [a_paper(State.HELD)], {}).tallies is tallies
