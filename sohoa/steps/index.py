"""Index: make a kept record findable. The index is a view: what it lacks is put in again from the store."""

import re
from collections.abc import Iterable, Iterator

from search.index import Entry
from sohoa.steps.describe import mask
from sohoa.toolbox import Toolbox
from storage.objects import read_bytes
from storage.records import Record, Role, State

FINDABLE = (State.KEPT, State.SUPERSEDED, State.REVOKED)

_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
"""Căn cước and CMND numbers. Source: standards on personal data: none in a clear-text index (Luật 91/2025)."""


def index(records: Iterable[Record], kit: Toolbox) -> None:
    """Put the records into the index; an older version never replaces a newer one. Safe to repeat.

    Raises:
        IndexUnavailable: nothing is known about what was indexed; the records are kept all the same.
    """
    kit.index.put(entries(records, kit))


def entries(records: Iterable[Record], kit: Toolbox) -> Iterator[Entry]:
    """Yield what the index is told of each record."""
    for record in records:
        yield Entry(record=record, text=masked_text(record, kit))


def masked_text(record: Record, kit: Toolbox) -> str:
    """Return the record's text with personal numbers masked, or "" if it has none."""
    file = record.file(Role.TEXT)
    if file is None:
        return ""
    data = read_bytes(kit.store, file.key)
    if file.encrypted:
        data = kit.keys.decrypt(record.record_id, data, context=Role.TEXT)
    return _PERSONAL_NUMBER.sub(lambda number: mask(number[0]), data.decode())
