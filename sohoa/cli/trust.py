"""sohoa trust: the authorities whose signatures are believed."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from signing.trust import Trusted
from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import shown

app = typer.Typer(help="Authorities whose signatures are believed.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_trusted(as_json: AsJson = False) -> None:
    """All trusted certificates."""
    kit = tools()
    rows = [_row(one) for one in kit.trust.list()]
    if as_json:
        print_json({"certificates": rows})
        return
    if not rows:
        console().print("Chưa tin chứng thư nào. Thêm: sohoa trust add TỆP_CHỨNG_THƯ")
        return
    table = Table("Vân tay", "Chủ thể", "Hết hạn", "", box=None)
    for row in rows:
        table.add_row(
            str(row["fingerprint"])[:16],
            escape(str(row["subject"])),
            shown(str(row["not_after"])[:10]),
            str(row["note"]),
        )
    console().print(table)


@app.command()
def add(
    cert: Annotated[Path, typer.Argument(help="CA certificate, PEM or DER.")],
    as_json: AsJson = False,
) -> None:
    """Trust an authority."""
    kit = tools()
    added = kit.trust.add(cert)
    kit.audit.note("trusted", fingerprint=added.fingerprint)
    _print(added, as_json)


@app.command()
def remove(
    fingerprint: Annotated[str, typer.Argument(help="Fingerprint, or the beginning of it.")],
    as_json: AsJson = False,
) -> None:
    """Trust an authority no longer."""
    kit = tools()
    removed = kit.trust.remove(fingerprint)
    kit.audit.note("distrusted", fingerprint=removed.fingerprint)
    _print(removed, as_json)


def _print(one: Trusted, as_json: bool) -> None:
    if as_json:
        print_json(_row(one))
    else:
        print(one.fingerprint)


def _row(one: Trusted) -> dict[str, str | bool]:
    return {
        "fingerprint": one.fingerprint,
        "subject": one.subject,
        "not_after": one.not_after.isoformat(),
        "built_in": one.built_in,
        "note": "test authority, no legal value" if one.built_in else "",
    }
