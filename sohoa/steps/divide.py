"""A division that a person decided (split, merge) -> new records in the place of the old ones.

The decision is a fact in the store before anything follows from it, and names the new records; so a run that is killed
is taken up again, and a rebuilt ledger has the same documents. No record is changed but by a version that says what
stands in its place; none is destroyed.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sohoa.errors import NotAllowed
from sohoa.steps.index import index
from sohoa.steps.keep import first_record, keep, longer, newest, next_version
from sohoa.steps.leaves import Leaves, forget_readings, leaves_of, page_list
from sohoa.steps.remake import Remade, remake
from sohoa.steps.stage import Lease, digest
from sohoa.steps.standing import note_standing
from sohoa.toolbox import Toolbox
from storage.errors import ObjectConflict
from storage.ledger import Document, Paper, RestoredDocument
from storage.packages import read_facts, versions, write_fact
from storage.records import Event, Record, State

log = logging.getLogger(__name__)

FACT = "divisions"
SPLIT, MERGED = "split", "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record that a division makes."""

    record_id: str
    first_page: int
    """Of the file, from 1."""
    last_page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """What a person decided on the pages of one file (chia, ghép văn bản)."""

    what: str
    """`split` or `merged`."""
    batch: str
    source: str
    sha256: str
    old: tuple[str, ...]
    """Records whose pages are divided anew, in the order of the pages."""
    new: tuple[NewRecord, ...]
    who: str
    at: str

    def is_of(self, batch: str, source: str, sha256: str) -> bool:
        """Whether it divides that file of that batch."""
        return (self.batch, self.source, self.sha256) == (batch, source, sha256)


def decide(division: Division, kit: Toolbox) -> Division:
    """Put the decision into the store and return it; one that was taken before stands, with its records."""
    name = _name(division)
    body = {
        "what": division.what,
        "batch": division.batch,
        "source": division.source,
        "sha256": division.sha256,
        "old": list(division.old),
        "new": [{"record_id": n.record_id, "first_page": n.first_page, "last_page": n.last_page} for n in division.new],
        "who": division.who,
        "at": division.at,
    }
    try:
        write_fact(kit.store, FACT, name, body)
    except ObjectConflict:
        return next(known for known in divisions(kit) if _name(known) == name)
    return division


def known_division(division: Division, kit: Toolbox) -> Division | None:
    """Return the decision of the same old records and pages that was taken before, or None."""
    return next((known for known in divisions(kit) if _name(known) == _name(division)), None)


def _name(division: Division) -> str:
    ranges = [f"{new.first_page}-{new.last_page}" for new in division.new]
    return digest(division.what, *division.old, *ranges)[:32]


def divisions(kit: Toolbox) -> list[Division]:
    """Return every decision of this kind, in the order they were taken."""
    found = [_division(fact) for _, fact in read_facts(kit.store, FACT)]
    return sorted(found, key=lambda one: one.at)


def _division(fact: Mapping[str, Any]) -> Division:
    return Division(
        what=fact["what"],
        batch=fact["batch"],
        source=fact["source"],
        sha256=fact["sha256"],
        old=tuple(fact["old"]),
        new=tuple(NewRecord(**new) for new in fact["new"]),
        who=fact["who"],
        at=fact["at"],
    )


def was_divided(record: Record) -> bool:
    """Whether other records of the same file stand in the record's place: the ledger does not list it any more."""
    return record.state is State.SUPERSEDED and any(event.what in (SPLIT, MERGED) for event in record.history)


def refuse_divided(record: Record) -> None:
    """Raise NotAllowed, naming what stands in its place, for a record that was divided."""
    if was_divided(record):
        others = record.superseded_by or ""
        raise NotAllowed(
            f"{record.record_id} was divided; in its place stand {others}",
            vi=f"hồ sơ {record.record_id} đã được tách hoặc gộp; thay vào đó là {others}",
        )


def open_documents(division: Division) -> list[RestoredDocument]:
    """Return the documents the division makes, as the ledger lists them before they are filed."""
    return [
        RestoredDocument(record_id=n.record_id, first_page=n.first_page, last_page=n.last_page, state=State.WORKING)
        for n in division.new
    ]


def finish_divisions(paper: Paper, lease: Lease, kit: Toolbox) -> None:
    """Make what is missing of the records that a person decided on, then put aside those whose place they take.

    Safe to repeat: until all is done, the ledger shows the new documents as working.

    Raises: see remake; what is made stays made.
    """
    if not _working(paper, kit):
        return
    for division in divisions(kit):
        if division.is_of(paper.batch, paper.source, paper.sha256):
            _finish(division, paper, lease, kit)


def _working(paper: Paper, kit: Toolbox) -> dict[str, Document]:
    found = kit.ledger.documents_of(paper.id)
    return {document.id: document for document in found if document.state is State.WORKING}


def _finish(division: Division, paper: Paper, lease: Lease, kit: Toolbox) -> None:
    documents = _working(paper, kit)
    new = [one.record_id for one in division.new if one.record_id in documents]
    if not new:
        return
    before = [newest(record_id, kit) for record_id in division.old]
    for record_id in new:
        lease.check()
        if not versions(kit.store, record_id):
            _make(documents[record_id], division, before, paper, kit)
    index([record if was_divided(record) else _put_aside(record, division, kit) for record in before], kit)
    kit.ledger.drop_documents(division.old)
    for record_id in new:
        note_standing(newest(record_id, kit), kit)
    forget_readings(_leaves(before), kit)
    log.info("document divided", extra={"ref": division.old[0], "what": division.what})


def _leaves(records: Sequence[Record]) -> Leaves:
    return tuple(leaf for record in records for leaf in leaves_of(record))


def _make(document: Document, division: Division, before: Sequence[Record], paper: Paper, kit: Toolbox) -> None:
    leaves = tuple(leaf for leaf in _leaves(before) if document.first_page <= leaf.place <= document.last_page)
    held = [record for record in before if set(leaves_of(record)) & set(leaves)]
    made = remake(document.id, leaves, held, paper, kit)
    keep(_first_version(document, made, division, held, paper, kit), kit)


def _first_version(
    document: Document, made: Remade, division: Division, held: Sequence[Record], paper: Paper, kit: Toolbox
) -> Record:
    source = replace(held[0].source, first_page=document.first_page, last_page=document.last_page)
    record = first_record(document, paper, source, made.about, made.copy, made.contents, made.standing, kit)
    said = {"from": ", ".join(one.record_id for one in held)}
    event = Event(at=division.at, what=division.what, who=division.who, detail=said)
    retention = record.retention
    for one in held:
        retention = longer(one.retention, retention) if retention else one.retention
    rescans = [
        file
        for one in held
        for file in one.files
        if file.role is record.files[0].role and file.sha256 != paper.sha256
        if any(leaf.sha256 == file.sha256 for leaf in made.leaves)
    ]
    return replace(
        record,
        files=(record.files[0], *dict.fromkeys(rescans), *record.files[1:]),
        history=(record.history[0], event, *record.history[1:]),
        findings=tuple(f for f in record.findings if f.code != "possible_duplicate" or not _is_own(f.detail, division)),
        page_count=len(made.leaves),
        pages=page_list(made.leaves, paper.sha256),
        accepted=made.accepted,
        retention=retention,
    )


def _is_own(detail: Mapping[str, str], division: Division) -> bool:
    """Whether all that the record seems to double are the records it comes from and those made beside it."""
    family = {*division.old, *(new.record_id for new in division.new)}
    return set(detail.get("records", "").split(", ")) <= family


def _put_aside(record: Record, division: Division, kit: Toolbox) -> Record:
    """Write and return the version that says which records stand in this one's place; those before stay readable."""
    inside = {leaf.place for leaf in leaves_of(record)}
    into = [n.record_id for n in division.new if any(n.first_page <= place <= n.last_page for place in inside)]
    aside = next_version(
        record,
        kit,
        division.what,
        state=State.SUPERSEDED,
        waiting_for=None,
        superseded_by=", ".join(into),
        detail={"into": ", ".join(into), "by": division.who},
    )
    return keep(aside, kit)
