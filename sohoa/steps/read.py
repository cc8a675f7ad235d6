"""Prepare and read: from the bytes to what the scan is, and from its pages to lines with places."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ocr.lines import PageReading
from sohoa.remote import INSPECT_SCAN, READ_PAGE
from sohoa.steps.stage import digest, once
from sohoa.toolbox import Toolbox
from sohoa.wire import page_from_json, page_to_json
from storage.ledger import Paper

INSPECT_SECONDS = 60
"""Long enough for a thousand-page file on a busy machine, short enough for an overnight run."""

OnPage = Callable[[int, int], None]
"""Told pages done and pages in all."""


def ignore(_done: int, _total: int) -> None:
    """Hear of progress and do nothing."""


def prepare(paper: Paper, kit: Toolbox) -> dict[str, Any]:
    """Return what the file is: {"kind", "page_count", "signed"}. Parsed in a pool worker.

    Raises:
        BadScan: the paper must be scanned or sent again.
    """

    def work() -> dict[str, Any]:
        with kit.local(paper.sha256, name=_safe_name(paper)) as copy:
            scan = kit.pool.run(INSPECT_SCAN, copy, timeout_seconds=INSPECT_SECONDS)
        return {"kind": str(scan.kind), "page_count": scan.page_count, "signed": scan.signed}

    result: dict[str, Any] = once(kit, paper.id, "prepare", paper.sha256, work)
    return result


def read(paper: Paper, page_count: int, kit: Toolbox, on_page: OnPage = ignore) -> list[PageReading]:
    """Return the readings of all pages, in order. Each page is a stage of its own, so a killed run resumes there.

    Raises:
        BadScan, TookTooLong, WorkerDied: the paper is set aside by the caller; pages already read stay in the ledger.
    """
    known = {page: kit.ledger.stage_output(paper.id, stage_name(page)) for page in range(1, page_count + 1)}
    missing = [page for page, output in known.items() if output is None]
    if missing:
        with kit.local(paper.sha256, name=_safe_name(paper)) as copy:
            _read_pages(paper, missing, copy, kit, on_page, page_count)
    return [page_from_json(once(kit, paper.id, stage_name(p), paper.sha256, _gone)) for p in range(1, page_count + 1)]


def _read_pages(paper: Paper, pages: list[int], copy: Path, kit: Toolbox, on_page: OnPage, page_count: int) -> None:
    """Read the pages in parallel; every page that came out is written down before any failure is passed on."""
    futures = {
        page: kit.pool.submit(READ_PAGE, copy, page, paper.mode, timeout_seconds=kit.settings.page_seconds)
        for page in pages
    }
    try:
        for done, (page, future) in enumerate(futures.items(), start=page_count - len(pages) + 1):
            once(kit, paper.id, stage_name(page), digest(paper.sha256, page, paper.mode), _result(future))
            on_page(done, page_count)
    finally:
        for future in futures.values():
            future.cancel()


def _result(future: Any) -> Callable[[], Any]:
    return lambda: page_to_json(future.result())


def _gone() -> Any:
    raise AssertionError("a page that was read is in the ledger")


def stage_name(page: int) -> str:
    """Return the ledger's name for reading this page (from 1)."""
    return f"read/{page:05d}"


def _safe_name(paper: Paper) -> str:
    """Return a name for the working copy that keeps the suffix people gave and nothing else."""
    return "scan" + Path(paper.source).suffix[:8]
