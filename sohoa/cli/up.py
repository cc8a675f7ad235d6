"""sohoa up and sohoa worker: take work from the ledger until told to stop."""

import signal
import threading
from typing import Annotated, Any

import typer

from sohoa.cli.context import home, say, tools
from sohoa.cli.ingest import settle_in
from sohoa.toolbox import Toolbox

DEFAULT_PORT = 4200
LOOK_EVERY_SECONDS = 2.0


def up(port: Annotated[int, typer.Option(help="Of the scheduler, on loopback.")] = DEFAULT_PORT) -> None:
    """Scheduler and worker on this machine; down with Ctrl-C."""
    from flows.serve import announce, serving, withdraw  # noqa: PLC0415 - only commands that run a flow pay for it

    kit = tools()
    with serving(home(), port=port) as server:
        server.wait()
        announce(home(), server)
        say(f"Đang chạy (up): {server.url} · Ctrl-C để dừng")
        try:
            _work_until_stopped(kit)
        finally:
            withdraw(home())


def worker() -> None:
    """Take work from the ledger, beside others, until Ctrl-C."""
    from flows.serve import serving  # noqa: PLC0415 - as above

    kit = tools()
    with serving(home()) as server:
        server.wait()
        say(f"Đang nhận việc (working): {server.url} · Ctrl-C để dừng")
        _work_until_stopped(kit)


def _work_until_stopped(kit: Toolbox) -> None:
    """Run the flow of every batch with open papers, look again every two seconds, until SIGINT or SIGTERM."""
    from flows.ingest import ingest as flow  # noqa: PLC0415 - imports Prefect: seconds

    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: Any) -> None:
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, ask_to_stop)
    settle_in(kit)
    while not stop.wait(LOOK_EVERY_SECONDS):
        for batch in kit.ledger.batches():
            if not stop.is_set() and kit.ledger.unfinished_papers(batch.code):
                taken = flow(batch.code, str(home()))
                say(f"Lô {batch.code}: đã xử lý {taken} tệp")
