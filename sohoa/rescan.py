"""A page scanned again -> a new version of its record, with that page in the place of the old one.

The file it came in first, the rescan and every version before stay as they are and readable; which page comes from
which file stands in the new version.
"""

import logging
from dataclasses import replace
from pathlib import Path

from sohoa.errors import FileUnreadable, LeaseLost, NotAllowed
from sohoa.messages import words
from sohoa.remote import INSPECT_SCAN
from sohoa.stacks import DIVISIBLE, arrived_signed_itself, paper_of
from sohoa.steps.document import carry_on
from sohoa.steps.keep import (
    MEDIA_TYPES,
    encrypted_contents,
    evidence,
    keep,
    legal_file,
    longer,
    newest,
    next_version,
    owner_part,
    retention_of,
)
from sohoa.steps.leaves import forget_readings, leaves_of, page_list
from sohoa.steps.read import INSPECT_SECONDS
from sohoa.steps.remake import Remade, remake
from sohoa.steps.source import keep_bytes, legible, why_no_paper
from sohoa.steps.stage import digest, leased
from sohoa.steps.standing import note_standing
from sohoa.toolbox import Toolbox
from storage.errors import ObjectConflict
from storage.ledger import Paper
from storage.objects import Stored, blob_key
from storage.packages import write_fact
from storage.records import Record, Role, State, StoredFile

log = logging.getLogger(__name__)

FACT = "rescans"


def replace_page(file: Path, record_id: str, page: int, kit: Toolbox) -> Record:
    """Put the one page of `file` in the place of page `page` (from 1) of the record, and carry it on. Safe to repeat.

    Values a person confirmed stay; what is doubtful on the new page waits for a person, and meanwhile the record is
    not answered as held.

    Raises:
        FileUnreadable, BadScan, SecretPaper, NotAllowed: the record is as it was.
        SourceChanged: somebody is writing to the file; nothing was kept.
        Errors with remedy retry or repair: repeating goes on from there.
    """
    record = newest(kit.catalog.resolve(record_id), kit)
    leaves = leaves_of(record)
    if not 1 <= page <= len(leaves):
        raise NotAllowed(f"the record has {len(leaves)} pages", vi=f"hồ sơ chỉ có {len(leaves)} trang")
    kept, kind = _receive(file, kit)
    paper = kit.ledger.paper(paper_of(record, kit))
    with leased(kit, paper.id) as lease:
        if lease is None:
            raise LeaseLost(paper.id)
        record = newest(record.record_id, kit)
        if leaves_of(record)[page - 1].sha256 != kept.sha256:
            _refuse(record, kept)
            _note_receipt(file, record, page, kept, kit)
            record = _new_version(record, page, _rescan(file, kind, kept), paper, kit)
            kit.audit.note("rescanned", record_id=record.record_id, page=str(page), sha256=kept.sha256)
        if record.state not in DIVISIBLE:
            return record
        # Also after a run that was killed once the version was kept.
        note_standing(record, kit)
        if record.state is not State.KEPT:
            kit.index.remove([record.record_id])
        return carry_on(record, kit)


def _receive(file: Path, kit: Toolbox) -> tuple[Stored, str]:
    """Keep the bytes of the file and return them with its kind, once it is known to be one page."""
    if (refused := why_no_paper(file, None)) is not None:
        raise FileUnreadable(file=str(file), why=refused.why or words(refused.code).en)
    try:
        kept = keep_bytes(file, kit.store)
    except OSError as error:
        raise FileUnreadable(file=str(file), why=error.strerror or "") from None
    with kit.local(kept.sha256) as copy:
        scan = kit.pool.run(INSPECT_SCAN, copy, timeout_seconds=INSPECT_SECONDS)
    if scan.page_count != 1:
        raise NotAllowed(
            f"{file.name} has {scan.page_count} pages: scan the one page alone",
            vi=f"«{file.name}» có {scan.page_count} trang; hãy quét riêng trang cần thay",
        )
    if scan.signed:
        raise NotAllowed(f"{file.name} bears a signature of its own", vi=f"«{file.name}» là tệp đã ký số")
    return kept, str(scan.kind)


def _refuse(record: Record, kept: Stored) -> None:
    shown = record.record_id
    if record.state not in DIVISIBLE:
        raise NotAllowed(f"{shown} is {record.state}: it stays as it is", vi=f"hồ sơ {shown} không thay trang được nữa")
    if arrived_signed_itself(record):
        raise NotAllowed(f"{shown} arrived signed: no page of it can be replaced", vi=f"hồ sơ {shown} là tệp đã ký số")
    if any(file.sha256 == kept.sha256 for file in record.files):
        raise NotAllowed("the record has this very file already", vi="hồ sơ đã có đúng tệp này")


def _note_receipt(file: Path, record: Record, page: int, kept: Stored, kit: Toolbox) -> None:
    """Put into the store that the rescan came, before anything is made of it."""
    body = {
        "record_id": record.record_id,
        "page": page,
        "name": legible(file.name),
        "sha256": kept.sha256,
        "bytes": kept.bytes,
        "who": kit.settings.user,
        "at": kit.clock().isoformat(),
    }
    try:
        write_fact(kit.store, FACT, digest(record.record_id, page, kept.sha256)[:32], body)
    except ObjectConflict:
        log.info("rescan stood already", extra={"ref": record.record_id})


def _rescan(file: Path, kind: str, kept: Stored) -> StoredFile:
    return StoredFile(
        role=Role.MASTER,
        name=legible(file.name),
        media_type=MEDIA_TYPES[kind],
        bytes=kept.bytes,
        sha256=kept.sha256,
        key=blob_key(kept.sha256),
    )


def _new_version(record: Record, page: int, rescan: StoredFile, paper: Paper, kit: Toolbox) -> Record:
    leaves = list(leaves_of(record))
    leaves[page - 1] = replace(leaves[page - 1], sha256=rescan.sha256, page=1)
    made = remake(record.record_id, tuple(leaves), [record], paper, kit)
    again = next_version(
        record,
        kit,
        "rescanned",
        state=made.standing.state,
        waiting_for=made.standing.waiting_for,
        document_type=made.about.document_type,
        fields=made.about.fields,
        files=_files(record, rescan, made, kit),
        findings=made.about.findings,
        seals=made.copy.seals,
        accepted=made.accepted,
        evidence_level=evidence(made.copy, made.standing.state),
        pages=page_list(made.leaves, record.source.sha256),
        retention=_retention(record, made, kit),
        **_owner(record, made, kit),
        detail={"page": str(page), "file": rescan.name, "sha256": rescan.sha256},
    )
    again = keep(again, kit)
    forget_readings(made.leaves, kit)
    return again


def _files(record: Record, rescan: StoredFile, made: Remade, kit: Toolbox) -> tuple[StoredFile, ...]:
    """Return the files of the new version: every master, and all else made anew."""
    masters = tuple(file for file in record.files if file.role is Role.MASTER)
    legal = legal_file(record.record_id, made.copy)
    return (*masters, rescan, legal, *encrypted_contents(record.record_id, made.contents, kit))


def _retention(record: Record, made: Remade, kit: Toolbox) -> object:
    issued = made.about.fields.get("issued_date")
    return longer(record.retention, retention_of(made.about.document_type.code, issued.value if issued else None, kit))


def _owner(record: Record, made: Remade, kit: Toolbox) -> dict[str, object]:
    none = {"owner_type": None, "owner_index": None, "owner_masked": None, "private": None}
    return {**none, **owner_part(record.record_id, made.about, kit)}
