"""sohoa migrate: an embedded archive moves into MinIO, PostgreSQL and Elasticsearch."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from sohoa.alone import alone
from sohoa.cli.context import CONTEXT, AsJson, print_json, say
from sohoa.cli.tables import console
from sohoa.migrate import Migrated, parts_of
from sohoa.migrate import migrate as move
from sohoa.moved import leave_note
from sohoa.settings import load
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
    parts = parts_of(settings)
    if to != "services" or not (parts.objects or parts.catalogue or parts.index):
        raise typer.BadParameter(
            "chưa nêu dịch vụ nào: hãy đặt SOHOA_S3_ENDPOINT, SOHOA_DATABASE_URL hoặc SOHOA_ELASTICSEARCH_URL "
            "(name a service in the settings, and say --to services)"
        )
    with alone(settings.home):
        source, target = build(embedded(settings)), build(settings)
        made = move(source, target, parts, _counted)
        leave_note(settings, source.clock())
        source.audit.note("migrated", objects=str(made.copied))
    if as_json:
        print_json({"copied": made.copied, "bytes": made.bytes, "equal": [asdict(row) for row in made.rows]})
    else:
        _print(made)


def _counted(number: int, of: int) -> None:
    if number % EVERY == 0 or number == of:
        say(f"… {number}/{of}")


def _print(made: Migrated) -> None:
    table = Table("", "Kho cũ", "Dịch vụ", "Khớp", box=None)
    for row in made.rows:
        table.add_row(WHAT[row.what], str(row.source), str(row.target), "có")
    console().print(table)
    console().print(f"Đã chép {made.copied} tệp ({made.bytes >> 20} MiB). Kho cũ giữ nguyên, từ nay dùng kho mới.")
