"""The pages of a record, one by one: which file each comes from, read again, and put together anew."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from ocr.fields.result import Understood
from ocr.lines import PageReading
from sohoa.remote import COMPOSE_JOINED, COMPOSE_LEGAL, READ_PAGE
from sohoa.steps.compose import COMPOSE_SECONDS_A_PAGE, title_of
from sohoa.steps.stage import digest, once
from sohoa.toolbox import Toolbox
from sohoa.wire import page_from_json, page_to_json
from storage.records import Finding, PageSource, Record

Leaves = tuple[PageSource, ...]


def leaves_of(record: Record) -> Leaves:
    """Return where each page of the record comes from."""
    source = record.source
    run = range(source.first_page, source.last_page + 1)
    return record.pages or tuple(PageSource(sha256=source.sha256, page=page, place=page) for page in run)


def page_list(leaves: Leaves, sha256: str) -> Leaves:
    """Return what a record of the file `sha256` says of its pages: nothing where they are one run of that file."""
    first = leaves[0].place
    run = tuple(PageSource(sha256=sha256, page=first + i, place=first + i) for i in range(len(leaves)))
    return () if leaves == run else leaves


def read_leaves(leaves: Leaves, mode: str, kit: Toolbox) -> list[PageReading]:
    """Return the readings of the pages, in order; `page` of each is that in its file.

    Each is a stage of its own, so that a killed run goes on there. See `forget_readings`.

    Raises: see sohoa.steps.read.read.
    """
    return [_read(leaf, mode, kit) for leaf in leaves]


def _read(leaf: PageSource, mode: str, kit: Toolbox) -> PageReading:
    def work() -> object:
        with kit.local(leaf.sha256) as copy:
            future = kit.pool.submit(READ_PAGE, copy, leaf.page, mode, timeout_seconds=kit.settings.page_seconds)
            return page_to_json(future.result())

    return page_from_json(once(kit, _subject(leaf), f"read/{leaf.page:05d}", digest(leaf.sha256, mode), work))


def forget_readings(leaves: Leaves, kit: Toolbox) -> None:
    """Drop what was read for this work: the record has it now."""
    for subject in {_subject(leaf) for leaf in leaves}:
        kit.ledger.discard_outputs(subject)


def _subject(leaf: PageSource) -> str:
    return f"leaf-{leaf.sha256[:48]}"


def numbered(readings: Sequence[PageReading]) -> list[PageReading]:
    """Return the readings with the pages of the document, from 1."""
    return [
        replace(one, page=page, findings=tuple(replace(f, page=page if f.page else None) for f in one.findings))
        for page, one in enumerate(readings, start=1)
    ]


def compose_leaves(
    leaves: Leaves, readings: Sequence[PageReading], understood: Understood, created_of: Record, out: Path, kit: Toolbox
) -> tuple[Finding, ...]:
    """Write the unsealed legal copy of the pages to `out`, and return what was found, by pages of the document.

    Raises:
        CannotCompose: no legal copy can be made.
    """
    with kit.workspace() as folder:
        scans = {sha256: folder / f"scan-{sha256}" for sha256 in {leaf.sha256 for leaf in leaves}}
        for sha256, scan in scans.items():
            with kit.local(sha256) as copy:
                copy.rename(scan)
        runs = groupby(zip(leaves, readings, strict=True), key=lambda pair: pair[0].sha256)
        pieces = [(scans[sha256], [reading for _, reading in run]) for sha256, run in runs]
        said = {"title": title_of(understood), "created": created_of.received_at}
        seconds = COMPOSE_SECONDS_A_PAGE * len(leaves) + 30
        if len(pieces) > 1:
            composed = kit.pool.run(partial(COMPOSE_JOINED, **said), pieces, out, timeout_seconds=seconds)
            places = {page: page for page in range(1, len(leaves) + 1)}
        else:
            composed = kit.pool.run(partial(COMPOSE_LEGAL, **said), *pieces[0], out, timeout_seconds=seconds)
            places = {reading.page: place for place, reading in enumerate(readings, start=1)}
    return tuple(
        Finding(
            code=f.code,
            page=places[f.page] if f.page is not None else None,
            blocks_seal=f.blocks_seal,
            detail=dict(f.detail),
        )
        for f in composed.findings
    )
