"""sohoa ingest: take papers in, and carry the batch as far as it goes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ocr.readers.named import all_modes, is_mode
from sohoa.cli.context import AsJson, owner_pair, print_json, say, tools
from sohoa.cli.rescan import put_rescan
from sohoa.cli.running import exit_code, run_batch
from sohoa.cli.tables import print_documents
from sohoa.errors import UnknownMode
from sohoa.intake import files_in, open_batch, read_manifest, receive_all
from sohoa.messages import words
from sohoa.steps.receive import Order
from storage.ledger import Paper

Mode = Annotated[str | None, typer.Option(help="How to read: fast, standard or FINDER/READER.")]


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
    rescan: Annotated[
        str | None,
        typer.Option("--replace", metavar="ID:PAGE", help="PATH is that page of that record, scanned again."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take papers in: received, read, understood, sealed, kept, indexed. Run again, it goes on where it was."""
    kit = tools()
    if rescan is not None:
        put_rescan(paths, rescan, as_json)
    order = Order(
        dossier=dossier, procedure=procedure, owner=owner_pair(owner), mode=checked_mode(mode or kit.settings.mode)
    )
    orders = read_manifest(manifest, order) if manifest else {}
    given = [file for file in files_in(paths) if manifest is None or not _is_same(file.path, manifest)]
    if named := sorted(orders.keys() - {file.source for file in given}):
        say(f"Bảng kê nêu {len(named)} tệp không có ở đây (named in the manifest, not here): {', '.join(named[:10])}")
    code = open_batch(paths, batch, expect, kit).code
    answer = run_batch(code, kit, lambda: receive_all(given, code, order, orders, kit, on_paper=told()))
    if as_json:
        print_json(answer)
    else:
        print_documents(answer, kit)
    raise typer.Exit(exit_code(answer))


def _is_same(path: Path, manifest: Path) -> bool:
    try:
        return path.samefile(manifest)
    except OSError:  # a dangling link, or gone since it was listed
        return False


def checked_mode(mode: str) -> str:
    """Return the mode, or stop with wrong usage."""
    if not is_mode(mode):
        said = words(UnknownMode.code, {"mode": mode, "modes": all_modes()})
        raise typer.BadParameter(f"{said.vi} ({said.en})", param_hint="--mode")
    return mode


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
