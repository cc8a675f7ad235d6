"""What must hold of every record, beyond the types of its fields. Pure."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain

from storage.errors import BadKey
from storage.objects import check_key
from storage.records import Record, StoredFile

_RECORD_ID = re.compile(r"[0-9a-z][0-9a-z-]{3,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_record_id(text: str) -> bool:
    """Whether the text could be a record's identifier: 4 to 64 lower-case letters, digits and dashes, portable."""
    return _RECORD_ID.fullmatch(text) is not None


def broken_rule(record: Record) -> str | None:
    """Return the first rule that the record breaks, in words; None when it keeps them all."""
    return next(chain(_of_version(record), _of_content(record), *map(_of_file, record.files)), None)


def _of_version(record: Record) -> Iterator[str]:
    if not is_record_id(record.record_id):
        yield "record_id: not an identifier"
    if record.version < 1:
        yield "version: counts from 1"
    if (record.version == 1) != (record.previous_sha256 is None):
        yield "previous_sha256: every version but the first names its predecessor"
    if record.previous_sha256 is not None and not _SHA256.fullmatch(record.previous_sha256):
        yield "previous_sha256: not a SHA-256"
    if record.created_at.tzinfo is None or record.received_at.tzinfo is None:
        yield "created_at, received_at: a time without its zone"


def _of_content(record: Record) -> Iterator[str]:
    if record.page_count < 0:
        yield "page_count: negative"
    if not 1 <= record.evidence_level <= 5:
        yield "evidence_level: not 1 to 5"
    if not _SHA256.fullmatch(record.source.sha256):
        yield "source.sha256: not a SHA-256"
    if not 1 <= record.source.first_page <= record.source.last_page:
        yield "source: pages count from 1, the first not after the last"
    confidences = [record.document_type.confidence, *(value.confidence for value in record.fields.values())]
    if not all(0 <= confidence <= 1 for confidence in confidences):
        yield "confidence: not 0 to 1"
    pages = [value.page for value in record.fields.values()] + [finding.page for finding in record.findings]
    if any(page is not None and page < 1 for page in pages):
        yield "page: counts from 1"
    if not _is_date(record.valid_until):
        yield "valid_until: not an ISO date"
    if record.retention and not _is_date(record.retention.until):
        yield "retention.until: not an ISO date"


def _of_file(file: StoredFile) -> Iterator[str]:
    if not _SHA256.fullmatch(file.sha256):
        yield f"files.{file.role}.sha256: not a SHA-256"
    if file.bytes < 0:
        yield f"files.{file.role}.bytes: negative"
    try:
        check_key(file.key)
    except BadKey:
        yield f"files.{file.role}.key: not a key"


def _is_date(text: str | None) -> bool:
    try:
        return text is None or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
