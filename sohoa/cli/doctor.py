"""sohoa doctor: is everything there that the work needs, and what to do where it is not."""

from dataclasses import asdict

import typer
from rich.table import Table

from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console
from sohoa.doctor import FAULT, examine
from sohoa.policy import EXIT_OPERATOR

MARKS = {"ok": "[green]được[/]", "warning": "[yellow]lưu ý[/]", "fault": "[red]LỖI[/]"}


def doctor(as_json: AsJson = False) -> None:
    """Examine disk, store, records, catalogue, keys, index, readers, signer and audit log; 78 if one must be mended."""
    checks = list(examine(tools()))
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        table = Table("", "Mục", "Tình trạng", "Cách xử lý", box=None)
        for check in checks:
            table.add_row(MARKS[check.state], check.name, check.message, check.remedy)
        console().print(table)
    raise typer.Exit(EXIT_OPERATOR if any(check.state == FAULT for check in checks) else 0)
