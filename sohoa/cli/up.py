"""sohoa up and sohoa worker: take work from the ledger until told to stop."""

import logging
import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from sohoa.cli.context import home, say, tools
from sohoa.cli.running import settle_in
from sohoa.cli.watching import watching_folder
from sohoa.messages import reason_of
from sohoa.policy import OUR_ERRORS, Rests
from sohoa.toolbox import Toolbox
from sohoa.wiring import is_gone

log = logging.getLogger(__name__)

DEFAULT_PORT = 4200
LOOK_EVERY_SECONDS = 2.0


def up(
    port: Annotated[
        int | None,
        typer.Option(help=f"Of a scheduler of its own, on loopback; else PREFECT_API_URL, else {DEFAULT_PORT}."),
    ] = None,
    watch: Annotated[
        Path | None, typer.Option(help="Take papers in from this folder; else SOHOA_WATCH, else none.")
    ] = None,
) -> None:
    """Scheduler and worker on this machine; down with Ctrl-C."""
    from flows.serve import announce, serving, withdraw  # noqa: PLC0415 - only commands that run a flow pay for it

    kit = tools()
    stop = threading.Event()
    with (
        watching_folder(watch or kit.settings.watch, kit, stop),
        serving(home(), port=port, else_port=DEFAULT_PORT) as server,
    ):
        server.wait()
        announce(home(), server)
        say(f"Đang chạy (up): {server.url} · Ctrl-C để dừng")
        try:
            _work_until_stopped(kit, stop)
        finally:
            withdraw(home())


def worker() -> None:
    """Take work from the ledger, beside others, until Ctrl-C."""
    from flows.serve import serving  # noqa: PLC0415 - as above

    kit = tools()
    with serving(home()) as server:
        server.wait()
        say(f"Đang nhận việc (working): {server.url} · Ctrl-C để dừng")
        _work_until_stopped(kit, threading.Event())


def _work_until_stopped(kit: Toolbox, stop: threading.Event) -> None:
    """Run the flow of every batch with open papers, look again every two seconds, until SIGINT or SIGTERM."""
    from flows import ingest  # noqa: PLC0415 - imports Prefect: seconds

    def ask_to_stop(_signal: int, _frame: Any) -> None:
        stop.set()
        ingest.STOP.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, ask_to_stop)
    settle_in(kit)
    # In the main thread, Prefect would put its own handler of SIGTERM in place of ours, and break papers off.
    working = threading.Thread(target=_keep_working, args=(kit, stop), name="work")
    working.start()
    while working.is_alive():
        working.join(1.0)


def _keep_working(kit: Toolbox, stop: threading.Event) -> None:
    rests = Rests()
    while not stop.wait(LOOK_EVERY_SECONDS):
        try:
            kit.ledger.free_leases(is_gone)
            for code in kit.ledger.unfinished_batches():
                if not stop.is_set():
                    _work_on(code, kit, rests)
        except OUR_ERRORS as error:
            say(f"sohoa: {reason_of(error)['message']}")
        except Exception as error:
            # A batch that the scheduler stumbled over must not end the night for the others.
            log.exception("run failed")
            say(f"sohoa: {type(error).__name__}: {error}")


def _work_on(code: str, kit: Toolbox, rests: Rests) -> None:
    """Run the batch's flow if it has a paper that nobody else has in hand; rest from those that got no further."""
    from flows.ingest import ingest  # noqa: PLC0415 - as above

    todo = set(kit.ledger.unfinished_papers(code)) - kit.ledger.held_by_others(kit.worker, now=kit.clock())
    if not todo or not rests.over(code, todo):
        return
    taken = ingest(code, str(home()))
    rests.after(code, set(kit.ledger.unfinished_papers(code)) & set(taken))
    if taken:
        say(f"Lô {code}: đã xử lý {len(taken)} tệp")
