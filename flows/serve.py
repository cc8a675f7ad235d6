"""The Prefect server: one that runs already, or one on loopback that lives and dies with this process.

Prefect reads its environment when it is imported, so this module sets it and does not import Prefect.
"""

import ctypes
import fcntl
import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from sohoa.errors import SchedulerUnavailable

log = logging.getLogger(__name__)

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

STARTS = 3
"""How often in a row the server may end before it answers."""

_PR_SET_PDEATHSIG = 1


class Server:
    """A Prefect server's address. It may still be starting: call `wait` before the first use."""

    def __init__(self, url: str) -> None:
        self.url = url

    def wait(self) -> None:
        """Return once the server answers, or raise SchedulerUnavailable."""
        limit = time.monotonic() + START_SECONDS
        while not answers(self.url):
            if time.monotonic() > limit or self._gone():
                raise SchedulerUnavailable(f"no answer from {self.url}{self._told()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server if it is ours; one that ran before stays."""

    def _gone(self) -> bool:
        return False

    def _told(self) -> str:
        return ""


class OwnServer(Server):
    """A server on loopback that lives and dies with this process, and is started anew when it is killed.

    Flows that run meanwhile go on: Prefect's client asks again for a minute.
    """

    def __init__(self, home: Path, port: int) -> None:
        """Start it. Servers of one home start one after the other: the first one makes their database."""
        super().__init__(f"http://127.0.0.1:{port}/api")
        self._log = home / "run" / "prefect.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._port = port
        self._stopping = threading.Event()
        # Its parent, to the kernel, is the thread that starts it: one that lives as long as the server.
        self._keeper = threading.Thread(target=self._keep, name="prefect", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """See Server.stop."""
        self._stopping.set()
        self._keeper.join()

    def _gone(self) -> bool:
        return not self._keeper.is_alive()

    def _told(self) -> str:
        return f"; see {self._log}"

    def _keep(self) -> None:
        """Keep a server running until told to stop, or until it cannot start any more."""
        failed = 0
        while failed < STARTS and not self._stopping.is_set():
            with self._only_one_starting():
                process = _start(self._port, self._log)
                came_up = self._comes_up(process)
                # Killed from outside says nothing of whether it can start.
                failed = 0 if came_up or process.poll() == -signal.SIGKILL else failed + 1
            while process.poll() is None and not self._stopping.wait(0.1):
                pass
            _end(process)
            if not self._stopping.is_set():
                log.warning("scheduler ended", extra={"status": process.returncode})

    def _comes_up(self, process: "subprocess.Popen[bytes]") -> bool:
        """Return whether the server answered before it ended or we were told to stop."""
        while not answers(self.url):
            if self._stopping.wait(0.1) or process.poll() is not None:
                return False
        return True

    @contextmanager
    def _only_one_starting(self) -> Iterator[None]:
        with self._log.with_name("prefect.lock").open("a") as lock:
            limit = time.monotonic() + START_SECONDS
            while time.monotonic() < limit and not _locked(lock):
                if self._stopping.wait(0.1):
                    break
            yield


@contextmanager
def serving(home: Path, *, port: int | None = None, else_port: int | None = None) -> Iterator[Server]:
    """Lend a Prefect server: the one named by PREFECT_API_URL, the one `sohoa up` runs, or an own one.

    With `port` it is an own one, there. With `else_port` it is an own one, there, unless PREFECT_API_URL names one.
    It may still be starting: call `wait` before the first use. The environment of this process points to it.
    """
    os.environ.update({name: os.environ.get(name, value) for name, value in OFFLINE.items()})
    os.environ.setdefault("PREFECT_HOME", str(home / "prefect"))
    url = os.environ.get("PREFECT_API_URL") or (None if else_port else _running(home))
    own_port = else_port if port is None else port
    server = Server(url) if url and port is None else OwnServer(home, own_port or free_port())
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


def named() -> str | None:
    """Return the address of the server that the environment names; None where an own one is started."""
    return os.environ.get("PREFECT_API_URL") or None


def answers(url: str) -> bool:
    """Whether a Prefect server answers at this address."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as reply:  # noqa: S310 - loopback or the operator's own
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


_PORTS = range(20_000, 32_000)
"""Below those that systems lend to outgoing connections: what is free now is so when the scheduler asks for it."""


def free_port() -> int:
    """Return a port of the loopback interface nobody listens on."""
    for port in (*random.sample(_PORTS, k=20), 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise SchedulerUnavailable("no port of 127.0.0.1 is free")


def _note(home: Path) -> Path:
    return home / "run" / "prefect.json"


def _running(home: Path) -> str | None:
    try:
        url = str(json.loads(_note(home).read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return None
    return url if answers(url) else None


def _start(port: int, log_file: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--timeout-keep-alive", "5"]
    environment = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"} | {
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_UI_ENABLED": "false",
        # An arena for each of its threads would let it grow all night.
        "MALLOC_ARENA_MAX": "2",
    }
    # Looked up here: between fork and exec nothing may be loaded, other threads may hold the loader's lock.
    ask = ctypes.CDLL(None).prctl

    def die_with_parent() -> None:
        ask(_PR_SET_PDEATHSIG, signal.SIGKILL)

    with log_file.open("ab") as out:
        return subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env=environment,
            # Ctrl-C reaches us alone.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
