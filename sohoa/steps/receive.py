"""Receive: the bytes are hashed and kept before anybody is told so. Nothing is judged here but its being a file."""

import base64
import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from sohoa.messages import reason
from sohoa.steps.source import NoPaper, keep_bytes, legible, unread, why_no_paper
from sohoa.steps.stage import digest
from sohoa.toolbox import Toolbox
from storage.errors import ObjectConflict
from storage.ledger import NewPaper, Paper
from storage.packages import write_fact
from storage.records import Record, State

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the operator says of a file: on the command line, or in its line of the manifest."""

    dossier: str | None = None
    """Mã hồ sơ."""
    procedure: str | None = None
    """Mã thủ tục hành chính."""
    owner: tuple[str, str] | None = None
    """Type and identifier: ("personal_id", "0790...")."""
    document_type: str | None = None
    sheets: int | None = None
    """Sheets of paper the file should hold; None: one a page."""
    mode: str = "standard"


def receive(
    path: Path, source: str, *, batch: str, order: Order, kit: Toolbox, within: Path | None = None
) -> tuple[Paper, bool]:
    """Keep the file's bytes, write it into the batch, and say whether it is new there.

    `source` is the name people see: the path relative to the folder that was taken in, which is `within`, and which
    links may not leave. Safe to repeat. What is not a paper is written down as ignored, what cannot be opened as
    quarantined; neither stops the batch.

    Raises:
        SourceChanged: somebody is writing to the file; nothing was acknowledged.
        StoreUnavailable, StoreFull, CatalogUnavailable: nothing was acknowledged; the source is untouched.
    """
    source = legible(source)
    refused = why_no_paper(path, within)
    if refused is None:
        try:
            kept = keep_bytes(path, kit.store)
        except OSError as error:
            refused = unread(error)
    if refused is not None:
        return _set_aside(path, source, batch, order, kit, refused)
    paper, new = kit.ledger.receive(_new_paper(path, source, batch, order, kit, sha256=kept.sha256, size=kept.bytes))
    _write_receipt(paper, kit)
    if paper.state is State.FAILED:
        kit.ledger.set_paper(paper.id, state=State.WORKING)  # it is given again: try again
        paper = kit.ledger.paper(paper.id)
    if paper.state is State.WORKING:
        paper = hold_if_known(paper, kit)
    _forget_failures(paper, kit)
    if new:
        log.info("paper received", extra={"ref": source})
    return paper, new


def set_aside_changing(path: Path, source: str, *, batch: str, order: Order, kit: Toolbox) -> tuple[Paper, bool]:
    """Write into the batch that the file could not be read because somebody keeps writing to it."""
    refused = NoPaper(state=State.QUARANTINED, code="source_changed")
    return _set_aside(path, legible(source), batch, order, kit, refused, remedy="retry")


def _forget_failures(paper: Paper, kit: Toolbox) -> None:
    """Say of earlier attempts at the same file, which did not get at its bytes, that they are settled."""
    for earlier in kit.ledger.papers_named(paper.batch, paper.source):
        if not earlier.sha256 and earlier.state is State.QUARANTINED:
            why = reason("read_later", remedy="resubmit", file=paper.source)
            kit.ledger.set_paper(earlier.id, state=State.IGNORED, reason=why)


def _new_paper(path: Path, source: str, batch: str, order: Order, kit: Toolbox, *, sha256: str, size: int) -> NewPaper:
    owner = order.owner
    return NewPaper(
        batch=batch,
        source=source,
        path=legible(str(path)),
        sha256=sha256,
        bytes=size,
        sheets=order.sheets,
        dossier=order.dossier,
        procedure=order.procedure,
        owner_sealed=_seal_owner(owner, receipt_name(batch, source, sha256), kit) if owner else None,
        owner_index=kit.keys.owner_index(*owner) if owner else None,
        type_hint=order.document_type,
        mode=order.mode,
        received_at=kit.clock(),
    )


def owner_of(paper: Paper, kit: Toolbox) -> tuple[str, str] | None:
    """Return the owner the operator named for this paper, or None."""
    if paper.owner_sealed is None:
        return None
    name = receipt_name(paper.batch, paper.source, paper.sha256)
    kind, number = json.loads(kit.keys.decrypt(name, paper.owner_sealed, context="owner"))
    return kind, number


def _seal_owner(owner: tuple[str, str], receipt: str, kit: Toolbox) -> bytes:
    """Encrypt under a key of the receipt's own: destroying it destroys what the receipt says of the owner."""
    return kit.keys.encrypt(receipt, json.dumps(owner).encode(), context="owner")


def _write_receipt(paper: Paper, kit: Toolbox) -> None:
    """Put the receipt beside the bytes, so that batches can be rebuilt from the store alone."""
    body = {
        "batch": paper.batch,
        "source": paper.source,
        "path": paper.path,
        "sha256": paper.sha256,
        "bytes": paper.bytes,
        "sheets": paper.sheets,
        "dossier": paper.dossier,
        "procedure": paper.procedure,
        "owner_sealed": base64.b64encode(paper.owner_sealed).decode() if paper.owner_sealed else None,
        "owner_index": paper.owner_index,
        "type_hint": paper.type_hint,
        "mode": paper.mode,
        "received_at": paper.received_at.isoformat(),
    }
    try:
        write_fact(kit.store, "receipts", receipt_name(paper.batch, paper.source, paper.sha256), body)
    except ObjectConflict:
        # Killed after the receipt and before the ledger's line: the receipt of that time stands.
        log.info("receipt stood already", extra={"ref": paper.source})


def write_outcome(paper: Paper, state: State, why: dict[str, Any], kit: Toolbox) -> None:
    """Put what became of a set-aside paper beside its receipt, so that a rebuilt ledger does not take it up again."""
    name = receipt_name(paper.batch, paper.source, paper.sha256)
    try:
        write_fact(kit.store, "outcomes", name, {"state": str(state), "reason": why})
    except ObjectConflict:
        log.info("outcome stood already", extra={"ref": paper.source})


def receipt_name(batch: str, source: str, sha256: str) -> str:
    """Return the receipt's name: one for each file of a batch and each content it had."""
    return digest(batch, source, sha256)[:32]


def hold_if_known(paper: Paper, kit: Toolbox) -> Paper:
    """Mark a paper held when the archive has, or is working on, the same bytes. Safe to repeat.

    Records hold the bytes only if they have every page: where a later document of a stack failed, and the paper was
    set aside, the records of the first ones do not keep it from being taken up again.
    """
    aside = (State.QUARANTINED, State.FAILED, State.IGNORED)
    # Only what came before: of two intakes at the same time, one has nothing before it and does the work.
    before = takewhile(lambda p: p.id != paper.id, kit.ledger.papers_with(paper.sha256))
    earlier = [p for p in before if p.state not in aside]
    own = {document.id for document in kit.ledger.documents_of(paper.id)}
    records = [record for record in kit.catalog.by_masters([paper.sha256])[paper.sha256] if record.record_id not in own]
    held = held_pages(records, paper.sha256)
    if not earlier and held is None:
        return paper
    pages = next((p.pages for p in earlier if p.pages), None) or held
    where = ", ".join(f"{p.batch}: {p.source}" for p in earlier[:3])
    why = already_held([record.record_id for record in records], where)
    kit.ledger.set_paper(paper.id, state=State.HELD, reason=why, pages=pages)
    return kit.ledger.paper(paper.id)


def already_held(records: Sequence[str], where: str = "") -> dict[str, Any]:
    """Return the reason of a paper that is there: in these records, or, before there are any, where it was received."""
    said = ", ".join(records)
    return reason("already_held", remedy="resubmit", records=said, where=where, held=said or where)


def held_pages(records: Sequence[Record], sha256: str) -> int | None:
    """Return how many pages of the file the records of one paper hold, separator sheets apart; None: not all of them.

    `records` are those with the file among their masters. One it is not the source of has it as a page scanned again,
    and such a file is one page.
    """
    have: dict[tuple[str, str], int] = defaultdict(int)
    wanted: dict[tuple[str, str], int] = {}
    for record in records:
        source = record.source
        key = source.batch, source.name
        if source.sha256 != sha256:
            return 1
        if record.superseded_by is None:
            have[key] += record.page_count
            wanted[key] = max(wanted.get(key, 0), source.pages or source.last_page)
    return next((have[key] for key in wanted if have[key] >= wanted[key]), None)


def _set_aside(
    path: Path, source: str, batch: str, order: Order, kit: Toolbox, refused: NoPaper, *, remedy: str = "resubmit"
) -> tuple[Paper, bool]:
    paper, new = kit.ledger.receive(_new_paper(path, source, batch, order, kit, sha256="", size=0))
    why = reason(refused.code, remedy=remedy, file=legible(path.name), why=refused.why)
    kit.ledger.set_paper(paper.id, state=refused.state, reason=why)
    _write_receipt(paper, kit)
    if remedy == "resubmit":
        write_outcome(paper, refused.state, why, kit)
    return kit.ledger.paper(paper.id), new
