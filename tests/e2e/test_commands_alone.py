"""Commands by themselves, on an archive without papers or on none."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.authority import ensure_authority

pytestmark = pytest.mark.slow

SOHOA = Path(sys.executable).with_name("sohoa")


def sohoa(home: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    command = [str(SOHOA), "--home", str(home), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_read_makes_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    done = sohoa(tmp_path / "home", "read", tmp_path / "a.pdf", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (65, "empty_file"), done.stderr
    assert not (tmp_path / "home").exists()


def test_trust_says_in_json_what_it_added_and_removed(tmp_path: Path) -> None:
    other = ensure_authority(tmp_path / "other", now=datetime.now(UTC))
    added = sohoa(tmp_path / "home", "trust", "add", other.anchors, "--json")
    told = json.loads(added.stdout)
    assert told["subject"] and not told["built_in"], added.stderr
    listed = json.loads(sohoa(tmp_path / "home", "trust", "list", "--json").stdout)["certificates"]
    assert told in listed
    removed = sohoa(tmp_path / "home", "trust", "remove", told["fingerprint"], "--json")
    assert json.loads(removed.stdout) == told
