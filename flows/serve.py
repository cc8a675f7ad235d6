"""The Prefect server: one that runs already, or one on loopback that lives and dies with this process.

Prefect reads its environment when it is imported, so this module sets it and does not import Prefect.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sohoa.errors import SchedulerUnavailable

OFFLINE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}
"""No connection leaves the machine, and the server keeps up with short tasks."""

START_SECONDS = 90
_PR_SET_PDEATHSIG = 1


class Server:
    """A Prefect server's address, and its process where it is ours."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes] | None" = None, log: Path | None = None) -> None:
        self.url = url
        self._process = process
        self._log = log

    def wait(self) -> None:
        """Return once the server answers, or raise SchedulerUnavailable."""
        limit = time.monotonic() + START_SECONDS
        while not answers(self.url):
            if self._process is not None and self._process.poll() is not None:
                raise SchedulerUnavailable(f"it ended with {self._process.returncode}; see {self._log}")
            if time.monotonic() > limit:
                raise SchedulerUnavailable(f"no answer from {self.url} after {START_SECONDS} s; see {self._log}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server if it is ours; one that ran before stays."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def serving(home: Path, *, port: int | None = None) -> Iterator[Server]:
    """Lend a Prefect server: the one named by PREFECT_API_URL, the one `sohoa up` runs, or an own one.

    It may still be starting: call `wait` before the first use. The environment of this process points to it.
    """
    os.environ.update({name: os.environ.get(name, value) for name, value in OFFLINE.items()})
    os.environ.setdefault("PREFECT_HOME", str(home / "prefect"))
    url = os.environ.get("PREFECT_API_URL") or _running(home)
    server = Server(url) if url and port is None else _start(home, port or free_port())
    os.environ["PREFECT_API_URL"] = server.url
    try:
        yield server
    finally:
        server.stop()
        if not url:
            os.environ.pop("PREFECT_API_URL", None)


def announce(home: Path, server: Server) -> None:
    """Tell other commands on this home where the server listens."""
    note = _note(home)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"url": server.url}), encoding="utf-8")


def withdraw(home: Path) -> None:
    """Take the announcement back."""
    _note(home).unlink(missing_ok=True)


def answers(url: str) -> bool:
    """Whether a Prefect server answers at this address."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as reply:  # noqa: S310 - loopback or the operator's own
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """Return a port of the loopback interface nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _note(home: Path) -> Path:
    return home / "run" / "prefect.json"


def _running(home: Path) -> str | None:
    try:
        url = str(json.loads(_note(home).read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return None
    return url if answers(url) else None


def _start(home: Path, port: int) -> Server:
    log = home / "run" / "prefect.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--timeout-keep-alive", "5"]
    environment = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"} | {
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_UI_ENABLED": "false",
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment, preexec_fn=_die_with_parent
        )
    return Server(f"http://127.0.0.1:{port}/api", process, log)


def _die_with_parent() -> None:
    """Ask the kernel to end the server when we end, however we end; Ctrl-C reaches us alone."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
