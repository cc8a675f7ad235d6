"""sohoa lookup: do we already hold this paper, and may it be used again?"""

from typing import Annotated

import typer
from rich.markup import escape

from sohoa.cli.context import AsJson, owner_pair, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import ANSWERS
from sohoa.reuse import answer_json
from sohoa.reuse import lookup as ask


def lookup(
    owner: Annotated[str, typer.Option(help="TYPE:ID, as personal_id:079099001234.")],
    need: Annotated[
        list[str], typer.Option(metavar="DOCUMENT_TYPE", help="Code or Vietnamese name; may be given again.")
    ],
    more: Annotated[list[str] | None, typer.Argument(metavar="[DOCUMENT_TYPE]...", help="Further needs.")] = None,
    procedure: Annotated[str | None, typer.Option(help="Procedure the papers are for.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say for each needed paper whether the archive holds it for this owner: held, stale or not held."""
    kit = tools()
    who = owner_pair(owner)
    assert who is not None
    answers = ask(who, [*need, *(more or [])], procedure=procedure, kit=kit)
    if as_json:
        print_json(answer_json(who, answers, kit))
        return
    out = console()
    for answer in answers:
        record = answer.record
        where = f" · {record.document_type.name} · {record.record_id[:8]}" if record else ""
        out.print(f"[bold]{ANSWERS[answer.answer]}[/] {escape(answer.need + where)}")
        out.print(f"  {answer.why}", markup=False)
