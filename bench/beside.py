"""Are good papers slower when bad files lie among them? The same papers in two archives, one with bad files. A table.

    python -m bench.beside [--pairs 16] [--bad 3] [--seed N] [--mode fast|standard]

Each pair takes one good paper through both archives: in one after another good paper, in the other after bad files of
tests/badinput. Which archive comes first changes from pair to pair. Compared are the processor seconds of all
processes, deaf to a busy machine, and the clock. At the end, once, the same after a file that only the limits of a
worker stop.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from sohoa.allocator import give_memory_back
from sohoa.intake import open_batch
from sohoa.samplebox.varied import make_documents
from sohoa.settings import Settings
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order, receive
from sohoa.toolbox import Toolbox
from sohoa.wiring import build
from storage.records import State
from tests.badinput.kind import REFUSED, Kind
from tests.badinput.pdfs import STOPPED
from tests.badinput.table import makeable

IN_TEN = 10
"""One bad file in so many papers: what the last line reckons with."""


@dataclass(frozen=True)
class Took:
    """What a piece of work took, all processes together."""

    cpu_seconds: float
    seconds: float


class Arm:
    """An archive with one worker, and what papers take there."""

    def __init__(self, home: Path, mode: str) -> None:
        self.kit: Toolbox = build(Settings(home=home, user="bench", workers=1, mode=mode))
        self._order = Order(mode=mode)
        self._batch = open_batch([home], "bench", None, self.kit).code

    def take(self, path: Path, source: str) -> Took:
        """Take a file in and through."""
        cpu, began = _spent(), time.monotonic()
        paper, _ = receive(path, source, batch=self._batch, order=self._order, kit=self.kit)
        if paper.state is State.WORKING:
            take_through(paper.id, self.kit)
        return Took(cpu_seconds=_spent() - cpu, seconds=time.monotonic() - began)

    def take_bad(self, kind: Kind, folder: Path) -> Took:
        """Make a bad file below the folder and take it in; it must be refused."""
        path = folder / kind.file
        path.parent.mkdir(parents=True)
        kind.make(path)
        took = self.take(path, f"{folder.name}/{kind.file}")
        (paper,) = self.kit.ledger.papers_named(self._batch, f"{folder.name}/{kind.file}")
        assert paper.state in kind.expect, (kind.name, paper.state, paper.reason)
        return took

    def close(self) -> None:
        """End the processes."""
        self.kit.pool.close()
        getattr(self.kit.signer, "close", lambda: None)()


def _spent() -> float:
    """Return the processor seconds of this process and of all it ever started."""
    times = os.times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in psutil.Process().children(recursive=True):
        try:
            total += sum(child.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


def main(argv: Sequence[str] | None = None) -> None:
    """Measure in pairs and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pairs", type=int, default=16)
    words.add_argument("--bad", type=int, default=3, help="bad files before each good paper")
    words.add_argument("--seed", type=int, default=2026)
    words.add_argument("--mode", choices=("fast", "standard"), default="fast")
    given = words.parse_args(argv)
    give_memory_back()  # as the command does
    with tempfile.TemporaryDirectory(prefix="sohoa-beside-") as name:
        folder = Path(name)
        made = make_documents(2 * given.pairs + 2, folder / "good").papers
        papers = [folder / "good" / paper.file for paper in made]
        arms = {arm: Arm(folder / arm, given.mode) for arm in ("alone", "beside")}
        try:
            for arm in arms.values():
                arm.take(papers[-1], "warm")
            good, bad = _pairs(given, arms, papers[:-2], folder)
            _sum_up(good, bad)
            _after_a_stop(arms, papers[-2], folder)
        finally:
            for arm in arms.values():
                arm.close()


def _pairs(
    given: argparse.Namespace, arms: dict[str, Arm], papers: Sequence[Path], folder: Path
) -> tuple[list[tuple[Took, Took]], list[Took]]:
    """Return what each good paper took alone and beside bad files, and what each of these took."""
    dice = random.Random(given.seed)
    kinds = [kind for kind in makeable() if kind.expect == REFUSED and kind not in STOPPED]
    good, bad = list[tuple[Took, Took]](), list[Took]()
    print(f"{'pair':<5}{'alone CPU':>10}{'beside CPU':>11}{'ratio':>7}{'a bad file':>11}  bad files before it")
    for number, (before, paper) in enumerate(zip(papers[::2], papers[1::2], strict=True), start=1):
        chosen = dice.sample(kinds, given.bad)
        took: dict[str, Took] = {}
        spent: list[Took] = []
        for arm in ("alone", "beside") if number % 2 else ("beside", "alone"):
            if arm == "alone":
                arms[arm].take(before, before.name)
            else:
                spent = [arms[arm].take_bad(kind, folder / f"bad-{number}-{n}") for n, kind in enumerate(chosen)]
            took[arm] = arms[arm].take(paper, paper.name)
        good.append((took["alone"], took["beside"]))
        bad += spent
        alone, beside = (one.cpu_seconds for one in good[-1])
        each = statistics.mean(one.cpu_seconds for one in spent)
        names = ", ".join(kind.name for kind in chosen)
        print(f"{number:<5}{alone:>10.2f}{beside:>11.2f}{beside / alone:>7.3f}{each:>11.2f}  {names}", flush=True)
    return good, bad


def _sum_up(good: Sequence[tuple[Took, Took]], bad: Sequence[Took]) -> None:
    cpu = sorted(beside.cpu_seconds / alone.cpu_seconds for alone, beside in good)
    clock = statistics.median(beside.seconds / alone.seconds for alone, beside in good)
    low, middle, high = statistics.quantiles(cpu, n=4)
    whole = sum(beside.cpu_seconds for _, beside in good) / sum(alone.cpu_seconds for alone, _ in good)
    paper = statistics.mean(alone.cpu_seconds for alone, _ in good)
    each, most = statistics.mean(one.cpu_seconds for one in bad), max(one.cpu_seconds for one in bad)
    print(f"a good paper after bad files: CPU x {middle:.3f} ({low:.3f} to {high:.3f}), clock x {clock:.3f} (medians)")
    print(f"                              CPU x {whole:.3f} (all {len(good)} together)")
    print(
        f"a bad file: {each:.2f} CPU seconds, {each / paper:.1%} of a good paper; the worst {most:.2f}, of {len(bad)}"
    )
    print(f"one bad file to {IN_TEN} good papers: CPU of all x {1 + (whole - 1 + each / paper) / IN_TEN:.3f}")


def _after_a_stop(arms: dict[str, Arm], paper: Path, folder: Path) -> None:
    (kind,) = STOPPED
    stop = arms["beside"].take_bad(kind, folder / "stopped")
    alone, beside = (arms[arm].take(paper, paper.name) for arm in ("alone", "beside"))
    print(
        f"{kind.name}: {stop.cpu_seconds:.1f} CPU seconds until it is stopped, then a new worker, once: "
        f"{beside.cpu_seconds - alone.cpu_seconds:+.1f} CPU seconds, {beside.seconds - alone.seconds:+.1f} on the clock"
    )


if __name__ == "__main__":
    main()
