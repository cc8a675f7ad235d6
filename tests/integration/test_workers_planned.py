"""What infra/prefect/prefect.yaml plans is applied to a Prefect server, and runs there from the installed package."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from flows.serve import OFFLINE
from sohoa.settings import Settings
from sohoa.wiring import build
from tests.faults.archive import receive_box
from tests.faults.recorded import plain_box

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.service("prefect")]

PLAN = Path(__file__).parents[2] / "infra" / "prefect" / "prefect.yaml"


class Planner:
    """The plan, applied under names of its own, and a worker that runs what is due."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.url = url
        self.pool = f"sohoa-test-{uuid4().hex[:8]}"
        plan = yaml.safe_load(PLAN.read_text(encoding="utf-8"))
        for one in plan["deployments"]:
            one["name"] = f"{one['name']}-{self.pool}"
            one["work_pool"]["name"] = self.pool
        self.names = {one["entrypoint"].rpartition(".")[2]: one["name"] for one in plan["deployments"]}
        self.plan = folder / "prefect.yaml"
        self.plan.write_text(yaml.safe_dump(plan), encoding="utf-8")

    def prefect(self, *words: str) -> str:
        """Run Prefect's command; return what it said."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")} | {
            **OFFLINE,
            "PREFECT_API_URL": self.url,
            "PREFECT_HOME": str(self.folder / "prefect"),
            "SOHOA_HOME": str(self.home),
        }
        command = [sys.executable, "-m", "prefect", "--no-prompt", *words]
        done = subprocess.run(
            command, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def apply(self) -> None:
        """Do what the head of the file says."""
        self.prefect("work-pool", "create", self.pool, "--type", "process", "--overwrite")
        self.prefect("deploy", "--all", "--prefect-file", str(self.plan))

    def run(self, flow: str, *parameters: str) -> str:
        """Have one of the flows run once; return the name of the state it ended in, and what it said."""
        more = [word for parameter in parameters for word in ("--param", parameter)]
        self.prefect("deployment", "run", f"{flow}/{self.names[flow]}", *more)
        self.prefect("worker", "start", "--pool", self.pool, "--type", "process", "--run-once")
        ended = {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}
        of_flow = {"name": {"any_": [self.names[flow]]}}
        newest = {"sort": "EXPECTED_START_TIME_DESC", "limit": 1}
        (run,) = self.ask("flow_runs/filter", flow_runs=ended, deployments=of_flow, **newest)
        return f"{run['state']['name']}: {run['state']['message']}"

    def ask(self, path: str, **body: Any) -> Any:
        """Ask the server."""
        return httpx.post(f"{self.url}/{path}", json=body, timeout=60).raise_for_status().json()

    def forget(self) -> None:
        """Take everything back."""
        for flow, name in self.names.items():
            self.prefect("deployment", "delete", f"{flow}/{name}")
        self.prefect("work-pool", "delete", self.pool)


@pytest.fixture
def planner(tmp_path: Path, services: dict[str, str]) -> Iterator[Planner]:
    """Return the plan, applied."""
    planner = Planner(tmp_path, services["PREFECT_API_URL"])
    planner.apply()
    yield planner
    planner.forget()


def test_the_plan_is_applied_twice_and_each_flow_runs_once(planner: Planner, tmp_path: Path) -> None:
    planner.apply()
    planned = planner.ask("deployments/filter", deployments={"name": {"any_": list(planner.names.values())}})
    crons = {one["entrypoint"]: [s["schedule"]["cron"] for s in one["schedules"]] for one in planned}
    assert crons == {
        "flows.ingest.ingest": [],
        "flows.scrub.scrub": ["0 22 * * *"],
        "flows.reindex.reindex": ["17 * * * *"],
    }
    kit = build(Settings(home=planner.home, mode="fast"))
    plain_box(tmp_path / "box", tmp_path / "readings", 1)
    batch, _ = receive_box(kit, tmp_path / "box")
    assert planner.run("ingest", f"batch={batch}").startswith("Completed")
    assert kit.ledger.unfinished_papers(batch) == []
    assert planner.run("reindex").startswith("Completed: 0 records")
    assert planner.run("scrub").startswith("Completed: 1 of 1 records read again")
    (paper,) = kit.ledger.papers(batch)
    damaged = next(
        file
        for file in (planner.home / "objects").rglob(f"{paper.sha256}*")
        if file.is_file() and file.stat().st_size > 1000
    )
    damaged.chmod(0o600)
    damaged.write_bytes(b"damaged")
    assert planner.run("scrub").startswith("Failed")
