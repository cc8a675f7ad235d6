"""sohoa merge: say that records which follow each other in one file are one document."""

from typing import Annotated

import typer

from sohoa.cli.context import AsJson, tools
from sohoa.cli.split import EvenUsed, tell
from sohoa.stacks import merge as join
from sohoa.wiring import is_gone


def merge(
    record_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Records of one file, neighbours.")],
    even_used: EvenUsed = False,
    as_json: AsJson = False,
) -> None:
    """Make one record of neighbours in a file: a new one takes their place, and they say which."""
    kit = tools()
    kit.ledger.free_leases(is_gone)
    tell(join(record_ids, kit, even_used=even_used), as_json)
