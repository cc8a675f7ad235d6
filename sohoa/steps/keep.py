"""Keep: make the record's first version out of all that the steps found, and put it under retention.

The only module that lays out a record in the store: its files, its versions, its private part.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from ocr.fields.doctypes import load_types
from sohoa.masking import mask
from sohoa.steps.access import Shown, access_files, title_from
from sohoa.steps.describe import Description
from sohoa.toolbox import Toolbox
from storage.ledger import Document, Paper
from storage.objects import blob_key, put_bytes
from storage.packages import newest_version, version_sha256, write_version
from storage.records import Event, FieldValue, Finding, Record, Retention, Role, Seal, Source, State, StoredFile
from storage.retention import is_later, retain_at_least

MEDIA_TYPES = {"pdf": "application/pdf", "tiff": "image/tiff", "jpeg": "image/jpeg", "png": "image/png"}

OWN_DOSSIER_ONLY = 5
SEALED_BY_AGENCY = 4
CERTIFIED_COPY = 3
BORN_DIGITAL_SIGNED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The legal copy as it stands: its bytes, its seals, and what the steps that made it found."""

    sha256: str
    bytes: int
    seals: tuple[Seal, ...] = ()
    findings: tuple[Finding, ...] = ()
    arrived_signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is filed beside master and legal copy."""

    text: str
    """Pages parted by a form feed."""
    report: Mapping[str, Any]
    kind: str
    """pdf, tiff, jpeg or png: of the master."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the document stands when it is filed."""

    state: State
    waiting_for: str | None = None
    reason: dict[str, Any] | None = None


def first_record(
    document: Document,
    paper: Paper,
    source: Source,
    about: Description,
    copy: Copy,
    contents: Contents,
    standing: Standing,
    kit: Toolbox,
) -> Record:
    """Return version 1 of the document's record, unwritten; the bytes of its files are in the store."""
    record_id = document.id
    access, without_access = access_files(_shown(record_id, paper, about, copy, contents), kit)
    findings = (*about.findings, *duplicates(about, record_id, kit), *without_access)
    issued = about.fields.get("issued_date")
    return Record(
        record_id=record_id,
        version=1,
        previous_sha256=None,
        state=standing.state,
        document_type=about.document_type,
        fields=about.fields,
        files=(
            _master(paper, contents.kind),
            legal_file(record_id, copy),
            *access,
            *encrypted_contents(record_id, contents, kit),
        ),
        source=source,
        created_at=kit.clock(),
        received_at=paper.received_at,
        page_count=document.last_page - document.first_page + 1,
        evidence_level=evidence(copy, standing.state, copy_mark=_copy_mark(about.fields)),
        waiting_for=standing.waiting_for,
        seals=copy.seals,
        findings=findings,
        history=(
            Event(at=paper.received_at.isoformat(), what="received", who=kit.settings.user),
            *_sealed(copy, kit),
            Event(at=kit.clock().isoformat(), what="kept", who=kit.settings.user, detail={"state": standing.state}),
        ),
        retention=retention_of(about.document_type.code, issued.value if issued else None, kit),
        **owner_part(record_id, about, kit),
    )


def _shown(record_id: str, paper: Paper, about: Description, copy: Copy, contents: Contents) -> Shown:
    return Shown(
        record_id=record_id,
        legal_sha256=copy.sha256,
        arrived_signed=copy.arrived_signed,
        pages=contents.report["pages"],
        title=title_from(about.document_type, about.fields),
        created=paper.received_at,
    )


def keep(record: Record, kit: Toolbox) -> Record:
    """Write one version: under retention in the store, newest in the catalogue. Safe to repeat.

    Raises:
        ObjectConflict: another worker wrote this version otherwise, and it stands.
    """
    stored = write_version(kit.store, record)
    until = record.retention.until if record.retention else None
    limit = date.fromisoformat(until) if until else None
    for key in (stored.key, *(file.key for file in record.files)):
        retain_at_least(kit.retention, key, limit)
    kit.catalog.put(record, stored.sha256)
    return record


def newest(record_id: str, kit: Toolbox) -> Record:
    """Return the record as the store has it, and let the catalogue know what a killed process could not tell it.

    Raises:
        UnknownRecord: the store has no version of it.
    """
    record = newest_version(kit.store, record_id)
    shown = kit.catalog.version_of(record_id)
    return record if shown == record.version else keep(record, kit)


def next_version(record: Record, kit: Toolbox, what: str, /, **changes: Any) -> Record:
    """Return (unwritten) the version after this one, with a line of history that says what made it."""
    previous_sha256 = version_sha256(kit.store, record.record_id, record.version)
    detail = changes.pop("detail", {})
    event = Event(at=kit.clock().isoformat(), what=what, who=kit.settings.user, detail=detail)
    return replace(
        record,
        version=record.version + 1,
        previous_sha256=previous_sha256,
        created_at=kit.clock(),
        history=(*record.history, event),
        **changes,
    )


def with_file(record: Record, file: StoredFile) -> tuple[StoredFile, ...]:
    """Return the record's files with the one of the same role replaced."""
    return tuple(file if old.role is file.role else old for old in record.files)


def legal_file(record_id: str, copy: Copy) -> StoredFile:
    """Return the entry of the legal copy."""
    return StoredFile(
        role=Role.LEGAL,
        name=f"{record_id}.pdf",
        media_type=MEDIA_TYPES["pdf"],
        bytes=copy.bytes,
        sha256=copy.sha256,
        key=blob_key(copy.sha256),
    )


def evidence(copy: Copy, state: State, *, copy_mark: object = None) -> int:
    """Return the evidence level the copy reaches.

    2 signed at birth and trusted; 3 certified copy, signed and trusted; 4 sealed by the agency, or by another one as
    SAO Y: that is a copy, whoever signed it; else 5. `copy_mark` is what the paper says of itself, None: no copy.
    """
    if state is not State.KEPT:
        return OWN_DOSSIER_ONLY
    if copy.arrived_signed:
        trusted = bool(copy.seals) and all(seal.verdict == "valid" for seal in copy.seals)
        return _signed_level(copy_mark) if trusted else OWN_DOSSIER_ONLY
    return SEALED_BY_AGENCY if copy.seals else OWN_DOSSIER_ONLY


def _signed_level(copy_mark: object) -> int:
    if not copy_mark:
        return BORN_DIGITAL_SIGNED
    return CERTIFIED_COPY if copy_mark == "Chứng thực bản sao" else SEALED_BY_AGENCY


def evidence_of(record: Record) -> int:
    """Return the evidence level of a record whose legal copy arrived signed."""
    copy = Copy(sha256="", bytes=0, seals=record.seals, arrived_signed=True)
    return evidence(copy, State.KEPT, copy_mark=_copy_mark(record.fields))


def _copy_mark(fields: Mapping[str, FieldValue]) -> object:
    mark = fields.get("copy_mark")
    return mark.value if mark else None


def duplicates(about: Description, record_id: str, kit: Toolbox) -> list[Finding]:
    """Return a finding if other records bear the same number, symbol, issuer and year."""

    def text(name: str) -> str:
        field = about.fields.get(name)
        return field.value if field is not None and isinstance(field.value, str) else ""

    number, issuer, issued = text("document_number"), text("issuing_authority"), text("issued_date")
    if not (number and issuer and issued[:4].isdigit()):
        return []
    alike = kit.catalog.alike(number, issuer, int(issued[:4]), but=record_id)
    return [Finding(code="possible_duplicate", detail={"records": ", ".join(alike)})] if alike else []


def retention_of(type_code: str, issued_date: object, kit: Toolbox) -> Retention:
    """Return how long the record stays. Counted from the end of the year of issue. Source: Luật Lưu trữ Đ.15.3 (M)."""
    spec = load_types().get(type_code)
    years = spec.retention.years if spec else kit.settings.retention_years
    basis = f"{spec.retention.basis} ({spec.retention.mark})" if spec else "SOHOA_RETENTION_YEARS"
    if years is None:
        return Retention(until=None, basis=basis)
    stated = issued_date[:4] if isinstance(issued_date, str) else ""
    year = int(stated) if stated.isdigit() else kit.clock().year
    # A paper older than its period is not destroyed by being digitized: it stays at least a year from now.
    return Retention(until=date(max(year + years, kit.clock().year + 1), 12, 31).isoformat(), basis=basis)


def longer(one: Retention | None, other: Retention) -> Retention:
    """Return the retention that ends later: a correction may extend it, never shorten it."""
    if one is None:
        return other
    ends = [date.fromisoformat(each.until) if each.until else None for each in (one, other)]
    return other if is_later(ends[1], ends[0]) else one


def report_of(
    pages: Sequence[Any], signatures: Mapping[str, Any] | None, understood: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the machines saw, for the report file: readings, fields, the verdict on signatures that came along.

    Personal numbers stand in it as read: the file is encrypted.
    """
    return {
        "format": "sohoa-report/1",
        "pages": list(pages),
        "understood": dict(understood),
        "signatures": dict(signatures) if signatures is not None else None,
    }


def _master(paper: Paper, kind: str) -> StoredFile:
    return StoredFile(
        role=Role.MASTER,
        name=PurePosixPath(paper.source).name,
        media_type=MEDIA_TYPES[kind],
        bytes=paper.bytes,
        sha256=paper.sha256,
        key=blob_key(paper.sha256),
    )


def encrypted_contents(record_id: str, contents: Contents, kit: Toolbox) -> tuple[StoredFile, ...]:
    """Return the entries of text and report; their bytes are in the store."""
    return (
        _encrypted(record_id, Role.TEXT, "text/plain; charset=utf-8", contents.text.encode(), kit),
        _encrypted(record_id, Role.REPORT, "application/json", _json(contents.report), kit),
    )


def _encrypted(record_id: str, role: Role, media_type: str, plain: bytes, kit: Toolbox) -> StoredFile:
    """Keep a file that may hold personal numbers under the record's own key: destroying the key destroys it."""
    cipher = kit.keys.encrypt(record_id, plain, context=role)
    key = blob_key(hashlib.sha256(cipher).hexdigest())
    put_bytes(kit.store, key, cipher)
    suffix = "txt" if role is Role.TEXT else "json"
    return StoredFile(
        role=role,
        name=f"{record_id}.{suffix}",
        media_type=media_type,
        bytes=len(plain),
        sha256=hashlib.sha256(plain).hexdigest(),
        key=key,
        encrypted=True,
    )


def owner_part(record_id: str, about: Description, kit: Toolbox) -> dict[str, Any]:
    if about.owner is None and not about.private_fields:
        return {}
    private: dict[str, Any] = {"fields": dict(about.private_fields)}
    if about.owner is not None:
        private["owner"] = list(about.owner)
    return {**owner_columns(about.owner, kit), "private": seal_private(record_id, private, kit)}


def owner_columns(owner: Sequence[str] | None, kit: Toolbox) -> dict[str, str | None]:
    """Return what a record says of its owner without saying who it is."""
    if owner is None:
        return {"owner_type": None, "owner_index": None, "owner_masked": None}
    kind, number = owner
    return {"owner_type": kind, "owner_index": kit.keys.owner_index(kind, number), "owner_masked": mask(number)}


def seal_private(record_id: str, private: Mapping[str, Any], kit: Toolbox) -> str:
    """Return the record's private part, encrypted under its key, base64."""
    return base64.b64encode(kit.keys.encrypt(record_id, _json(private), context="private")).decode()


def open_private(record: Record, kit: Toolbox) -> dict[str, Any]:
    """Return {"owner": [type, number] or absent, "fields": {name: number}} in clear. The caller audits it.

    Raises:
        KeyMissing: the record's key was destroyed or is lost.
    """
    if record.private is None:
        return {"fields": {}}
    plain = kit.keys.decrypt(record.record_id, base64.b64decode(record.private), context="private")
    private: dict[str, Any] = json.loads(plain)
    return private


def _sealed(copy: Copy, kit: Toolbox) -> list[Event]:
    if not copy.seals or copy.arrived_signed:
        return []
    seal = copy.seals[-1]
    return [Event(at=kit.clock().isoformat(), what="sealed", who=seal.signer, detail={"profile": seal.profile})]


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
