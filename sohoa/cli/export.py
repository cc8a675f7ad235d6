"""sohoa export: one of a record's files."""

from pathlib import Path
from typing import Annotated

import typer

from sohoa.cli.context import say, tools
from sohoa.errors import NotAllowed
from sohoa.export import export as hand_out
from sohoa.steps.access_later import with_access
from storage.records import Role

KINDS = ("legal", "access", "master", "text")


def export(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Record, or the beginning of its name.")],
    to: Annotated[str, typer.Option(metavar="PATH", help="A new file or an existing folder; nothing is overwritten.")],
    kind: Annotated[str, typer.Option("--as", help=f"One of {', '.join(KINDS)}.")] = "legal",
) -> None:
    """Write the legal copy, the access copy, the master or the text of a record to a file."""
    if kind not in KINDS:
        raise typer.BadParameter(f"--as {kind!r} is none of {', '.join(KINDS)}")
    if to.endswith("/") and not Path(to).is_dir():
        raise NotAllowed(f"there is no folder {to}", vi=f"không có thư mục {to}; hãy tạo trước, hoặc ghi tên tệp")
    kit = tools()
    record = kit.catalog.get(kit.catalog.resolve(record_id))
    if kind == Role.ACCESS:
        record = with_access(record.record_id, kit)
    print(hand_out(record, Role(kind), Path(to), kit))
    if kind == Role.LEGAL and not record.seals:
        say("Bản này chưa ký số, chưa có giá trị pháp lý (not sealed yet: no legal value).")
