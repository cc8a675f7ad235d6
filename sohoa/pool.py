"""Calls made in worker processes that may be lost: parsing papers from outside must never take us down.

One process a worker, one thread each, started when first needed. A worker is replaced after a number of calls, when
it dies, and when a call takes too long or too much memory; the call that did it is named. No worker outlives this
process, however it ends (idle workers of the standard pool survive a SIGKILL of their parent). Workers are spawned,
not forked: a fork copies locks that other threads hold. Functions, arguments, results and errors are pickled.
"""

import atexit
import concurrent.futures
import logging
import multiprocessing
import os
import pickle
import reprlib
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

import psutil
from pebble import ProcessExpired, ProcessPool

from sohoa.errors import PoolClosed, TookTooLong, WorkerDied, WorkerKilled, WorkerOutOfMemory, WorkersCannotStart
from sohoa.pool_child import Answer, perform, prepare

log = logging.getLogger(__name__)

T = TypeVar("T")

CALLS_PER_WORKER = 500
"""After so many a worker is replaced, in case what it calls leaks."""

MEMORY_LIMIT_BYTES = 3 << 30
"""Resident memory of one worker: the readers' models and a page of 180 megapixels fit."""

_GLANCE_SECONDS = 0.1
"""How often a busy worker's memory is looked at."""

_STARTS = 3
"""How often in a row workers may end before they take a call."""

_MORE_AFTER_KILLS = 2
"""How often a call is made again at once after its worker was killed by SIGKILL, or nobody saw how it ended; later, its
caller's retries follow."""

_UNSEEN = "nobody saw how"
"""The ending of a worker that went before its pool had heard that it began."""

_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"),
    # ONNX Runtime reports to its maker unless told otherwise before anybody loads it.
    "ORT_DISABLE_TELEMETRY": "1",
}


class Pool:
    """Worker processes for calls that may crash, hang or swell. Thread-safe. Close it, or use it in a `with`.

    Threads and processes start with the first calls, and only when no worker is idle: a lone caller keeps meeting
    the same warm one. From the first pool on, the environment of this process asks numerical libraries for one thread
    each: a spawned worker may load them before any code of ours could tell it.
    """

    def __init__(
        self,
        workers: int,
        *,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
        calls_per_worker: int = CALLS_PER_WORKER,
    ) -> None:
        self._size = workers
        self._limits = (memory_limit_bytes, calls_per_worker)
        self._waiting: SimpleQueue[_Call | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        os.environ.update(_ENVIRONMENT)
        # Not an executor: at exit the interpreter waits for its threads, and so for the longest call.
        atexit.register(self.close)

    def submit(self, function: Callable[..., T], *args: object, timeout_seconds: float) -> Future[T]:
        """Return the future of a call; its errors are those of `run`. A call that has begun cannot be cancelled.

        Raises:
            PoolClosed: the pool was closed; the call was not made.
        """
        call = _Call(function, args, timeout_seconds)
        with self._lock:
            if self._closing.is_set():
                raise PoolClosed(call.name)
            self._waiting.put(call)
            if not self._idle.acquire(blocking=False) and len(self._threads) < self._size:
                self._threads.append(threading.Thread(target=self._serve, daemon=True, name="pool"))
                self._threads[-1].start()
        return call.future

    def run(self, function: Callable[..., T], *args: object, timeout_seconds: float) -> T:
        """Return `function(*args)`, called in a worker. Time counts from the beginning of the call.

        What `function` raises is raised here unchanged, with the worker's traceback as a note. It may be called several
        times: anew when its worker was killed by SIGKILL.

        Raises:
            WorkerDied, WorkerKilled, TookTooLong, WorkerOutOfMemory: the worker was lost; nothing is known about what
                the call did.
            WorkersCannotStart: the call was not made.
            PoolClosed: the pool was closed before or while the call was made.
        """
        return self.submit(function, *args, timeout_seconds=timeout_seconds).result()

    def close(self) -> None:
        """Stop at once: calls under way and calls waiting fail with PoolClosed. Safe to repeat."""
        with self._lock:
            self._closing.set()
            for _ in self._threads:
                self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the pool."""
        self.close()

    def _serve(self) -> None:
        worker = _Worker(*self._limits, closing=self._closing)
        while (call := self._waiting.get()) is not None:
            if call.future.set_running_or_notify_cancel():
                try:
                    call.future.set_result(worker.make(call))
                except BaseException as error:  # noqa: BLE001 - not swallowed: raised again where the result is asked for
                    call.future.set_exception(error)
            # Or the future, which may be large, would live until the next call.
            del call
            self._idle.release()
        worker.stop()


class _Call:
    """A call and what will become of it."""

    def __init__(self, function: Callable[..., Any], args: tuple[object, ...], timeout_seconds: float) -> None:
        self.function = function
        self.args = args
        self.timeout_seconds = timeout_seconds
        self.future: Future[Any] = Future()

    @property
    def name(self) -> str:
        """The function and its arguments for people and logs: of values only the kind, they hold what was read."""
        function = self.function.func if isinstance(self.function, partial) else self.function
        return f"{getattr(function, '__name__', type(function).__name__)}({', '.join(map(_brief, self.args))})"


def _brief(value: object) -> str:
    if isinstance(value, str | Path):
        return reprlib.repr(str(value)) if isinstance(value, str) else repr(str(value))
    return repr(value) if isinstance(value, int | float | None) else type(value).__name__


class _NotBegun(Exception):
    """The worker ended before it took the call."""


class _Worker:
    """One thread's worker process, replaced as needed.

    A pebble pool of one each: in a pool of several, a worker that dies idle breaks the pool, and one killed while it
    sends holds the lock the others wait for and leaves half an answer in their pipe.
    """

    def __init__(self, memory_limit_bytes: int, calls_per_worker: int, *, closing: threading.Event) -> None:
        self._memory_limit_bytes = memory_limit_bytes
        self._calls_per_worker = calls_per_worker
        self._closing = closing
        self._spawn = multiprocessing.get_context("spawn")
        self._pool: ProcessPool | None = None

    def make(self, call: _Call) -> Any:
        """Return what the call returns, or raise what it raises. See Pool.run.

        A worker killed by SIGKILL was most likely killed from outside, by a person or by a machine short of memory:
        the call is made again, and is never blamed. One whose ending nobody saw may have been: the call is made again,
        and blamed when no worker outlives it and none was seen to be killed.
        """
        starts, endings = 0, list[str]()
        while starts < _STARTS:
            try:
                return self._attempt(call)
            except _NotBegun:
                starts += 1
                self.stop()
            except (WorkerDied, WorkerOutOfMemory, TookTooLong) as lost:
                # Half a message may lie in the pipe: everything is made anew.
                self.stop()
                log.warning("worker lost", extra={"code": lost.code, "call": lost.call})
                if not isinstance(lost, WorkerDied) or lost.ending not in (signal.SIGKILL.name, _UNSEEN):
                    raise
                endings.append(lost.ending)
                if len(endings) > _MORE_AFTER_KILLS:
                    if signal.SIGKILL.name in endings:
                        raise WorkerKilled(lost.call) from lost
                    raise
        raise WorkersCannotStart(starts=_STARTS)

    def stop(self) -> None:
        """End the process, whatever it does; the next call starts another. Safe to repeat."""
        if self._pool is None:
            return
        pool, self._pool = self._pool, None
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
        self._begun.close()
        self._begin.close()

    def _started(self) -> ProcessPool:
        if self._pool is None:
            self._begun, self._begin = self._spawn.Pipe(duplex=False)
            self._pool = ProcessPool(
                max_workers=1,
                max_tasks=self._calls_per_worker,
                initializer=prepare,
                initargs=(self._begin, self._memory_limit_bytes),
                context=self._spawn,
            )
        return self._pool

    def _attempt(self, call: _Call) -> Any:
        self._refuse_when_closing(call)
        try:
            future = self._started().schedule(perform, (call.function, call.args), timeout=call.timeout_seconds)
        except RuntimeError:
            raise _NotBegun from None
        pid, swollen = self._watch(future, call)
        if swollen:
            raise WorkerOutOfMemory(call.name, limit_bytes=self._memory_limit_bytes)
        answer = _answer(future, call, begun=pid is not None)
        if isinstance(answer.error, MemoryError):
            raise WorkerOutOfMemory(call.name, limit_bytes=self._memory_limit_bytes)
        if answer.error is not None:
            raise answer.error
        return answer.value

    def _watch(self, future: Future[Any], call: _Call) -> tuple[int | None, bool]:
        """Return the pid of the worker that began the call, if one did, and whether it grew too large, when the call
        is over or the pool behind it broken."""
        pid: int | None = None
        while not future.done():
            concurrent.futures.wait([future], timeout=_GLANCE_SECONDS)
            self._refuse_when_closing(call)
            pid = pid or self._begun_by()
            if future.done() or not self._started().active:
                break
            if pid is not None and _resident_bytes(pid) > self._memory_limit_bytes:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                return pid, True
        return pid or self._begun_by(), False

    def _refuse_when_closing(self, call: _Call) -> None:
        if self._closing.is_set():
            raise PoolClosed(call.name)

    def _begun_by(self) -> int | None:
        return int.from_bytes(self._begun.recv_bytes()) if self._begun.poll() else None


def _answer(future: Future[Any], call: _Call, *, begun: bool) -> Answer:
    """Return what the worker answered, or raise what became of the worker."""
    ending = _UNSEEN
    try:
        if future.done():
            answer: Answer = pickle.loads(future.result())  # noqa: S301 - written by our own worker
            return answer
    except TimeoutError:
        raise TookTooLong(call.name, limit_seconds=call.timeout_seconds) from None
    except ProcessExpired as expired:
        ending = _ending(expired.exitcode)
    except BrokenProcessPool:
        ending = _UNSEEN
    except SystemExit as leaving:
        ending = f"exit {leaving.code}"
    raise WorkerDied(call.name, ending=ending) if begun else _NotBegun


def _ending(exit_code: int) -> str:
    if exit_code >= 0:
        return f"exit {exit_code}"
    return signal.Signals(-exit_code).name


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
