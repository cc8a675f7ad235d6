"""sohoa migrate: an embedded archive moves into MinIO, PostgreSQL and Elasticsearch."""

from dataclasses import asdict, astuple
from typing import Annotated

import typer
from rich.table import Table

from sohoa.alone import alone
from sohoa.cli.context import CONTEXT, AsJson, print_json, say
from sohoa.cli.tables import console
from sohoa.migrate import Migrated, Parts, parts_of
from sohoa.migrate import migrate as move
from sohoa.moved import leave_note, moved_parts
from sohoa.settings import Settings, load
from sohoa.wiring import build, embedded

EVERY = 200
WHAT = {
    "objects": "Tệp trong kho",
    "retention": "Thời hạn lưu trữ",
    "records": "Hồ sơ",
    "batches": "Lô",
    "papers": "Tài liệu đã nhận",
    "documents": "Văn bản",
    "reuses": "Lần sử dụng lại",
    "index": "Chỉ mục",
}


def migrate(
    to: Annotated[str, typer.Option(help="Where to: services, as the settings name them.")],
    as_json: AsJson = False,
) -> None:
    """Move this home's archive into the services that the settings name, and prove that both are equal."""
    settings = load(home=CONTEXT.home)
    parts, source = what_moves(settings)
    if to != "services" or not (parts.objects or parts.catalogue or parts.index):
        raise typer.BadParameter(
            "chưa nêu dịch vụ nào: hãy đặt SOHOA_S3_ENDPOINT, SOHOA_DATABASE_URL hoặc SOHOA_ELASTICSEARCH_URL "
            "(name a service in the settings, and say --to services)"
        )
    with alone(settings.home):
        old = build(source)
        made = move(old, build(settings), parts, _counted)
        leave_note(settings, old.clock())
        old.audit.note("migrated", objects=str(made.copied))
    if as_json:
        print_json({"copied": made.copied, "bytes": made.bytes, "equal": [asdict(row) for row in made.rows]})
    else:
        _print(made)


def what_moves(settings: Settings) -> tuple[Parts, Settings]:
    """Return what has not moved yet, and the settings of where all is now; moved as a whole, it is compared again."""
    gone = moved_parts(settings)
    left = embedded(settings, but=gone)
    named, there = parts_of(settings), parts_of(left)
    new = Parts(*(one and not two for one, two in zip(astuple(named), astuple(there), strict=True)))
    return (new, left) if any(astuple(new)) else (named, embedded(settings))


def _counted(number: int, of: int) -> None:
    if number % EVERY == 0 or number == of:
        say(f"… {number}/{of}")


def _print(made: Migrated) -> None:
    table = Table("", "Kho cũ", "Dịch vụ", "Khớp", box=None)
    for row in made.rows:
        table.add_row(WHAT[row.what], str(row.source), str(row.target), "có")
    console().print(table)
    console().print(f"Đã chép {made.copied} tệp ({made.bytes >> 20} MiB). Kho cũ giữ nguyên, từ nay dùng kho mới.")
