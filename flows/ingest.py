"""The flow of one batch: every open paper is a task, retried by its error's remedy. The ledger stays the truth."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event
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

from sohoa.errors import SchedulerLost
from sohoa.policy import RETRY_DELAYS_SECONDS, worth_retrying
from sohoa.steps.document import give_up, take_through
from sohoa.wiring import toolbox_at

SCHEDULER_ERRORS = (httpx.HTTPError, PrefectException)
"""What a scheduler that was killed looks like from here."""

PART = 500
"""Papers a flow run: Prefect's engine slows down beyond one or two thousand tasks."""

AT_ONCE = (os.cpu_count() or 1) + 1
"""Papers on the way at the same time: one more than cores, so that no core waits for a seal."""


STOP = Event()
"""Set when this process is asked to stop: papers not begun are left for the next run."""

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
    return not STOP.is_set() and take_through(paper_id, toolbox_at(home))


@flow(name="ingest-part", flow_run_name="{batch}", task_runner=RUNNER)
def part(batch: str, home: str, papers: list[str]) -> None:
    """Take up to PART papers of a batch as far as they go."""
    kit = toolbox_at(home)
    bar = _bar(batch)
    futures = [paper.submit(ref, home) for ref in papers]
    _watch(bar, futures)
    lost = ""
    for ref, future in zip(papers, futures, strict=True):
        if future.state.is_completed():
            continue  # not asked for its result: one that the engine read back from its server has none
        error = _error_of(future.state)
        if future.state.is_crashed():
            lost = str(error)  # the engine failed, not the paper: it stays to be done
        elif future.state.is_failed():
            give_up(ref, error, kit)
    if lost:
        raise SchedulerLost(lost)


def _error_of(state: State[Any]) -> BaseException:
    try:
        error = state.result(raise_on_failure=False)
    except MissingResult:
        error = None
    return error if isinstance(error, BaseException) else RuntimeError(state.message or str(error))


@flow(name="ingest", flow_run_name="{batch}")
def ingest(batch: str, home: str) -> int:
    """Take every open paper of a received batch through its steps, each once; what is done already is not done again.

    What another process has in hand is left to it. Returns how many papers were taken up.
    """
    kit = toolbox_at(home)
    seen: set[str] = set()
    while not STOP.is_set():
        others = kit.ledger.held_by_others(kit.worker, now=kit.clock())
        todo = [ref for ref in kit.ledger.unfinished_papers(batch) if ref not in seen | others][:PART]
        if not todo:
            break
        part(batch, home, todo)
        seen.update(todo)
    return len(seen)


def _bar(batch: str) -> UUID | None:
    """Return the batch's progress artifact; None when the scheduler does not answer: it is there to be looked at."""
    try:
        bar = create_progress_artifact(progress=0.0, key="ingest", description=f"Lô {batch}")
    except SCHEDULER_ERRORS:
        return None
    return bar if isinstance(bar, UUID) else None


def _watch(bar: UUID | None, futures: Sequence[PrefectFuture[Any]]) -> None:
    """Keep the batch's progress artifact current, at most once a second, until all papers are through."""
    told = -1
    while True:
        done = sum(future.state.is_final() for future in futures)
        if done != told and bar is not None:
            with suppress(*SCHEDULER_ERRORS):
                update_progress_artifact(bar, progress=100.0 * done / len(futures))
        told = done
        if done == len(futures):
            return
        time.sleep(1.0 if done else 0.2)
