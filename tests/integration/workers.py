"""Real `sohoa worker` processes on PostgreSQL and a Prefect server, with recorded reading."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select

from flows.serve import OFFLINE, answers, free_port
from sohoa.settings import Settings
from sohoa.toolbox import Toolbox
from sohoa.wiring import build
from storage import schema
from storage.engine import open_engine, reading
from tests.faults.archive import faults_of, receive_box
from tests.faults.recorded import SECONDS, plain_box

PATIENCE_SECONDS = 400


def wait_for(there: Callable[[], Any]) -> Any:
    """Return what the call returns once that is something."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (found := there()):
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.2)
    return found


@dataclass
class Office:
    """A home whose ledger is on PostgreSQL, with a box in it, and the workers that were started there."""

    folder: Path
    database: str
    scheduler: str
    lease_seconds: int = 10
    page_seconds: float = 0.5
    workers: "list[subprocess.Popen[str]]" = field(default_factory=list)
    kit: Toolbox = field(init=False)

    def __post_init__(self) -> None:
        self.kit = build(Settings(home=self.folder / "home", database_url=self.database))  # type: ignore[arg-type]

    def receive(self, count: int) -> str:
        """Receive a box of so many papers, and return its batch: nothing is done with it yet."""
        plain_box(self.folder / "box", self.folder / "readings", count)
        return receive_box(self.kit, self.folder / "box")[0]

    def worker(self, host: str = "") -> "subprocess.Popen[str]":
        """Start a worker, on this machine or as if on another."""
        module = ["tests.faults.elsewhere", host] if host else ["tests.faults.recorded"]
        command = [sys.executable, "-m", *module, str(self.folder / "readings"), "--home", str(self.folder / "home")]
        environment = os.environ | {
            "SOHOA_DATABASE_URL": self.database,
            "SOHOA_LEASE_SECONDS": str(self.lease_seconds),
            "SOHOA_WORKERS": "1",
            "PREFECT_API_URL": self.scheduler,
            SECONDS: str(self.page_seconds),
        }
        number = len(self.workers)
        with (self.folder / f"worker-{number}.log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen([*command, "worker"], env=environment, stdout=log, stderr=log, text=True)
        self.workers.append(process)
        return process

    def wait_for_workers(self) -> None:
        """Return once all workers look for work: what is received from now on they share, however long they took."""
        logs = [self.folder / f"worker-{number}.log" for number in range(len(self.workers))]
        wait_for(lambda: all("Đang nhận việc" in log.read_text(encoding="utf-8") for log in logs))

    def held(self) -> dict[str, str]:
        """Return who holds which paper: subject -> worker."""
        engine = open_engine(self.database)
        try:
            with reading(engine) as connection:
                query = select(schema.leases.c.subject, schema.leases.c.worker)
                return {row.subject: row.worker for row in connection.execute(query).all()}
        finally:
            engine.dispose()

    def held_by(self, worker: "subprocess.Popen[str]") -> set[str]:
        """Return what a worker holds."""
        return {subject for subject, name in self.held().items() if f":{worker.pid}:" in name}

    def done(self, batch: str) -> bool:
        """Whether no paper of the batch is open any more."""
        return not self.kit.ledger.unfinished_papers(batch)

    def stop(self) -> list[str]:
        """Ask the workers to stop, and return what each said."""
        for process in self.workers:
            process.send_signal(signal.SIGTERM)
        for process in self.workers:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return [
            (self.folder / f"worker-{number}.log").read_text(encoding="utf-8") for number in range(len(self.workers))
        ]

    def faults(self) -> list[str]:
        """Return all that is lost, double or in a wrong state."""
        return faults_of(self.kit)


@contextmanager
def office(folder: Path, database: str, scheduler: str, **changes: Any) -> Iterator[Office]:
    """Lend an office; its workers are gone afterwards."""
    lent = Office(folder, database, scheduler, **changes)
    try:
        yield lent
    finally:
        for process in lent.workers:
            process.kill()
            process.wait()


@dataclass
class OwnScheduler:
    """A Prefect server of the test's own, on a PostgreSQL database of its own."""

    folder: Path
    database: str
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Return where it listens, or will."""
        return f"http://127.0.0.1:{self.port}/api"

    def start(self) -> None:
        """Start it and return once it answers."""
        command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"]
        address = make_url(self.database).set(drivername="postgresql+asyncpg")
        environment: Mapping[str, str] = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"} | {
            **OFFLINE,
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_UI_ENABLED": "false",
            "PREFECT_SERVER_API_HOST": "127.0.0.1",
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_API_DATABASE_CONNECTION_URL": address.render_as_string(hide_password=False),
        }
        with (self.folder / "scheduler.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        wait_for(lambda: answers(self.url))

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
