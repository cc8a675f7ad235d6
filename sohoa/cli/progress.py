"""The live progress display: drawn on stderr from the ledger, whoever does the work."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

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
        while True:
            last = done.wait(EVERY_SECONDS)
            now = kit.ledger.papers(batch)
            finished = sum(paper.state is not State.WORKING for paper in now)
            pages = kit.ledger.pages_read(batch)
            progress.update(bar, completed=finished, total=len(now), description=f"Lô {batch} · {pages} trang đã đọc")
            if last:
                return


def _lines(batch: str, papers: Sequence[Paper], kit: Toolbox, done: Event) -> None:
    """Say once for each paper that it is through, and when the first page was read."""
    through = {paper.id for paper in papers if paper.state is not State.WORKING}
    first_page = False
    total = len(papers)
    while True:
        last = done.wait(EVERY_SECONDS)
        if not first_page and kit.ledger.pages_read(batch):
            say("Đã đọc trang đầu tiên (first page read)")
            first_page = True
        for paper in kit.ledger.papers(batch):
            if paper.state is not State.WORKING and paper.id not in through:
                through.add(paper.id)
                say(f"[{len(through)}/{total}] {paper.source}")
        if last:
            return
