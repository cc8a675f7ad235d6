"""A worker that lost its lease stops, and nothing is made twice, whatever became of workers and clocks."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ocr.lines import Line, PageReading
from sohoa.policy import OUR_ERRORS
from sohoa.remote import READ_PAGE
from sohoa.steps.document import take_through
from sohoa.steps.stage import leased
from sohoa.toolbox import Toolbox
from sohoa.wiring import is_gone
from storage.records import State
from tests.faults.archive import faults_of, receive_box
from tests.integration.conftest import Desk, InlinePool

Letter = Callable[..., tuple[Line, ...]]


@pytest.fixture
def two(kit: Toolbox, desk: Desk, letter: Letter) -> tuple[Toolbox, Toolbox, str]:
    """Return a slow worker, a fast one on another machine, and the paper of two documents that both want."""
    desk.scan("stack.pdf", letter("12/QĐ-UBND"), letter("13/QĐ-UBND"))
    code, _ = receive_box(kit, desk.folder)
    (paper_id,) = kit.ledger.unfinished_papers(code)
    hour = timedelta(hours=1)
    fast = replace(kit, worker="elsewhere:1:1", clock=lambda: kit.clock() + hour)
    return kit, fast, paper_id


@pytest.mark.parametrize("page", [1, 2])
def test_whoever_is_overtaken_while_reading_writes_nothing_twice(
    two: tuple[Toolbox, Toolbox, str], desk: Desk, page: int
) -> None:
    slow, fast, paper_id = two

    def read_slowly(path: Path, number: int, mode: str) -> PageReading:
        if number == page:
            assert take_through(paper_id, fast)
        return desk.read(path, number, mode)

    changes: Any = {"pool": InlinePool({READ_PAGE: read_slowly})}
    take_through(paper_id, replace(slow, **changes))
    assert slow.ledger.unfinished_papers(slow.ledger.paper(paper_id).batch) == []
    assert [d.state for d in slow.ledger.documents_of(paper_id)] == [State.KEPT, State.KEPT]
    assert faults_of(slow) == []


def test_whoever_is_overtaken_while_sealing_writes_nothing_twice(two: tuple[Toolbox, Toolbox, str]) -> None:
    slow, fast, paper_id = two

    class Slow:
        """A signer during whose work another worker does the whole paper."""

        agency = slow.signer.agency
        overtaken = False

        def seal(self, *args: Any, **more: Any) -> Any:
            """See Signer.seal."""
            if not self.overtaken:
                self.overtaken = True
                assert take_through(paper_id, fast)
            return slow.signer.seal(*args, **more)

    changes: Any = {"signer": Slow()}
    take_through(paper_id, replace(slow, **changes))
    assert faults_of(slow) == []


def test_a_worker_is_told_at_its_next_beat_and_lets_the_paper_be(two: tuple[Toolbox, Toolbox, str]) -> None:
    slow, fast, paper_id = two
    with leased(slow, paper_id) as lease:
        assert lease is not None
        lease.check()
        assert fast.ledger.claim(paper_id, worker=fast.worker, seconds=60, now=fast.clock())
        lease.renew()
        with pytest.raises(OUR_ERRORS, match="another"):
            lease.check()
    assert slow.ledger.held_by_others(slow.worker, now=slow.clock()) == {paper_id}
    assert not take_through(paper_id, slow)


def test_two_workers_at_the_same_moment_take_a_paper_once(two: tuple[Toolbox, Toolbox, str]) -> None:
    slow, fast, paper_id = two
    rival = replace(slow, worker=fast.worker)
    took: list[bool] = []
    threads = [Thread(target=lambda kit=kit: took.append(take_through(paper_id, kit))) for kit in (slow, rival)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert True in took
    assert faults_of(slow) == []


NAME = "from sohoa.wiring import worker_name; print(worker_name(), flush=True); input()"


def test_a_process_is_gone_when_it_ended_also_before_its_parent_noticed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert not is_gone(name)
        process.kill()
        limit = time.monotonic() + 30
        while not is_gone(name):  # a zombie: nobody has waited for it
            assert time.monotonic() < limit
            time.sleep(0.01)
        assert Path(f"/proc/{process.pid}").exists()
    assert is_gone(name)


def test_only_what_ran_on_this_machine_is_known_to_be_gone() -> None:
    assert not is_gone("another-machine:1:x")
    assert not is_gone("no name at all")
    assert not is_gone("")
