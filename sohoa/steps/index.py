"""Index: make a kept record findable. The index is a view: what it lacks is put in again from the store."""

from collections.abc import Iterable, Iterator

from search.index import Entry
from sohoa.masking import mask_numbers
from sohoa.toolbox import Toolbox
from storage.objects import read_bytes
from storage.records import Record, Role, State

FINDABLE = (State.KEPT, State.SUPERSEDED, State.REVOKED)


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
    return mask_numbers(data.decode())
