"""kill -9 of each server in the middle of a batch, and what is left of it. Prints one table.

    python -m bench.outages [--rounds 3] [--documents 24] [--down 5] [--only minio,postgresql]

Starts servers of its own (infra/services.sh), takes a box in by the real command with recorded reading, kills one
server when a third is done, starts it again after a pause, and repeats the command until nothing is pending. Then all
is looked through: every paper a record, none twice, chains, bytes, ledger, catalogue and index of one mind.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sohoa.policy import OUR_ERRORS
from sohoa.settings import Settings
from sohoa.toolbox import Toolbox
from sohoa.wiring import build
from storage.records import State
from tests.deployments import own_deployment
from tests.faults.archive import faults_of
from tests.faults.recorded import SECONDS, plain_box

ROOT = Path(__file__).parents[1]
SERVERS = ("minio", "elasticsearch", "postgresql", "prefect")
MOST_RUNS = 6


@dataclass
class Outage:
    """What came of one kill."""

    back_seconds: float = 0.0
    """From the start of the server until it was ready."""
    recovered_seconds: float = 0.0
    """From then until the next paper was done."""
    codes: list[int] = field(default_factory=list)
    """Exit codes of the commands it took."""
    said: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """The servers, and the box."""

    servers: Path
    box: Path
    readings: Path
    down_seconds: float

    def script(self, *words: str) -> None:
        """Run infra/services.sh on our own servers."""
        environment = os.environ | {"SERVICES_RUN": str(self.servers)}
        done = subprocess.run(["infra/services.sh", *words], cwd=ROOT, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr[-2000:])

    def settings(self) -> dict[str, str]:
        """Return what the script wrote down."""
        files = (self.servers / "services.env", self.servers / "admin.env")
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def kill(self, server: str) -> None:
        """Kill the server."""
        os.kill(int((self.servers / server / "pid").read_text(encoding="utf-8").split()[0]), signal.SIGKILL)

    def begin(self, home: Path, named: Mapping[str, str]) -> "subprocess.Popen[str]":
        """Begin to take the box in."""
        command = [sys.executable, "-m", "tests.faults.recorded", str(self.readings), "--home", str(home), "ingest"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")}
        return subprocess.Popen(
            [*command, str(self.box)],
            cwd=ROOT,
            env=clean | dict(named) | {SECONDS: "0.5"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Kill each server so many times, print what came of it, and return how many faults there were."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--documents", type=int, default=24)
    words.add_argument("--down", type=float, default=5.0, help="seconds before the server is started again")
    words.add_argument("--only", default=",".join(SERVERS))
    words.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args(argv)
    if given.folder is None:
        return _with_servers(argv)
    bench = Bench(given.folder / "run", given.folder / "box", given.folder / "readings", given.down)
    plain_box(bench.box, bench.readings, given.documents)
    found: dict[str, list[Outage]] = {}
    for server in given.only.split(","):
        for number in range(1, given.rounds + 1):
            outage = _outage(bench, server, given.folder / f"{server}-{number}", given.documents)
            found.setdefault(server, []).append(outage)
            print(f"{server} {number}: {outage}", flush=True)
    _print(found, given.documents)
    return sum(len(one.faults) for outages in found.values() for one in outages)


def _with_servers(argv: Sequence[str] | None) -> int:
    """Run the bench in a process of its own while the servers are up: it tidies up there when it ends."""
    with tempfile.TemporaryDirectory(prefix="sohoa-outages-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        servers = Bench(folder / "run", folder / "box", folder / "readings", 0)
        servers.script("start")
        try:
            words = [*(sys.argv[1:] if argv is None else argv), "--folder", name]
            return subprocess.run([sys.executable, "-m", "bench.outages", *words], check=False).returncode
        finally:
            servers.script("stop")


def _outage(bench: Bench, server: str, home: Path, documents: int) -> Outage:
    one = Outage()
    services = bench.settings()
    with own_deployment(services) as named:
        kit = build(_settings(home, named))
        environment = named | {"PREFECT_API_URL": services["PREFECT_API_URL"]}
        command = bench.begin(home, environment)
        while _done(kit) < documents // 3 and command.poll() is None:
            time.sleep(0.1)
        bench.kill(server)
        time.sleep(bench.down_seconds)
        started = time.monotonic()
        bench.script("start", server)
        ready = time.monotonic()
        one.back_seconds = ready - started
        before = _done(kit)
        while True:
            while command.poll() is None:
                if not one.recovered_seconds and _done(kit) > before:
                    one.recovered_seconds = time.monotonic() - ready
                time.sleep(0.1)
            assert command.stderr is not None
            one.said.update(line[:110] for line in command.stderr.read().splitlines() if line.startswith("sohoa:"))
            one.codes.append(command.returncode)
            if command.returncode == 0 or len(one.codes) == MOST_RUNS:
                break
            command = bench.begin(home, environment)
        one.faults = faults_of(kit)
        have = {record.source.name for record in kit.catalog.all()}
        one.faults += [f"lost: {scan.name}" for scan in bench.box.iterdir() if scan.name not in have]
        one.faults += [f"exit {one.codes[-1]}"] if one.codes[-1] else []
        kit.pool.close()
        getattr(kit.signer, "close", lambda: None)()
    return one


def _settings(home: Path, named: Mapping[str, str]) -> Settings:
    values = {name.removeprefix("SOHOA_").lower(): value for name, value in named.items()}
    return Settings(home=home, **values)  # type: ignore[arg-type]


def _done(kit: Toolbox) -> int:
    """Return how many documents are done; none while nobody can say."""
    with suppress(*OUR_ERRORS):
        documents = [d for batch in kit.ledger.batches() for d in kit.ledger.documents(batch.code)]
        return sum(d.state in (State.KEPT, State.REVIEW) for d in documents)
    return 0


def _print(found: Mapping[str, list[Outage]], documents: int) -> None:
    print(f"\n{documents} documents a batch")
    print("| killed | kills | lost, double, at odds | server back, s | next paper, s | exit codes |")
    print("|---|---|---|---|---|---|")
    for server, outages in found.items():
        back = statistics.median(one.back_seconds for one in outages)
        next_one = statistics.median(one.recovered_seconds for one in outages)
        faults = sum(len(one.faults) for one in outages)
        runs = ", ".join("→".join(map(str, one.codes)) for one in outages)
        print(f"| {server} | {len(outages)} | {faults} | {back:.1f} | {next_one:.1f} | {runs} |")
    for server, outages in found.items():
        for line, number in sum((one.said for one in outages), Counter[str]()).most_common():
            print(f"{server}: {number} x {line}")


if __name__ == "__main__":
    sys.exit(min(main(), 1))
