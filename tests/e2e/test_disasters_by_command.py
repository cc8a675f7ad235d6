"""What an operator must act on is said in a sentence, with exit code 78, and acted on, the same command goes on."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sohoa.settings import Settings
from sohoa.wiring import build
from tests.faults.archive import faults_of
from tests.faults.recorded import plain_box
from tests.small_disks import disk_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def ingest(folder: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.faults.recorded", str(folder / "readings"), "--home", str(home)]
    words = [*command, "ingest", str(folder / "box"), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=500, check=False)
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    return done


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Lend a file system of 8 MiB."""
    with disk_of(tmp_path / "disk", 8) as folder:
        yield folder


def test_a_damaged_authority_is_an_operators_matter(tmp_path: Path) -> None:
    plain_box(tmp_path / "box", tmp_path / "readings", 1)
    assert ingest(tmp_path, tmp_path / "home").returncode == 0
    key = tmp_path / "home" / "authority" / "private" / "agency.key"
    good = key.read_bytes()
    key.write_bytes(good[:40])
    plain_box(tmp_path / "box", tmp_path / "readings", 2)
    done = ingest(tmp_path, tmp_path / "home")
    assert done.returncode == 78, done.stderr
    (row,) = [row for row in json.loads(done.stdout)["documents"] if row["source"] == "00002.jpg"]
    assert (row["state"], row["waiting_for"], row["reason"]["remedy"]) == ("pending", "seal", "repair")
    assert str(tmp_path / "home" / "authority") in row["reason"]["message"]
    key.write_bytes(good)
    assert ingest(tmp_path, tmp_path / "home").returncode == 0
    assert faults_of(build(Settings(home=tmp_path / "home"))) == []


def test_a_full_disk_is_an_operators_matter(tmp_path: Path, small_disk: Path) -> None:
    plain_box(tmp_path / "box", tmp_path / "readings", 3)
    home = small_disk / "home"
    build(Settings(home=home))
    filler = small_disk / "filler"
    try:
        with filler.open("wb") as full:
            while True:
                full.write(b"x" * 4096)
                full.flush()
    except OSError:
        pass
    done = ingest(tmp_path, home)
    assert done.returncode == 78, done.stderr
    assert "sohoa: " in done.stderr
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=256m", str(small_disk)], check=True)
    assert ingest(tmp_path, home).returncode == 0
    assert faults_of(build(Settings(home=home))) == []
