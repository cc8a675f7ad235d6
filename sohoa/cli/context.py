"""What the commands share: the home, this process's tools, and how results and remarks are printed."""

import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from sohoa.alone import share
from sohoa.moved import refuse_wrong_home
from sohoa.settings import load
from sohoa.toolbox import Toolbox
from sohoa.wiring import toolbox_at, whole

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@dataclass
class Context:
    """Options that stand before the command."""

    home: Path | None = None


CONTEXT = Context()


def home() -> Path:
    """Return the folder of all that is kept."""
    return load(home=CONTEXT.home).home


def tools() -> Toolbox:
    """Return this process's adapters.

    Raises:
        ArchiveBusy: another command has the archive to itself.
        ArchiveMoved, ArchiveUnfinished, CatalogueLost: the settings do not lead to the whole archive.
    """
    settings = load(home=CONTEXT.home)
    share(settings.home)
    refuse_wrong_home(settings)
    return whole(toolbox_at(str(settings.home)))


def tools_to_mend() -> Toolbox:
    """Return this process's adapters for looking at an archive, or making its catalogue anew, whatever state it is in.

    Raises ArchiveBusy.
    """
    settings = load(home=CONTEXT.home)
    share(settings.home)
    return toolbox_at(str(settings.home))


def print_json(answer: Mapping[str, Any]) -> None:
    """Print a result on stdout."""
    print(json.dumps(answer, ensure_ascii=False, indent=1))


def say(remark: str) -> None:
    """Print a remark or progress on stderr."""
    print(remark, file=sys.stderr, flush=True)


def command(*words: str) -> str:
    """Return a command of ours as the person types it: with the home they named, and quoted for the shell."""
    home = ["--home", str(CONTEXT.home)] if CONTEXT.home else []
    return shlex.join(["sohoa", *home, *words])


def pair(text: str, what: str, parted_by: str) -> tuple[str, str]:
    """Return the two sides of "name=value" or "TYPE:ID", or stop with wrong usage."""
    left, found, right = text.partition(parted_by)
    if not found or not left.strip() or (parted_by == ":" and not right.strip()):
        raise typer.BadParameter(f"{text!r} should read {what}")
    return left.strip(), right.strip()


OWNER_TYPES = ("personal_id", "organization_id")


def owner_pair(text: str | None) -> tuple[str, str] | None:
    """Return the owner's type and number of "TYPE:ID", or None if none was given."""
    if text is None:
        return None
    kind, number = pair(text, "TYPE:ID, as personal_id:079099001234", ":")
    if kind not in OWNER_TYPES:
        raise typer.BadParameter(f"owner type {kind!r} is none of {', '.join(OWNER_TYPES)}")
    return kind, number
