"""Notes in a home that keep its archive from being split or answered from half a catalogue.

migrated.json      a part of the archive lives in services: with a forgotten setting, nothing is done
unfinished.json    a rebuild or a move was cut off: until it is run again, nothing is asked of what it left
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from sohoa.errors import ArchiveMoved, ArchiveUnfinished
from sohoa.settings import Settings
from storage.durable import disk_error, make_folder, sync_folder

NOTE = "migrated.json"
UNFINISHED = "unfinished.json"

ADDRESSES = ("s3_endpoint", "database_url", "elasticsearch_url")

_under_way: set[Path] = set()
"""Notes of work that this process has in hand."""


def leave_note(settings: Settings, now: datetime) -> None:
    """Say in the home where the archive went, so that nobody goes on with the old one by mistake."""
    _write(settings.home / NOTE, {"at": now.isoformat(), "to": places_of(settings)})


def moved_parts(settings: Settings) -> set[str]:
    """Return the names of the settings whose part of this home's archive lives in a service."""
    return set(_read(settings.home / NOTE).get("to", {}))


def refuse_wrong_home(settings: Settings) -> None:
    """Stop where the settings do not lead to the whole archive.

    Raises:
        ArchiveMoved: it was moved, and they no longer name where to.
        ArchiveUnfinished: making or moving the part they name was cut off.
    """
    here = places_of(settings)
    to = _read(settings.home / NOTE).get("to", {})
    if any(here.get(name) != place for name, place in to.items()):
        raise ArchiveMoved(home=str(settings.home), to=", ".join(to.values()), note=str(settings.home / NOTE))
    left = _read(settings.home / UNFINISHED)
    if left and left["to"] == here and settings.home / UNFINISHED not in _under_way:
        raise ArchiveUnfinished(what=left["what"])


@contextmanager
def unfinished(settings: Settings, what: str) -> Iterator[None]:
    """Note for the length of the block that `what` (a command) is under way; the note stays if the block fails."""
    note = settings.home / UNFINISHED
    if note in _under_way:
        yield
        return
    _write(note, {"what": what, "to": places_of(settings)})
    _under_way.add(note)
    try:
        yield
        note.unlink(missing_ok=True)
    finally:
        _under_way.discard(note)


def places_of(settings: Settings) -> dict[str, str]:
    """Return the services that the settings name, without their accounts."""
    return {name: place for name in ADDRESSES if (place := _place(settings, name))}


def _place(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value is None:
        return ""
    address = urlsplit(value.get_secret_value() if isinstance(value, SecretStr) else value)
    within = {"s3_endpoint": f"/{settings.s3_bucket}", "elasticsearch_url": f"/{settings.index}"}.get(
        name, address.path
    )
    return f"{address.scheme}://{address.hostname}:{address.port or ''}{within}"


def _read(note: Path) -> dict[str, Any]:
    if not note.is_file():
        return {}
    found: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
    return found


def _write(note: Path, told: dict[str, Any]) -> None:
    try:
        make_folder(note.parent)
        scratch = note.with_suffix(".tmp")
        with scratch.open("w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(note)
        sync_folder(note.parent)
    except OSError as error:
        raise disk_error(note, error) from error
