"""Intake: which files are meant, to which batch they belong, and receiving them one by one."""

import csv
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta, timezone
from pathlib import Path

from sohoa.document_types import type_code
from sohoa.errors import FileUnreadable, NotAllowed
from sohoa.steps.receive import Order, receive
from sohoa.steps.stage import digest
from sohoa.toolbox import Toolbox
from storage.ledger import Batch, Paper
from storage.packages import read_facts, write_fact
from storage.records import State

VIETNAM = timezone(timedelta(hours=7))

COLUMNS = ("file", "sheets", "dossier", "procedure", "owner", "document_type")
"""Of the manifest: one line a file, `file` as the path below the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a call took in."""

    papers: Sequence[Paper]
    """All of them, in the order of the files."""
    known: Collection[str]
    """Papers that were in the batch, and through, before this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One file that was handed in."""

    path: Path
    source: str
    """As people see it: the path below the folder that was named."""


def files_in(paths: Sequence[Path]) -> list[Given]:
    """Return every file below the paths, in order of their names. Links to folders are not followed.

    Raises:
        FileUnreadable: a path named by the operator is not there.
    """
    given: dict[str, Given] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise FileUnreadable(file=str(path), why="no such file or folder")
        for found in _below(path) if path.is_dir() else [path]:
            source = str(found.relative_to(path)) if path.is_dir() else found.name
            given.setdefault(source, Given(path=found, source=source))
    return [given[source] for source in sorted(given)]


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(root) / name for name in sorted(names))


def open_batch(paths: Sequence[Path], code: str | None, expected: int | None, kit: Toolbox) -> Batch:
    """Return the batch the files belong to: the one named, the folder's open one, or a new one named after it.

    Raises:
        BatchClosed: the named batch is closed.
    """
    first = paths[0].resolve()
    folder = first if first.is_dir() else first.parent
    if code is None:
        open_now = kit.ledger.open_batch_of(str(folder))
        code = open_now.code if open_now else _new_code(folder, kit)
    batch = kit.ledger.open_batch(code, folder=str(folder), expected=expected, now=kit.clock())
    note_batch(batch, kit)
    return batch


def note_batch(batch: Batch, kit: Toolbox) -> None:
    """Put what the batch is into the store, so that it can be rebuilt; nothing new writes nothing."""
    body = {
        "batch": batch.code,
        "folder": batch.folder,
        "state": batch.state,
        "expected_sheets": batch.expected_sheets,
        "opened_at": batch.opened_at.isoformat(),
        "closed_at": batch.closed_at.isoformat() if batch.closed_at else None,
    }
    known = [fact for _, fact in read_facts(kit.store, "batches") if fact["batch"] == batch.code]
    newest = max(known, key=lambda fact: fact["noted_at"], default=None)
    if newest is not None and body.items() <= newest.items():
        return
    noted_at = kit.clock().isoformat()
    write_fact(kit.store, "batches", digest(batch.code, noted_at)[:32], {**body, "noted_at": noted_at})


def _new_code(folder: Path, kit: Toolbox) -> str:
    """Return a code nobody uses yet: the folder's name and the day."""
    today = kit.clock().astimezone(VIETNAM).date().isoformat()
    stem = f"{folder.name or 'lo'}-{today}"
    taken = {batch.code for batch in kit.ledger.batches()}
    return next(code for code in _numbered(stem) if code not in taken)


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def read_manifest(path: Path, base: Order) -> Mapping[str, Order]:
    """Return what the manifest says of each file, by its path below the folder; gaps are filled from `base`.

    Raises:
        NotAllowed: a column is missing or unknown, a file stands twice, a number or owner is ill-formed.
        FileUnreadable: the manifest cannot be opened.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.DictReader(text)
            unknown = set(rows.fieldnames or ()) - set(COLUMNS)
            if unknown or "file" not in (rows.fieldnames or ()):
                raise NotAllowed(f"{path.name}: the columns are {', '.join(COLUMNS)}")
            orders: dict[str, Order] = {}
            for number, row in enumerate(rows, start=2):
                name = (row["file"] or "").strip()
                if not name or name in orders:
                    raise NotAllowed(f"{path.name} line {number}: file {name!r} is empty or stands twice")
                orders[name] = _order(row, base, f"{path.name} line {number}")
            return orders
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(file=str(path), why=str(error)) from None


def _order(row: Mapping[str, str | None], base: Order, place: str) -> Order:
    said = {name: (value or "").strip() for name, value in row.items() if name in COLUMNS}
    sheets, owner = said.get("sheets", ""), said.get("owner", "")
    if sheets and not (sheets.isascii() and sheets.isdigit()):
        raise NotAllowed(f"{place}: sheets is a number, not {sheets!r}")
    kind, colon, number = owner.partition(":")
    if owner and not (colon and kind in ("personal_id", "organization_id") and number):
        raise NotAllowed(f"{place}: owner is personal_id:… or organization_id:…")
    return replace(
        base,
        sheets=int(sheets) if sheets else None,
        dossier=said.get("dossier") or base.dossier,
        procedure=said.get("procedure") or base.procedure,
        owner=(kind, number) if owner else base.owner,
        document_type=type_code(said["document_type"]) if said.get("document_type") else base.document_type,
    )


def receive_all(
    given: Sequence[Given],
    batch: str,
    base: Order,
    orders: Mapping[str, Order],
    kit: Toolbox,
    *,
    on_paper: Callable[[Paper, bool], None],
) -> Received:
    """Receive the files one by one; told of each as soon as its bytes are kept."""
    papers: list[Paper] = []
    known: set[str] = set()
    for file in given:
        paper, new = receive(file.path, file.source, batch=batch, order=orders.get(file.source, base), kit=kit)
        on_paper(paper, new)
        papers.append(paper)
        if not new and paper.state is not State.WORKING:
            known.add(paper.id)
    return Received(papers=papers, known=known)
