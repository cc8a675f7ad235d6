"""Describe: from what was understood of a document to the fields, findings and private part of its record."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ocr.fields.result import FieldReading, Understood
from ocr.lines import PageReading
from sohoa.masking import mask, mask_numbers
from sohoa.missing import numbering_findings
from sohoa.twice import twice_findings
from storage.records import DocumentType, FieldValue, Finding

PERSONAL_OWNER_FIELD = "personal_id"
"""The field of a certificate that names the person it belongs to."""

Value = str | tuple[str, ...] | None

OWNER_SURE = 0.9
"""A number read with less confidence does not decide whose paper it is: a person settles it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a record says of its document, personal numbers apart."""

    document_type: DocumentType
    fields: Mapping[str, FieldValue]
    findings: tuple[Finding, ...]
    private_fields: Mapping[str, str]
    """Name of the field -> its value in clear, where that is or holds a personal number. Never written unencrypted."""
    owner: tuple[str, str] | None

    @property
    def open_fields(self) -> list[str]:
        """Names of the fields a person must settle."""
        return [name for name, value in self.fields.items() if value.needs_review]

    @property
    def blocking(self) -> list[str]:
        """Codes of the findings a person must accept before the seal."""
        return sorted({finding.code for finding in self.findings if finding.blocks_seal})


def describe(
    understood: Understood,
    pages: Iterable[PageReading],
    more: Iterable[Any] = (),
    *,
    owner: tuple[str, str] | None,
    stop_at_missing: bool = True,
) -> Description:
    """Return the record's description; pages are counted as they follow each other in the document.

    `pages` are the readings of the whole file, `more` findings of the steps after reading, with pages of the file.
    `stop_at_missing`: whether a page that is plainly missing waits for a person before the seal.
    """
    first = understood.first_page
    own = [page for page in pages if first <= page.page <= understood.last_page]
    found = [finding for page in own for finding in page.findings]
    among = [*numbering_findings(own, stop=stop_at_missing), *twice_findings(own)]
    numbers = {
        name: f.value
        for name, f in understood.fields.items()
        if isinstance(f.value, str) and shown_value(f.value, personal=f.personal) != f.value
    }
    holder = numbers.get(PERSONAL_OWNER_FIELD)
    return Description(
        document_type=DocumentType(
            code=understood.type_code, name=understood.type_name, confidence=understood.type_confidence
        ),
        fields={name: _field(value, first, owned=owner is not None) for name, value in understood.fields.items()},
        findings=tuple(_finding(finding, first) for finding in unique([*found, *understood.findings, *among, *more])),
        private_fields=numbers,
        owner=owner or (("personal_id", holder) if holder else None),
    )


def unique(findings: Iterable[Any]) -> list[Any]:
    """Return the findings without repeats, in order: two steps may see the same thing."""
    seen: dict[tuple[str, int | None, str], Any] = {}
    for finding in findings:
        seen.setdefault((finding.code, finding.page, json.dumps(dict(finding.detail), sort_keys=True)), finding)
    return list(seen.values())


def shown_value(value: Value, *, personal: bool) -> Value:
    """Return a field's value as it may stand in clear: personal numbers masked, wherever they are printed."""
    if isinstance(value, str):
        return mask(value) if personal else mask_numbers(value)
    return value if value is None else tuple(map(mask_numbers, value))


def _field(reading: FieldReading, first: int, *, owned: bool) -> FieldValue:
    """Return the field as the record keeps it; `owned` says that the operator named the owner."""
    decides = reading.name == PERSONAL_OWNER_FIELD and bool(reading.value) and not owned
    return FieldValue(
        value=shown_value(reading.value, personal=reading.personal),
        confidence=reading.confidence,
        page=None if reading.page is None else reading.page - first + 1,
        box=reading.box,
        raw="" if reading.personal else mask_numbers(reading.raw),
        needs_review=reading.needs_review or (decides and reading.confidence < OWNER_SURE),
        personal=reading.personal,
    )


def _finding(finding: Any, first: int) -> Finding:
    """Return a finding of another package in the record's words."""
    page = None if finding.page is None else finding.page - first + 1
    return Finding(code=finding.code, page=page, blocks_seal=finding.blocks_seal, detail=dict(finding.detail))
