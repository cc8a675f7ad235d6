"""sohoa verify: what the signatures of a PDF are worth, in words."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from sohoa.cli.context import AsJson, print_json, tools
from sohoa.cli.tables import console
from sohoa.cli.words import VERDICTS, moment
from sohoa.errors import FileUnreadable
from sohoa.policy import EXIT_BAD, EXIT_OPERATOR
from sohoa.steps.seal import verify_file

EXIT = {"valid": 0, "indeterminate": EXIT_OPERATOR, "invalid": EXIT_BAD, "unsigned": EXIT_BAD}


def verify(
    file: Annotated[Path, typer.Argument(help="A PDF.")],
    as_json: AsJson = False,
) -> None:
    """Verify a PDF's signatures: integrity, trust, time, and changes after signing."""
    if not file.is_file():
        raise FileUnreadable(file=str(file), why="no such file")
    answer: dict[str, Any] = {**verify_file(file.resolve(), tools()).to_json(), "file": str(file)}
    if as_json:
        print_json(answer)
    else:
        out = console()
        out.print(f"[bold]{VERDICTS[answer['verdict']]}[/] {escape(str(file))}: {escape(answer['explanation']['vi'])}")
        for signature in answer["signatures"]:
            said = f"  {signature['profile']} · {signature['signer']} · {moment(signature['signed_at'])}"
            out.print(said, markup=False)
            out.print(f"    {signature['explanation']['vi']}", markup=False)
        for change in answer["changes_after_signing"]:
            out.print(f"  sau khi ký: {change['vi']}", markup=False)
    raise typer.Exit(EXIT[answer["verdict"]])
