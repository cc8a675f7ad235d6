"""What the ledger promises of batches and papers, whatever the database."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from storage.errors import (
    BatchClosed,
    BatchMismatch,
    UnknownBatch,
    UnknownPaper,
)
from storage.ledger import Ledger, NewPaper
from storage.records import State
from tests.contract.given import NOW, SHA, new, received


def test_a_batch_is_opened_once(ledger: Ledger) -> None:
    again = ledger.open_batch("B", folder="/elsewhere", expected=None, now=NOW + timedelta(hours=1))
    assert (again.code, again.folder, again.state, again.opened_at) == ("B", "/scans/b", "open", NOW)
    assert ledger.batches() == [again]
    assert ledger.batch("B") == again


def test_the_expected_number_is_set_and_set_anew(ledger: Ledger) -> None:
    for given, kept in [(None, None), (3, 3), (None, 3), (5, 5), (4, 4), (0, 0)]:
        assert ledger.open_batch("B", folder=None, expected=given, now=NOW).expected_sheets == kept


def test_a_folder_is_remembered_by_a_batch_opened_without_one(ledger: Ledger) -> None:
    ledger.open_batch("C", folder=None, expected=None, now=NOW)
    assert ledger.open_batch("C", folder="/scans/c", expected=None, now=NOW).folder == "/scans/c"


def test_a_folders_open_batch_is_found_whatever_its_day(ledger: Ledger) -> None:
    assert ledger.open_batch_of("/scans/other") is None
    assert ledger.open_batch_of("/scans/b") == ledger.batch("B")
    ledger.open_batch("B2", folder="/scans/b", expected=None, now=NOW + timedelta(days=1))
    assert ledger.open_batch_of("/scans/b") == ledger.batch("B2")
    ledger.close_batch("B2", now=NOW)
    assert ledger.open_batch_of("/scans/b") == ledger.batch("B")


def test_an_unknown_batch_is_refused(ledger: Ledger) -> None:
    uses: list[Callable[[], object]] = [
        lambda: ledger.batch("no"),
        lambda: ledger.reconcile("no"),
        lambda: ledger.close_batch("no", now=NOW),
        lambda: ledger.receive(new(batch="no")),
    ]
    for use in uses:
        with pytest.raises(UnknownBatch):
            use()
    assert ledger.papers("no") == ledger.documents("no") == ledger.unfinished_papers("no") == []


def test_a_closed_batch_takes_nothing_more(ledger: Ledger) -> None:
    paper = received(ledger, state=State.HELD)
    closed = ledger.close_batch("B", now=NOW)
    assert (closed.state, closed.closed_at) == ("closed", NOW)
    assert ledger.close_batch("B", now=NOW + timedelta(days=1)) == closed
    with pytest.raises(BatchClosed):
        ledger.open_batch("B", folder=None, expected=9, now=NOW)
    with pytest.raises(BatchClosed):
        received(ledger, "b.pdf")
    assert ledger.receive(new(state=State.HELD)) == (paper, False)
    assert ledger.batch("B") == closed


def test_an_empty_batch_tallies(ledger: Ledger) -> None:
    count = ledger.reconcile("B")
    assert (count.expected, count.received_sheets, count.accounted_sheets) == (None, 0, 0)
    assert (count.counts, count.unaccounted) == ({}, [])


def test_a_batch_is_not_closed_while_sheets_are_missing(ledger: Ledger) -> None:
    ledger.open_batch("B", folder=None, expected=3, now=NOW)
    paper = received(ledger, "a.pdf")
    ledger.set_paper(paper.id, state=State.KEPT, pages=3)
    first, second = ledger.add_documents(paper.id, [(1, 2), (3, 3)])
    ledger.set_document(first.id, state=State.KEPT)
    with pytest.raises(BatchMismatch) as raised:
        ledger.close_batch("B", now=NOW)
    assert (raised.value.expected, raised.value.accounted, raised.value.unaccounted) == (3, 2, ("a.pdf",))
    assert ledger.batch("B").state == "open"
    ledger.set_document(second.id, state=State.REVIEW)
    assert ledger.close_batch("B", now=NOW).state == "closed"


def test_a_batch_is_not_closed_while_it_has_too_many_sheets(ledger: Ledger) -> None:
    ledger.open_batch("B", folder=None, expected=1, now=NOW)
    received(ledger, sheets=2, state=State.HELD)
    with pytest.raises(BatchMismatch, match="expects 1 sheets and accounts for 2"):
        ledger.close_batch("B", now=NOW)


def test_without_an_expected_number_all_that_came_must_be_accounted_for(ledger: Ledger) -> None:
    paper = received(ledger)
    with pytest.raises(BatchMismatch, match=r"expects 1 sheets and accounts for 0; not accounted for: a\.pdf"):
        ledger.close_batch("B", now=NOW)
    ledger.set_paper(paper.id, state=State.QUARANTINED)
    assert ledger.close_batch("B", now=NOW).state == "closed"


def test_counts_are_of_documents_and_of_papers_without_any(ledger: Ledger) -> None:
    stack = received(ledger, "stack.pdf")
    ledger.set_paper(stack.id, state=State.KEPT, pages=4)
    for document, state in zip(
        ledger.add_documents(stack.id, [(1, 1), (2, 3), (4, 4)]),
        [State.KEPT, State.KEPT, State.PENDING],
        strict=True,
    ):
        ledger.set_document(document.id, state=state)
    received(ledger, "junk.exe", state=State.QUARANTINED)
    received(ledger, ".hidden", state=State.IGNORED)
    received(ledger, "late.pdf")
    count = ledger.reconcile("B")
    assert count.counts == {
        State.KEPT: 2,
        State.PENDING: 1,
        State.QUARANTINED: 1,
        State.IGNORED: 1,
        State.WORKING: 1,
    }
    assert (count.received_sheets, count.accounted_sheets, count.unaccounted) == (6, 5, ["late.pdf"])


def test_a_paper_is_given_back_as_it_was_received(ledger: Ledger) -> None:
    full = new(
        sheets=2,
        dossier="HS-1",
        procedure="1.001",
        owner_sealed=b"\x00\x01",
        owner_index="cd" * 32,
        type_hint="QĐ",
        state=State.QUARANTINED,
        reason={"code": "damaged", "message": "Tệp hỏng"},
        pages=7,
        bytes=2**40,
    )
    paper, is_new = ledger.receive(full)
    assert is_new
    assert all(getattr(paper, name) == getattr(full, name) for name in NewPaper.__dataclass_fields__)
    assert len(paper.id) == 20
    assert ledger.paper(paper.id) == paper
    assert ledger.papers("B") == [paper]


def test_the_same_paper_is_received_once(ledger: Ledger) -> None:
    first, is_new = ledger.receive(new())
    ledger.set_paper(first.id, state=State.HELD, pages=2)
    again, is_new_again = ledger.receive(new(path="/moved/a.pdf"))
    assert (is_new, is_new_again) == (True, False)
    assert (again.id, again.state, again.pages) == (first.id, State.HELD, 2)


def test_the_same_bytes_elsewhere_are_another_paper(ledger: Ledger) -> None:
    ledger.open_batch("C", folder=None, expected=None, now=NOW)
    papers = [received(ledger), received(ledger, "b.pdf"), received(ledger, batch="C")]
    other = received(ledger, sha256="cd" * 32)
    assert ledger.papers_with(SHA) == papers
    assert ledger.papers_with("cd" * 32) == [other]
    assert ledger.papers("B") == [papers[0], papers[1], other]


def test_a_papers_state_replaces_its_reason_but_not_its_pages(ledger: Ledger) -> None:
    paper = received(ledger)
    ledger.set_paper(paper.id, state=State.FAILED, reason={"code": "x"}, pages=3)
    ledger.set_paper(paper.id, state=State.WORKING)
    again = ledger.paper(paper.id)
    assert (again.state, again.reason, again.pages) == (State.WORKING, None, 3)


def test_an_unknown_paper_is_refused(ledger: Ledger) -> None:
    for use in (
        lambda: ledger.paper("no"),
        lambda: ledger.set_paper("no", state=State.KEPT),
        lambda: ledger.add_documents("no", [(1, 1)]),
    ):
        with pytest.raises(UnknownPaper):
            use()
    assert ledger.documents_of("no") == []


def test_unfinished_papers_come_in_order_of_receipt(ledger: Ledger) -> None:
    papers = [received(ledger, f"{name}.pdf") for name in ("z", "a", "m", "k", "b")]
    assert ledger.unfinished_papers("B") == [paper.id for paper in papers]
    ledger.set_paper(papers[0].id, state=State.HELD)
    for paper, state in zip(papers[1:4], [State.PENDING, State.KEPT, State.WORKING], strict=True):
        ledger.set_paper(paper.id, state=State.KEPT)
        (document,) = ledger.add_documents(paper.id, [(1, 1)])
        ledger.set_document(document.id, state=state)
    assert ledger.unfinished_papers("B") == [papers[1].id, papers[3].id, papers[4].id]


def test_the_batches_work_goes_on_with_are_named(ledger: Ledger) -> None:
    for code in ("C", "D", "E"):
        ledger.open_batch(code, folder=None, expected=None, now=NOW)
    done, _ = ledger.receive(new(batch="C"))
    ledger.set_paper(done.id, state=State.KEPT)
    ledger.receive(new(batch="D"))
    waiting, _ = ledger.receive(new(batch="E"))
    ledger.set_paper(waiting.id, state=State.KEPT)
    (document,) = ledger.add_documents(waiting.id, [(1, 1)])
    ledger.set_document(document.id, state=State.PENDING, waiting_for="seal")
    assert ledger.unfinished_batches() == ["D", "E"]
    ledger.set_document(document.id, state=State.PENDING, waiting_for="seal", reason={"remedy": "resubmit"})
    assert ledger.unfinished_batches() == ["D"]


def test_a_batch_is_shown_whole_as_of_one_moment(ledger: Ledger) -> None:
    first, _ = ledger.receive(new("a.pdf"))
    second, _ = ledger.receive(new("b.pdf"))
    documents = ledger.add_documents(second.id, [(1, 1), (2, 2)])
    batch, papers, found = ledger.contents("B")
    assert batch.code == "B"
    assert [paper.id for paper in papers] == [first.id, second.id]
    assert found == {second.id: documents}
    assert ledger.sources("B") == {"a.pdf", "b.pdf"}
    assert ledger.papers_at_work("B") == {first.id, second.id}
    assert ledger.count_papers("B") == 2
    with pytest.raises(UnknownBatch):
        ledger.contents("X")


def test_what_a_source_held_before_is_found_by_its_name(ledger: Ledger) -> None:
    unread, _ = ledger.receive(new("a.pdf", sha256=""))
    read, _ = ledger.receive(new("a.pdf"))
    ledger.receive(new("b.pdf", sha256=""))
    assert [paper.id for paper in ledger.papers_named("B", "a.pdf")] == [unread.id, read.id]
