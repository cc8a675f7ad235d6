"""Several commands on one home at once: all succeed, nothing is made twice, nothing is left waiting."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sohoa.cli import INTERRUPTED
from sohoa.settings import Settings
from sohoa.wiring import build
from tests.faults.archive import faults_of
from tests.faults.recorded import plain_box

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SECONDS = 400
EX_HELD = 75
"""Of `review confirm`: a worker had the paper at that moment, and goes on with it."""


class Desk:
    """A home, and commands on it with recorded reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.readings = folder / "readings"

    def box(self, name: str, begin: int, count: int) -> Path:
        plain_box(self.folder / name, self.readings, count, begin=begin, doubtful_every=3)
        return self.folder / name

    def start(self, *words: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.faults.recorded", str(self.readings), "--home", str(self.home)]
        return subprocess.Popen([*command, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words: object) -> Any:
        return self.done(self.start(*words, "--json"))

    def done(self, command: "subprocess.Popen[str]", *codes: int) -> Any:
        out, err = command.communicate(timeout=SECONDS)
        assert command.returncode in (0, *codes), (command.args, command.returncode, err[-2000:], out[-500:])
        assert "Traceback" not in err
        return json.loads(out)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@contextmanager
def up(desk: Desk) -> Iterator[None]:
    """Run `sohoa up` meanwhile."""
    command = desk.start("up", "--port", 0)
    try:
        wait_for(lambda: (desk.home / "run" / "prefect.json").exists())
        yield
    finally:
        command.send_signal(signal.SIGINT)
        command.communicate(timeout=SECONDS)


def wait_for(there: Callable[[], Any]) -> Any:
    limit = time.monotonic() + SECONDS
    while not (found := there()):
        assert time.monotonic() < limit
        time.sleep(0.3)
    return found


def look_through(desk: Desk) -> dict[str, set[str]]:
    """Return the states by source after asserting that all is as it must be."""
    kit = build(Settings(home=desk.home))
    assert faults_of(kit) == []
    found: dict[str, set[str]] = {}
    for batch in kit.ledger.batches():
        for document in kit.ledger.documents(batch.code):
            found.setdefault(document.source, set()).add(str(document.state))
    return found


def test_two_intakes_of_one_folder_and_one_of_another_a_reviewer_and_readers(desk: Desk) -> None:
    box, other = desk.box("box", 1, 6), desk.box("other", 101, 4)
    intakes = [desk.start("ingest", folder, "--json") for folder in (box, box, other)]
    waiting = wait_for(lambda: desk.run("review", "list")["records"])
    confirmed = desk.start(
        "review", "confirm", waiting[0]["record_id"], "--set", "document_number=77/QĐ-UBND", "--json"
    )
    while any(one.poll() is None for one in intakes):
        assert desk.run("search", "số hóa")["total"] >= 0
        assert desk.run("lookup", "--owner", "personal_id:001099000001", "--need", "QĐ")["answers"]
    answers = [desk.done(one) for one in intakes]
    assert desk.done(confirmed, EX_HELD)["state"] in ("kept", "pending")
    assert answers[0]["batch"] == answers[1]["batch"] != answers[2]["batch"]
    assert [len(answer["documents"]) for answer in answers] == [6, 6, 4]
    desk.run("ingest", box)
    states = look_through(desk)
    assert states.keys() == {f"{number:05}.jpg" for number in (*range(1, 7), *range(101, 105))}
    assert set().union(*states.values()) <= {"kept", "review"}


def test_up_and_commands_share_the_work(desk: Desk) -> None:
    box = desk.box("box", 1, 6)
    with up(desk):
        intake = desk.start("ingest", box, "--json")
        waiting = wait_for(lambda: desk.run("review", "list")["records"])
        words = "review", "confirm", waiting[0]["record_id"], "--set", "document_number=77/QĐ-UBND", "--json"
        assert desk.done(desk.start(*words), EX_HELD)["state"] in ("kept", "pending")
        assert desk.run("status")["batches"]
        assert len(desk.done(intake)["documents"]) == 6
        wait_for(lambda: desk.run("search", "77/QĐ-UBND")["total"] == 1)
    assert set().union(*look_through(desk).values()) <= {"kept", "review"}


def test_a_command_that_a_person_stops_says_so_and_the_next_goes_on(desk: Desk) -> None:
    box = desk.box("box", 1, 8)
    command = desk.start("ingest", box)
    wait_for(lambda: desk.run("review", "list")["records"])
    command.send_signal(signal.SIGINT)
    _, told = command.communicate(timeout=SECONDS)
    assert command.returncode == INTERRUPTED
    assert "đã dừng" in told and "Crash" not in told and "Traceback" not in told
    assert len(desk.run("ingest", box)["documents"]) == 8
    assert set().union(*look_through(desk).values()) <= {"kept", "review"}
