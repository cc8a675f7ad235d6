"""What the ledger promises to several processes and threads at once, whatever the database."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, func, select, update

from storage import schema
from storage.engine import open_engine, reading, writing
from storage.errors import BatchClosed, BatchMismatch, StorageError
from storage.ledger import Batch, Ledger, Paper
from storage.migrate import upgrade
from storage.records import State
from tests.contract.given import NOW, new, received

ROUNDS = 30
"""How often two writers meet."""


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


def test_processes_share_a_new_database_without_errors(new_url: str) -> None:
    workers = ["one", "two", "three"]
    with multiprocessing.get_context("spawn").Pool(len(workers)) as pool:
        claims = pool.starmap(_take_in, [(new_url, worker) for worker in workers], chunksize=1)
    assert [sum(mine) for mine in zip(*claims, strict=True)] == [1] * 30
    engine = open_engine(new_url)
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
    with writing(engine) as connection, ThreadPoolExecutor(1) as pool:
        connection.execute(update(schema.batches).values(folder="/elsewhere"))
        (seen,) = pool.submit(ledger.batches).result(5)
    assert seen.folder == "/scans/b"
    assert ledger.batch("B").folder == "/elsewhere"


@contextmanager
def two(url: str) -> Iterator[tuple[Ledger, Ledger]]:
    """Return the ledger as two processes have it, each with connections of its own."""
    engines = [open_engine(url) for _ in range(2)]
    upgrade(engines[0])
    yield Ledger(engines[0]), Ledger(engines[1])
    for engine in engines:
        engine.dispose()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Start all works at the same moment; return what each returned or raised."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        except StorageError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_no_batch_is_closed_over_a_paper_that_comes_in(url: str) -> None:
    outcomes = Counter[str]()
    with two(url) as (one, other):
        for number in range(ROUNDS):
            code = f"B{number}"
            one.open_batch(code, folder=None, expected=None, now=NOW)
            closing, coming = at_once(
                lambda code=code: one.close_batch(code, now=NOW),
                lambda code=code: other.receive(new(batch=code)),
            )
            if isinstance(closing, BatchMismatch):
                assert len(one.papers(code)) == 1 and one.batch(code).state == "open"
            else:
                assert isinstance(coming, BatchClosed) and one.papers(code) == []
            outcomes[type(closing).__name__] += 1
    assert sum(outcomes.values()) == ROUNDS


def test_a_batch_is_counted_as_of_one_moment_while_its_papers_are_split(url: str) -> None:
    with two(url) as (one, other):
        for number in range(ROUNDS):
            code = f"B{number}"
            one.open_batch(code, folder=None, expected=2, now=NOW)
            paper = received(one, batch=code, pages=2, state=State.REVIEW)

            def split(paper: Paper = paper) -> None:
                for document in other.add_documents(paper.id, [(1, 1), (2, 2)]):
                    other.set_document(document.id, state=State.KEPT)

            closing, _ = at_once(lambda code=code: one.close_batch(code, now=NOW), split)
            # Two sheets before, none while the documents are at work, one and two afterwards: never three or more.
            assert isinstance(closing, Batch) or closing.accounted in (0, 1)


def test_of_two_that_receive_the_same_bytes_one_was_first(url: str) -> None:
    with two(url) as (one, other):
        for number in range(ROUNDS):
            sha256 = f"{number:064x}"
            for code in ("C", "D"):
                one.open_batch(code, folder=None, expected=None, now=NOW)

            def take_in(ledger: Ledger, code: str, sha256: str = sha256) -> int:
                paper = received(ledger, f"{sha256}.pdf", batch=code, sha256=sha256)
                return [known.id for known in ledger.papers_with(sha256)].index(paper.id)

            before = at_once(lambda: take_in(one, "C"), lambda: take_in(other, "D"))
            assert sorted(before) == [0, 1]


def test_one_paper_received_twice_is_one(url: str) -> None:
    with two(url) as (one, other):
        one.open_batch("B", folder=None, expected=None, now=NOW)
        for number in range(ROUNDS):
            paper = new(f"{number}.pdf")
            got = at_once(lambda paper=paper: one.receive(paper), lambda paper=paper: other.receive(paper))
            assert got[0][0] == got[1][0]
            assert sorted(is_new for _, is_new in got) == [False, True]
        assert one.count_papers("B") == ROUNDS


def test_one_paper_split_twice_at_once_is_split_one_way(url: str) -> None:
    with two(url) as (one, other):
        one.open_batch("B", folder=None, expected=None, now=NOW)
        for number in range(ROUNDS):
            paper = received(one, f"{number}.pdf")
            at_once(
                lambda paper=paper: one.add_documents(paper.id, [(1, 1), (2, 2)]),
                lambda paper=paper: other.add_documents(paper.id, [(1, 2)]),
            )
            split = [(d.first_page, d.last_page) for d in one.documents_of(paper.id)]
            assert split in ([(1, 2)], [(1, 1), (2, 2)])


def test_a_lease_that_ran_out_is_taken_over_by_one(url: str) -> None:
    later = NOW + timedelta(seconds=61)
    with two(url) as (one, other):
        for number in range(ROUNDS):
            assert one.claim(f"p{number}", worker="gone", seconds=60, now=NOW)
            got = at_once(
                lambda n=number: one.claim(f"p{n}", worker="one", seconds=60, now=later),
                lambda n=number: other.claim(f"p{n}", worker="other", seconds=60, now=later),
                lambda n=number: one.renew(f"p{n}", worker="gone", seconds=60, now=later),
            )
            assert got.count(True) in (1, 2)
            # Who renewed in time keeps it; else one of the two has it.
            assert sorted(got[:2]) == [False, got[:2].count(True) == 1]
            assert got[0] or got[1] or got[2]


def test_no_time_and_no_attempt_is_lost_between_writers(url: str) -> None:
    with two(url) as (one, other):
        one.open_batch("B", folder=None, expected=None, now=NOW)
        (document,) = one.add_documents(received(one).id, [(1, 1)])

        def work(ledger: Ledger) -> None:
            for _ in range(ROUNDS):
                ledger.set_document(document.id, state=State.KEPT, add_seconds=1.0)
                ledger.begin_stage(document.id, "read", input_hash="in", now=NOW)

        assert at_once(*(lambda ledger=ledger: work(ledger) for ledger in (one, other) * 2)) == [None] * 4
        assert one.document(document.id).seconds == 4 * ROUNDS
        assert one.stages(document.id)[0].attempt == 4 * ROUNDS


def test_a_reader_sees_one_state_throughout(engine: Engine, ledger: Ledger) -> None:
    with reading(engine) as connection:
        query = select(func.count()).select_from(schema.papers)
        before = connection.execute(query).scalar()
        received(ledger)
        assert connection.execute(query).scalar() == before == 0


def test_papers_are_shared_out_between_workers(url: str) -> None:
    with two(url) as (one, other):
        one.open_batch("B", folder=None, expected=None, now=NOW)
        ids = [received(one, f"{number}.pdf").id for number in range(60)]

        def work(ledger: Ledger, worker: str) -> list[str]:
            mine: list[str] = []
            after = 0
            while handed := ledger.take_papers("B", worker=worker, number=3, seconds=60, now=NOW, after=after):
                mine += [paper.id for paper in handed]
                after = handed[-1].received
                for paper in handed:
                    ledger.set_paper(paper.id, state=State.KEPT)
                    ledger.release(paper.id, worker)
            return mine

        shares = at_once(*(lambda n=n, of=of: work(of, f"w{n}") for n, of in enumerate((one, other) * 2)))
        assert sorted(paper for share in shares for paper in share) == sorted(ids)
