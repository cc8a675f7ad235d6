"""Are good papers slower when bad files lie among them? One box alone and with one bad file in ten. Prints one table.

    python -m bench.beside [--good 20] [--rounds 5] [--seed N] [--mode fast|standard]

Every round takes other kinds of tests/badinput. Compared are the good papers a minute, from the first one done to the
last one, and the CPU seconds of all processes: the first is what people see, the second is deaf to a busy machine.
"""

import argparse
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sohoa.samplebox.varied import make_documents
from tests.badinput.kind import REFUSED, Kind
from tests.badinput.table import makeable

IN_TEN = 10


@dataclass(frozen=True)
class Seen:
    """What one ingest took."""

    papers_a_minute: float
    cpu_seconds: float


def main(argv: Sequence[str] | None = None) -> None:
    """Measure in pairs, the order changing from round to round, and print the medians of the ratios."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--good", type=int, default=20)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--seed", type=int, default=2026)
    words.add_argument("--mode", choices=("fast", "standard"), default="standard")
    given = words.parse_args(argv)
    dice = random.Random(given.seed)
    bad = [kind for kind in makeable() if kind.expect == REFUSED]
    with tempfile.TemporaryDirectory(prefix="sohoa-beside-") as name:
        folder = Path(name)
        make_documents(given.good, folder / "alone")
        ratios = []
        print(
            f"{'round':<6}{'alone/min':>10}{'beside/min':>11}{'time':>7}"
            f"{'alone CPU':>11}{'beside CPU':>11}{'CPU':>7}  bad files"
        )
        for number in range(1, given.rounds + 1):
            kinds = dice.sample(bad, max(1, given.good // IN_TEN))
            shutil.rmtree(folder / "beside", ignore_errors=True)
            shutil.copytree(folder / "alone", folder / "beside")
            for place, kind in enumerate(kinds):
                _put(kind, folder / "beside", place * IN_TEN + IN_TEN // 2)
            order = ("alone", "beside") if number % 2 else ("beside", "alone")
            seen = {box: _ingest(folder / box, folder / "home", given.mode) for box in order}
            alone, beside = seen["alone"], seen["beside"]
            ratios.append((alone.papers_a_minute / beside.papers_a_minute, beside.cpu_seconds / alone.cpu_seconds))
            print(
                f"{number:<6}{alone.papers_a_minute:>10.2f}{beside.papers_a_minute:>11.2f}{ratios[-1][0]:>7.3f}"
                f"{alone.cpu_seconds:>11.1f}{beside.cpu_seconds:>11.1f}{ratios[-1][1]:>7.3f}"
                f"  {', '.join(kind.name for kind in kinds)}",
                flush=True,
            )
    time, cpu = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(
        f"median: time a good paper x {time:.3f}, CPU of the whole run x {cpu:.3f} "
        f"({given.good} good, {len(kinds)} bad)"
    )


def _put(kind: Kind, box: Path, place: int) -> None:
    """Write the bad file so that it comes in the middle of the good ones."""
    folder = box / f"{place:05}-xấu"
    path = folder / kind.file
    path.parent.mkdir(parents=True, exist_ok=True)
    kind.make(path)


def _ingest(box: Path, home: Path, mode: str) -> Seen:
    shutil.rmtree(home, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(Path(sys.executable).with_name("sohoa")), "--home", str(home), "ingest", str(box), "--mode", mode]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    if done.returncode:
        sys.exit(f"exit {done.returncode}: {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    ends = _good_ends(home)
    seconds = (ends[-1] - ends[0]).total_seconds()
    return Seen(
        papers_a_minute=60 * (len(ends) - 1) / seconds,
        cpu_seconds=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    )


def _good_ends(home: Path) -> list[datetime]:
    query = "select d.updated_at from documents d join papers p on p.id = d.paper_id where p.source not like '%/%'"
    with closing(sqlite3.connect(home / "catalog.db")) as database:
        return sorted(datetime.fromisoformat(row[0]) for row in database.execute(query))


if __name__ == "__main__":
    main()
