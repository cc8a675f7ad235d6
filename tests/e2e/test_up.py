"""sohoa up: scheduler and worker beside other commands, gone without a trace when told to stop."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sohoa.samplebox.varied import make_documents

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SOHOA = Path(sys.executable).with_name("sohoa")
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(home: Path) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(home) in line and "pytest" not in line]


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
    time.sleep(1)
    assert processes_of(home) == []


def test_up_killed_takes_its_scheduler_workers_and_signer_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [str(SOHOA), "--home", str(home), "up", "--port", str(free_port())]
    up = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    limit = time.monotonic() + START_SECONDS
    while not (home / "run" / "prefect.json").exists() and time.monotonic() < limit:
        time.sleep(0.2)
    children = subprocess.run(["pgrep", "-P", str(up.pid)], capture_output=True, text=True, check=False).stdout.split()
    assert children, "the scheduler is a child of ours"
    up.kill()
    up.wait()
    time.sleep(2)
    alive = [pid for pid in children if Path(f"/proc/{pid}/stat").exists()]
    states = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] for pid in alive]
    assert set(states) <= {"Z"}
