"""sohoa status: how far the batches are, what waits for whom, what failed and why."""

from typing import Annotated

import typer

from sohoa.answers import status_answer
from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.morning_page import print_page
from sohoa.cli.tables import console


def status(
    batch: Annotated[str | None, typer.Argument(help="Only this batch, with the files concerned.")] = None,
    as_json: AsJson = False,
) -> None:
    """Progress of all batches or one: what is done, what waits for whom, what was refused and why."""
    kit = tools()
    codes = [batch] if batch else [b.code for b in kit.ledger.batches()]
    answer = status_answer(codes, kit)
    if as_json:
        print_json(answer)
    else:
        print_page(answer, console(), files=batch is not None)
