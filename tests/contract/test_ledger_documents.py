"""What the ledger promises of documents, of times, and of being put together again, whatever the database."""

from datetime import datetime, timedelta, timezone

import pytest

from storage.errors import (
    AmbiguousId,
    UnknownBatch,
    UnknownRecord,
)
from storage.ledger import Ledger, RestoredDocument
from storage.records import State
from tests.contract.given import NOW, new, received


def test_documents_are_added_once(ledger: Ledger) -> None:
    paper = received(ledger)
    added = ledger.add_documents(paper.id, [(1, 2), (3, 3)])
    assert ledger.add_documents(paper.id, [(1, 2), (3, 3)]) == added
    assert [(d.first_page, d.last_page, d.state, d.source, d.batch) for d in added] == [
        (1, 2, State.WORKING, "a.pdf", "B"),
        (3, 3, State.WORKING, "a.pdf", "B"),
    ]
    assert ledger.add_documents(paper.id, [[3, 3], [1, 2]]) == added  # type: ignore[list-item]
    assert ledger.documents("B") == ledger.documents_of(paper.id) == added
    assert ledger.document(added[0].id) == added[0]
    assert len({d.id for d in added} | {paper.id}) == 3


def test_a_paper_split_otherwise_keeps_what_was_filed_already(ledger: Ledger) -> None:
    paper = received(ledger)
    first, second = ledger.add_documents(paper.id, [(1, 2), (3, 3)])
    ledger.set_document(first.id, state=State.KEPT)
    added = ledger.add_documents(paper.id, [(3, 3), (4, 4)])
    assert added[0].id == second.id
    assert [d.id for d in ledger.documents_of(paper.id)] == [first.id, second.id, added[1].id]
    ledger.add_documents(paper.id, [(1, 4)])
    assert [(d.first_page, d.last_page) for d in ledger.documents_of(paper.id)] == [(1, 2), (1, 4)]


def test_documents_come_by_receipt_of_their_paper_and_page(ledger: Ledger) -> None:
    late, early = received(ledger, "z.pdf"), received(ledger, "a.pdf")
    for paper in (early, late):
        ledger.add_documents(paper.id, [(11, 12), (2, 3)])
    assert [(d.source, d.first_page) for d in ledger.documents("B")] == [
        ("z.pdf", 2),
        ("z.pdf", 11),
        ("a.pdf", 2),
        ("a.pdf", 11),
    ]


def test_time_spent_on_a_document_adds_up(ledger: Ledger) -> None:
    (document,) = ledger.add_documents(received(ledger).id, [(1, 1)])
    ledger.set_document(document.id, state=State.PENDING, waiting_for="seal", reason={"code": "x"}, add_seconds=1.5)
    ledger.set_document(document.id, state=State.PENDING, waiting_for="index", add_seconds=0.25)
    again = ledger.document(document.id)
    assert (again.state, again.waiting_for, again.reason, again.seconds) == (State.PENDING, "index", None, 1.75)
    assert again.updated_at >= document.updated_at
    with pytest.raises(UnknownRecord):
        ledger.set_document("no", state=State.KEPT)
    with pytest.raises(UnknownRecord):
        ledger.document(document.id[:10])


def test_a_document_is_found_by_the_beginning_of_its_identifier(ledger: Ledger) -> None:
    (document,) = ledger.add_documents(received(ledger).id, [(1, 1)])
    for typed in (document.id, document.id[:4], document.id[:7].upper(), f" {document.id[:9]}\n"):
        assert ledger.resolve(typed) == document.id
    for typed in (document.id[:3], "", "%%%%", document.id + "0", "uuuu", "0000" if document.id[0] != "0" else "1111"):
        with pytest.raises(UnknownRecord):
            ledger.resolve(typed)


def test_a_beginning_of_several_identifiers_is_ambiguous(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["0010aaaaaaaaaaaaaaaa", "0010bbbbbbbbbbbbbbbb", "0011bbbbbbbbbbbbbbbb"])
    monkeypatch.setattr("storage.documents.new_id", lambda: next(made))
    ledger.add_documents(received(ledger).id, [(1, 1), (2, 2), (3, 3)])
    with pytest.raises(AmbiguousId) as raised:
        ledger.resolve("ooio")
    assert raised.value.candidates == ("0010aaaaaaaaaaaaaaaa", "0010bbbbbbbbbbbbbbbb")
    assert ledger.resolve("OOIOA") == "0010aaaaaaaaaaaaaaaa"


def test_a_closed_batch_is_put_together_again(ledger: Ledger) -> None:
    ledger.clear()
    for _ in range(2):
        ledger.restore_batch("C", folder="/c", expected=2, opened_at=NOW, closed_at=NOW + timedelta(hours=1))
        paper = ledger.restore_paper(new(batch="C"))
        ledger.restore_documents(
            paper.id, [RestoredDocument(record_id="0a1b2c3d4e5f6g7h8j9k", first_page=1, last_page=2, state=State.KEPT)]
        )
    assert ledger.batches() == [ledger.batch("C")]
    assert (ledger.batch("C").state, ledger.batch("C").folder) == ("closed", "/c")
    assert [document.id for document in ledger.documents("C")] == ["0a1b2c3d4e5f6g7h8j9k"]
    assert ledger.reconcile("C").accounted_sheets == 2
    assert ledger.papers("C") == [paper]
    with pytest.raises(UnknownBatch):
        ledger.restore_paper(new())


def test_a_cleared_ledger_is_empty(ledger: Ledger) -> None:
    ledger.add_documents(received(ledger).id, [(1, 1)])
    ledger.begin_stage("p", "read", input_hash="in", now=NOW)
    ledger.claim("p", worker="w", seconds=60, now=NOW)
    ledger.clear()
    assert ledger.batches() == ledger.papers("B") == ledger.documents("B") == ledger.stages("p") == []
    assert ledger.claim("p", worker="v", seconds=60, now=NOW)


def test_times_are_utc_whatever_the_zone_they_came_in(ledger: Ledger) -> None:
    hanoi = datetime(2026, 11, 24, 0, 30, tzinfo=timezone(timedelta(hours=7)))
    paper = received(ledger, received_at=hanoi)
    assert paper.received_at == hanoi
    assert paper.received_at.isoformat() == "2026-11-23T17:30:00+00:00"


def test_a_time_without_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="a time without its zone"):
        received(ledger, received_at=datetime(2026, 1, 1))  # noqa: DTZ001
    assert ledger.papers("B") == []
