"""sohoa separators: sheets to print and to lay between papers before they are scanned."""

from pathlib import Path
from typing import Annotated

import typer

from ocr.fields.doctypes import load_types
from ocr.separator import payload_of
from sohoa.cli.context import AsJson, print_json, say
from sohoa.separators import separator_for, write_separators
from sohoa.wiring import now, typeface


def separators(
    to: Annotated[Path, typer.Option("--to", help="PDF to write, or a folder; nothing is overwritten.")],
    count: Annotated[int, typer.Option(min=1, max=500, help="How many sheets.")] = 10,
    dossier: Annotated[str | None, typer.Option(help="Dossier that begins with the sheet (mã hồ sơ).")] = None,
    document_type: Annotated[
        str | None, typer.Option("--type", help="Document type of what follows, by code or name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write separator sheets to print: a stack of papers scanned with them between is split there."""
    sheet = separator_for(dossier, document_type)
    kind = load_types()[sheet.type_code].name if sheet.type_code else None
    file = write_separators(sheet, kind, count, to, typeface=typeface(), created=now())
    if as_json:
        print_json({"file": str(file), "count": count, "payload": payload_of(sheet)})
    else:
        print(file)
        say(f"{count} tờ phân cách khổ A4; in một mặt, đặt trước mỗi văn bản rồi quét cả tập.")
