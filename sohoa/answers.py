"""The JSON shapes of the command-line contract: more keys may be added, none renamed."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from search.index import Hits
from sohoa.messages import words
from sohoa.morning import PACE_WINDOW, groups, pace, pages_left, totals
from sohoa.steps.divide import was_divided
from sohoa.steps.receive import already_held
from sohoa.toolbox import Toolbox
from storage.ledger import Document, Paper
from storage.objects import read_bytes
from storage.packages import record_key
from storage.reconcile import reconcile
from storage.records import FieldValue, Finding, Record, Role, State, StoredFile


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding with its words."""
    detail = dict(finding.detail)
    said = words(finding.code, {"page": str(finding.page or ""), **detail}, fallback=detail.get("en", ""))
    return {
        "code": finding.code,
        "page": finding.page,
        "blocks_seal": finding.blocks_seal,
        "message": detail.get("vi") or said.vi,
        "message_en": detail.get("en") or said.en,
        "detail": detail,
    }


def field_json(field: FieldValue) -> dict[str, Any]:
    """Return a field with its provenance."""
    return {
        "value": list(field.value) if isinstance(field.value, tuple) else field.value,
        "confidence": round(field.confidence, 4),
        "page": field.page,
        "box": list(field.box) if field.box else None,
        "raw": field.raw,
        "needs_review": field.needs_review,
        "confirmed_by": field.confirmed_by,
    }


def record_json(record: Record, kit: Toolbox) -> dict[str, Any]:
    """Return the contract's object of `show`; personal numbers stay masked."""
    return {
        "record_id": record.record_id,
        "version": record.version,
        "state": str(record.state),
        "waiting_for": record.waiting_for,
        "document_type": {
            "code": record.document_type.code,
            "name": record.document_type.name,
            "confidence": round(record.document_type.confidence, 4),
        },
        "fields": {name: field_json(field) for name, field in record.fields.items()},
        "files": [
            {"role": str(f.role), "name": f.name, "media_type": f.media_type, "bytes": f.bytes, "sha256": f.sha256}
            for f in (*record.files, record_file(record, kit))
        ],
        "seals": [
            {
                "profile": seal.profile,
                "signer": seal.signer,
                "signed_at": seal.signed_at,
                "verdict": seal.verdict,
                "test_authority": seal.test_authority,
            }
            for seal in record.seals
        ],
        "findings": [finding_json(finding) for finding in record.findings],
        "accepted": list(record.accepted),
        "history": [{"at": e.at, "what": e.what, "who": e.who, "detail": dict(e.detail)} for e in record.history],
        "source": {
            "name": record.source.name,
            "sha256": record.source.sha256,
            "pages": [record.source.first_page, record.source.last_page],
            "dossier": record.source.dossier,
            "procedure": record.source.procedure,
            "received_at": record.received_at.isoformat(),
        },
        "batch": record.source.batch,
        "owner": {"type": record.owner_type, "id": record.owner_masked} if record.owner_type else None,
        "evidence_level": record.evidence_level,
        "valid_until": record.valid_until,
        "superseded_by": record.superseded_by,
        "page_count": record.page_count,
        "retention": {"until": record.retention.until, "basis": record.retention.basis} if record.retention else None,
        "reuses": [
            {"dossier": use.dossier, "purpose": use.purpose, "who": use.who, "at": use.at.isoformat()}
            for use in kit.catalog.reuses(record.record_id)
        ],
    }


def record_file(record: Record, kit: Toolbox) -> StoredFile:
    """Return the entry of record.json itself, which cannot stand in it."""
    key = record_key(record.record_id, record.version)
    data = read_bytes(kit.store, key)
    return StoredFile(
        role=Role.RECORD,
        name="record.json",
        media_type="application/json",
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        key=key,
    )


def batch_answer(
    batch: str, kit: Toolbox, papers: Sequence[Paper] | None = None, *, known: Collection[str] = ()
) -> dict[str, Any]:
    """Return the contract's object of `ingest`: every paper, document by document.

    `known` are papers that were through before this call: what is kept of them is answered as held.
    """
    _, received, documents = kit.ledger.contents(batch)
    papers = received if papers is None else papers
    rows: list[dict[str, Any]] = []
    held = [paper.sha256 for paper in papers if paper.state is State.HELD and not documents.get(paper.id)]
    kept = kit.catalog.by_masters(held)
    for paper in papers:
        made = _rows(paper, documents.get(paper.id, ()), kept.get(paper.sha256, ()))
        rows += [_as_held(row) for row in made] if paper.id in known else made
    return {"batch": batch, "documents": rows, "counts": dict(Counter(row["state"] for row in rows))}


def _rows(paper: Paper, documents: Sequence[Document], kept: Sequence[Record]) -> list[dict[str, Any]]:
    """Return a row for each document of the paper, or one for the paper; for a held one a row for each record."""
    if documents:
        return [_document_row(paper, document) for document in documents]
    row = _paper_row(paper)
    standing = [record for record in kept if not was_divided(record)]
    pages = sorted((r.source.first_page, r.source.last_page, r.record_id) for r in standing)
    return [{**row, "pages": [first, last], "record_id": one} for first, last, one in pages] or [row]


def _document_row(paper: Paper, document: Document) -> dict[str, Any]:
    return {
        "source": paper.source,
        "pages": [document.first_page, document.last_page],
        "sha256": paper.sha256,
        "record_id": document.id,
        "state": str(document.state),
        "waiting_for": document.waiting_for,
        "reason": document.reason,
        "seconds": round(document.seconds, 2),
    }


def _paper_row(paper: Paper) -> dict[str, Any]:
    return {
        "source": paper.source,
        "pages": [1, paper.pages] if paper.pages else None,
        "sha256": paper.sha256 or None,
        "record_id": None,
        "state": str(paper.state),
        "waiting_for": None,
        "reason": paper.reason,
        "seconds": 0.0,
    }


def _as_held(row: dict[str, Any]) -> dict[str, Any]:
    if row["state"] != State.KEPT:
        return row
    return {**row, "state": str(State.HELD), "reason": already_held([row["record_id"]])}


def status_answer(codes: Iterable[str], kit: Toolbox) -> dict[str, Any]:
    """Return the contract's object of `status`."""
    batches = [_batch_status(code, kit) for code in codes]
    return {"batches": batches, "totals": totals(batches)}


def _batch_status(code: str, kit: Toolbox) -> dict[str, Any]:
    batch, papers, documents = kit.ledger.contents(code)
    sums = reconcile(batch.expected_sheets, papers, documents)
    rows = [row for paper in papers for row in _rows(paper, documents.get(paper.id, ()), ())]
    waiting = (State.REVIEW, State.PENDING, State.WORKING)
    return {
        "batch": code,
        "state": batch.state,
        "folder": batch.folder,
        "expected": batch.expected_sheets,
        "received": sums.received_sheets,
        "accounted": sums.accounted_sheets,
        "counts": {str(state): number for state, number in sums.counts.items()},
        "waiting": [row for row in rows if row["state"] in waiting],
        "failed": [row for row in rows if row["state"] == State.FAILED],
        "quarantined": [row for row in rows if row["state"] == State.QUARANTINED],
        "groups": groups(rows),
        "pace": _pace(code, papers, kit),
    }


def _pace(code: str, papers: Sequence[Paper], kit: Toolbox) -> dict[str, Any] | None:
    """Return whether and how fast the batch is worked on; None where nothing is left to read."""
    if not any(paper.state is State.WORKING for paper in papers):
        return None
    now = kit.clock()
    left = pages_left(papers, kit.ledger.pages_read_of_open(code))
    if not kit.ledger.is_worked_on(code, now=now):
        return {"running": False, "pages_left": left, "pages_per_minute": None, "seconds_left": None}
    read = kit.ledger.pages_read_since(code, now - PACE_WINDOW)
    return {"running": True, "pages_left": left, **pace(*read, left)}


def search_answer(hits: Hits) -> dict[str, Any]:
    """Return the contract's object of `search`."""
    return {
        "total": hits.total,
        "approximate": hits.approximate,
        "hits": [
            {
                "record_id": hit.record_id,
                "score": round(hit.score, 4),
                "state": str(hit.state),
                "document_type": {"code": hit.document_type.code, "name": hit.document_type.name},
                "fields": {
                    name: list(value) if isinstance(value, tuple) else value for name, value in hit.fields.items()
                },
                "highlights": list(hit.highlights),
            }
            for hit in hits.hits
        ],
        "facets": {name: dict(values) for name, values in hits.facets.items()},
    }


def sizes(records: Iterable[Record]) -> Mapping[str, int]:
    """Return bytes by role over the records; a master that holds several documents counts once."""
    seen: dict[tuple[Role, str], int] = {}
    for record in records:
        seen |= {(file.role, file.sha256): file.bytes for file in record.files}
    total: Counter[str] = Counter()
    for (role, _), size in seen.items():
        total[str(role)] += size
    return total
