"""Where a document stands: waits for a person, for the seal, for the index, or is kept; and the ledger is told."""

from collections.abc import Collection
from typing import Any

from ocr.fields.result import Understood
from sohoa.document_types import waits_for_a_person
from sohoa.messages import reason, reason_of
from sohoa.steps.describe import Description
from sohoa.steps.keep import Copy, Standing
from sohoa.toolbox import Toolbox
from storage.records import Record, State

RESUBMIT = "resubmit"

READY_TO_SEAL = Standing(state=State.PENDING, waiting_for="seal")


def where_to(about: Description, understood: Understood, copy: Copy, *, accepted: Collection[str] = ()) -> Standing:
    """Return where the document stands: a person first, then the seal, then the index.

    `accepted` are codes of findings that a person accepted on these very pages.
    """
    open_things = [*about.open_fields, *(code for code in about.blocking if code not in accepted)]
    if open_things or not understood.split_sure:
        why = waits_for_a_person(open_things or ["split_unsure"], about.document_type.code, about.findings)
        return Standing(state=State.REVIEW, waiting_for="person", reason=why)
    if copy.seals:
        return Standing(state=State.KEPT)
    if understood.is_copy:
        return Standing(state=State.PENDING, waiting_for="seal", reason=_is_a_copy())
    return READY_TO_SEAL


def standing_of(record: Record) -> Standing:
    """Return where the record says that it stands, with the reason in words."""
    why = None
    if record.state is State.REVIEW:
        why = waits_for_a_person(record.open_things, record.document_type.code, record.findings)
    elif record.state is State.PENDING and waits_for_other_form(record):
        why = _is_a_copy()
    elif record.state is State.QUARANTINED:
        said = record.history[-1].detail
        code, why_so = said.get("code", "rejected"), said.get("reason", "")
        why = reason(code, remedy=RESUBMIT, reason=why_so, file=record.source.name)
    return Standing(state=record.state, waiting_for=record.waiting_for, reason=why)


def waits_for_other_form(record: Record) -> bool:
    """Whether the paper is itself a copy, which is not sealed as SAO Y. Source: NĐ 30/2020 Đ.25."""
    return any(finding.code == "copy_mark" for finding in record.findings)


def note_standing(record: Record, kit: Toolbox, standing: Standing | None = None) -> None:
    """Write into the ledger where a filed record stands; what is kept still waits for the index."""
    standing = standing or standing_of(record)
    if standing.state is State.KEPT:
        standing = Standing(state=State.PENDING, waiting_for="index")
    kit.ledger.set_document(
        record.record_id, state=standing.state, waiting_for=standing.waiting_for, reason=standing.reason
    )


def note_waiting(record_id: str, what: str, error: Exception, kit: Toolbox) -> None:
    """Write into the ledger that the seal or the index could not be had, and why."""
    cause = reason_of(error)
    why = reason(f"waits_for_{what}", remedy=cause["remedy"], why=cause["message"], why_en=cause["message_en"])
    kit.ledger.set_document(record_id, state=State.PENDING, waiting_for=what, reason=why)


def _is_a_copy() -> dict[str, Any]:
    return reason("is_a_copy", remedy=RESUBMIT, mark="sao y, sao lục, trích sao")
