"""sohoa up: scheduler and worker beside other commands, gone without a trace when told to stop."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from flows.serve import free_port
from sohoa.samplebox.varied import make_documents

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SOHOA = Path(sys.executable).with_name("sohoa")
START_SECONDS = 120


def processes_of(home: Path) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(home) in line and "pytest" not in line]


def is_over(process: psutil.Process) -> bool:
    """Return whether it ended, waited for or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(there: Callable[[], bool]) -> None:
    limit = time.monotonic() + START_SECONDS
    while not there():
        assert time.monotonic() < limit
        time.sleep(0.2)


def test_up_takes_what_ingest_hands_in_and_leaves_nothing_behind(tmp_path: Path) -> None:
    box = make_documents(2, tmp_path / "box")
    home, port = tmp_path / "home", free_port()
    command = [str(SOHOA), "--home", str(home)]
    with (tmp_path / "up.log").open("wb") as log:
        up = subprocess.Popen([*command, "up", "--port", str(port)], stderr=log, stdout=log)
    try:
        limit = time.monotonic() + START_SECONDS
        while not (home / "run" / "prefect.json").exists():
            assert up.poll() is None, (tmp_path / "up.log").read_text(encoding="utf-8")
            assert time.monotonic() < limit, (tmp_path / "up.log").read_text(encoding="utf-8")
            time.sleep(0.2)
        ingest = [*command, "ingest", str(box.folder), "--mode", "fast", "--json"]
        done = subprocess.run(ingest, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        assert {row["state"] for row in json.loads(done.stdout)["documents"]} <= {"kept", "review"}
        url = json.loads((home / "run" / "prefect.json").read_text(encoding="utf-8"))["url"]
        assert url == f"http://127.0.0.1:{port}/api"
    finally:
        up.send_signal(signal.SIGINT)
        code = up.wait(60)
    assert code == 0, (tmp_path / "up.log").read_text(encoding="utf-8")
    assert not (home / "run" / "prefect.json").exists()
    wait_for(lambda: processes_of(home) == [])


def test_up_killed_takes_its_scheduler_workers_and_signer_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [str(SOHOA), "--home", str(home), "up", "--port", str(free_port())]
    up = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_for(lambda: (home / "run" / "prefect.json").exists())
    children = psutil.Process(up.pid).children(recursive=True)
    assert children, "the scheduler is a child of ours"
    up.kill()
    up.wait()
    wait_for(lambda: all(map(is_over, children)))
