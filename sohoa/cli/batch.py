"""sohoa batch: boxes, and whether their sheets add up."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from sohoa.answers import status_answer
from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import BATCHES, STATES
from sohoa.intake import note_batch
from sohoa.wanted import pages_apart, records_of, rescans

app = typer.Typer(help="List, show and close batches.", no_args_is_help=True, rich_markup_mode=None)

Code = Annotated[str, typer.Argument(help="Code of the batch.")]


@app.command("list")
def list_batches(as_json: AsJson = False) -> None:
    """All batches."""
    kit = tools()
    answer = status_answer([batch.code for batch in kit.ledger.batches()], kit)
    if as_json:
        print_json(answer)
        return
    table = Table("Lô", "Trạng thái", "Khai", "Nhận", "Đã đối soát", box=None)
    for one in answer["batches"]:
        expected = one["expected"] if one["expected"] is not None else "—"
        table.add_row(
            escape(one["batch"]), BATCHES[one["state"]], str(expected), str(one["received"]), str(one["accounted"])
        )
    console().print(table)


@app.command()
def show(code: Code, as_json: AsJson = False) -> None:
    """One batch: expected, received and accounted sheets, what is not accounted for, and what to scan again."""
    kit = tools()
    more = {"rescans": rescans(code, kit), "apart": pages_apart(records_of(code, kit))}
    answer = {**status_answer([code], kit)["batches"][0], **_gaps(code, kit), **more}
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(f"Lô {escape(code)} ({BATCHES[answer['state']]})")
    out.print(f"Số tờ: khai {_told(answer['expected'])}, nhận {answer['received']}, đã đối soát {answer['accounted']}")
    out.print(" · ".join(f"{STATES[state]} {number}" for state, number in answer["counts"].items()))
    for source in answer["unaccounted"]:
        out.print(f"  chưa đối soát được: {escape(source)}")
    if answer["apart"]:
        out.print(f"Tờ phân cách (kể cả mặt sau): {answer['apart']} trang, không tính vào số tờ")
    if answer["rescans"]:
        out.print(f"Cần xem, quét lại: {len(answer['rescans'])}")
    for row in answer["rescans"]:
        out.print(f"  {escape(_place(row))}: {escape(row['message'])}")
        out.print(f"    {escape(row['remedy'])}")


@app.command()
def close(code: Code, as_json: AsJson = False) -> None:
    """Close a batch; refused while sheets expected and accounted for differ."""
    kit = tools()
    batch = kit.ledger.close_batch(code, now=kit.clock())
    note_batch(batch, kit)
    kit.audit.note("batch_closed", batch=code)
    answer = {**status_answer([code], kit)["batches"][0], **_gaps(code, kit)}
    if as_json:
        print_json(answer)
    else:
        said = f"Đã đóng lô {code}: khai {answer['expected']}, đã đối soát {answer['accounted']} tờ."
        console().print(said, markup=False)


def _place(row: dict[str, Any]) -> str:
    """Return where the page lies, as the person at the scanner counts."""
    if row["page"] is None:
        return row["file"] or "cả lô"
    return f"{row['file']}, trang {row['page']} (tờ thứ {row['sheet']} của lô)"


def _gaps(code: str, kit: Any) -> dict[str, Any]:
    return {"unaccounted": list(kit.ledger.reconcile(code).unaccounted)}


def _told(sheets: int | None) -> str:
    return "—" if sheets is None else str(sheets)
