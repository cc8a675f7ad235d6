"""How papers are handed out and taken over, whatever the database, and whatever the clocks say."""

from datetime import timedelta

import pytest

from storage.ledger import Handed, Ledger
from storage.records import State
from storage.sightings import Sightings
from tests.contract.given import NOW, received


@pytest.fixture
def papers(ledger: Ledger) -> list[str]:
    """Return five open papers of batch B in order of receipt."""
    return [received(ledger, f"{name}.pdf").id for name in "zamkb"]


class Stopwatch:
    """A clock that goes forward when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


@pytest.fixture
def stopwatch(ledger: Ledger) -> Stopwatch:
    """Return the clock by which this process measures how long leases stand unchanged."""
    watch = Stopwatch()
    ledger._sightings = Sightings(watch)
    return watch


def take(ledger: Ledger, worker: str, number: int, *, at: float = 0, after: int = 0) -> list[Handed]:
    now = NOW + timedelta(seconds=at)
    return ledger.take_papers("B", worker=worker, number=number, seconds=60, now=now, after=after)


def ids(handed: list[Handed]) -> list[str]:
    return [paper.id for paper in handed]


def test_papers_are_handed_out_in_order_of_receipt_and_each_once(ledger: Ledger, papers: list[str]) -> None:
    assert ids(take(ledger, "one", 2)) == papers[:2]
    assert ids(take(ledger, "two", 2)) == papers[2:4]
    assert ledger.held_by_others("two", now=NOW) == set(papers[:2])
    assert ids(take(ledger, "three", 9)) == papers[4:]
    assert take(ledger, "four", 9) == []
    assert not ledger.claim(papers[0], worker="two", seconds=60, now=NOW)
    assert ledger.claim(papers[0], worker="one", seconds=60, now=NOW)


def test_only_open_papers_of_the_batch_are_handed_out(ledger: Ledger, papers: list[str]) -> None:
    ledger.open_batch("C", folder=None, expected=None, now=NOW)
    received(ledger, batch="C")
    ledger.set_paper(papers[0], state=State.HELD)
    for paper, state in zip(papers[1:3], [State.PENDING, State.KEPT], strict=True):
        ledger.set_paper(paper, state=State.KEPT)
        (document,) = ledger.add_documents(paper, [(1, 1)])
        ledger.set_document(document.id, state=state)
    assert ids(take(ledger, "one", 9)) == ledger.unfinished_papers("B") == [papers[1], papers[3], papers[4]]


def test_whoever_says_where_it_is_goes_through_a_batch_once(ledger: Ledger, papers: list[str]) -> None:
    seen: list[str] = []
    after = 0
    while handed := take(ledger, "one", 2, after=after):
        seen += ids(handed)
        after = handed[-1].received
        for paper in handed:  # tried, and still open
            ledger.release(paper.id, "one")
    assert seen == papers
    late = received(ledger, "late.pdf").id
    assert ids(take(ledger, "one", 9, after=after)) == [late]
    assert ids(take(ledger, "one", 9)) == [*papers, late]


def test_what_another_left_behind_is_handed_out_wherever_one_is(ledger: Ledger, papers: list[str]) -> None:
    take(ledger, "gone", 1)
    mine = take(ledger, "one", 4)
    for paper in mine:
        ledger.release(paper.id, "one")
    assert take(ledger, "one", 9, at=59, after=mine[-1].received) == []
    assert ids(take(ledger, "one", 9, at=61, after=mine[-1].received)) == papers[:1]


def test_what_nobody_finished_is_handed_to_the_next(ledger: Ledger, papers: list[str]) -> None:
    take(ledger, "one", 9)
    ledger.free_leases(lambda worker: worker == "one")
    assert ids(take(ledger, "two", 9)) == papers


def test_a_lease_does_not_outlive_its_time_after_the_clock_went_back(
    ledger: Ledger, papers: list[str], stopwatch: Stopwatch
) -> None:
    day = 24 * 3600
    take(ledger, "gone", 1, at=day)  # the clock is a day ahead, is put right, and the worker is killed
    assert ledger.held_by_others("one", now=NOW) == set(papers[:1])
    stopwatch.seconds = 60
    assert papers[0] not in ids(take(ledger, "one", 1))
    assert not ledger.claim(papers[0], worker="one", seconds=60, now=NOW)
    stopwatch.seconds = 61
    assert ledger.held_by_others("two", now=NOW) == {papers[1]}
    assert ids(take(ledger, "two", 1)) == papers[:1]
    assert not ledger.renew(papers[0], worker="gone", seconds=60, now=NOW)


def test_one_paper_too_is_taken_over_after_the_clock_went_back(ledger: Ledger, stopwatch: Stopwatch) -> None:
    assert ledger.claim("p", worker="gone", seconds=10, now=NOW + timedelta(days=1))
    assert not ledger.claim("p", worker="one", seconds=60, now=NOW)
    stopwatch.seconds = 11
    assert ledger.claim("p", worker="one", seconds=60, now=NOW)


def test_a_live_worker_keeps_its_lease_after_the_clock_went_back(
    ledger: Ledger, papers: list[str], stopwatch: Stopwatch
) -> None:
    take(ledger, "alive", 1, at=3600)
    for beat in range(20, 200, 20):  # an hour back, and it goes on renewing
        stopwatch.seconds = beat
        now = NOW + timedelta(seconds=beat)
        assert ledger.renew(papers[0], worker="alive", seconds=60, now=now)
        assert papers[0] in ledger.held_by_others("one", now=now)
        assert not ledger.claim(papers[0], worker="one", seconds=60, now=now)
        assert papers[0] not in ids(take(ledger, "one", 9, at=beat))


def test_a_worker_finds_out_that_its_lease_was_taken_over(ledger: Ledger, papers: list[str]) -> None:
    take(ledger, "slow", 1)
    assert ids(take(ledger, "fast", 1, at=61)) == papers[:1]
    assert not ledger.renew(papers[0], worker="slow", seconds=60, now=NOW + timedelta(seconds=62))
    ledger.release(papers[0], "slow")
    assert not ledger.claim(papers[0], worker="slow", seconds=60, now=NOW + timedelta(seconds=62))


def test_a_worker_that_renewed_late_but_in_time_keeps_its_paper(ledger: Ledger, papers: list[str]) -> None:
    take(ledger, "slow", 1)
    assert ledger.renew(papers[0], worker="slow", seconds=60, now=NOW + timedelta(seconds=90))
    assert papers[0] not in ids(take(ledger, "fast", 9, at=91))
