"""sohoa ingest FILE --replace ID:PAGE: a page scanned again."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from sohoa.answers import record_json
from sohoa.cli.context import pair, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import STATES
from sohoa.policy import EXIT_PENDING
from sohoa.rescan import replace_page
from sohoa.wiring import is_gone
from storage.records import State


def put_rescan(paths: Sequence[Path], place: str, as_json: bool) -> NoReturn:
    """Replace the page, print the record's new version, and stop: 75 if it still waits for the seal or the index."""
    record_id, page = pair(place, "ID:PAGE", ":")
    if len(paths) != 1 or not page.isdecimal():
        raise typer.BadParameter("--replace takes one FILE and ID:PAGE, the page counted in the record from 1")
    kit = tools()
    kit.ledger.free_leases(is_gone)
    record = replace_page(paths[0], record_id, int(page), kit)
    if as_json:
        print_json(record_json(record, kit))
    else:
        console().print(f"{record.record_id}: trang {int(page)} đã thay, {STATES[record.state]}, bản {record.version}")
    raise typer.Exit(EXIT_PENDING if record.state is State.PENDING else 0)
