"""Kept records as an index is told of them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from search.index import Entry
from storage.records import DocumentType, FieldValue, Record, Source, State


def kept_entry(
    record_id: str, document_type: DocumentType, fields: Mapping[str, str], text: str, *, name: str | None = None
) -> Entry:
    """Return a kept record of one page; `name` is that of its file, by default the identifier's."""
    now = datetime(2026, 1, 2, tzinfo=UTC)
    record = Record(
        record_id=record_id,
        version=1,
        previous_sha256=None,
        state=State.KEPT,
        document_type=document_type,
        fields={field: FieldValue(value=value, confidence=0.9) for field, value in fields.items()},
        files=(),
        source=Source(batch="b", name=name or f"{record_id}.pdf", sha256="0" * 64, first_page=1, last_page=1),
        created_at=now,
        received_at=now,
        page_count=1,
        evidence_level=4,
    )
    return Entry(record=record, text=text)
