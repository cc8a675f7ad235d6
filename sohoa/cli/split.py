"""sohoa split: say where further documents begin in a record."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from sohoa.cli.context import AsJson, print_json, say, tools
from sohoa.cli.tables import console
from sohoa.cli.words import STATES, pages_in_words
from sohoa.policy import EXIT_PENDING
from sohoa.stacks import Divided, divided_answer
from sohoa.stacks import split as cut
from sohoa.wiring import is_gone
from storage.records import State

EvenUsed = Annotated[
    bool, typer.Option("--even-used", help="Also a record that a dossier uses already; the use stays on record.")
]


def split(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Record, or the beginning of its name.")],
    at: Annotated[list[int], typer.Option("--at", metavar="PAGE", help="Page of the record, from 1, that begins one.")],
    more: Annotated[list[int] | None, typer.Argument(metavar="[PAGE]...", help="Further pages.")] = None,
    even_used: EvenUsed = False,
    as_json: AsJson = False,
) -> None:
    """Cut a record before the pages named: new records take its place, and it says which."""
    kit = tools()
    kit.ledger.free_leases(is_gone)
    tell(cut(record_id, [*at, *(more or [])], kit, even_used=even_used), as_json)


def tell(done: Divided, as_json: bool) -> None:
    """Print what came of a division, and stop with 75 where something of it is still to do."""
    answer = divided_answer(done)
    if as_json:
        print_json(answer)
    else:
        _print(answer)
    open_states = (State.PENDING, State.WORKING)
    raise typer.Exit(EXIT_PENDING if any(row["state"] in open_states for row in answer["records"]) else 0)


def _print(answer: dict[str, Any]) -> None:
    out = console()
    for row in answer["records"]:
        pages = pages_in_words(row["pages"])
        out.print(f"{row['record_id']}: {escape(answer['source'])}{pages}, {STATES[row['state']]}")
        if row["reason"]:
            out.print(f"  → {row['reason']['message']}", markup=False)
    say(f"Thay cho {', '.join(answer['from'])}; hồ sơ cũ vẫn xem được: sohoa show {answer['from'][0][:8]}")
