"""What of a batch should be scanned again or looked for (yêu cầu quét lại), in words, with the command to type.

What concerns one document stands among the findings of its record. Pages that two documents share, and sheets that did
not come, are looked for when somebody asks: no record is changed by it.
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sohoa.messages import words
from sohoa.stacks import arrived_signed_itself
from sohoa.steps.leaves import leaves_of
from sohoa.toolbox import Toolbox
from sohoa.twice import Seen, found_twice
from storage.ledger import Document, Paper
from storage.objects import read_bytes
from storage.reconcile import reconcile
from storage.records import Finding, Record, Role, State

ONE_PAGE = frozenset({"text_cut_off", "blurred", "low_contrast", "faint_page", "low_resolution", "dark_background"})
"""Findings that a better scan of the page itself clears."""
WHOLE_PAPER = frozenset(
    {"numbers_missing", "sheet_missing", "total_not_reached", "page_out_of_order", "fed_twice", "page_twice"}
)
"""Findings that only a new scan of the paper clears: a page is replaced, never added or taken out."""
GONE = (State.SUPERSEDED, State.REVOKED, State.QUARANTINED)
"""Nobody scans again what was divided, declared void or rejected."""


def rescans(code: str, kit: Toolbox) -> list[dict[str, Any]]:
    """Return the requests of a batch in the order of its sheets; what a person accepted is not asked for again.

    Of each: file, page in it, sheet (its place among all pages of the batch), record_id, code, message, message_en,
    remedy. Page, sheet and record are None where nothing more is known than what did not come. Reads the report of
    every record of the batch. Raises UnknownBatch.
    """
    batch, papers, documents = kit.ledger.contents(code)
    ids = [document.id for of_paper in documents.values() for document in of_paper]
    found = kit.catalog.by_ids(ids)
    every = [found[one] for one in ids if one in found]
    records = [record for record in every if record.state not in GONE]
    before = _pages_before(papers, every)
    asked = [row for record in records for row in _of_record(record, before)]
    asked += _shared(records, before, kit)
    asked.sort(key=lambda row: (row["sheet"], row["code"]))
    return [*asked, *_not_come(batch.expected_sheets, papers, documents)]


def pages_apart(records: Sequence[Record]) -> int:
    """Return how many pages of the files are separator sheets and their blank backs."""
    return sum({(r.source.name, r.source.sha256): r.source.apart for r in records}.values())


def records_of(code: str, kit: Toolbox) -> list[Record]:
    """Return the records of a batch as they stand. Raises UnknownBatch."""
    _, _, documents = kit.ledger.contents(code)
    return list(kit.catalog.by_ids([one.id for of_paper in documents.values() for one in of_paper]).values())


def _pages_before(papers: Sequence[Paper], records: Sequence[Record]) -> dict[tuple[str, str], int]:
    """Return for each file how many pages of the batch lie before it, files in the order of their names."""
    sizes = {(paper.source, paper.sha256): paper.pages or 1 for paper in papers if paper.state is not State.IGNORED}
    for record in records:
        source = record.source
        sizes[source.name, source.sha256] = max((source.pages or source.last_page) + source.apart, source.last_page)
    before, total = {}, 0
    for key in sorted(sizes):
        before[key] = total
        total += sizes[key]
    return before


def _of_record(record: Record, before: Mapping[tuple[str, str], int]) -> Iterator[dict[str, Any]]:
    for finding in record.findings:
        if finding.code in ONE_PAGE | WHOLE_PAPER and finding.code not in record.accepted:
            yield _row(record, finding, before)


def _row(record: Record, finding: Finding, before: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    page = finding.page or 1
    place = leaves_of(record)[page - 1].place
    said = words(finding.code, {"page": str(page), **finding.detail})
    source = record.source
    if finding.code in ONE_PAGE and not arrived_signed_itself(record):
        remedy = f"sohoa ingest FILE --replace {record.record_id}:{page}"
    elif finding.code == "page_elsewhere":
        remedy = f"sohoa show {record.record_id}"
    else:
        remedy = f"sohoa ingest FILE --batch {shlex.quote(source.batch)}"
    return {
        "file": source.name,
        "page": place,
        "sheet": before[source.name, source.sha256] + place,
        "record_id": record.record_id,
        "code": finding.code,
        "message": said.vi,
        "message_en": said.en,
        "remedy": remedy,
    }


def _shared(records: Sequence[Record], before: Mapping[tuple[str, str], int], kit: Toolbox) -> Iterator[dict[str, Any]]:
    """Yield a request for each page that another document of the batch has as well."""
    places: dict[int, tuple[Record, int]] = {}
    seen = []
    for record in sorted(records, key=lambda r: (before[r.source.name, r.source.sha256], r.source.first_page)):
        for page, read in enumerate(_report(record, kit), start=1):
            order = len(places)
            places[order] = record, page
            if not read.get("blank"):
                seen.append(Seen(order=order, look=read.get("look", ""), text=read["text"]))
    for one, two in found_twice(seen):
        (first, page), (second, again) = places[one.order], places[two.order]
        if first.record_id != second.record_id:
            there = {"file": first.source.name, "other": str(leaves_of(first)[page - 1].place)}
            yield _row(second, Finding(code="page_elsewhere", page=again, detail=there), before)


def _report(record: Record, kit: Toolbox) -> list[dict[str, Any]]:
    """Return the pages of a record as they were read."""
    report = record.file(Role.REPORT)
    if report is None:
        return []
    plain = kit.keys.decrypt(record.record_id, read_bytes(kit.store, report.key), context=Role.REPORT)
    pages: list[dict[str, Any]] = json.loads(plain)["pages"]
    return pages


def _not_come(
    expected: int | None, papers: Sequence[Paper], documents: Mapping[str, Sequence[Document]]
) -> Iterator[dict[str, Any]]:
    """Yield what was announced and did not come: of a file, if the manifest counts its sheets, and of the batch.

    Separator sheets are announced by nobody: neither they nor their backs count as come.
    """
    for paper in papers:
        if paper.state is not State.KEPT or paper.sheets is None or paper.pages is None:
            continue
        if paper.pages < paper.sheets:
            yield _short(paper.source, paper.sheets, paper.pages, paper.batch)
    received = reconcile(expected, papers, documents).received_sheets
    if expected is not None and received < expected and papers:
        yield _short(None, expected, received, papers[0].batch)


def _short(file: str | None, expected: int, received: int, batch: str) -> dict[str, Any]:
    said = words("sheets_missing", {"expected": str(expected), "received": str(received)})
    return {
        "file": file,
        "page": None,
        "sheet": None,
        "record_id": None,
        "code": "sheets_missing",
        "message": said.vi,
        "message_en": said.en,
        "remedy": f"sohoa ingest FILE --batch {shlex.quote(batch)}",
    }
