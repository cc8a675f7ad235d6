"""sohoa trust: the authorities whose signatures are believed."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console

app = typer.Typer(help="Authorities whose signatures are believed.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_trusted(as_json: AsJson = False) -> None:
    """All trusted certificates."""
    kit = tools()
    rows = [
        {
            "fingerprint": one.fingerprint,
            "subject": one.subject,
            "not_after": one.not_after.isoformat(),
            "built_in": one.built_in,
            "note": "test authority, no legal value" if one.built_in else "",
        }
        for one in kit.trust.list()
    ]
    if as_json:
        print_json({"certificates": rows})
        return
    table = Table("Vân tay", "Chủ thể", "Hết hạn", "", box=None)
    for row in rows:
        table.add_row(str(row["fingerprint"])[:16], str(row["subject"]), str(row["not_after"])[:10], str(row["note"]))
    console().print(table)


@app.command()
def add(cert: Annotated[Path, typer.Argument(help="CA certificate, PEM or DER.")]) -> None:
    """Trust an authority."""
    kit = tools()
    added = kit.trust.add(cert)
    kit.audit.note("trusted", fingerprint=added.fingerprint)
    print(added.fingerprint)


@app.command()
def remove(fingerprint: Annotated[str, typer.Argument(help="Fingerprint, or the beginning of it.")]) -> None:
    """Trust an authority no longer."""
    kit = tools()
    removed = kit.trust.remove(fingerprint)
    kit.audit.note("distrusted", fingerprint=removed.fingerprint)
    print(removed.fingerprint)
