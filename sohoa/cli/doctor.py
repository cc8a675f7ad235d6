"""sohoa doctor: is everything there that the work needs, and what to do where it is not."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sohoa.cli.context import CONTEXT, AsJson, print_json, say, tools_to_mend
from sohoa.cli.tables import console
from sohoa.doctor import FAULT, Check, examine
from sohoa.engines import engines
from sohoa.messages import reason_of, words
from sohoa.moved import refuse_wrong_home
from sohoa.policy import EXIT_OPERATOR, OUR_ERRORS
from sohoa.settings import load
from sohoa.wiring import s3_access, s3_administrator
from storage.worm import Row, worm_rows

MARKS = {"ok": "[green]được[/]", "warning": "[yellow]lưu ý[/]", "fault": "[red]LỖI[/]"}


def doctor(
    worm: Annotated[
        bool, typer.Option("--worm", help="Try to destroy locked objects in a bucket of its own on the S3 server.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Examine servers, disk, store, records, catalogue, keys, index, readers, signer and audit log; 78 for a fault."""
    if worm:
        _try_worm(as_json)
        return
    checks = list(_checks())
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        table = Table("", "Mục", "Tình trạng", "Cách xử lý", box=None)
        for check in checks:
            table.add_row(MARKS[check.state], check.name, escape(check.message), escape(check.remedy))
        console().print(table)
    raise typer.Exit(EXIT_OPERATOR if any(check.state == FAULT for check in checks) else 0)


def _checks() -> Iterator[Check]:
    """Yield the checks of the servers, then those of the archive; where a server is down, nobody can look into it."""
    kit, trouble = None, None
    try:
        kit = tools_to_mend()
        refuse_wrong_home(kit.settings)
    except OUR_ERRORS as error:
        trouble = reason_of(error)
    yield from engines(load(home=CONTEXT.home))
    if trouble is not None:
        yield Check(name="archive", state=FAULT, message=trouble["message"], remedy=trouble["message_en"])
    if kit is not None:
        yield from examine(kit)


def _try_worm(as_json: bool) -> None:
    """Print what came of each attempt on locked objects; 78 if one did harm."""
    settings = load(home=CONTEXT.home)
    if settings.s3_endpoint is None:
        raise typer.BadParameter("--worm: chưa đặt SOHOA_S3_ENDPOINT (name an S3 server in SOHOA_S3_ENDPOINT)")
    administrator = s3_administrator(settings)
    if administrator is None:
        say("Chưa đặt SOHOA_S3_ADMIN_ACCESS_KEY: chỉ thử với quyền của ứng dụng (as the application only).")
    rows = []
    for row in worm_rows(s3_access(settings), administrator):
        rows.append(row)
        say(f"… {row.who}: {row.attempt}")
    if as_json:
        print_json({"passed": all(row.passed for row in rows), "attempts": [asdict(row) for row in rows]})
    else:
        _print_worm(rows)
    raise typer.Exit(0 if all(row.passed for row in rows) else EXIT_OPERATOR)


def _print_worm(rows: list[Row]) -> None:
    table = Table("", "Quyền", "Phép thử", "Máy chủ trả lời", "Bản gốc còn", "Khóa còn", box=None)
    for row in rows:
        mark = MARKS["ok" if row.passed else "fault"]
        lost = "đã hủy (đúng hạn)" if row.expected == "allowed" else "MẤT"
        there, kept = ("có" if yes else lost for yes in (row.bytes_there, row.lock_kept))
        table.add_row(mark, row.who, words(f"worm_{row.attempt}").vi, row.happened, there, kept)
    console().print(table)
