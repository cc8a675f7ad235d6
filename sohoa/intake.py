"""Intake: which files are meant, to which batch they belong, and receiving them one by one."""

import csv
import os
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sohoa.document_types import type_code
from sohoa.errors import FileUnreadable, NotAllowed
from sohoa.local_time import VIETNAM
from sohoa.steps.receive import Order, receive, set_aside_changing
from sohoa.steps.source import is_hidden, legible, unsettled_seconds
from sohoa.steps.stage import digest
from sohoa.toolbox import Toolbox
from storage.batches import CODE_LENGTH
from storage.errors import SourceChanged
from storage.ledger import Batch, Paper
from storage.packages import read_facts, write_fact
from storage.records import State

_LOOKS = 3
"""How often a file is looked at before it counts as being written to."""

_MOST_SHEETS = 100_000

_NAME_LENGTH = CODE_LENGTH - 20
"""Of a folder's name in a batch's code: a day follows, and a number where several batches begin on it."""

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
    """As people see it: the path below the folder that was named. No two files of a call share it."""
    within: Path | None = None
    """The folder that was named, which links may not leave; None for a file that was named itself."""


def files_in(paths: Sequence[Path]) -> list[Given]:
    """Return every file below the paths, in order of their names. Links to folders are not followed.

    So that each is accounted for, what is not looked into is returned as well: hidden folders, folders that cannot be
    listed, and links to folders elsewhere.

    A file named twice is one; where two files of several folders would bear the same name, the later bears its folder's
    name, too: none is lost.

    Raises:
        FileUnreadable: a path named by the operator is not there.
    """
    given: dict[str, Given] = {}
    seen: set[str] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise FileUnreadable(file=str(path), why="no such file or folder")
        within = path if path.is_dir() else None
        for found in _below(path) if within else [path]:
            place = os.path.abspath(found)  # noqa: PTH100 - resolve() would follow the link
            if place in seen:
                continue
            seen.add(place)
            source = next(name for name in _names(found, path) if name not in given)
            given[source] = Given(path=found, source=source, within=within)
    return [given[source] for source in sorted(given)]


def _names(found: Path, path: Path) -> Iterator[str]:
    """Yield names for a file: below the folder that was named, with that folder, as a whole, and then numbered."""
    whole = legible(os.path.abspath(found))  # noqa: PTH100
    parent = Path(os.path.abspath(path)).parent  # noqa: PTH100
    yield legible(str(found.relative_to(path))) if found != path else legible(path.name)
    yield legible(os.path.relpath(os.path.abspath(found), parent if found != path else parent.parent))  # noqa: PTH100
    yield whole
    yield from (f"{whole} ({number})" for number in range(2, 1 << 30))


def _below(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(str(error.filename)))):
        here = Path(root)
        hidden = [name for name in folders if is_hidden(name)]
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        away = [name for name in folders if (here / name).is_symlink() and not _leads_into(here / name, folder)]
        yield from (here / name for name in sorted((*names, *hidden, *away)))
    yield from closed


def _leads_into(link: Path, folder: Path) -> bool:
    return link.resolve().is_relative_to(folder.resolve())


def open_batch(paths: Sequence[Path], code: str | None, expected: int | None, kit: Toolbox) -> Batch:
    """Return the batch the files belong to: the one named, the folder's open one, or a new one named after it.

    Raises:
        BatchClosed: the named batch is closed.
    """
    first = paths[0].resolve()
    folder = first if first.is_dir() else first.parent
    if code is None:
        open_now = kit.ledger.open_batch_of(storable(folder))
        code = open_now.code if open_now else _new_code(folder, kit)
    batch = kit.ledger.open_batch(code, folder=storable(folder), expected=expected, now=kit.clock())
    note_batch(batch, kit)
    return batch


def storable(folder: Path) -> str:
    """Return a folder's path as the ledger has it: bytes that are no UTF-8 written as escapes."""
    return os.fsencode(folder).decode("utf-8", "backslashreplace")


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
    # The newest fact counts, also after the clock was put back.
    later = [] if newest is None else [datetime.fromisoformat(newest["noted_at"]) + timedelta(microseconds=1)]
    noted_at = max(kit.clock(), *later).isoformat() if later else kit.clock().isoformat()
    write_fact(kit.store, "batches", digest(batch.code, noted_at)[:32], {**body, "noted_at": noted_at})


def _new_code(folder: Path, kit: Toolbox) -> str:
    """Return a code nobody uses yet: the folder's name, its beginning if it is long, and the day."""
    today = kit.clock().astimezone(VIETNAM).date().isoformat()
    stem = f"{legible(folder.name)[:_NAME_LENGTH] or 'lo'}-{today}"
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
                columns = ", ".join(COLUMNS)
                raise NotAllowed(
                    f"{path.name}: the columns are {columns}", vi=f"{path.name}: các cột phải là {columns}"
                )
            orders: dict[str, Order] = {}
            for number, row in enumerate(rows, start=2):
                name = unicodedata.normalize("NFC", (row["file"] or "").strip())
                if not name or name in orders:
                    raise NotAllowed(
                        f"{path.name} line {number}: file {name!r} is empty or stands twice",
                        vi=f"{path.name} dòng {number}: cột file «{name}» bị trống hoặc nêu hai lần",
                    )
                orders[name] = _order(row, base, path.name, number)
            return orders
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(file=str(path), why=str(error)) from None


def _order(row: Mapping[str, str | None], base: Order, where: str, line: int) -> Order:
    said = {name: (value or "").strip() for name, value in row.items() if name in COLUMNS}
    sheets, owner = said.get("sheets", ""), said.get("owner", "")
    if sheets and not (sheets.isascii() and sheets.isdigit() and len(sheets) < 9 and int(sheets) <= _MOST_SHEETS):
        raise NotAllowed(
            f"{where} line {line}: sheets is a number up to {_MOST_SHEETS}, not {sheets[:20]!r}",
            vi=f"{where} dòng {line}: cột sheets là số tờ, tối đa {_MOST_SHEETS}, không phải «{sheets[:20]}»",
        )
    kind, colon, number = owner.partition(":")
    if owner and not (colon and kind in ("personal_id", "organization_id") and any(map(str.isalnum, number))):
        raise NotAllowed(
            f"{where} line {line}: owner is personal_id:… or organization_id:…",
            vi=f"{where} dòng {line}: cột owner phải là personal_id:… hoặc organization_id:…",
        )
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
    """Receive the files one by one; told of each as soon as its bytes are kept.

    A file that somebody keeps writing to is set aside, to be taken in by the next run; it stops no other.
    """
    papers: list[Paper] = []
    known: set[str] = set()
    unfinished = set(kit.ledger.unfinished_papers(batch))
    # What is being written to gets time while the others are received.
    for file in sorted(given, key=lambda file: unsettled_seconds(file.path) > 0):
        paper, new = _received(file, batch, orders.get(file.source, base), kit)
        on_paper(paper, new)
        papers.append(paper)
        if not new and paper.state is not State.WORKING and paper.id not in unfinished:
            known.add(paper.id)
    return Received(papers=papers, known=known)


def _received(file: Given, batch: str, order: Order, kit: Toolbox) -> tuple[Paper, bool]:
    for _ in range(_LOOKS):
        time.sleep(unsettled_seconds(file.path))
        if unsettled_seconds(file.path) > 0:
            continue
        with suppress(SourceChanged):
            return receive(file.path, file.source, batch=batch, order=order, kit=kit, within=file.within)
    return set_aside_changing(file.path, file.source, batch=batch, order=order, kit=kit)
