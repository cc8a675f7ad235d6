"""Review: a person settles what is doubtful. What a person confirmed is never overwritten by a machine."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ocr.fields.doctypes import FieldSpec, load_types
from sohoa.errors import NotAllowed
from sohoa.messages import reason
from sohoa.steps.describe import mask
from sohoa.steps.document import carry_on, waits_for_other_form
from sohoa.steps.keep import evidence_of, keep, next_version, open_private, owner_columns, seal_private
from sohoa.toolbox import Toolbox
from storage.records import DocumentType, FieldValue, Record, State

LIST_FIELDS = ("recipients", "addressee", "signing_capacity")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def confirm(record_id: str, settled: Mapping[str, str], kit: Toolbox) -> Record:
    """Take a person's decisions on a record in review and carry it through its remaining steps.

    `settled` are field values the person typed; every other doubtful field is confirmed as it stands, every finding
    that blocks the seal is accepted. An empty value says that the paper does not have the field.

    Raises:
        NotAllowed: the record is not in review, a field is unknown or ill-formed, or a required one is still missing.
        Errors with remedy retry or repair: the decisions are kept; the record waits for the seal or the index.
    """
    record = _in_review(record_id, kit)
    typed = {name: _checked(name, value, record) for name, value in settled.items()}
    _refuse_gaps(record, typed)
    decided = next_version(
        record,
        kit,
        "reviewed",
        **_decisions(record, typed, kit),
        detail={"set": ", ".join(sorted(typed)), "by": kit.settings.user},
    )
    kit.audit.note("confirmed", record_id=record.record_id, fields=", ".join(sorted(typed)))
    decided = keep(decided, kit)
    if decided.state is State.PENDING:
        why = reason("is_a_copy", remedy="resubmit", mark="sao") if waits_for_other_form(decided) else None
        kit.ledger.set_document(record.record_id, state=State.PENDING, waiting_for="seal", reason=why)
    return carry_on(decided, kit)


def reject(record_id: str, why: str, kit: Toolbox) -> Record:
    """Set a record in review aside with a person's reason; nothing of it is destroyed.

    Raises:
        NotAllowed: the record is not in review.
    """
    record = _in_review(record_id, kit)
    rejected = next_version(record, kit, "rejected", state=State.QUARANTINED, waiting_for=None, detail={"reason": why})
    kit.audit.note("rejected", record_id=record.record_id, reason=why)
    keep(rejected, kit)
    said = reason("rejected", remedy="resubmit", reason=why)
    kit.ledger.set_document(record.record_id, state=State.QUARANTINED, reason=said)
    return rejected


def _in_review(record_id: str, kit: Toolbox) -> Record:
    record = kit.catalog.get(kit.catalog.resolve(record_id))
    if record.state is not State.REVIEW:
        raise NotAllowed(f"{record.record_id} is not in review, it is {record.state}")
    return record


def _decisions(record: Record, typed: Mapping[str, str | tuple[str, ...] | None], kit: Toolbox) -> dict[str, object]:
    """Return what the next version changes."""
    fields = {name: _settled(name, field, typed, kit) for name, field in record.fields.items()}
    for name in typed.keys() - record.fields.keys():
        fields[name] = FieldValue(value=None, confidence=0.0, personal=_spec(name, record).personal)
        fields[name] = _settled(name, fields[name], typed, kit)
    private = open_private(record, kit)
    private["fields"] |= {name: value for name, value in typed.items() if value and fields[name].personal}
    changes: dict[str, object] = {
        "fields": fields,
        "document_type": _document_type(record, typed),
        "accepted": tuple(sorted({*record.accepted, *(f.code for f in record.findings if f.blocks_seal)})),
        "state": State.KEPT if record.seals else State.PENDING,
        "waiting_for": None if record.seals else "seal",
        "evidence_level": evidence_of(record) if record.seals else record.evidence_level,
    }
    if private["fields"] or "owner" in private:
        if "owner" not in private and private["fields"].get("personal_id"):
            private["owner"] = ["personal_id", private["fields"]["personal_id"]]
        changes |= owner_columns(private.get("owner"), kit)
        changes["private"] = seal_private(record.record_id, private, kit)
    return changes


def _settled(
    name: str, field: FieldValue, typed: Mapping[str, str | tuple[str, ...] | None], kit: Toolbox
) -> FieldValue:
    """Return the field as the person left it; one that was neither doubtful nor touched stays the machine's."""
    if name not in typed and not field.needs_review:
        return field
    value = typed.get(name, field.value)
    if name in typed and field.personal and isinstance(value, str):
        value = mask(value)
    return replace(field, value=value, confidence=1.0, needs_review=False, confirmed_by=kit.settings.user)


def _refuse_gaps(record: Record, typed: Mapping[str, object]) -> None:
    gaps = [name for name, f in record.fields.items() if f.needs_review and f.value is None and name not in typed]
    if gaps:
        raise NotAllowed(f"settle what is missing: {' '.join(f'--set {name}=…' for name in gaps)}")


def _document_type(record: Record, typed: Mapping[str, str | tuple[str, ...] | None]) -> DocumentType:
    """Return the type; a person may correct it by its Vietnamese name."""
    name = typed.get("document_type")
    if not isinstance(name, str):
        return replace(record.document_type, confidence=1.0)
    found = next((spec for spec in load_types().values() if spec.name.casefold() == name.casefold()), None)
    if found is None:
        raise NotAllowed(f"there is no document type {name!r}")
    return DocumentType(code=found.code, name=found.name, confidence=1.0)


def _checked(name: str, value: str, record: Record) -> str | tuple[str, ...] | None:
    """Return the typed value in the form records keep it."""
    spec = _spec(name, record)
    value = value.strip()
    if not value:
        return None
    if name in LIST_FIELDS:
        return tuple(part.strip() for part in value.split(";") if part.strip())
    if spec.kind == "date" or name.endswith("_date") or name.startswith("date_"):
        return _iso_date(name, value)
    if spec.pattern and not re.fullmatch(spec.pattern, value):
        raise NotAllowed(f"{name}: {value!r} does not look like {spec.label}")
    return value


def _spec(name: str, record: Record) -> FieldSpec:
    """Return what the record's type says of the field; a field it does not know cannot be set."""
    types = load_types()
    spec = types.get(record.document_type.code)
    fields = spec.fields if spec else {}
    if name not in fields:
        raise NotAllowed(f"{record.document_type.name} has no field {name!r}; it has {', '.join(sorted(fields))}")
    return fields[name]


def _iso_date(name: str, value: str) -> str:
    match = _DAY_FIRST.fullmatch(value)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise NotAllowed(f"{name}: {value!r} is no date; write 2025-02-04 or 04/02/2025") from None
