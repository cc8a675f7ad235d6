"""sohoa show: one record."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from sohoa.answers import record_json
from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import EVENTS, ROLES, STATES, VERDICTS, counted, moment, shown
from sohoa.document_types import label


def show(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Record, or the beginning of its name.")],
    as_json: AsJson = False,
) -> None:
    """One record: fields, files, seals, findings, history."""
    kit = tools()
    record = kit.catalog.get(kit.catalog.resolve(record_id))
    kit.audit.note("viewed", record_id=record.record_id)
    answer = record_json(record, kit)
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(f"[bold]{answer['document_type']['name']}[/] · {answer['record_id']} · bản {answer['version']}")
    out.print(
        f"Trạng thái: {STATES[answer['state']]} · lô {escape(answer['batch'])} · {escape(answer['source']['name'])}"
    )
    code = answer["document_type"]["code"]
    table = Table("Trường", "Giá trị", "Tin cậy", "Trang", box=None)
    for name, field in answer["fields"].items():
        mark = _trust(field)
        table.add_row(label(name, code), escape(shown(field["value"])), mark, str(field["page"] or ""))
    out.print(table)
    files = Table("Tệp", "Tên", "Byte", "SHA-256", box=None)
    for file in answer["files"]:
        files.add_row(ROLES[file["role"]], escape(file["name"]), counted(file["bytes"]), file["sha256"][:16] + "…")
    out.print(files)
    for seal in answer["seals"]:
        verdict = VERDICTS.get(seal["verdict"], seal["verdict"])
        said = f"Chữ ký: {seal['profile']} · {seal['signer']} · {moment(seal['signed_at'])} · {verdict}"
        out.print(said, markup=False)
    for finding in answer["findings"]:
        out.print(f"Lưu ý: {escape(finding['message'])}")
    for event in answer["history"]:
        out.print(f"{moment(event['at'])}  {EVENTS.get(event['what'], event['what'])}  {event['who']}", markup=False)


def _trust(field: Mapping[str, Any]) -> str:
    """Return how far a value is to be believed: a person's word goes before the reader's confidence."""
    if field["needs_review"]:
        return "cần kiểm tra"
    return "đã xác nhận" if field["confirmed_by"] else f"{field['confidence']:.2f}".replace(".", ",")
