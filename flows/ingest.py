"""The flow of one batch: every open paper is a task, retried by its error's remedy. The ledger stays the truth.

Papers are asked of the ledger a few at a time, as many as are worked on at once: whoever else works on the batch, on
this machine or another, is handed others.
"""

import os
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event
from time import monotonic
from typing import Any
from uuid import UUID

import httpx
from prefect import flow, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.exceptions import MissingResult, PrefectException
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.join import join
from sohoa.errors import SchedulerLost
from sohoa.policy import RETRY_DELAYS_SECONDS, worth_retrying
from sohoa.steps.document import give_up, take_through
from sohoa.toolbox import Toolbox
from sohoa.wiring import toolbox_at
from storage.ledger import Handed

SCHEDULER_ERRORS = (httpx.HTTPError, PrefectException)
"""What a scheduler that was killed looks like from here."""

PART = 500
"""Papers a flow run: Prefect's engine slows down beyond one or two thousand tasks."""

AT_ONCE = (os.cpu_count() or 1) + 1
"""Papers on the way at the same time: one more than cores, so that no core waits for a seal."""


STOP = Event()
"""Set when this process is asked to stop: papers not begun are left for the next run."""

LOOK_EVERY_SECONDS = 1.0
"""How long a free hand waits before it asks for papers again while others are still at work."""

RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=AT_ONCE)


def _retry(_task: Any, _run: Any, state: State[Any]) -> bool:
    return worth_retrying(state.result(raise_on_failure=False))


# Arguments are identifiers: papers and adapters never pass through the scheduler.
@task(
    task_run_name="{paper_id}",  # not the file's name: people put names and numbers into those
    retries=len(RETRY_DELAYS_SECONDS),
    retry_delay_seconds=list(RETRY_DELAYS_SECONDS),
    retry_condition_fn=_retry,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def paper(paper_id: str, home: str) -> bool:
    """See sohoa.steps.document.take_through."""
    kit = toolbox_at(home)
    if STOP.is_set():
        kit.ledger.release(paper_id, kit.worker)
        return False
    return take_through(paper_id, kit)


@flow(name="ingest-part", flow_run_name="{batch}", task_runner=RUNNER)
def part(batch: str, home: str, after: int) -> list[Handed]:
    """Take up to PART papers of a batch, received later than `after` or left behind, as far as they go; return them."""
    kit = toolbox_at(home)
    bar = Bar(batch, len(kit.ledger.unfinished_papers(batch)))
    handed: list[Handed] = []
    working: dict[PrefectFuture[Any], str] = {}
    finished: SimpleQueue[PrefectFuture[Any]] = SimpleQueue()
    lost = ""
    while True:
        room = 0 if lost or STOP.is_set() else min(AT_ONCE - len(working), PART - len(handed))
        for one in _handed_out(batch, room, after, kit):
            future = paper.submit(one.id, home)
            working[future] = one.id
            handed.append(one)
            after = max(after, one.received)
            future.add_done_callback(finished.put)
        if not working:
            break
        with suppress(Empty):
            future = finished.get(timeout=LOOK_EVERY_SECONDS)
            lost = _settle(working.pop(future), future, kit) or lost
            bar.tell(len(handed) - len(working))
    if lost:
        raise SchedulerLost(lost)
    return handed


@flow(name="ingest", flow_run_name="{batch}")
def ingest(batch: str, home: str = "") -> list[str]:
    """Take every open paper of a received batch through its steps, each once; what is done already is not done again.

    What another process has in hand is left to it, and taken over when it is left behind. `home`: the settings' by
    default. Returns the papers that were taken up.
    """
    home = str(join(home).settings.home)
    taken: list[str] = []
    after = 0
    while not STOP.is_set():
        handed = part(batch, home, after)
        taken += [paper.id for paper in handed]
        after = max([after, *(paper.received for paper in handed)])
        if len(handed) < PART:
            break
    return taken


def _handed_out(batch: str, number: int, after: int, kit: Toolbox) -> list[Handed]:
    if number < 1:
        return []
    seconds = kit.settings.lease_seconds
    return kit.ledger.take_papers(
        batch, worker=kit.worker, number=number, seconds=seconds, now=kit.clock(), after=after
    )


def _settle(paper_id: str, future: PrefectFuture[Any], kit: Toolbox) -> str:
    """Write down that a paper failed, if it did; return what became of the scheduler, if it was that."""
    try:
        future.wait()  # it is done: this takes its state over, which else would be asked of the server
    except SCHEDULER_ERRORS as error:
        return str(error) or type(error).__name__
    state = future.state
    if state.is_crashed():
        return str(_error_of(state))  # the engine failed, not the paper: it stays to be done
    if state.is_failed():
        give_up(paper_id, _error_of(state), kit)
    return ""


def _error_of(state: State[Any]) -> BaseException:
    try:
        error = state.result(raise_on_failure=False)
    except MissingResult:
        error = None
    return error if isinstance(error, BaseException) else RuntimeError(state.message or str(error))


class Bar:
    """The batch's progress artifact, for people to look at; none when the scheduler does not answer."""

    def __init__(self, batch: str, total: int) -> None:
        self._total = total
        self._told_at = monotonic()
        self._bar: UUID | None = None
        with suppress(*SCHEDULER_ERRORS):
            bar = create_progress_artifact(progress=0.0, key="ingest", description=f"Lô {batch}")
            self._bar = bar if isinstance(bar, UUID) else None

    def tell(self, done: int) -> None:
        """Show how many papers are through, at most once a second but for the last."""
        if self._bar is None or (done < self._total and monotonic() - self._told_at < 1.0):
            return
        self._told_at = monotonic()
        with suppress(*SCHEDULER_ERRORS):
            update_progress_artifact(self._bar, progress=100.0 * done / max(done, self._total, 1))
