"""Split and merge by hand: where a person says that documents of a file begin and end.

New records take the place of the old ones, whatever their state: those stay readable in every version and say what
stands in their place. A document that a dossier uses already is left alone unless the person insists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sohoa.errors import LeaseLost, NotAllowed
from sohoa.steps.divide import (
    MERGED,
    SPLIT,
    Division,
    NewRecord,
    decide,
    known_division,
    open_documents,
    was_divided,
)
from sohoa.steps.document import take_through
from sohoa.steps.keep import newest
from sohoa.steps.leaves import leaves_of
from sohoa.steps.stage import leased
from sohoa.steps.understand import SPLIT_DOUBTS
from sohoa.toolbox import Toolbox
from storage.identifiers import new_id
from storage.ledger import Document
from storage.records import Record, Role, State

DIVISIBLE = (State.REVIEW, State.PENDING, State.KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """What came of a division."""

    division: Division
    documents: tuple[Document, ...]
    """The new ones, as the ledger has them; none where another worker goes on with them."""


def split(record_id: str, at: Sequence[int], kit: Toolbox, *, even_used: bool = False) -> Divided:
    """Cut the record before each of the pages `at`, counted in the record from 1. Safe to repeat.

    Raises:
        NotAllowed: a page does not fit, the record arrived signed, is used by a dossier, or does not stand any more;
            nothing was changed.
        Errors with remedy retry or repair: the decision is kept; repeating goes on from there.
    """
    record = newest(kit.catalog.resolve(record_id), kit)
    places = [leaf.place for leaf in leaves_of(record)]
    cuts = sorted(set(at))
    if not cuts or cuts[0] < 2 or cuts[-1] > len(places):
        raise NotAllowed(
            f"the record has {len(places)} pages; cut before one of 2 to {len(places)}",
            vi=f"hồ sơ có {len(places)} trang; chỉ tách trước trang 2 đến trang {len(places)}",
        )
    ends = [*(cut - 1 for cut in cuts), len(places)]
    ranges = [(places[first - 1], places[last - 1]) for first, last in zip([1, *cuts], ends, strict=True)]
    return _divide(SPLIT, [record], ranges, kit, even_used=even_used)


def merge(record_ids: Sequence[str], kit: Toolbox, *, even_used: bool = False) -> Divided:
    """Make one record of several that follow each other in one file. Safe to repeat. Raises: see `split`."""
    found = {record.record_id: record for record in (newest(kit.catalog.resolve(one), kit) for one in record_ids)}
    records = sorted(found.values(), key=lambda record: record.source.first_page)
    if len(records) < 2:
        raise NotAllowed("name two records or more", vi="hãy nêu từ hai hồ sơ trở lên")
    if len({(r.source.batch, r.source.name, r.source.sha256) for r in records}) > 1:
        raise NotAllowed("records of different files cannot be merged", vi="chỉ ghép được các văn bản của cùng một tệp")
    return _divide(
        MERGED, records, [(records[0].source.first_page, records[-1].source.last_page)], kit, even_used=even_used
    )


def _divide(
    what: str, records: Sequence[Record], ranges: Sequence[tuple[int, int]], kit: Toolbox, *, even_used: bool
) -> Divided:
    source = records[0].source
    wanted = Division(
        what=what,
        batch=source.batch,
        source=source.name,
        sha256=source.sha256,
        old=tuple(record.record_id for record in records),
        new=tuple(NewRecord(record_id=new_id(), first_page=first, last_page=last) for first, last in ranges),
        who=kit.settings.user,
        at=kit.clock().isoformat(),
    )
    paper_id = paper_of(records[0], kit)
    with leased(kit, paper_id) as lease:
        if lease is None:
            raise LeaseLost(paper_id)
        division = known_division(wanted, kit)
        if division is None:
            for record in records:
                _refuse(record, kit, even_used=even_used)
            _refuse_between(wanted, paper_id, kit)
            division = decide(wanted, kit)
            for record in records:
                kit.audit.note(what, record_id=record.record_id, into=", ".join(n.record_id for n in division.new))
        if not all(map(was_divided, records)):
            kit.ledger.restore_documents(paper_id, open_documents(division))
    take_through(paper_id, kit)
    made = {new.record_id for new in division.new}
    documents = tuple(document for document in kit.ledger.documents_of(paper_id) if document.id in made)
    return Divided(division=division, documents=documents)


def paper_of(record: Record, kit: Toolbox) -> str:
    """Return the identifier of the paper the record came in."""
    source = record.source
    found = [p for p in kit.ledger.papers_named(source.batch, source.name) if p.sha256 == source.sha256]
    return found[0].id


def arrived_signed_itself(record: Record) -> bool:
    """Whether the legal copy is the very file that came in."""
    master, legal = record.file(Role.MASTER), record.file(Role.LEGAL)
    return master is not None and legal is not None and master.sha256 == legal.sha256


def _refuse(record: Record, kit: Toolbox, *, even_used: bool) -> None:
    """Raise NotAllowed where the record must stay as it is."""
    shown = record.record_id
    if record.state not in DIVISIBLE:
        raise NotAllowed(f"{shown} is {record.state}: it stays as it is", vi=f"hồ sơ {shown} không chia, ghép được nữa")
    if arrived_signed_itself(record):
        raise NotAllowed(
            f"{shown} arrived signed: cutting it would break its signature",
            vi=f"hồ sơ {shown} là tệp đã ký số; chia, ghép sẽ làm hỏng chữ ký",
        )
    used = kit.catalog.reuses(shown)
    if used and not even_used:
        dossiers = ", ".join(sorted({use.dossier for use in used}))
        raise NotAllowed(
            f"{shown} is used by dossier {dossiers}; if it must be divided all the same, add --even-used",
            vi=f"hồ sơ {shown} đã được sử dụng lại ({dossiers}); nếu vẫn phải chia, ghép, hãy thêm --even-used",
        )


def _refuse_between(wanted: Division, paper_id: str, kit: Toolbox) -> None:
    """Raise NotAllowed where another document lies between, or another division is under way."""
    first, last = wanted.new[0].first_page, wanted.new[-1].last_page
    for document in kit.ledger.documents_of(paper_id):
        if document.state is State.WORKING:
            raise NotAllowed("the file is being worked on; try again later", vi="tệp đang được xử lý, hãy thử lại sau")
        if document.id not in wanted.old and first <= document.first_page <= last:
            raise NotAllowed(
                f"{document.id} lies between them: name it too", vi=f"giữa chúng còn hồ sơ {document.id}; hãy nêu cả nó"
            )


def proposed_split(record: Record, kit: Toolbox) -> list[dict[str, Any]]:
    """Return how the pages round a record are cut, if that waits for a person: the record and its neighbours there.

    Confirming the record accepts it; `split` and `merge` change it.
    """
    asked = {finding.code for finding in record.findings} & set(SPLIT_DOUBTS)
    if not asked or record.state is not State.REVIEW:
        return []
    documents = kit.ledger.documents_of(paper_of(record, kit))
    place = next(index for index, document in enumerate(documents) if document.id == record.record_id)
    first = place - 1 if "split_unsure" in asked and place else place
    last = place + 1 if "split_after_unsure" in asked else place
    return [
        {"record_id": document.id, "pages": [document.first_page, document.last_page], "state": str(document.state)}
        for document in documents[first : last + 1]
    ]


def divided_answer(done: Divided) -> dict[str, Any]:
    """Return the object that `split` and `merge` print."""
    now = {document.id: document for document in done.documents}
    return {
        "what": done.division.what,
        "from": list(done.division.old),
        "source": done.division.source,
        "batch": done.division.batch,
        "records": [_row(new, now.get(new.record_id)) for new in done.division.new],
    }


def _row(new: NewRecord, document: Document | None) -> dict[str, Any]:
    return {
        "record_id": new.record_id,
        "pages": [new.first_page, new.last_page],
        "state": str(document.state if document else State.SUPERSEDED),
        "waiting_for": document.waiting_for if document else None,
        "reason": document.reason if document else None,
    }
