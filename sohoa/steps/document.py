"""One paper through all its steps. Every step may be repeated: what the ledger or the record has is not done again."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

from ocr.fields.result import Understood
from ocr.lines import PageReading
from signing.errors import SigningError
from sohoa.errors import LeaseLost
from sohoa.messages import reason, reason_of
from sohoa.policy import OUR_ERRORS
from sohoa.steps.compose import compose
from sohoa.steps.describe import describe
from sohoa.steps.divide import finish_divisions
from sohoa.steps.index import index
from sohoa.steps.keep import (
    Contents,
    Copy,
    evidence,
    first_record,
    keep,
    legal_file,
    newest,
    next_version,
    report_of,
    with_file,
)
from sohoa.steps.parts import dossier_of
from sohoa.steps.read import OnPage, ignore, prepare, read
from sohoa.steps.receive import hold_if_known, owner_of, write_outcome
from sohoa.steps.seal import arrived_signed, seal_copy, sealed_or_stored
from sohoa.steps.stage import Lease, leased, noted
from sohoa.steps.standing import (
    READY_TO_SEAL,
    RESUBMIT,
    note_standing,
    note_waiting,
    waits_for_other_form,
    where_to,
)
from sohoa.steps.understand import understand
from sohoa.toolbox import Toolbox
from sohoa.wire import page_answer, understood_answer
from storage.errors import ObjectConflict
from storage.ledger import Document, Paper
from storage.packages import versions
from storage.records import Record, Role, Source, State

log = logging.getLogger(__name__)


def take_through(paper_id: str, kit: Toolbox, on_page: OnPage = ignore) -> bool:
    """Take a received paper as far as it goes; False if another worker has it.

    A paper that cannot become a record is set aside with its reason and is not an error here.

    Raises:
        Errors with remedy retry or repair: how far it came is in the ledger; calling again goes on from there.
    """
    with leased(kit, paper_id) as lease:
        if lease is None:
            return False
        paper = kit.ledger.paper(paper_id)
        try:
            _take(paper, lease, kit, on_page)
        except LeaseLost:
            return False
        except OUR_ERRORS as error:
            if error.remedy != RESUBMIT or paper.state is State.KEPT:
                raise
            set_aside(paper, reason_of(error, file=paper.source), kit)
        return True


def _take(paper: Paper, lease: Lease, kit: Toolbox, on_page: OnPage) -> None:
    started = monotonic()
    if paper.state is State.WORKING and hold_if_known(paper, kit).state is State.WORKING:
        scan = prepare(paper, kit)
        kit.ledger.set_paper(paper.id, state=State.WORKING, pages=scan["page_count"])
        pages = read(paper, scan["page_count"], kit, on_page)
        understood = understand(paper, pages, signed=scan["signed"], kit=kit)
        if not understood:
            why = reason("only_separators", remedy=RESUBMIT, file=paper.source)
            set_aside(paper, why, kit, state=State.IGNORED)
            return
        scan["in_documents"] = sum(one.last_page - one.first_page + 1 for one in understood)
        documents = kit.ledger.add_documents(paper.id, [(u.first_page, u.last_page) for u in understood])
        share = (monotonic() - started) / len(documents)
        for document, about in zip(documents, understood, strict=True):
            lease.check()
            with _timed(document, kit, share):
                _file(document, about, pages, scan, paper, kit)
        kit.ledger.set_paper(paper.id, state=State.KEPT, pages=scan["in_documents"])
        kit.ledger.discard_outputs(paper.id)
    finish_divisions(paper, lease, kit)
    _carry_on_all(paper, lease, kit)


def _carry_on_all(paper: Paper, lease: Lease, kit: Toolbox) -> None:
    """Take every filed document of the paper as far as it goes; one that has to wait holds up no other.

    Raises: what the first of them waits for, if trying again or an operator may clear it.
    """
    trouble: Exception | None = None
    for document in kit.ledger.documents_of(paper.id):
        if document.state is not State.PENDING:
            continue
        lease.check()
        try:
            with _timed(document, kit, 0.0):
                record = carry_on(newest(document.id, kit), kit)
                if record.state is not State.KEPT:
                    note_standing(record, kit)
        except OUR_ERRORS as error:
            # What a person must change waits with its reason: the document is kept, it is not set aside.
            if trouble is None and error.remedy != RESUBMIT:
                trouble = error
    if trouble is not None:
        raise trouble


@contextmanager
def _timed(document: Document, kit: Toolbox, before: float) -> Iterator[None]:
    """Add what the block takes, and `before`, to the seconds the document has cost."""
    started = monotonic()
    yield
    now = kit.ledger.document(document.id)
    kit.ledger.set_document(
        document.id,
        state=now.state,
        waiting_for=now.waiting_for,
        reason=now.reason,
        add_seconds=before + monotonic() - started,
    )


def _file(
    document: Document,
    understood: Understood,
    pages: Sequence[PageReading],
    scan: dict[str, Any],
    paper: Paper,
    kit: Toolbox,
) -> None:
    """Make the document's record, unless it has one; what it waits for afterwards stands in the ledger."""
    if document.state not in (State.WORKING, State.FAILED):
        return
    if versions(kit.store, document.id):
        # Written by a run that was killed before it could say so.
        note_standing(newest(document.id, kit), kit)
        return
    own = [page for page in pages if document.first_page <= page.page <= document.last_page]
    copy, signatures, trouble = _legal_copy(document, understood, own, scan, paper, kit)
    stop = kit.settings.missing_pages == "ask"
    about = describe(understood, own, copy.findings, owner=owner_of(paper, kit), stop_at_missing=stop)
    standing = where_to(about, understood, copy)
    contents = Contents(
        text="\f".join(page.text for page in own),
        report=report_of([page_answer(page) for page in own], signatures, understood_answer(understood)),
        kind=scan["kind"],
    )
    try:
        with noted(kit, document.id, "keep", paper.sha256) as kept:
            source = _source(document, paper, pages, scan)
            record = keep(first_record(document, paper, source, about, copy, contents, standing, kit), kit)
            kept.sha256 = copy.sha256
    except ObjectConflict:
        # Our lease ran out while we worked, and whoever took over was faster.
        note_standing(newest(document.id, kit), kit)
        return
    log.info("document filed", extra={"ref": document.id, "state": str(standing.state)})
    note_standing(record, kit, standing)
    if trouble is not None:
        note_waiting(document.id, "seal", trouble, kit)


def _source(document: Document, paper: Paper, pages: Sequence[PageReading], scan: dict[str, Any]) -> Source:
    return Source(
        batch=paper.batch,
        name=paper.source,
        sha256=paper.sha256,
        first_page=document.first_page,
        last_page=document.last_page,
        pages=scan["in_documents"],
        apart=scan["page_count"] - scan["in_documents"],
        dossier=dossier_of(document.first_page, pages) or paper.dossier,
        procedure=paper.procedure,
    )


def _legal_copy(
    document: Document,
    understood: Understood,
    own: Sequence[PageReading],
    scan: dict[str, Any],
    paper: Paper,
    kit: Toolbox,
) -> tuple[Copy, dict[str, Any] | None, SigningError | None]:
    """Return the legal copy, the report on signatures that came along, and why it could not be sealed.

    What arrived signed is the copy as it is. Anything else is composed, and sealed at once if nothing waits for a
    person; only what must wait is stored unsealed.
    """
    if scan["signed"]:
        with kit.local(paper.sha256) as path:
            return *arrived_signed(path, paper.sha256, kit), None
    with kit.workspace() as folder:
        unsigned = folder / "legal.pdf"
        findings = compose(document, understood, own, paper, unsigned, kit)
        stop = kit.settings.missing_pages == "ask"
        about = describe(understood, own, findings, owner=None, stop_at_missing=stop)
        ready = where_to(about, understood, Copy(sha256="", bytes=0)) == READY_TO_SEAL
        copy, trouble = sealed_or_stored(unsigned, findings, document.id, paper.sha256, kit, ready=ready)
    return copy, None, trouble


def carry_on(record: Record, kit: Toolbox) -> Record:
    """Take a filed record through what is left: seal, keep, index. Safe to repeat.

    Raises:
        Errors with remedy retry or repair: the record is stored, the ledger says what it waits for.
    """
    if record.state is State.PENDING and record.waiting_for == "seal":
        record = _seal(record, kit)
    if record.state is not State.KEPT:
        return record
    try:
        with noted(kit, record.record_id, "index", str(record.version)):
            index([record], kit)
    except OUR_ERRORS as error:
        note_waiting(record.record_id, "index", error, kit)
        raise
    kit.ledger.set_document(record.record_id, state=State.KEPT, waiting_for=None, reason=None)
    return record


def _seal(record: Record, kit: Toolbox) -> Record:
    """Return the next version with the sealed copy, kept; the same version if it may not be sealed as SAO Y."""
    if waits_for_other_form(record):
        return record
    legal = record.file(Role.LEGAL)
    assert legal is not None
    try:
        with (
            kit.local(legal.sha256, name="legal.pdf") as unsigned,
            noted(kit, record.record_id, "seal", legal.sha256) as sealing,
        ):
            copy = seal_copy(unsigned, kit)
            sealing.sha256 = copy.sha256
    except OUR_ERRORS as error:
        note_waiting(record.record_id, "seal", error, kit)
        raise
    sealed = next_version(
        record,
        kit,
        "sealed",
        state=State.KEPT,
        waiting_for=None,
        files=with_file(record, legal_file(record.record_id, copy)),
        seals=copy.seals,
        findings=(*record.findings, *copy.findings),
        evidence_level=evidence(copy, State.KEPT),
        detail={"profile": copy.seals[-1].profile, "signer": copy.seals[-1].signer},
    )
    try:
        return keep(sealed, kit)
    except ObjectConflict:
        # Our lease ran out while we sealed, and whoever took over was faster.
        return newest(record.record_id, kit)


def set_aside(paper: Paper, why: dict[str, Any], kit: Toolbox, *, state: State = State.QUARANTINED) -> None:
    """Put a paper into quarantine (or mark it otherwise) with its reason, and every other copy that was held for it."""
    for other in kit.ledger.papers_with(paper.sha256):
        if other.id == paper.id or other.state is State.HELD:
            kit.ledger.set_paper(other.id, state=state, reason=why)
            if state is not State.FAILED:
                write_outcome(other, state, why, kit)
    for document in kit.ledger.documents_of(paper.id):
        if document.state in (State.WORKING, State.FAILED):
            kit.ledger.set_document(document.id, state=state, reason=why)
    kit.ledger.discard_outputs(paper.id)
    log.info("paper set aside", extra={"ref": paper.source, "code": why["code"]})


def give_up(paper_id: str, error: BaseException, kit: Toolbox) -> None:
    """Say in the ledger that a paper failed after all retries; its bytes stay, and running again takes it up again."""
    paper = kit.ledger.paper(paper_id)
    if paper.state is not State.WORKING:
        return  # its records are filed and pending: they wait, they did not fail
    if isinstance(error, OUR_ERRORS):
        why = reason_of(error, file=paper.source)
    else:
        why = reason("internal", remedy="repair", what=type(error).__name__)
    set_aside(paper, why, kit, state=State.FAILED)
