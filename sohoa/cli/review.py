"""sohoa review: what waits for a person, and their decisions."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from sohoa.answers import record_json
from sohoa.cli.context import AsJson, command, pair, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import STATES, pages_in_words, shown
from sohoa.document_types import label, waits_for_a_person
from sohoa.policy import EXIT_PENDING
from sohoa.review import confirm as settle
from sohoa.review import reject as turn_down
from sohoa.stacks import proposed_split
from sohoa.steps.keep import open_private
from sohoa.wiring import is_gone
from storage.records import Record, State

app = typer.Typer(help="Settle what is doubtful.", no_args_is_help=True, rich_markup_mode=None)

Id = Annotated[str, typer.Argument(metavar="ID", help="Record, or the beginning of its name.")]


@app.command("list")
def list_open(as_json: AsJson = False) -> None:
    """Records that wait for a person, and what for."""
    rows = [_open(record) for record in tools().catalog.by_state(State.REVIEW)]
    if as_json:
        print_json({"records": rows})
        return
    if not rows:
        console().print("Không có hồ sơ nào chờ kiểm tra.")
        return
    table = Table("Mã", "Loại", "Tệp", "Cần kiểm tra", box=None)
    for row in rows:
        labels = "; ".join(row["labels"])
        table.add_row(row["record_id"], escape(row["document_type"]), escape(row["source"]), escape(labels))
    console().print(table)
    console().print(f"Xem từng hồ sơ: {command('review', 'show', rows[0]['record_id'])}", markup=False, soft_wrap=True)


@app.command()
def show(record_id: Id, as_json: AsJson = False) -> None:
    """One record with its doubtful fields and the findings to accept."""
    kit = tools()
    record = kit.catalog.get(kit.catalog.resolve(record_id))
    kit.audit.note("viewed", record_id=record.record_id)
    answer = {**_open(record), **record_json(record, kit), "proposed_split": proposed_split(record, kit)}
    # Nobody can settle a number that is masked: what is in doubt is shown as it was read.
    for name, number in open_private(record, kit)["fields"].items():
        if name in answer["fields"] and answer["fields"][name]["needs_review"]:
            answer["fields"][name]["value"] = number
    if as_json:
        print_json(answer)
        return
    _print_open(answer, record)


@app.command()
def confirm(
    record_id: Id,
    settled: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Value of a field; lists parted by ;")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Confirm a record, with corrections; it is sealed, kept and indexed at once."""
    kit = tools()
    kit.ledger.free_leases(is_gone)
    values = dict(pair(one, "NAME=VALUE", "=") for one in settled or [])
    record = settle(record_id, values, kit)
    _print(record, as_json)
    # A worker has the paper and goes on with it, or it waits for a form of copy that fits.
    raise typer.Exit(EXIT_PENDING if record.state is State.PENDING else 0)


@app.command()
def reject(
    record_id: Id,
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    as_json: AsJson = False,
) -> None:
    """Set a record aside; nothing of it is destroyed."""
    _print(turn_down(record_id, reason, tools()), as_json)


def _print_open(answer: Mapping[str, Any], record: Record) -> None:
    """Print what is in doubt, and what a person may type."""
    out = console()
    said = f"{answer['document_type']['name']} · {answer['record_id']} · {answer['source']['name']}"
    out.print(said, markup=False)
    for name, field in answer["fields"].items():
        if field["needs_review"]:
            said = f"{label(name, record.document_type.code)} ({name}): {shown(field['value'])}"
            out.print(f"  {said}   ({_place(field)})", markup=False)
    for finding in answer["findings"]:
        if finding["blocks_seal"]:
            out.print(f"  cần chấp nhận: {finding['message']}", markup=False)
    if cuts := answer["proposed_split"]:
        shown_cuts = " | ".join(f"{cut['record_id'][:8]}{pages_in_words(cut['pages'])}" for cut in cuts)
        out.print(f"  đề nghị tách: {shown_cuts}. Đúng thì confirm từng hồ sơ; sai thì sohoa merge hoặc sohoa split.")
    if record.state is State.REVIEW:
        for step in _steps(record.record_id[:8], answer["open_fields"]):
            out.print(f"  → {step}", markup=False, soft_wrap=True)


def _place(field: Mapping[str, Any]) -> str:
    """Return where a value stands and what was read there."""
    if not field["box"]:
        return "không tìm thấy"
    place = f"trang {field['page']}"
    return f"{place}, ô {field['box']}; đọc được: «{field['raw']}»" if field["raw"] else f"{place}; chưa đọc được"


def _steps(short: str, doubtful: Sequence[str]) -> list[str]:
    """Return what a person may type now: look at the scan, confirm, correct, turn down."""
    steps = [f"xem bản quét: {command('export', short, '--as', 'master', '--to', 'THƯ_MỤC')}"]
    steps.append(f"đúng cả: {command('review', 'confirm', short)}")
    if doubtful:
        fix = command("review", "confirm", short, "--set", f"{doubtful[0]}=GIÁ_TRỊ")
        steps.append(f"sai: {fix}   (để trống sau dấu = nếu giấy không có)")
    return [*steps, f"không nhận: {command('review', 'reject', short, '--reason', 'LÝ_DO')}"]


def _open(record: Record) -> dict[str, Any]:
    doubtful = [name for name in record.open_things if name in record.fields]
    findings = [code for code in record.open_things if code not in record.fields]
    why = waits_for_a_person(record.open_things, record.document_type.code, record.findings)
    return {
        "record_id": record.record_id,
        "document_type": record.document_type.name,
        "source": record.source.name,
        "batch": record.source.batch,
        "open": list(record.open_things),
        "labels": why["detail"]["labels"],
        "open_fields": doubtful,
        "open_findings": findings,
    }


def _print(record: Record, as_json: bool) -> None:
    if as_json:
        print_json(record_json(record, tools()))
    else:
        console().print(f"{record.record_id}: {STATES[record.state]}, bản {record.version}")
