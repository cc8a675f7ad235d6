import importlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from pebble.pool.process import PoolManager

from ocr.errors import Damaged
from ocr.lines import Line
from sohoa.errors import PoolClosed, TookTooLong, WorkerDied, WorkerKilled, WorkerOutOfMemory
from sohoa.pool import Pool

MINUTE = 60
LIMIT = 400 << 20


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, memory_limit_bytes=LIMIT) as pool:
        yield pool


def swell_slowly(total_bytes: int) -> int:
    kept = []
    for _ in range(total_bytes >> 20):
        kept.append(b"x" * (1 << 20))
        time.sleep(0.001)
    return len(kept)


def swell_at_once(total_bytes: int) -> int:
    return len(bytearray(total_bytes))


def die_of(number: int) -> None:
    os.kill(os.getpid(), number)


def stumble(path: Path) -> None:
    raise Damaged(path, "truncated", page=3)


def raise_what_cannot_travel() -> None:
    class Local(Exception):
        pass

    raise Local("only here")


def write_later(path: Path, seconds: float) -> None:
    time.sleep(seconds)
    path.write_text("late")


def return_what_cannot_travel() -> object:
    return lambda: None


def threads_wanted() -> list[str | None]:
    return [os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")]


def opencv_threads() -> int:
    return int(importlib.import_module("cv2").getNumThreads())


def large(size: int) -> bytes:
    return b"x" * size


def test_returns_what_the_function_returns(pool: Pool) -> None:
    assert pool.run(divmod, 7, 2, timeout_seconds=MINUTE) == (3, 1)


def test_calls_in_another_process_that_stays_warm(pool: Pool) -> None:
    first = pool.run(os.getpid, timeout_seconds=MINUTE)
    assert first != os.getpid()
    assert pool.run(os.getpid, timeout_seconds=MINUTE) == first


def test_errors_of_the_function_arrive_unchanged(pool: Pool, tmp_path: Path) -> None:
    sent = Damaged(tmp_path / "a.pdf", "truncated", page=3)
    with pytest.raises(Damaged) as caught:
        pool.run(stumble, tmp_path / "a.pdf", timeout_seconds=MINUTE)
    assert (str(caught.value), caught.value.detail, caught.value.page) == (str(sent), sent.detail, 3)
    assert "stumble" in caught.value.__notes__[0]


def test_a_timeout_error_of_the_function_is_not_taken_for_ours(pool: Pool) -> None:
    with pytest.raises(TimeoutError, match="the function's own"):
        pool.run(raise_timeout, timeout_seconds=MINUTE)


def raise_timeout() -> None:
    raise TimeoutError("the function's own")


def test_an_error_that_cannot_travel_is_told(pool: Pool) -> None:
    with pytest.raises(RuntimeError, match="Local: only here"):
        pool.run(raise_what_cannot_travel, timeout_seconds=MINUTE)


def test_what_cannot_be_pickled_is_refused_and_harms_nothing(pool: Pool) -> None:
    for function, args in [(divmod, (lambda: None, 1)), (return_what_cannot_travel, ())]:
        with pytest.raises((AttributeError, RuntimeError), match="pickle"):
            pool.run(function, *args, timeout_seconds=MINUTE)
    assert pool.run(divmod, 7, 2, timeout_seconds=MINUTE) == (3, 1)


def test_large_answers_arrive(pool: Pool) -> None:
    assert len(pool.run(large, 30 << 20, timeout_seconds=MINUTE)) == 30 << 20


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM])
def test_a_call_that_kills_its_worker_is_named(pool: Pool, number: signal.Signals) -> None:
    with pytest.raises(WorkerDied) as caught:
        pool.run(die_of, int(number), timeout_seconds=MINUTE)
    assert f"die_of({int(number)})" in caught.value.call
    assert caught.value.ending in {number.name, f"exit {int(number)}"}
    assert (caught.value.code, caught.value.remedy) == ("worker_died", "resubmit")
    assert pool.run(divmod, 7, 2, timeout_seconds=MINUTE) == (3, 1)


def die_once(mark: Path) -> str:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def test_a_call_whose_workers_are_killed_again_and_again_is_not_blamed(pool: Pool) -> None:
    with pytest.raises(WorkerKilled) as caught:
        pool.run(die_of, int(signal.SIGKILL), timeout_seconds=MINUTE)
    assert (caught.value.code, caught.value.remedy) == ("worker_killed", "retry")


def test_a_call_whose_worker_was_killed_from_outside_is_made_once_more(pool: Pool, tmp_path: Path) -> None:
    assert pool.run(die_once, tmp_path / "mark", timeout_seconds=MINUTE) == "done"


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let so many deaths of workers be noticed before the pool behind ours heard that they had begun."""

    def so_often(times: int) -> None:
        find, left = PoolManager.find_expired_task, [None] * times

        def too_early(manager: PoolManager, worker: int) -> Any:
            if left:
                left.pop()
                raise BrokenProcessPool("All workers expired")
            return find(manager, worker)

        monkeypatch.setattr(PoolManager, "find_expired_task", too_early)

    return so_often


def test_a_call_whose_worker_went_unseen_is_made_once_more(tmp_path: Path, unseen: Callable[[int], None]) -> None:
    unseen(1)
    with Pool(1) as pool:
        assert pool.run(die_once, tmp_path / "mark", timeout_seconds=MINUTE) == "done"


def test_unseen_and_killed_again_and_again_is_not_blamed(unseen: Callable[[int], None]) -> None:
    unseen(2)
    with Pool(1) as pool, pytest.raises(WorkerKilled):
        pool.run(die_of, int(signal.SIGKILL), timeout_seconds=MINUTE)


def test_a_call_that_no_worker_outlives_is_blamed_though_nobody_saw_how(unseen: Callable[[int], None]) -> None:
    unseen(3)
    with Pool(1) as pool, pytest.raises(WorkerDied) as caught:
        pool.run(die_of, int(signal.SIGSEGV), timeout_seconds=MINUTE)
    assert caught.value.remedy == "resubmit"


def test_the_name_of_a_call_tells_nothing_that_was_read(pool: Pool, tmp_path: Path) -> None:
    line = Line(text="Nguyễn Thị Lấp Lánh Ánh", box=(0, 0, 1, 1), confidence=1.0)
    with pytest.raises(WorkerDied) as caught:
        pool.run(partial(vanish, keep=line), tmp_path / "a.pdf", 3, line, timeout_seconds=MINUTE)
    assert caught.value.call == f"vanish('{tmp_path}/a.pdf', 3, Line)"


def vanish(*args: object, keep: object) -> None:
    os._exit(1)


@pytest.mark.parametrize("leave", [os._exit, sys.exit])
def test_a_call_that_exits_at_once_is_named(pool: Pool, leave: object) -> None:
    with pytest.raises(WorkerDied, match="exit 3"):
        pool.run(leave, 3, timeout_seconds=MINUTE)  # type: ignore[arg-type]


def test_a_call_that_takes_too_long_is_ended(pool: Pool, tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(TookTooLong) as caught:
        pool.run(write_later, tmp_path / "late", 60.0, timeout_seconds=0.3)
    assert time.monotonic() - begun < 50
    assert (caught.value.code, caught.value.remedy, caught.value.limit_seconds) == ("took_too_long", "resubmit", 0.3)
    assert not (tmp_path / "late").exists()


@pytest.mark.parametrize("swell", [swell_slowly, swell_at_once])
def test_a_call_that_swells_is_ended(pool: Pool, swell: object) -> None:
    with pytest.raises(WorkerOutOfMemory) as caught:
        pool.run(swell, 4 << 30, timeout_seconds=MINUTE)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.limit_bytes) == ("worker_out_of_memory", LIMIT)
    assert pool.run(divmod, 7, 2, timeout_seconds=MINUTE) == (3, 1)


def test_a_worker_that_dies_idle_is_replaced(pool: Pool) -> None:
    worker = pool.run(os.getpid, timeout_seconds=MINUTE)
    os.kill(worker, signal.SIGKILL)
    time.sleep(0.3)
    assert pool.run(os.getpid, timeout_seconds=MINUTE) != worker


def test_libraries_are_told_to_use_one_thread(pool: Pool) -> None:
    assert pool.run(threads_wanted, timeout_seconds=MINUTE) == ["1", "1", "1"]
    assert pool.run(opencv_threads, timeout_seconds=MINUTE) == 1


def test_workers_are_replaced_after_their_calls() -> None:
    with Pool(1, calls_per_worker=2) as pool:
        pids = [pool.run(os.getpid, timeout_seconds=MINUTE) for _ in range(5)]
    assert len(set(pids)) == 3


def test_calls_run_side_by_side_and_one_death_harms_no_other() -> None:
    with Pool(2) as pool:
        futures = [pool.submit(time.sleep, 0.2, timeout_seconds=MINUTE) for _ in range(4)]
        deadly = [pool.submit(die_of, 9, timeout_seconds=MINUTE) for _ in range(2)]
        assert [future.result() for future in futures] == [None] * 4
        assert all(isinstance(future.exception(), WorkerKilled) for future in deadly)
        assert len({pool.submit(os.getpid, timeout_seconds=MINUTE).result() for _ in range(3)}) <= 2


def test_workers_outlive_the_thread_that_first_called() -> None:
    with Pool(1) as pool:
        with ThreadPoolExecutor(1) as caller:
            worker = caller.submit(pool.run, os.getpid, timeout_seconds=MINUTE).result()
        time.sleep(0.3)
        assert pool.run(os.getpid, timeout_seconds=MINUTE) == worker


def test_closing_ends_calls_under_way_and_refuses_others() -> None:
    pool = Pool(1)
    running = pool.submit(time.sleep, 60, timeout_seconds=MINUTE)
    waiting = pool.submit(time.sleep, 60, timeout_seconds=MINUTE)
    while not running.running():
        time.sleep(0.01)
    threading.Timer(0.5, pool.close).start()
    assert isinstance(running.exception(timeout=10), PoolClosed)
    assert isinstance(waiting.exception(timeout=10), PoolClosed)
    with pytest.raises(PoolClosed):
        pool.run(divmod, 7, 2, timeout_seconds=MINUTE)
    pool.close()


def test_workers_that_cannot_start_are_an_operators_matter(tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text(
        textwrap.dedent("""
        import sys
        if __name__ != "__main__":
            sys.exit(1)
        from sohoa.errors import WorkersCannotStart
        from sohoa.pool import Pool
        with Pool(1) as pool:
            try:
                pool.run(divmod, 7, 2, timeout_seconds=60)
            except WorkersCannotStart:
                print("cannot start")
        """)
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == "cannot start\n", ran.stderr


LONELY = """
import sys, threading, time
from sohoa.pool import Pool

def main():
    pool = Pool(2)
    busy = pool.submit(time.sleep, 600, timeout_seconds=600)
    pool.run(divmod, 7, 2, timeout_seconds=60)
    print("ready", flush=True)
    time.sleep(600)

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left_however_the_parent_ends(tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "lonely.py"
    script.write_text(LONELY)
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    children = psutil.Process(parent.pid).children(recursive=True)
    assert len(children) >= 2
    parent.send_signal(number)
    parent.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=60)
    parent.kill()
    parent.wait()
    assert not alive
