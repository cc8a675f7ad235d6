"""sohoa review: what waits for a person, and their decisions."""

from typing import Annotated, Any

import typer
from rich.table import Table

from sohoa.answers import record_json
from sohoa.cli.context import AsJson, pair, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import STATES, shown
from sohoa.review import confirm as settle
from sohoa.review import reject as turn_down
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
    table = Table("Mã", "Loại", "Tệp", "Cần kiểm tra", box=None)
    for row in rows:
        table.add_row(row["record_id"], row["document_type"], row["source"], ", ".join(row["open"]))
    console().print(table)


@app.command()
def show(record_id: Id, as_json: AsJson = False) -> None:
    """One record with its doubtful fields and the findings to accept."""
    kit = tools()
    record = kit.catalog.get(kit.catalog.resolve(record_id))
    kit.audit.note("viewed", record_id=record.record_id)
    answer = {**_open(record), **record_json(record, kit)}
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(f"{answer['document_type']['name']} · {answer['record_id']} · {answer['source']['name']}")
    for name, field in answer["fields"].items():
        if field["needs_review"]:
            place = f"trang {field['page']}, ô {field['box']}" if field["box"] else "không tìm thấy"
            out.print(f"  {name}: {shown(field['value'])}   ({place}; đọc được: {field['raw']!r})")
    for finding in answer["findings"]:
        if finding["blocks_seal"]:
            out.print(f"  cần chấp nhận: {finding['message']}")


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
    values = dict(pair(one, "NAME=VALUE", "=") for one in settled or [])
    _print(settle(record_id, values, kit), as_json)


@app.command()
def reject(
    record_id: Id,
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    as_json: AsJson = False,
) -> None:
    """Set a record aside; nothing of it is destroyed."""
    _print(turn_down(record_id, reason, tools()), as_json)


def _open(record: Record) -> dict[str, Any]:
    doubtful = [name for name in record.open_things if name in record.fields]
    findings = [code for code in record.open_things if code not in record.fields]
    return {
        "record_id": record.record_id,
        "document_type": record.document_type.name,
        "source": record.source.name,
        "batch": record.source.batch,
        "open": list(record.open_things),
        "open_fields": doubtful,
        "open_findings": findings,
    }


def _print(record: Record, as_json: bool) -> None:
    if as_json:
        print_json(record_json(record, tools()))
    else:
        console().print(f"{record.record_id}: {STATES[record.state]}, bản {record.version}")
