"""The domain model: what a record is, in the words of the archive (hồ sơ, tài liệu lưu trữ).

Values only, standard library only. How they are kept is the business of storage/packages.py and
storage/catalog.py; `search` may import this module and nothing else of `storage`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the page turned upright by its rotation, origin top left."""


class State(StrEnum):
    """Where a document stands (trạng thái). The words of the command-line contract."""

    WORKING = "working"
    """Received, not yet taken through its steps."""
    KEPT = "kept"
    """Legal copy sealed, or received signed; stored; indexed."""
    REVIEW = "review"
    """Stored; a person must settle a field or accept a finding; sealed and indexed after."""
    PENDING = "pending"
    """Stored; waits for the seal, the index or the store."""
    HELD = "held"
    """The archive had these bytes already."""
    QUARANTINED = "quarantined"
    """Kept aside with a reason a person can act on."""
    FAILED = "failed"
    """A fault of ours or of a service after all retries; the paper is kept."""
    IGNORED = "ignored"
    """Not a paper: hidden files and the like."""
    SUPERSEDED = "superseded"
    """A later record stands in its place."""
    REVOKED = "revoked"
    """Declared void; never answered as held."""


class Role(StrEnum):
    """What a file of a record is for."""

    MASTER = "master"
    """The bytes as received, untouched (bản gốc số hóa); first the file it came in, then pages scanned again."""
    LEGAL = "legal"
    """PDF/A-2b with the scan's own image data, sealed when the record is kept."""
    ACCESS = "access"
    TEXT = "text"
    """What was read, UTF-8 NFC, pages parted by a form feed."""
    REPORT = "report"
    """JSON: lines with places and confidence, signature report, as machines saw the paper."""
    RECORD = "record"
    """record.json itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should know (phát hiện). Not an error."""

    code: str
    page: int | None = None
    """Page of the document, from 1; None when it concerns the whole document."""
    blocks_seal: bool = False
    """Whether the record is sealed only after a person accepted this finding."""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """One extracted field (trường thông tin) with its provenance."""

    value: str | tuple[str, ...] | None
    """NFC; dates ISO 8601; lists for recipients, addressees and signing capacities; None: looked for, not found.
    A personal number stands here masked; the number itself is in Record.private."""
    confidence: float
    """0 to 1, calibrated; 1.0 when a person confirmed it."""
    page: int | None = None
    """Page of the document, from 1."""
    box: Box | None = None
    raw: str = ""
    """The text as read, before any normalisation; empty for personal numbers."""
    needs_review: bool = False
    personal: bool = False
    confirmed_by: str | None = None
    """Account of the person who settled it; a machine never overwrites such a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """Loại văn bản, giấy tờ: code of NĐ 30/2020 PL III, `CV`, or the name of the type's YAML file."""

    code: str
    name: str
    """Vietnamese, as shown: "Quyết định"."""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of a record and where its bytes lie."""

    role: Role
    name: str
    media_type: str
    bytes: int
    sha256: str
    """Of the plain bytes, hex."""
    key: str
    """Key in the object store."""
    encrypted: bool = False
    """Whether the object holds the bytes encrypted under the record's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One signature on the legal copy, as it was found when the record version was made."""

    profile: str
    """"PAdES-B-LTA", "adbe.pkcs7.detached", ..."""
    signer: str
    signed_at: str
    """ISO 8601 with offset."""
    verdict: str
    test_authority: bool = False
    """Made by the test authority: no legal value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a record's history."""

    at: str
    """ISO 8601, UTC."""
    what: str
    """received, read, reviewed, sealed, kept, split, merged, rescanned, superseded, revoked, retention_extended."""
    who: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the record came from: one file of one batch, and which of its pages."""

    batch: str
    name: str
    """Path of the file relative to the folder that was taken in."""
    sha256: str
    first_page: int
    last_page: int
    pages: int | None = None
    """Of the file that belong to documents; None where it was not written down."""
    apart: int = 0
    """Pages of the file that belong to no document: separator sheets and their backs."""
    dossier: str | None = None
    procedure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """Where one page of a record comes from."""

    sha256: str
    """Of the master it is a page of."""
    page: int
    """In that file, from 1."""
    place: int
    """The page of the source's file it stands for: another one than `page` where it was scanned again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Thời hạn bảo quản: until when the record may not be destroyed. Only ever extended."""

    until: str | None
    """ISO date; None is permanent (vĩnh viễn)."""
    basis: str
    """The rule it follows, as configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One immutable version of a record (compare OCFL)."""

    record_id: str
    version: int
    """From 1."""
    previous_sha256: str | None
    """Of the record.json before this one; None for version 1."""
    state: State
    document_type: DocumentType
    fields: Mapping[str, FieldValue]
    files: tuple[StoredFile, ...]
    source: Source
    created_at: datetime
    """Of this version, UTC."""
    received_at: datetime
    page_count: int
    evidence_level: int
    """1 national database, 2 born-digital signed, 3 certified copy, 4 sealed by the agency, 5 own dossier only."""
    waiting_for: str | None = None
    seals: tuple[Seal, ...] = ()
    findings: tuple[Finding, ...] = ()
    accepted: tuple[str, ...] = ()
    """Codes of the findings a person accepted."""
    history: tuple[Event, ...] = ()
    retention: Retention | None = None
    owner_type: str | None = None
    """`personal_id` or `organization_id`."""
    owner_index: str | None = None
    """HMAC of the owner, hex: equal owners have equal values, nothing else can be learnt from it."""
    owner_masked: str | None = None
    private: str | None = None
    """Owner and personal numbers, encrypted under the record's key, base64; see storage/keys.py."""
    valid_until: str | None = None
    """ISO date after which the paper is stale; None: no end known."""
    superseded_by: str | None = None
    """Identifiers of the records in its place, parted by ", "."""
    pages: tuple[PageSource, ...] = ()
    """Of each page, in order; empty: those that `source` names, one after the other."""

    def file(self, role: Role) -> StoredFile | None:
        """Return the record's file of this role, or None."""
        return next((f for f in self.files if f.role is role), None)

    @property
    def open_things(self) -> tuple[str, ...]:
        """What a person must still settle: names of doubtful fields, then codes of findings nobody accepted."""
        doubtful = [name for name, field in self.fields.items() if field.needs_review]
        blocking = {finding.code for finding in self.findings if finding.blocks_seal} - set(self.accepted)
        return (*doubtful, *sorted(blocking))
