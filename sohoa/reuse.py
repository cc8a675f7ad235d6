"""Reuse: do we already hold this paper, and may it be used again? Every use is written down.

Source: NQ 66.7/2025/NQ-CP Đ.2, 4; NĐ 224/2026/NĐ-CP Đ.18.4 (H). An answer says what the archive has; whether the
procedure may take it is the official's decision.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from sohoa.document_types import type_code
from sohoa.errors import NotAllowed
from sohoa.export import export, place_for, refuse_existing, write_new
from sohoa.local_time import VIETNAM
from sohoa.steps.keep import OWN_DOSSIER_ONLY, open_private
from sohoa.toolbox import Toolbox
from storage.catalog import ReuseEvent
from storage.packages import write_fact
from storage.records import Record, Role, State

TEST_AUTHORITY = "Kho đang dùng cơ quan thử nghiệm: câu trả lời không có giá trị pháp lý."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says about one needed paper (trả lời tra cứu)."""

    need: str
    answer: str
    """held, stale or not_held."""
    why: str
    record: Record | None = None


def lookup(owner: tuple[str, str], needs: Sequence[str], *, procedure: str | None, kit: Toolbox) -> list[Answer]:
    """Return one answer a needed paper; the look-up is written into the audit log.

    Raises:
        NotAllowed: a need names no document type.
    """
    codes = [type_code(need) for need in needs]
    index = kit.keys.owner_index(*owner)
    answers = []
    for need, code in zip(needs, codes, strict=True):
        answer = _answer(need, _records_of(index, code, kit), kit)
        if kit.signer_is_test:
            answer = replace(answer, why=f"{answer.why} {TEST_AUTHORITY}")
        kit.audit.note(
            "looked_up",
            record_id=answer.record.record_id if answer.record else None,
            owner_index=index[:16],
            need=code,
            procedure=procedure or "",
            answer=answer.answer,
        )
        answers.append(answer)
    return answers


def answer_json(owner: tuple[str, str], answers: Sequence[Answer], kit: Toolbox) -> dict[str, Any]:
    """Return the contract's object of `lookup`; personal numbers are handed out in clear, for prefilling the form."""
    return {
        "owner": {"type": owner[0], "id": owner[1]},
        "answers": [_answer_json(answer, kit) for answer in answers],
    }


def use(record_id: str, *, dossier: str, purpose: str, to: Path | None, kit: Toolbox) -> dict[str, Any]:
    """Write a use into the reuse ledger; with `to`, hand out the legal copy and the fields.

    Raises:
        NotAllowed: dossier or purpose is empty, the record may not be used for this dossier, or something stands where
            its files should go; nothing was written down.
    """
    dossier, purpose = dossier.strip(), purpose.strip()
    if not dossier or not purpose:
        raise NotAllowed("a use names its dossier and its purpose", vi="phải ghi mã hồ sơ và mục đích sử dụng")
    record = kit.catalog.get(kit.catalog.resolve(record_id))
    _refuse_unusable(record, dossier, kit)
    if to is not None:
        refuse_existing(_fields_beside(place_for(record, Role.LEGAL, to)))
    event = ReuseEvent(
        id=str(uuid4()),
        record_id=record.record_id,
        dossier=dossier,
        purpose=purpose,
        who=kit.settings.user,
        at=kit.clock(),
        files=("legal",) if to is not None else (),
    )
    body = {
        "id": event.id,
        "record_id": event.record_id,
        "dossier": dossier,
        "purpose": purpose,
        "who": event.who,
        "at": event.at.isoformat(),
        "files": list(event.files),
    }
    write_fact(kit.store, "reuse", event.id, body)
    kit.catalog.add_reuse(event)
    kit.audit.note("reused", record_id=record.record_id, dossier=dossier, purpose=purpose)
    fields = fields_in_clear(record, kit)
    written = _hand_out(record, fields, to, kit) if to is not None else []
    why = _level_words(record)
    return {
        "reuse": body,
        "fields": fields,
        "files": [str(path) for path in written],
        "why": f"{why} {TEST_AUTHORITY}" if kit.signer_is_test else why,
    }


def fields_in_clear(record: Record, kit: Toolbox) -> dict[str, Any]:
    """Return the record's values with its personal numbers. The caller audits it."""
    values = {name: list(f.value) if isinstance(f.value, tuple) else f.value for name, f in record.fields.items()}
    return {**values, **open_private(record, kit)["fields"]} if record.private else values


def _hand_out(record: Record, fields: dict[str, Any], to: Path, kit: Toolbox) -> list[Path]:
    copy = export(record, Role.LEGAL, to, kit)
    beside = _fields_beside(copy)
    told = json.dumps({"record_id": record.record_id, "fields": fields}, ensure_ascii=False, indent=1)
    write_new(beside, [told.encode()])
    return [copy, beside]


def _fields_beside(copy: Path) -> Path:
    return copy.with_suffix(".fields.json")


def _records_of(owner_index: str, code: str, kit: Toolbox) -> list[Record]:
    """Return the owner's records of this type: their own, and those whose very bytes were handed in for them again."""
    records = {record.record_id: record for record in kit.catalog.by_owner(owner_index, [code])}
    for paper in kit.ledger.papers_of(owner_index):
        if paper.state is State.HELD:
            again = (kit.catalog.get(record_id) for record_id in kit.catalog.by_master(paper.sha256))
            records |= {record.record_id: record for record in again if record.document_type.code == code}
    return list(records.values())


def _answer(need: str, records: Sequence[Record], kit: Toolbox) -> Answer:
    """Return the best answer the records allow: held before stale before not held."""
    today = _today(kit)
    usable = [r for r in records if r.state is State.KEPT and r.evidence_level < OWN_DOSSIER_ONLY]
    fresh = [r for r in usable if not _is_stale(r, today)]
    if fresh:
        best = min(fresh, key=lambda r: (r.evidence_level, -r.received_at.timestamp()))
        return Answer(need=need, answer="held", why=f"Có trong kho, còn giá trị. {_level_words(best)}", record=best)
    if usable:
        best = max(usable, key=lambda r: r.valid_until or "")
        return Answer(
            need=need, answer="stale", why=f"Có trong kho nhưng đã hết hạn ngày {_day(best.valid_until)}.", record=best
        )
    return Answer(need=need, answer="not_held", why=_why_not(records))


def _why_not(records: Sequence[Record]) -> str:
    if any(r.state is State.REVOKED for r in records):
        return "Giấy trong kho đã bị thu hồi."
    if any(r.state is State.SUPERSEDED for r in records):
        return "Giấy trong kho đã được thay thế."
    if any(r.state in (State.REVIEW, State.PENDING) for r in records):
        return "Đã nhận giấy này nhưng chưa kiểm tra hoặc chưa ký xong; chưa dùng lại được."
    if any(r.state is State.KEPT for r in records):
        return "Kho chỉ có bản quét dùng cho hồ sơ của chính nó."
    if any(r.state is State.QUARANTINED for r in records):
        return "Giấy đã nhận nhưng được để riêng, không dùng được."
    return "Kho chưa có giấy này."


def _today(kit: Toolbox) -> date:
    return kit.clock().astimezone(VIETNAM).date()


def _day(iso: str | None) -> str:
    return date.fromisoformat(iso).strftime("%d/%m/%Y") if iso else ""


def _is_stale(record: Record, today: date) -> bool:
    return record.valid_until is not None and date.fromisoformat(record.valid_until) < today


def _level_words(record: Record) -> str:
    return {
        1: "Dữ liệu từ cơ sở dữ liệu quốc gia.",
        2: "Văn bản điện tử được ký số khi ban hành.",
        3: "Bản sao điện tử có chứng thực.",
        4: "Bản số hóa có chữ ký số của cơ quan.",
    }.get(record.evidence_level, "Bản quét chỉ dùng cho hồ sơ của chính nó.")


def _refuse_unusable(record: Record, dossier: str, kit: Toolbox) -> None:
    record_id = record.record_id
    if record.state is not State.KEPT:
        raise NotAllowed(
            f"{record_id} may not be used: it is {record.state}",
            vi=f"hồ sơ {record_id} chưa dùng được: {_why_not([record])}",
        )
    if _is_stale(record, _today(kit)):
        raise NotAllowed(
            f"{record_id} may not be used: it expired on {record.valid_until}",
            vi=f"hồ sơ {record_id} đã hết hạn ngày {_day(record.valid_until)}",
        )
    if record.evidence_level >= OWN_DOSSIER_ONLY and dossier not in _own_dossiers(record, kit):
        raise NotAllowed(
            f"{record_id} is a scan that serves its own dossier only",
            vi=f"{record_id} là bản quét, chỉ dùng cho hồ sơ đã nộp nó",
        )


def _own_dossiers(record: Record, kit: Toolbox) -> set[str | None]:
    """Return the dossiers the paper was handed in for; the same bytes may have come with several."""
    return {record.source.dossier, *(paper.dossier for paper in kit.ledger.papers_with(record.source.sha256))}


def _answer_json(answer: Answer, kit: Toolbox) -> dict[str, Any]:
    record = answer.record
    if record is None:
        return {
            "need": answer.need,
            "answer": answer.answer,
            "record_id": None,
            "evidence_level": None,
            "since": None,
            "issuing_authority": None,
            "fields": {},
            "why": answer.why,
        }
    issuer = record.fields.get("issuing_authority")
    return {
        "need": answer.need,
        "answer": answer.answer,
        "record_id": record.record_id,
        "evidence_level": record.evidence_level,
        "since": record.received_at.astimezone(VIETNAM).date().isoformat(),
        "issuing_authority": issuer.value if issuer else None,
        "fields": fields_in_clear(record, kit),
        "why": answer.why,
    }
