"""Rebuild wants the archive to itself: it waits for nobody, and nobody is told half of the truth meanwhile."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sohoa.alone import alone, share
from sohoa.errors import ArchiveBusy

SOHOA = Path(sys.executable).with_name("sohoa")

HOLDER = """
import sys
from pathlib import Path
from sohoa.alone import alone, share
home = Path(sys.argv[1])
if sys.argv[2] == "share":
    share(home)
    print("held", flush=True)
    sys.stdin.read()
else:
    with alone(home):
        print("held", flush=True)
        sys.stdin.read()
"""


@contextmanager
def somebody(home: Path, how: str) -> Iterator[None]:
    command = [sys.executable, "-c", HOLDER, str(home), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            process.kill()


def run(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([SOHOA, "--home", home, *words], capture_output=True, text=True, check=False)


def test_rebuild_is_refused_while_another_command_works(tmp_path: Path) -> None:
    with somebody(tmp_path, "share"):
        refused = run(tmp_path, "rebuild")
        assert refused.returncode == 75
        assert str(tmp_path) in refused.stderr and "Traceback" not in refused.stderr
        assert run(tmp_path, "batch", "list", "--json").returncode == 0
    assert run(tmp_path, "rebuild").returncode == 0


def test_no_question_is_answered_during_a_rebuild(tmp_path: Path) -> None:
    question = ("lookup", "--owner", "personal_id:079099001234", "--need", "QĐ", "--json")
    with somebody(tmp_path, "alone"):
        refused = run(tmp_path, *question)
        assert refused.returncode == 75
        assert "not_held" not in refused.stdout
    assert json.loads(run(tmp_path, *question).stdout)["answers"][0]["answer"] == "not_held"


def test_the_lock_goes_with_its_process_and_can_be_taken_again(tmp_path: Path) -> None:
    with somebody(tmp_path, "alone"), pytest.raises(ArchiveBusy):
        share(tmp_path)
    for _ in range(2):
        with alone(tmp_path):
            pass
    with somebody(tmp_path, "share"), pytest.raises(ArchiveBusy), alone(tmp_path):
        pass
