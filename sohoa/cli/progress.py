"""The live progress display: drawn on stderr from the ledger, whoever does the work."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sohoa.cli.context import say
from sohoa.toolbox import Toolbox
from storage.ledger import Paper
from storage.records import State

EVERY_SECONDS = 0.5


@contextmanager
def watching(batch: str, papers: Sequence[Paper], kit: Toolbox) -> Iterator[None]:
    """Show how far the batch is while the block runs: a bar on a terminal, a line a paper elsewhere."""
    done = Event()
    watcher = Thread(target=_bar if sys.stderr.isatty() else _lines, args=(batch, papers, kit, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _bar(batch: str, papers: Sequence[Paper], kit: Toolbox, done: Event) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(f"Lô {batch}", total=len(papers))
        for _ in _looks(done):
            total = kit.ledger.count_papers(batch)
            finished = total - len(kit.ledger.papers_at_work(batch))
            pages = kit.ledger.pages_read(batch)
            progress.update(bar, completed=finished, total=total, description=f"Lô {batch} · {pages} trang đã đọc")


def _lines(batch: str, papers: Sequence[Paper], kit: Toolbox, done: Event) -> None:
    """Say once for each paper that it is through, and when the first page was read."""
    at_work = {paper.id: paper.source for paper in papers if paper.state is State.WORKING}
    first_page = False
    for _ in _looks(done):
        if not first_page and kit.ledger.pages_read(batch):
            say("Đã đọc trang đầu tiên (first page read)")
            first_page = True
        still = kit.ledger.papers_at_work(batch)
        for paper_id in [one for one in at_work if one not in still]:
            source = at_work.pop(paper_id)
            say(f"[{len(papers) - len(at_work)}/{len(papers)}] {source}")


def _looks(done: Event) -> Iterator[None]:
    """Yield once a look at the ledger, the last time when the work is done. Looking takes a tenth of the time at most:
    a box of ten thousand papers must not be read more slowly for being watched."""
    last, pause = False, EVERY_SECONDS
    while not last:
        last = done.wait(pause)
        started = monotonic()
        yield
        pause = max(EVERY_SECONDS, 10 * (monotonic() - started))
