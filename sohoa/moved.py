"""The note that an archive was moved into services: without it, a forgotten setting would split the archive in two."""

import json
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import SecretStr

from sohoa.errors import ArchiveMoved
from sohoa.settings import Settings

NOTE = "migrated.json"
"""Lies in the home of an archive of which a part lives elsewhere now."""

ADDRESSES = ("s3_endpoint", "database_url", "elasticsearch_url")


def leave_note(settings: Settings, now: datetime) -> None:
    """Say in the home where the archive went, so that nobody goes on with the old one by mistake."""
    places = {name: place for name in ADDRESSES if (place := _place(settings, name))}
    note = {"at": now.isoformat(), "to": places}
    (settings.home / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")


def refuse_old_home(settings: Settings) -> None:
    """Stop where the archive was moved and the settings name no longer where to. Raises ArchiveMoved."""
    note = settings.home / NOTE
    if not note.is_file():
        return
    places = json.loads(note.read_text(encoding="utf-8"))["to"]
    if any(not _place(settings, name) for name in places):
        raise ArchiveMoved(home=str(settings.home), to=", ".join(places.values()), note=str(note))


def _place(settings: Settings, name: str) -> str:
    """Return a service's address without its account; "" if it is not named."""
    value = getattr(settings, name)
    if value is None:
        return ""
    address = urlsplit(value.get_secret_value() if isinstance(value, SecretStr) else value)
    return f"{address.scheme}://{address.hostname}:{address.port or ''}{address.path}"
