"""The command line: one file a command, assembled here, our errors turned into words and exit codes."""

import json
import logging
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from sohoa.allocator import give_memory_back
from sohoa.cli import (
    batch,
    demo,
    doctor,
    export,
    ingest,
    lookup,
    merge,
    migrate,
    read,
    rebuild,
    reuse,
    review,
    seal,
    search,
    separators,
    show,
    split,
    status,
    trust,
    up,
    verify,
)
from sohoa.cli.context import CONTEXT, say
from sohoa.messages import reason_of
from sohoa.policy import EXIT_CODE, OUR_ERRORS
from sohoa.settings import load

CHATTERS = ("urllib3", "elastic_transport", "elasticsearch")
"""Libraries that log each try of a server that is down: our own message says it once."""

app = typer.Typer(
    name="sohoa",
    help="From boxes of paper to electronic records that carry legal weight and are used again.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"sohoa {version('sohoa')}")
        raise typer.Exit


@app.callback()
def options(
    home: Annotated[
        Path | None, typer.Option(help="Folder of all that is kept; else SOHOA_HOME, else the user's data folder.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Remember the home and set up logging to stderr."""
    CONTEXT.home = home
    level = load(home=home).log_level
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if level == "WARNING":
        for name in CHATTERS:
            logging.getLogger(name).setLevel(logging.ERROR)


app.command()(demo.demo)
app.command()(up.up)
app.command()(up.worker)
app.command()(ingest.ingest)
app.add_typer(batch.app, name="batch")
app.command()(separators.separators)
app.command()(split.split)
app.command()(merge.merge)
app.command()(read.read)
app.command()(status.status)
app.command()(show.show)
app.add_typer(review.app, name="review")
app.command()(seal.seal)
app.command()(verify.verify)
app.add_typer(trust.app, name="trust")
app.command()(search.search)
app.command()(lookup.lookup)
app.command()(reuse.reuse)
app.command()(export.export)
app.command()(rebuild.reindex)
app.command()(rebuild.rebuild)
app.command()(migrate.migrate)
app.command()(doctor.doctor)


INTERRUPTED = 130
"""Exit code of a command that a person stopped with Ctrl-C."""


def main() -> None:
    """Run the command and turn our errors, and only ours, into words and exit codes."""
    give_memory_back()
    try:
        app()
    except OUR_ERRORS as error:
        why = reason_of(error)
        if "--json" in sys.argv:
            print(json.dumps({"error": why}, ensure_ascii=False))
        say(f"sohoa: {why['message']}")
        if why["message_en"] != why["message"]:
            say(f"       ({why['message_en']})")
        raise SystemExit(EXIT_CODE[error.remedy]) from None
    except (KeyboardInterrupt, SystemExit) as left:
        if isinstance(left, SystemExit) and left.code != INTERRUPTED:
            raise
        say("sohoa: đã dừng theo yêu cầu; việc đã xong được giữ, chạy lại lệnh để làm tiếp.")
        say("       (stopped; what is done is kept, run the command again to go on)")
        raise SystemExit(INTERRUPTED) from None
