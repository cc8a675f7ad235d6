"""What the ledger promises, whatever the database: the truth about progress, kept by several processes at once."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from storage.engine import open_engine
from storage.errors import (
    AmbiguousId,
    BatchClosed,
    BatchMismatch,
    UnknownBatch,
    UnknownPaper,
    UnknownRecord,
)
from storage.ledger import Ledger, NewPaper, Paper, RestoredDocument
from storage.migrate import upgrade
from storage.records import State

NOW = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
SHA = "ab" * 32


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    ledger = Ledger(engine)
    ledger.open_batch("B", folder="/scans/b", expected=None, now=NOW)
    return ledger


def new(source: str = "a.pdf", **changes: Any) -> NewPaper:
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
    return ledger.receive(new(source, **changes))[0]


# Batches


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


# Counting


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


# Papers


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


# Documents


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


# Work


def test_a_lease_keeps_others_off_until_it_expires(ledger: Ledger) -> None:
    def claim(worker: str, at: float) -> bool:
        return ledger.claim("p", worker=worker, seconds=10, now=NOW + timedelta(seconds=at))

    assert claim("one", 0)
    assert not claim("two", 9.9)
    assert claim("one", 5)
    assert not claim("two", 14.9)
    assert claim("two", 15)
    assert not ledger.renew("p", worker="one", seconds=10, now=NOW)
    assert ledger.renew("p", worker="two", seconds=100, now=NOW + timedelta(seconds=16))
    assert not claim("one", 100)
    ledger.release("p", "one")
    assert not claim("one", 100)
    ledger.release("p", "two")
    ledger.release("p", "two")
    assert claim("one", 100)
    assert ledger.claim("other", worker="two", seconds=10, now=NOW)


def test_a_stage_begins_ends_and_begins_again(ledger: Ledger) -> None:
    later = NOW + timedelta(seconds=3)
    row = ledger.begin_stage("p", "read", input_hash="in", now=NOW)
    assert (row.state, row.attempt, row.input_hash, row.output_hash, row.error) == ("running", 1, "in", None, None)
    assert ledger.stage_output("p", "read") is None
    failed = ledger.fail_stage("p", "read", error={"code": "x", "message": "Lỗi"}, now=later)
    assert (failed.state, failed.error, failed.finished_at) == ("failed", {"code": "x", "message": "Lỗi"}, later)
    row = ledger.begin_stage("p", "read", input_hash="in2", now=later)
    assert (row.state, row.attempt, row.input_hash, row.error, row.finished_at) == ("running", 2, "in2", None, None)
    done = ledger.finish_stage("p", "read", output_hash="out", payload=b"\x00text", now=later)
    assert (done.state, done.attempt, done.output_hash) == ("done", 2, "out")
    assert ledger.stage_output("p", "read") == b"\x00text"
    assert ledger.stages("p") == [done]
    assert ledger.finish_stage("p", "read", output_hash="out", payload=b"\x00text", now=later) == done


def test_a_stage_begun_again_forgets_its_output(ledger: Ledger) -> None:
    ledger.begin_stage("p", "read", input_hash="in", now=NOW)
    ledger.finish_stage("p", "read", output_hash="out", payload=b"text", now=NOW)
    ledger.begin_stage("p", "read", input_hash="in", now=NOW)
    assert ledger.stage_output("p", "read") is None
    ledger.fail_stage("p", "read", error={}, now=NOW)
    assert ledger.stage_output("p", "read") is None


def test_outputs_are_discarded_and_what_was_done_is_not(ledger: Ledger) -> None:
    for number, stage in enumerate(("prepare", "read")):
        ledger.begin_stage("p", stage, input_hash="in", now=NOW + timedelta(seconds=number))
        ledger.finish_stage("p", stage, output_hash=stage, payload=b"text", now=NOW)
    ledger.begin_stage("q", "read", input_hash="in", now=NOW)
    ledger.finish_stage("q", "read", output_hash="x", payload=b"kept", now=NOW)
    for _ in range(2):
        ledger.discard_outputs("p")
    assert [(row.stage, row.state, row.output_hash) for row in ledger.stages("p")] == [
        ("prepare", "done", "prepare"),
        ("read", "done", "read"),
    ]
    assert ledger.stage_output("p", "read") is None
    assert ledger.stage_output("q", "read") == b"kept"


def test_a_stage_cannot_end_unbegun(ledger: Ledger) -> None:
    with pytest.raises(LookupError):
        ledger.finish_stage("p", "read", output_hash="x", payload=None, now=NOW)


# Put together again


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


def test_leases_of_workers_that_ended_are_given_back(ledger: Ledger) -> None:
    for subject, worker in [("p", "gone"), ("q", "gone"), ("r", "alive")]:
        assert ledger.claim(subject, worker=worker, seconds=60, now=NOW)
    assert ledger.free_leases(lambda worker: worker == "gone") == 2
    assert ledger.free_leases(lambda worker: worker == "gone") == 0
    assert [ledger.claim(subject, worker="new", seconds=60, now=NOW) for subject in "pqr"] == [True, True, False]


def test_a_cleared_ledger_is_empty(ledger: Ledger) -> None:
    ledger.add_documents(received(ledger).id, [(1, 1)])
    ledger.begin_stage("p", "read", input_hash="in", now=NOW)
    ledger.claim("p", worker="w", seconds=60, now=NOW)
    ledger.clear()
    assert ledger.batches() == ledger.papers("B") == ledger.documents("B") == ledger.stages("p") == []
    assert ledger.claim("p", worker="v", seconds=60, now=NOW)


# Time


def test_times_are_utc_whatever_the_zone_they_came_in(ledger: Ledger) -> None:
    hanoi = datetime(2026, 11, 24, 0, 30, tzinfo=timezone(timedelta(hours=7)))
    paper = received(ledger, received_at=hanoi)
    assert paper.received_at == hanoi
    assert paper.received_at.isoformat() == "2026-11-23T17:30:00+00:00"


def test_a_time_without_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="a time without its zone"):
        received(ledger, received_at=datetime(2026, 1, 1))  # noqa: DTZ001
    assert ledger.papers("B") == []


# Several at once


def _take_in(url: str, worker: str) -> list[bool]:
    """Open, receive, claim and stage the same 30 papers as everybody else; return which leases were ours."""
    engine = open_engine(url)
    upgrade(engine)
    ledger = Ledger(engine)
    ledger.open_batch("B", folder=None, expected=30, now=NOW)
    ours = []
    for number in range(30):
        paper, _ = ledger.receive(new(f"{number}.pdf"))
        documents = ledger.add_documents(paper.id, [(1, 1)])
        ours.append(ledger.claim(paper.id, worker=worker, seconds=60, now=NOW))
        ledger.begin_stage(documents[0].id, "read", input_hash="in", now=NOW)
        ledger.set_document(documents[0].id, state=State.KEPT, add_seconds=1)
    return ours


def test_processes_share_a_new_database_without_errors(url: str) -> None:
    workers = ["one", "two", "three"]
    with multiprocessing.get_context("spawn").Pool(len(workers)) as pool:
        claims = pool.starmap(_take_in, [(url, worker) for worker in workers], chunksize=1)
    assert [sum(mine) for mine in zip(*claims, strict=True)] == [1] * 30
    engine = open_engine(url)
    ledger = Ledger(engine)
    documents = ledger.documents("B")
    assert len(ledger.papers("B")) == len(documents) == 30
    assert {document.seconds for document in documents} == {3.0}
    assert {ledger.stages(document.id)[0].attempt for document in documents} == {3}
    count = ledger.reconcile("B")
    assert (count.received_sheets, count.accounted_sheets, count.tallies) == (30, 30, True)
    engine.dispose()


def test_threads_share_one_ledger(ledger: Ledger) -> None:
    def work(number: int) -> tuple[str, bool]:
        paper, _ = ledger.receive(new())
        return paper.id, ledger.claim("one", worker=f"w{number}", seconds=60, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(40)))
    assert len({paper_id for paper_id, _ in results}) == 1
    assert [claimed for _, claimed in results].count(True) == 1


def test_a_reader_is_not_kept_waiting_by_a_writer(engine: Engine, ledger: Ledger) -> None:
    writer = engine.connect()
    writer.exec_driver_sql("PRAGMA user_version").close()
    writer.rollback()
    with writer, writer.execution_options(sohoa_writes=True).begin():
        done = threading.Event()

        def read() -> None:
            ledger.batches()
            done.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert done.wait(5)
        reader.join()


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


def test_how_fast_a_batch_is_read_is_counted(ledger: Ledger) -> None:
    paper, _ = ledger.receive(new())
    for page in range(1, 5):
        at = NOW + timedelta(minutes=page)
        ledger.begin_stage(paper.id, f"read/{page:05}", input_hash=SHA, now=at)
        ledger.finish_stage(paper.id, f"read/{page:05}", output_hash=SHA, payload=None, now=at)
    since = NOW + timedelta(minutes=2)
    assert ledger.pages_read_since("B", since) == (3, since, NOW + timedelta(minutes=4))
    assert ledger.pages_read_since("B", NOW + timedelta(hours=1)) == (0, None, None)
    assert ledger.pages_read_of_open("B") == 4
    assert not ledger.is_worked_on("B", now=NOW)
    ledger.claim(paper.id, worker="w", seconds=60, now=NOW)
    assert ledger.is_worked_on("B", now=NOW)
    assert not ledger.is_worked_on("B", now=NOW + timedelta(seconds=61))
    ledger.set_paper(paper.id, state=State.KEPT)
    assert ledger.pages_read_of_open("B") == 0


def test_what_a_source_held_before_is_found_by_its_name(ledger: Ledger) -> None:
    unread, _ = ledger.receive(new("a.pdf", sha256=""))
    read, _ = ledger.receive(new("a.pdf"))
    ledger.receive(new("b.pdf", sha256=""))
    assert [paper.id for paper in ledger.papers_named("B", "a.pdf")] == [unread.id, read.id]
