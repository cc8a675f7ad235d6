"""sohoa reuse: use a record for a dossier, on the record."""

from pathlib import Path
from typing import Annotated

import typer

from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console
from sohoa.reuse import use


def reuse(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Record, or the beginning of its name.")],
    dossier: Annotated[str, typer.Option(help="Dossier it is used for.")],
    purpose: Annotated[str, typer.Option(help="What for, in words.")],
    to: Annotated[Path | None, typer.Option(help="Where to put the legal copy and the fields.")] = None,
    as_json: AsJson = False,
) -> None:
    """Use a record for a dossier: written into the reuse ledger, signed copy and fields handed out."""
    answer = use(record_id, dossier=dossier, purpose=purpose, to=to, kit=tools())
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(f"Đã ghi nhận sử dụng lại {answer['reuse']['record_id']} cho hồ sơ {dossier}.", markup=False)
    out.print(answer["why"])
    for file in answer["files"]:
        out.print(f"  {file}", markup=False, soft_wrap=True)
