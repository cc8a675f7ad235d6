"""Review: a person settles what is doubtful. What a person confirmed is never overwritten by a machine."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ocr.fields.doctypes import DocumentTypeSpec, FieldSpec, load_types
from sohoa.document_types import type_code
from sohoa.errors import NotAllowed
from sohoa.steps.describe import PERSONAL_OWNER_FIELD, shown_value
from sohoa.steps.divide import refuse_divided
from sohoa.steps.document import carry_on
from sohoa.steps.keep import (
    Standing,
    evidence_of,
    keep,
    longer,
    newest,
    next_version,
    open_private,
    owner_columns,
    retention_of,
    seal_private,
)
from sohoa.steps.stage import leased
from sohoa.steps.standing import standing_of
from sohoa.toolbox import Toolbox
from storage.records import DocumentType, FieldValue, Record, State

LIST_FIELDS = ("recipients", "addressee", "signing_capacity")
DOCUMENT_TYPE, DOCUMENT_NUMBER, SECRECY = "document_type", "document_number", "secrecy"
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

Typed = Mapping[str, str | tuple[str, ...] | None]
"""Field -> what the person typed, in the form records keep it; None: the paper does not have it."""


def confirm(record_id: str, settled: Mapping[str, str], kit: Toolbox) -> Record:
    """Take a person's decisions on a record in review and carry it through its remaining steps.

    `settled` are field values the person typed; every other doubtful field is confirmed as it stands, every finding
    that blocks the seal is accepted. An empty value says that the paper does not have the field. A document type that
    was corrected decides which fields there are. A secrecy mark that the person saw sets the paper aside. When a
    worker has the paper just now, the record is returned pending and the worker goes on with it.

    Raises:
        NotAllowed: the record is not in review, a field is unknown or ill-formed, or a required one is still missing.
        Errors with remedy retry or repair: the decisions are kept; the record waits for the seal or the index.
    """
    record = _in_review(record_id, kit)
    spec = _type_of(record, settled)
    typed = {name: _checked(value, _spec(name, spec)) for name, value in settled.items()}
    if DOCUMENT_TYPE in typed:
        typed[DOCUMENT_TYPE] = spec.name
    names = ", ".join(sorted(typed))
    if typed.get(SECRECY):
        return _set_aside(record, "secret_paper", "secrecy_mark", kit)
    _refuse_gaps(record, typed, spec)
    changes = _decisions(record, typed, spec, kit)
    decided = next_version(record, kit, "reviewed", **changes, detail={"set": names, "by": kit.settings.user})
    kit.audit.note("confirmed", record_id=record.record_id, fields=names)
    return _go_on(keep(decided, kit), kit)


def reject(record_id: str, why: str, kit: Toolbox) -> Record:
    """Set a record in review aside with a person's reason; nothing of it is destroyed.

    Raises:
        NotAllowed: the record is not in review, or no reason is given.
    """
    if not why.strip():
        raise NotAllowed("a rejection names its reason", vi="phải ghi lý do từ chối")
    return _set_aside(_in_review(record_id, kit), "rejected", why.strip(), kit)


def _set_aside(record: Record, code: str, why: str, kit: Toolbox) -> Record:
    aside = next_version(
        record, kit, "rejected", state=State.QUARANTINED, waiting_for=None, detail={"code": code, "reason": why}
    )
    kit.audit.note("rejected", record_id=record.record_id, code=code, reason=why)
    return _go_on(keep(aside, kit), kit)


def _in_review(record_id: str, kit: Toolbox) -> Record:
    record = _caught_up(kit.catalog.resolve(record_id), kit)
    if record.state is not State.REVIEW:
        raise NotAllowed(
            f"{record.record_id} is not in review, it is {record.state}",
            vi=f"hồ sơ {record.record_id} không chờ kiểm tra. Xem hồ sơ đang ở đâu: sohoa show {record.record_id[:8]}",
        )
    return record


def _caught_up(record_id: str, kit: Toolbox) -> Record:
    """Return the record as the store has it; a decision that was kept by a call killed right after is carried on."""
    record = newest(record_id, kit)
    refuse_divided(record)
    if record.state is not State.REVIEW and kit.ledger.document(record_id).state is State.REVIEW:
        return _go_on(record, kit)
    return record


def _go_on(record: Record, kit: Toolbox) -> Record:
    """Tell the ledger, and do what is left, unless a worker has the paper: then that one does it."""
    with leased(kit, kit.ledger.document(record.record_id).paper_id) as lease:
        standing = standing_of(record)
        if standing.state is State.KEPT:
            standing = Standing(state=State.PENDING, waiting_for="index")
        kit.ledger.set_document(
            record.record_id, state=standing.state, waiting_for=standing.waiting_for, reason=standing.reason
        )
        return record if lease is None else carry_on(record, kit)


def _decisions(record: Record, typed: Typed, spec: DocumentTypeSpec, kit: Toolbox) -> dict[str, object]:
    """Return what the next version changes."""
    doubted = {n: f for n, f in record.fields.items() if n in typed or n in spec.fields or f.value is not None}
    fields = {name: _settled(name, field, typed, kit) for name, field in doubted.items()}
    for name in typed.keys() - record.fields.keys():
        new = FieldValue(value=None, confidence=0.0, personal=_spec(name, spec).personal)
        fields[name] = _settled(name, new, typed, kit)
    private = _private(record, typed, fields, kit)
    issued = fields.get("issued_date")
    retention = retention_of(spec.code, issued.value if issued else None, kit)
    changes: dict[str, object] = {
        "fields": fields,
        "document_type": DocumentType(code=spec.code, name=spec.name, confidence=1.0),
        "accepted": tuple(sorted({*record.accepted, *(f.code for f in record.findings if f.blocks_seal)})),
        "state": State.KEPT if record.seals else State.PENDING,
        "waiting_for": None if record.seals else "seal",
        "evidence_level": evidence_of(record) if record.seals else record.evidence_level,
        "retention": longer(record.retention, retention),
    }
    if record.private or private["fields"]:
        changes |= owner_columns(private.get("owner"), kit)
        changes["private"] = seal_private(record.record_id, private, kit)
    return changes


def _private(record: Record, typed: Typed, fields: Mapping[str, FieldValue], kit: Toolbox) -> dict[str, Any]:
    """Return the private part with the numbers as the person left them, and the owner they name.

    An owner the operator named stays; one that was only read follows the number it was read from.
    """
    private = open_private(record, kit)
    for name, value in typed.items():
        private["fields"].pop(name, None)
        if isinstance(value, str) and shown_value(value, personal=fields[name].personal) != value:
            private["fields"][name] = value
    named = kit.ledger.paper(kit.ledger.document(record.record_id).paper_id).owner_index
    if named is None and PERSONAL_OWNER_FIELD in typed:
        private.pop("owner", None)
        if number := typed[PERSONAL_OWNER_FIELD]:
            private["owner"] = [PERSONAL_OWNER_FIELD, number]
    return private


def _settled(name: str, field: FieldValue, typed: Typed, kit: Toolbox) -> FieldValue:
    """Return the field as the person left it; one that was neither doubtful nor touched stays the machine's."""
    if name not in typed and not field.needs_review:
        return field
    value = field.value
    if name in typed:
        value = shown_value(typed[name], personal=field.personal)
    return replace(field, value=value, confidence=1.0, needs_review=False, confirmed_by=kit.settings.user)


def _refuse_gaps(record: Record, typed: Typed, spec: DocumentTypeSpec) -> None:
    """Refuse while a required field is without a value that nobody said the paper lacks."""
    absent = FieldValue(value=None, confidence=0.0)
    open_now = {n: f for n, f in record.fields.items() if f.needs_review}
    if spec.code != record.document_type.code:
        open_now = {n: record.fields.get(n, absent) for n, field in spec.fields.items() if field.required}
    gaps = [name for name, field in open_now.items() if field.value is None and name not in typed]
    if gaps:
        missing = " ".join(f"--set {name}=…" for name in gaps)
        raise NotAllowed(f"settle what is missing: {missing}", vi=f"còn thiếu, hãy điền: {missing}")


def _type_of(record: Record, settled: Mapping[str, str]) -> DocumentTypeSpec:
    """Return the record's type, or the one the person says it is, by code or Vietnamese name."""
    named = settled.get(DOCUMENT_TYPE, "").strip()
    return load_types()[type_code(named or record.document_type.code)]


def _checked(value: str, spec: FieldSpec) -> str | tuple[str, ...] | None:
    """Return the typed value in the form records keep it: NFC."""
    name, value = spec.name, unicodedata.normalize("NFC", value.strip())
    if not value:
        return None
    if name in LIST_FIELDS:
        return tuple(part.strip() for part in value.split(";") if part.strip())
    if spec.kind == "date" or name.endswith("_date") or name.startswith("date_"):
        return _iso_date(name, value)
    if name == DOCUMENT_NUMBER and not any(map(str.isdigit, value)):
        raise NotAllowed(
            f"{name}: {value!r} has no number; write 145/QĐ-UBND, or nothing if the paper has none",
            vi=f"«{value}» không có số ({name}); hãy viết như 145/QĐ-UBND, hoặc để trống nếu giấy không có số",
        )
    if spec.pattern and not re.fullmatch(spec.pattern, value):
        raise NotAllowed(
            f"{name}: {value!r} does not look like {spec.label}", vi=f"«{value}» không giống {spec.label} ({name})"
        )
    return value


def _spec(name: str, kind: DocumentTypeSpec) -> FieldSpec:
    """Return what the type says of the field; a field it does not know cannot be set, but for the type itself."""
    if name in kind.fields:
        return kind.fields[name]
    if name == DOCUMENT_TYPE:
        return FieldSpec(name=name, label=name)
    known = ", ".join(sorted(kind.fields))
    raise NotAllowed(
        f"{kind.name} has no field {name!r}; it has {known}", vi=f"{kind.name} không có trường «{name}»; có {known}"
    )


def _iso_date(name: str, value: str) -> str:
    match = _DAY_FIRST.fullmatch(value)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise NotAllowed(
            f"{name}: {value!r} is no date; write 2025-02-04 or 04/02/2025",
            vi=f"«{value}» không phải ngày tháng ({name}); hãy viết 04/02/2025",
        ) from None
