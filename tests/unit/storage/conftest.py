"""A record to start from, and records of all shapes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.records import DocumentType, FieldValue, Record, Role, Source, State, StoredFile

SHA = "ab" * 32
AT = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


def a_record(**changes: Any) -> Record:
    record = Record(
        record_id="0a1b2c3d4e5f6g7h8j9k",
        version=1,
        previous_sha256=None,
        state=State.KEPT,
        document_type=DocumentType(code="QĐ", name="Quyết định"),
        fields={
            "document_number": FieldValue(value="575/QĐ-UBND", confidence=0.97, page=1, box=(1, 2, 3, 4), raw="575"),
            "issuing_authority": FieldValue(value="Ủy ban nhân dân tỉnh Đồng Tháp", confidence=0.9),
            "issued_date": FieldValue(value="2025-03-01", confidence=1.0, confirmed_by="lan"),
            "recipients": FieldValue(value=("Như trên", "Lưu: VT"), confidence=0.8),
        },
        files=(
            StoredFile(
                role=Role.MASTER,
                name="a.pdf",
                media_type="application/pdf",
                bytes=3,
                sha256=SHA,
                key=f"blobs/ab/ab/{SHA}",
            ),
        ),
        source=Source(batch="HOP-1", name="a.pdf", sha256=SHA, first_page=1, last_page=2),
        created_at=AT,
        received_at=AT,
        page_count=2,
        evidence_level=4,
    )
    return replace(record, **changes)


@pytest.fixture
def make_record() -> Callable[..., Record]:
    """Return a builder of records: a sound one, with the given fields changed."""
    return a_record
