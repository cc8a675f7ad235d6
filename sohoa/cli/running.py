"""A batch run to its end by a command: with a scheduler that may die, beside other commands that may work on it too."""

from collections import Counter
from collections.abc import Callable
from time import sleep
from typing import Any

from search.errors import SearchError
from sohoa.answers import batch_answer
from sohoa.cli.context import home, say
from sohoa.cli.progress import watching
from sohoa.errors import SchedulerLost, SchedulerUnavailable
from sohoa.intake import Received
from sohoa.messages import reason_of
from sohoa.policy import EXIT_BAD, EXIT_OPERATOR, EXIT_PENDING
from sohoa.rebuild import mend_index
from sohoa.remote import WARM_UP
from sohoa.toolbox import Toolbox
from sohoa.wiring import has_left, is_gone
from storage.records import State

WARM_SECONDS = 120
SCHEDULERS = 3
"""How many schedulers may be lost before the rest is left for the next run."""
LOOK_EVERY_SECONDS = 0.5
MOST_TRIES = 3
"""How often a paper is taken up in one run: again when a person settled it meanwhile."""


def settle_in(kit: Toolbox) -> None:
    """Take back what workers hold that have ended, and put into the index what it lacks."""
    kit.ledger.free_leases(is_gone)
    kit.sweep(has_left)
    try:
        mended = mend_index(kit)
    except SearchError as error:
        say(f"Chỉ mục: {reason_of(error)['message']}")
        return
    if mended:
        say(f"Chỉ mục: bổ sung {mended} hồ sơ")


def run_batch(code: str, kit: Toolbox, receiving: Callable[[], Received]) -> dict[str, Any]:
    """Receive the papers while the scheduler starts, run the batch's flow, and return the answer of `ingest`."""
    from flows.serve import serving  # noqa: PLC0415 - only commands that run a flow pay for it

    settle_in(kit)
    received: Received | None = None
    for left in reversed(range(SCHEDULERS)):
        try:
            with serving(home()) as server:
                received = received or receiving()
                if kit.ledger.unfinished_papers(code):
                    mode = next((paper.mode for paper in received.papers), kit.settings.mode)
                    kit.pool.submit(WARM_UP, mode, timeout_seconds=WARM_SECONDS)
                    with watching(code, received.papers, kit):
                        _carry(code, kit, server.wait)
            break
        except SchedulerLost as error:
            say(f"sohoa: {reason_of(error)['message']}")
        except SchedulerUnavailable:
            # One that never answered is an operator's matter; one that did not come back is like one that was lost.
            if left == SCHEDULERS - 1:
                raise
    assert received is not None
    now = {paper.id: paper for paper in kit.ledger.papers(code)}
    papers = [now[paper.id] for paper in received.papers]
    return batch_answer(code, kit, papers, known=received.known)


def _carry(code: str, kit: Toolbox, ready: Callable[[], None]) -> None:
    """Run the flow for what is free; wait for what other processes have in hand, and take over what they leave."""
    from flows.carry import carry  # noqa: PLC0415 - imports Prefect: seconds

    tries: Counter[str] = Counter()
    while unfinished := [ref for ref in kit.ledger.unfinished_papers(code) if _is_ours(ref, tries[ref], kit)]:
        taken: list[str] = []
        if set(unfinished) - kit.ledger.held_by_others(kit.worker, now=kit.clock()):
            ready()
            taken = carry(code, str(home()))
            tries.update(taken)
        if not taken:
            sleep(LOOK_EVERY_SECONDS)
            kit.ledger.free_leases(is_gone)


def _is_ours(ref: str, tries: int, kit: Toolbox) -> bool:
    """Whether an unfinished paper is still to be waited for: it was not tried, or a person has settled it since."""
    if tries == 0:
        return True
    settled = any(d.state is State.PENDING and d.reason is None for d in kit.ledger.documents_of(ref))
    return settled and tries < MOST_TRIES


def exit_code(answer: dict[str, Any]) -> int:
    """Return 65 if every input was bad; if something is pending or failed 78 where an operator must act, else 75; 0."""
    counts = answer["counts"]
    bad = counts.get(State.QUARANTINED, 0) + counts.get(State.IGNORED, 0)
    if answer["documents"] and bad == len(answer["documents"]):
        return EXIT_BAD
    waiting = [row for row in answer["documents"] if row["state"] in (State.PENDING, State.FAILED, State.WORKING)]
    if any(row["reason"] and row["reason"]["remedy"] == "repair" for row in waiting):
        return EXIT_OPERATOR
    return EXIT_PENDING if waiting else 0
