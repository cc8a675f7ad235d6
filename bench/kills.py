"""kill -9 at random moments over a batch, and what is left of it. Prints one table.

    python -m bench.kills [--kills 200] [--documents 30] [--real] [--seed N] [--keep FOLDER]

Targets: the command, a pool worker, the scheduler, the signer. After each round (a batch, killed and started again
until it is done) the archive is looked through: every file a record or set aside as without kills, none twice, every
chain and byte sound, ledger, catalogue and index of one mind, doctor content, no process left. Reading is recorded
unless --real; everything else is what people run.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from sohoa.doctor import FAULT, examine
from sohoa.samplebox.varied import make_documents
from sohoa.settings import Settings
from sohoa.wiring import build
from tests.faults.archive import faults_of
from tests.faults.recorded import reading_of, record

KINDS = {"uvicorn": "scheduler", "signing.process_main": "signer", "multiprocessing.spawn": "worker"}
WEIGHTS = {"command": 3, "worker": 4, "scheduler": 2, "signer": 3}
RUN_SECONDS = 600
"""A command that is not done by then hangs."""

LEAVING_SECONDS = 20
"""How long a process may take to notice that what it served is gone."""

SAID_LINES = 3
"""So much of what a command said last is shown when its end was none that it may have."""

WARM_PAPERS = 3
STEADY = ("command", "scheduler", "signer")
GROWTH = 0.10
"""How much the resident memory of these may grow once they are warm. A worker's is that of the page it is at."""

Seen = dict[int, float]
"""Processes that were there: number -> when they began."""


@dataclass
class Round:
    """What became of one batch."""

    kills: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    resident_mb: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    """Of what was there at the end of a command, by what it is: when it was warm, and at the end."""


@dataclass(frozen=True)
class Bench:
    """A box and the command that takes it in."""

    box: Path
    command: list[str]

    def start(self, home: Path) -> "subprocess.Popen[bytes]":
        """Start the command on a home."""
        log = home.with_suffix(".log").open("ab")
        words = [*self.command, "--home", str(home), "ingest", str(self.box), "--json"]
        out = home.with_suffix(".json").open("wb")
        return subprocess.Popen(words, stdout=out, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)


def family(pid: int) -> dict[str, list[psutil.Process]]:
    """Return the command and its descendants by what they are."""
    found: dict[str, list[psutil.Process]] = {}
    try:
        top = psutil.Process(pid)
        children = top.children(recursive=True)
    except psutil.NoSuchProcess:
        return found
    found["command"] = [top]
    for child in children:
        try:
            line = " ".join(child.cmdline())
        except psutil.NoSuchProcess:
            continue  # gone meanwhile, or killed and not yet waited for: the others are there all the same
        kind = next((kind for mark, kind in KINDS.items() if mark in line), "other")
        found.setdefault(kind, []).append(child)
    return found


class Memory:
    """The resident memory of a command and what it starts, each from when it is warm: a process loads its libraries
    with the first papers that go through while it is there."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._met: dict[int, int] = {}
        """Process -> papers that were through when it was first seen."""
        self.of_what_stays: dict[int, tuple[str, float, float]] = {}
        """Warm process that was there at the last look -> what it is, MiB when it was warm, MiB now."""
        self._due = 0.0

    def look(self, command: int) -> None:
        """Look at all processes, at most once a second."""
        if time.monotonic() < self._due or not (self._home / "prefect").exists():
            return
        self._due = time.monotonic() + 1.0
        through, before = _through(self._home), self.of_what_stays
        self.of_what_stays = {}
        for kind, processes in family(command).items():
            for process in processes:
                if kind in WEIGHTS and through - self._met.setdefault(process.pid, through) >= WARM_PAPERS:
                    now = _resident_mb(process)
                    if now:
                        warm = before.get(process.pid, (kind, now, now))[1]
                        self.of_what_stays[process.pid] = kind, warm, now


def _resident_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / (1 << 20)
    except psutil.NoSuchProcess:
        return 0.0


def _through(home: Path) -> int:
    with closing(sqlite3.connect(home / "catalog.db", timeout=10)) as database:
        query = "select count(*) from documents where state in ('kept', 'review', 'pending')"
        return int(database.execute(query).fetchone()[0])


def run_once(bench: Bench, home: Path, one: Round, seen: Seen, dice: random.Random, limit: int) -> int | None:
    """Run the command to its end or its death, killing what lives beside it; return its exit code, None if killed."""
    command = bench.start(home)
    one.runs += 1
    began = time.monotonic()
    memory = Memory(home)
    due = began + dice.uniform(0.3, 16.0)
    while command.poll() is None:
        time.sleep(0.05)
        if time.monotonic() - began > RUN_SECONDS:
            one.faults.append("the command hangs")
            os.killpg(command.pid, signal.SIGKILL)
            command.wait()
            return None
        memory.look(command.pid)
        if time.monotonic() < due or sum(one.kills.values()) >= limit:
            continue
        relatives = family(command.pid)
        seen.update({p.pid: p.create_time() for group in relatives.values() for p in group if p.is_running()})
        kinds = [kind for kind in WEIGHTS if relatives.get(kind)]
        if not kinds:
            continue
        kind = dice.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0]
        try:
            dice.choice(relatives[kind]).kill()
        except psutil.NoSuchProcess:
            continue  # it ended by itself between the look and the blow
        one.kills[kind] += 1
        due = time.monotonic() + dice.uniform(0.1, 3.0)
        if kind == "command":
            command.wait()
            return None
    for kind, warm, last in memory.of_what_stays.values():
        one.resident_mb[kind].append((warm, last))
        if kind in STEADY and last > warm * (1 + GROWTH):
            one.faults.append(f"memory: {kind} {warm:.0f} MiB, {last:.0f} at the end")
    return command.returncode


def round_of(bench: Bench, home: Path, dice: random.Random, limit: int) -> Round:
    """Take the box in, killed up to `limit` times, and look at what is there afterwards."""
    one = Round()
    seen: Seen = {}
    began = time.monotonic()
    while True:
        code = run_once(bench, home, one, seen, dice, limit)
        if code == 0:
            break
        if code is not None and code != 75:
            said = home.with_suffix(".log").read_text(encoding="utf-8", errors="replace").splitlines()
            one.faults.append(f"exit code {code}: {' | '.join(said[-SAID_LINES:])}")
        if one.runs > 3 * limit + 5:
            one.faults.append("never done")
            break
    one.seconds = time.monotonic() - began
    _look(bench, home, one, seen)
    return one


def _look(bench: Bench, home: Path, one: Round, seen: Seen) -> None:
    kit = build(Settings(home=home))
    try:
        one.faults += faults_of(kit)
        for batch in kit.ledger.batches():
            for paper in kit.ledger.papers(batch.code):
                states = [str(d.state) for d in kit.ledger.documents_of(paper.id)] or [str(paper.state)]
                one.states[paper.source] = ",".join(states)
        names = {str(file.relative_to(bench.box)) for file in bench.box.rglob("*") if file.is_file()}
        one.faults += [f"lost: {name}" for name in names - one.states.keys()]
        one.faults += [f"doctor: {c.name}: {c.message}" for c in examine(kit) if c.state == FAULT]
    finally:
        kit.pool.close()
        getattr(kit.signer, "close", lambda: None)()
    limit = time.monotonic() + LEAVING_SECONDS
    while (left := _left_behind(home, seen)) and time.monotonic() < limit:
        time.sleep(0.5)
    one.faults += [f"left behind: {line}" for line in left]


def _left_behind(home: Path, seen: Seen) -> list[str]:
    left = []
    for process in psutil.process_iter(["pid", "cmdline", "create_time", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        ours = seen.get(process.info["pid"]) == process.info["create_time"] or str(home) in line
        if ours and process.info["status"] != psutil.STATUS_ZOMBIE and process.info["pid"] != os.getpid():
            left.append(f"{process.info['pid']} {line[:100]}")
    return left


def main(argv: list[str] | None = None) -> Any:
    """Run rounds until so many kills are done, and print what came of them; return all faults."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--documents", type=int, default=30)
    words.add_argument("--real", action="store_true")
    words.add_argument("--seed", type=int, default=2026)
    words.add_argument("--keep", type=Path, help="work here, and leave everything there")
    given = words.parse_args(argv)
    folder = given.keep or Path(tempfile.mkdtemp(prefix="sohoa-kills-"))
    folder.mkdir(parents=True, exist_ok=True)
    box = make_documents(given.documents, folder / "box")
    command = [str(Path(sys.executable).with_name("sohoa"))]
    if not given.real:
        for paper in box.papers:
            fields = dict(paper.documents[0].fields)
            fields["document_number"] = f"{str(fields['document_number']).partition('/')[0]}/QĐ-UBND"
            fields["subject"] = str(fields["subject"]).replace("V/v", "Về việc")
            record(folder / "readings", folder / "box" / paper.file, [reading_of(fields)])
        command = [sys.executable, "-m", "tests.faults.recorded", str(folder / "readings")]
    bench = Bench(box=folder / "box", command=command)
    dice = random.Random(given.seed)
    whole = round_of(bench, folder / "home-0", dice, 0)
    print(f"without kills: {whole.seconds:.0f} s, {dict(Counter(whole.states.values()))}, {whole.faults}", flush=True)
    rounds: list[Round] = []
    while (left := given.kills - sum(sum(r.kills.values()) for r in rounds)) > 0:
        one = round_of(bench, folder / f"home-{len(rounds) + 1}", dice, left)
        one.faults += [
            f"wrong state: {name} {state} instead of {whole.states[name]}"
            for name, state in one.states.items()
            if state != whole.states.get(name)
        ]
        rounds.append(one)
        print(f"round {len(rounds)}: {one.seconds:.0f} s, {one.runs} runs, {dict(one.kills)}, {one.faults}", flush=True)
    faults = [*whole.faults, *(fault for one in rounds for fault in one.faults)]
    print(table([whole, *rounds], given, faults))
    print(json.dumps(faults, ensure_ascii=False, indent=1))
    return faults


def table(rounds: list[Round], given: argparse.Namespace, faults: list[str]) -> str:
    """Return the kill table, in Markdown."""
    kills = sum((one.kills for one in rounds), Counter[str]())
    kinds = ("lost", "double", "wrong state", "left behind", "doctor", "exit code", "memory")
    rest = [fault for fault in faults if not fault.startswith(kinds)]
    reading = "real" if given.real else "recorded"
    rows = [
        ("rounds × documents, reading", f"{len(rounds)} (the first without kills) × {given.documents}, {reading}"),
        *((f"kill -9 of {kind}", str(kills[kind])) for kind in WEIGHTS),
        ("kill -9 in all", str(sum(kills.values()))),
        ("commands started", str(sum(one.runs for one in rounds))),
        *((kind, str(sum(fault.startswith(kind) for fault in faults))) for kind in kinds),
        ("chain, ledger, catalogue, index at odds", str(len(rest))),
        *((f"resident MiB of what stays back: {kind}, warm → at the end", _growth(rounds, kind)) for kind in WEIGHTS),
    ]
    return "\n".join(["| what | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _growth(rounds: list[Round], kind: str) -> str:
    pairs = [pair for one in rounds for pair in one.resident_mb[kind]]
    if not pairs:
        return "-"
    worst = max(pairs, key=lambda pair: pair[1] / pair[0])
    middle = [statistics.median(column) for column in zip(*pairs, strict=True)]
    return f"{middle[0]:.0f} → {middle[1]:.0f} (median of {len(pairs)}), the most {worst[0]:.0f} → {worst[1]:.0f}"


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
