"""sohoa ingest: take papers in, and carry the batch as far as it goes."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from search.errors import SearchError
from sohoa.answers import batch_answer
from sohoa.cli.context import AsJson, home, owner_pair, print_json, say, tools
from sohoa.cli.progress import watching
from sohoa.cli.tables import print_documents
from sohoa.intake import Received, files_in, open_batch, read_manifest, receive_all
from sohoa.messages import reason_of
from sohoa.policy import EXIT_BAD, EXIT_PENDING
from sohoa.rebuild import mend_index
from sohoa.remote import WARM_UP
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from sohoa.wiring import is_gone
from storage.ledger import Paper
from storage.records import State

WARM_SECONDS = 120

Mode = Annotated[str | None, typer.Option(help="How carefully to read: fast or standard.")]


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Folders or files.")],
    batch: Annotated[str | None, typer.Option(help="Batch; else the folder's open one, or a new one.")] = None,
    expect: Annotated[int | None, typer.Option(min=1, help="Sheets the box holds.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="CSV: file, sheets, dossier, procedure, owner, document_type.")
    ] = None,
    dossier: Annotated[str | None, typer.Option(help="Dossier code (mã hồ sơ).")] = None,
    procedure: Annotated[str | None, typer.Option(help="Procedure code (mã thủ tục).")] = None,
    owner: Annotated[str | None, typer.Option(help="TYPE:ID, as personal_id:079099001234.")] = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> None:
    """Take papers in: received, read, understood, sealed, kept, indexed. Run again, it goes on where it was."""
    kit = tools()
    order = Order(
        dossier=dossier, procedure=procedure, owner=owner_pair(owner), mode=checked_mode(mode or kit.settings.mode)
    )
    orders = read_manifest(manifest, order) if manifest else {}
    given = [file for file in files_in(paths) if manifest is None or not file.path.samefile(manifest)]
    code = open_batch(paths, batch, expect, kit).code
    answer = run_batch(code, kit, lambda: receive_all(given, code, order, orders, kit, on_paper=told()))
    if as_json:
        print_json(answer)
    else:
        print_documents(answer, kit)
    raise typer.Exit(exit_code(answer))


def settle_in(kit: Toolbox) -> None:
    """Take back what workers hold that have ended, and put into the index what it lacks."""
    kit.ledger.free_leases(is_gone)
    try:
        mended = mend_index(kit)
    except SearchError as error:
        say(f"Chỉ mục: {reason_of(error)['message']}")
        return
    if mended:
        say(f"Chỉ mục: bổ sung {mended} hồ sơ")


def checked_mode(mode: str) -> str:
    """Return the mode, or stop with wrong usage."""
    if mode not in ("fast", "standard"):
        raise typer.BadParameter(f"mode {mode!r} is neither fast nor standard")
    return mode


def run_batch(code: str, kit: Toolbox, receiving: Callable[[], Received]) -> dict[str, Any]:
    """Receive the papers while the scheduler starts, run the batch's flow, and return the answer of `ingest`."""
    from flows.serve import serving  # noqa: PLC0415 - only commands that run a flow pay for it

    settle_in(kit)
    with serving(home()) as server:
        received = receiving()
        if kit.ledger.unfinished_papers(code):
            kit.pool.submit(WARM_UP, kit.settings.mode, timeout_seconds=WARM_SECONDS)
            with watching(code, received.papers, kit):
                from flows.ingest import ingest as flow  # noqa: PLC0415 - imports Prefect: seconds

                server.wait()
                flow(code, str(home()))
    papers = [kit.ledger.paper(paper.id) for paper in received.papers]
    return batch_answer(code, kit, papers, known=received.known)


def told() -> Any:
    """Return a listener that says "received" for the first file and counts repeats."""
    heard = {"new": 0, "again": 0}

    def on_paper(paper: Paper, new: bool) -> None:
        heard["new" if new else "again"] += 1
        if new and heard["new"] == 1:
            say(f"Đã nhận (received): {paper.source}")
        if not new and heard["again"] == 1:
            say(f"Đã có trong lô, không làm lại (already in the batch, not done twice): {paper.source} …")

    return on_paper


def exit_code(answer: dict[str, Any]) -> int:
    """Return 65 if every input was bad, 75 if something is pending or failed, else 0."""
    counts = answer["counts"]
    bad = counts.get(State.QUARANTINED, 0) + counts.get(State.IGNORED, 0)
    if answer["documents"] and bad == len(answer["documents"]):
        return EXIT_BAD
    return EXIT_PENDING if counts.get(State.PENDING) or counts.get(State.FAILED) or counts.get(State.WORKING) else 0
