"""Seconds a call of the ledger, on SQLite and on PostgreSQL. Prints one table.

    python -m bench.ledger [--rounds 300] [--workers 4] [--postgresql ADDRESS]

ADDRESS names an empty database, whose tables are made and filled; without it only SQLite is measured. One round is what
one paper costs the ledger: received, handed out, a stage begun and finished, split, set, given back. "At once" is how
many rounds a second several processes do together on one batch.
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from storage.engine import open_engine
from storage.ledger import Ledger, NewPaper
from storage.migrate import upgrade
from storage.records import State

Times = dict[str, list[float]]


def one_round(ledger: Ledger, name: str, worker: str, times: Times) -> None:
    """Take one paper through the ledger."""

    def timed(what: str, call: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = call()
        times[what].append(time.perf_counter() - began)
        return result

    now = datetime.now(UTC)
    new = NewPaper(batch="B", source=name, path=name, sha256=f"{name:0>64}", bytes=1, mode="fast", received_at=now)
    timed("receive", lambda: ledger.receive(new))
    take = {"worker": worker, "number": 1, "seconds": 60, "now": now}
    (handed,) = timed("take_papers", lambda: ledger.take_papers("B", **take))
    timed("begin_stage", lambda: ledger.begin_stage(handed.id, "read/00001", input_hash="in", now=now))
    done: dict[str, Any] = {"output_hash": "out", "payload": b"x" * 20_000, "now": now}
    timed("finish_stage", lambda: ledger.finish_stage(handed.id, "read/00001", **done))
    timed("renew", lambda: ledger.renew(handed.id, worker=worker, seconds=60, now=now))
    (document,) = timed("add_documents", lambda: ledger.add_documents(handed.id, [(1, 1)]))
    timed("set_document", lambda: ledger.set_document(document.id, state=State.KEPT))
    timed("set_paper", lambda: ledger.set_paper(handed.id, state=State.KEPT, pages=1))
    timed("discard_outputs", lambda: ledger.discard_outputs(handed.id))
    timed("paper", lambda: ledger.paper(handed.id))
    timed("release", lambda: ledger.release(handed.id, worker))


def rounds(url: str, worker: str, number: int) -> Times:
    """Do rounds as one process; return the seconds of each call by its name."""
    engine = open_engine(url)
    ledger = Ledger(engine)
    ledger.open_batch("B", folder=None, expected=None, now=datetime.now(UTC))
    times: Times = defaultdict(list)
    for count in range(number):
        one_round(ledger, f"{worker}{count}", worker, times)
    engine.dispose()
    return dict(times)


def measured(url: str, number: int, workers: int) -> tuple[Times, float]:
    """Return the times of one process alone, and rounds a second of several at once."""
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    alone = rounds(url, "a", number)
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(abs, range(workers))
        began = time.perf_counter()
        pool.starmap(rounds, [(url, chr(ord("b") + n), number) for n in range(workers)], chunksize=1)
        return alone, workers * number / (time.perf_counter() - began)


def main(argv: list[str] | None = None) -> None:
    """Measure, and print the table."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=300)
    words.add_argument("--workers", type=int, default=4)
    words.add_argument("--postgresql", help="address of an empty database")
    given = words.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/ledger.db"}
        if given.postgresql:
            urls["PostgreSQL"] = given.postgresql
        found = {name: measured(url, given.rounds, given.workers) for name, url in urls.items()}
    print("| median ms | " + " | ".join(found) + " |")
    print("|---" * (len(found) + 1) + "|")
    for call in next(iter(found.values()))[0]:
        print(f"| {call} | " + " | ".join(f"{1000 * statistics.median(t[call]):.2f}" for t, _ in found.values()) + " |")
    print(f"| rounds a second, {given.workers} at once | " + " | ".join(f"{r:.0f}" for _, r in found.values()) + " |")


if __name__ == "__main__":
    sys.exit(main())
