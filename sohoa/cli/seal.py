"""sohoa seal: the agency's seal on an unsigned PDF/A-2b."""

from pathlib import Path
from typing import Annotated

import typer

from sohoa.cli.context import AsJson, print_json, say, tools
from sohoa.cli.tables import console
from sohoa.errors import FileUnreadable, NotAllowed
from sohoa.steps.seal import seal_file


def seal(
    file: Annotated[Path, typer.Argument(help="An unsigned PDF/A-2b.")],
    out: Annotated[Path, typer.Option("--out", help="The sealed file; nothing is overwritten.")],
    as_json: AsJson = False,
) -> None:
    """Seal a PDF/A-2b: conversion block, PAdES B-LTA, as an incremental update."""
    if not file.is_file():
        raise FileUnreadable(file=str(file), why="no such file")
    target = out / file.name if out.is_dir() else out
    if target.exists():
        raise NotAllowed(f"{target} exists; nothing is overwritten")
    kit = tools()
    sealed = seal_file(file.resolve(), target.resolve(), kit)
    kit.audit.note("sealed", file=file.name, sha256=sealed.sha256)
    answer = {
        "file": str(target),
        "sha256": sealed.sha256,
        "bytes": sealed.length,
        "profile": sealed.profile,
        "signer": sealed.agency,
        "signed_at": sealed.signed_at.isoformat(timespec="seconds"),
        "block": list(sealed.lines),
        "findings": [finding.to_json() for finding in sealed.findings],
        "test_authority": sealed.test_authority,
    }
    if as_json:
        print_json(answer)
        return
    console().print(f"{target}: {sealed.profile}, {sealed.agency}, {answer['signed_at']}")
    if sealed.test_authority:
        say("Ký bởi cơ quan thử nghiệm: không có giá trị pháp lý (test authority, no legal value).")
