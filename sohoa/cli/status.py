"""sohoa status: how far the batches are, what waits for whom, what failed and why."""

from typing import Annotated

import typer
from rich.table import Table

from sohoa.answers import status_answer
from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import STATES


def status(
    batch: Annotated[str | None, typer.Argument(help="Only this batch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Progress of all batches or one: what is done, what waits for whom, what was refused and why."""
    kit = tools()
    codes = [batch] if batch else [b.code for b in kit.ledger.batches()]
    answer = status_answer(codes, kit)
    if as_json:
        print_json(answer)
        return
    out = console()
    if not answer["batches"]:
        out.print("Chưa có lô nào. (No batch yet: sohoa ingest FOLDER)")
    for one in answer["batches"]:
        expected = one["expected"] if one["expected"] is not None else "không khai"
        counts = " · ".join(f"{STATES[state]} {number}" for state, number in one["counts"].items())
        out.print(f"[bold]Lô {one['batch']}[/] ({one['state']}) — số tờ: khai {expected}, nhận {one['received']}")
        out.print(f"  {counts}")
        rows = Table("Tệp", "Trang", "Mã", "Trạng thái", "Vì sao", box=None)
        for row in [*one["waiting"], *one["failed"], *one["quarantined"]]:
            pages = "–".join(map(str, row["pages"])) if row["pages"] else ""
            why = row["reason"]["message"] if row["reason"] else ""
            rows.add_row(row["source"], pages, row["record_id"] or "", STATES[row["state"]], why)
        if rows.row_count:
            out.print(rows)
