"""Rebuild: catalogue, ledger and index from the object store and the key store alone.

What a person decided, which batch a paper came in, whose it is and how often it was used stand in the records and
facts of the store; whatever was received and not finished is taken up again by the next `ingest`.
"""

import base64
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from search.index import reconcile
from sohoa.moved import unfinished
from sohoa.steps.divide import Division, divisions, open_documents, was_divided
from sohoa.steps.index import FINDABLE, entries, index
from sohoa.steps.receive import already_held, held_pages, receipt_name
from sohoa.steps.standing import standing_of
from sohoa.toolbox import Toolbox
from storage.catalog import ReuseEvent
from storage.ledger import NewPaper, Paper, RestoredDocument
from storage.packages import all_record_ids, newest_version, read_facts, version_sha256
from storage.records import Record, State

FACTS = ("batches", "receipts", "outcomes", "reuse", "divisions")
"""Kinds of what is kept beside the records."""

OnRecord = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was found in the store."""

    batches: int
    papers: int
    records: int
    reuses: int
    indexed: int


def rebuild(kit: Toolbox, on_record: OnRecord = lambda _n: None) -> Rebuilt:
    """Recreate catalogue, ledger and index. Nothing in the store is changed. Safe to repeat.

    Raises:
        RecordDamaged, ObjectDamaged: names what cannot be read; `sohoa doctor` tells more. Everything is as it was.
    """
    _look_first(kit)
    with unfinished(kit.settings, "sohoa rebuild"):
        kit.ledger.clear()
        kit.catalog.clear()
        batches = _batches(kit)
        records = _records(kit, on_record)
        papers = _papers(records, kit)
        reuses = sum(1 for _, fact in read_facts(kit.store, "reuse") if kit.catalog.add_reuse(_reuse(fact)))
        number = sum(map(len, records.values()))
        return Rebuilt(batches=batches, papers=papers, records=number, reuses=reuses, indexed=reindex(kit))


def _look_first(kit: Toolbox) -> None:
    """Read all that is needed before anything is forgotten: what is there now can be asked until it can be replaced."""
    for kind in FACTS:
        for _ in read_facts(kit.store, kind):
            pass
    for record_id in all_record_ids(kit.store):
        newest_version(kit.store, record_id)


def reindex(kit: Toolbox, on_record: OnRecord = lambda _n: None) -> int:
    """Make the index anew from the catalogue, whatever became of it, and return how many records it has."""
    number = 0

    def findable() -> Iterator[Record]:
        nonlocal number
        for record in kit.catalog.all():
            if record.state in FINDABLE:
                number += 1
                on_record(number)
                yield record

    kit.index.rebuild(entries(findable(), kit))
    return number


def mend_index(kit: Toolbox) -> int:
    """Put into the index what it lacks or has in an older version, and return how many records that were.

    Raises:
        IndexDamaged: it must be made anew.
    """
    expected = kit.catalog.versions_in(FINDABLE)
    difference = reconcile(kit.index, expected)
    # Read again: another worker may have added a record to both since, and it would be taken out of the index.
    still = kit.catalog.versions_in(FINDABLE)
    kit.index.remove(record_id for record_id in difference.extra if still.get(record_id) == expected.get(record_id))
    wanted = [*difference.missing, *difference.stale]
    index((kit.catalog.get(record_id) for record_id in wanted), kit)
    return len(wanted)


def _batches(kit: Toolbox) -> int:
    """Open every batch as it was, and close those that were closed."""
    facts = [fact for _, fact in read_facts(kit.store, "batches")]
    by_code: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for fact in facts:
        by_code[fact["batch"]].append(fact)
    for code, said in by_code.items():
        said.sort(key=lambda f: f["noted_at"])
        expected = said[-1]["expected_sheets"]
        opened = min(datetime.fromisoformat(f["opened_at"]) for f in said)
        closed = [f["closed_at"] for f in said if f["closed_at"]]
        kit.ledger.restore_batch(
            code,
            folder=said[0]["folder"],
            expected=expected,
            opened_at=opened,
            closed_at=datetime.fromisoformat(closed[-1]) if closed else None,
        )
    return len(by_code)


def _records(kit: Toolbox, on_record: OnRecord) -> dict[tuple[str, str, str], list[Record]]:
    """Put the newest versions into the catalogue; returned by batch, name and content of the file they came in."""
    found: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for number, record_id in enumerate(all_record_ids(kit.store), start=1):
        record = newest_version(kit.store, record_id)
        kit.catalog.put(record, version_sha256(kit.store, record_id, record.version))
        source = record.source
        found[source.batch, source.name, source.sha256].append(record)
        on_record(number)
    return found


def _papers(records: Mapping[tuple[str, str, str], list[Record]], kit: Toolbox) -> int:
    """Write every receipt into its batch again, with what became of the paper."""
    decided = divisions(kit)
    outcomes = dict(read_facts(kit.store, "outcomes"))
    receipts = sorted((fact for _, fact in read_facts(kit.store, "receipts")), key=lambda fact: fact["received_at"])
    for fact in receipts:
        paper = kit.ledger.restore_paper(_new_paper(fact))
        made = records.get((paper.batch, paper.source, paper.sha256), [])
        outcome = outcomes.get(receipt_name(paper.batch, paper.source, paper.sha256))
        _restore_documents(paper, made, decided, kit)
        if outcome is not None:
            kit.ledger.set_paper(paper.id, state=State(outcome["state"]), reason=outcome["reason"])
        elif made:
            # Records of some of its pages: the paper was cut off half-way, and the rest is still to be done.
            state = State.KEPT if _whole(made) else State.WORKING
            kit.ledger.set_paper(paper.id, state=state, pages=max(_pages(r) for r in made))
        elif held := kit.catalog.by_master(paper.sha256):
            pages = held_pages([kit.catalog.get(record_id) for record_id in held], paper.sha256)
            # Held in part, it is still to be done, as when it came.
            if pages is not None:
                kit.ledger.set_paper(paper.id, state=State.HELD, reason=already_held(held), pages=pages)
    return len(receipts)


def _restore_documents(paper: Paper, made: list[Record], decided: list[Division], kit: Toolbox) -> None:
    """Write the paper's documents: those a person divided otherwise are not listed, a division cut off is to finish."""
    standing = {record.record_id for record in made if not was_divided(record)}
    for division in decided:
        if division.is_of(paper.batch, paper.source, paper.sha256) and standing & set(division.old):
            kit.ledger.restore_documents(paper.id, open_documents(division))
    kit.ledger.restore_documents(paper.id, [_document(record) for record in made if record.record_id in standing])


def _whole(made: list[Record]) -> bool:
    """Whether the records hold every page of the file they came in, as far as it is known how many it had."""
    held = sum(r.source.last_page - r.source.first_page + 1 for r in made)
    return held >= max(_pages(record) for record in made)


def _pages(record: Record) -> int:
    return record.source.pages or record.source.last_page


def _document(record: Record) -> RestoredDocument:
    return RestoredDocument(
        record_id=record.record_id,
        first_page=record.source.first_page,
        last_page=record.source.last_page,
        state=record.state,
        waiting_for=record.waiting_for,
        reason=standing_of(record).reason,
    )


def _new_paper(fact: Mapping[str, Any]) -> NewPaper:
    return NewPaper(
        batch=fact["batch"],
        source=fact["source"],
        path=fact["path"],
        sha256=fact["sha256"],
        bytes=fact["bytes"],
        sheets=fact["sheets"],
        dossier=fact["dossier"],
        procedure=fact["procedure"],
        owner_sealed=base64.b64decode(fact["owner_sealed"]) if fact["owner_sealed"] else None,
        owner_index=fact["owner_index"],
        type_hint=fact["type_hint"],
        mode=fact["mode"],
        received_at=datetime.fromisoformat(fact["received_at"]),
    )


def _reuse(fact: Mapping[str, Any]) -> ReuseEvent:
    return ReuseEvent(
        id=fact["id"],
        record_id=fact["record_id"],
        dossier=fact["dossier"],
        purpose=fact["purpose"],
        who=fact["who"],
        at=datetime.fromisoformat(fact["at"]),
        files=tuple(fact["files"]),
    )
