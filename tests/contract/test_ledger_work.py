"""What the ledger promises of leases and stages, whatever the database."""

from datetime import timedelta

import pytest

from storage.ledger import Ledger
from storage.records import State
from tests.contract.given import NOW, SHA, new


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


def test_leases_of_workers_that_ended_are_given_back(ledger: Ledger) -> None:
    for subject, worker in [("p", "gone"), ("q", "gone"), ("r", "alive")]:
        assert ledger.claim(subject, worker=worker, seconds=60, now=NOW)
    assert ledger.free_leases(lambda worker: worker == "gone") == 2
    assert ledger.free_leases(lambda worker: worker == "gone") == 0
    assert [ledger.claim(subject, worker="new", seconds=60, now=NOW) for subject in "pqr"] == [True, True, False]


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
