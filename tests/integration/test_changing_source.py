"""Folders that somebody is still at, and papers that take a worker down: each is reported, the others go on."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sohoa.answers import batch_answer
from sohoa.errors import TookTooLong, WorkerDied, WorkerOutOfMemory
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.remote import READ_PAGE
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.ledger import Paper


def ingest(kit: Toolbox, folder: Path, on_paper: Callable[[Paper, bool], None] = lambda _p, _n: None) -> Any:
    code = open_batch([folder], None, None, kit).code
    received = receive_all(files_in([folder]), code, Order(), {}, kit, on_paper=on_paper)
    for paper_id in kit.ledger.unfinished_papers(code):
        take_through(paper_id, kit)
    return batch_answer(code, kit, [kit.ledger.paper(paper.id) for paper in received.papers], known=received.known)


def found(answer: Any) -> dict[str, tuple[str, str | None]]:
    return {row["source"]: (row["state"], row["reason"] and row["reason"]["code"]) for row in answer["documents"]}


@pytest.fixture
def writer() -> Iterator[Callable[[Path], Callable[[], None]]]:
    """Write to a file until the call that is returned was made; nothing is written after it."""
    stopped = threading.Event()
    threads: list[threading.Thread] = []

    def stop() -> None:
        stopped.set()
        for thread in threads:
            thread.join()

    def write(path: Path) -> Callable[[], None]:
        def keep_on() -> None:
            with path.open("ab", buffering=0) as file:
                while not stopped.wait(0.01):
                    file.write(b"x")

        threads.append(threading.Thread(target=keep_on))
        threads[-1].start()
        return stop

    yield write
    stop()


def test_a_file_still_being_written_is_reported_and_taken_in_later(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], writer: Callable[[Path], Callable[[], None]]
) -> None:
    desk.scan("good.png", letter())
    growing = desk.folder / "growing.png"
    stop = writer(growing)
    while not growing.exists():
        time.sleep(0.01)
    answer = ingest(kit, desk.folder)
    assert found(answer) == {"good.png": ("kept", None), "growing.png": ("quarantined", "source_changed")}
    assert next(row for row in answer["documents"] if row["reason"])["reason"]["remedy"] == "retry"
    stop()
    desk.scan("growing.png", letter("13/QĐ-UBND"))
    assert found(ingest(kit, desk.folder))["growing.png"][0] in ("kept", "review")
    papers = kit.ledger.papers_named(answer["batch"], "growing.png")
    assert sorted(str(paper.state) for paper in papers) == ["ignored", "kept"]


def test_files_that_vanish_or_become_pipes_meanwhile_stop_nothing(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    for name in ("1.png", "2.png", "3.png", "4.png"):
        desk.scan(name, letter(f"{name[0]}/QĐ-UBND"))

    def meddle(paper: Paper, _new: bool) -> None:
        if paper.source == "1.png":
            (desk.folder / "2.png").unlink()
            (desk.folder / "3.png").unlink()
            os.mkfifo(desk.folder / "3.png")

    answer = found(ingest(kit, desk.folder, meddle))
    assert (answer["2.png"], answer["3.png"]) == (("quarantined", "source_gone"), ("ignored", "not_a_file"))
    assert {answer["1.png"][0], answer["4.png"][0]} <= {"kept", "review"}


def test_a_name_that_no_database_takes_is_received_all_the_same(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    desk.scan("a.png", letter())
    (desk.folder / "a.png").rename(desk.folder / os.fsdecode(b"c\xf4ng v\xe3n\n.png"))
    assert found(ingest(kit, desk.folder)) == {"c\\xf4ng v\\xe3n\\n.png": ("kept", None)}


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(WorkerDied("read_page(…)", ending="SIGSEGV"), id="died"),
        pytest.param(WorkerOutOfMemory("read_page(…)", limit_bytes=3 << 30), id="out-of-memory"),
        pytest.param(TookTooLong("read_page(…)", limit_seconds=120), id="took-too-long"),
    ],
)
def test_a_paper_that_takes_a_worker_down_is_set_aside_and_the_others_go_on(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any, loss: Exception
) -> None:
    desk.scan("1 good.png", letter("1/QĐ-UBND"))
    bad = desk.scan("2 bad.tif", letter("2/QĐ-UBND"), letter("3/QĐ-UBND"))
    desk.scan("3 good.png", letter("4/QĐ-UBND"))
    digest = bad.read_bytes()

    def read(path: Path, page: int, mode: str) -> Any:
        if page == 2 and path.read_bytes() == digest:
            raise loss
        return desk.read(path, page, mode)

    pool.instead[READ_PAGE] = read
    answer = found(ingest(kit, desk.folder))
    assert answer["2 bad.tif"] == ("quarantined", loss.code)  # type: ignore[attr-defined]
    assert {answer["1 good.png"][0], answer["3 good.png"][0]} == {"kept"}
