"""The commands on MinIO, Elasticsearch, PostgreSQL and a Prefect server: the same contract, and the move to them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.deployments import own_deployment
from tests.faults.recorded import plain_box

ROOT = Path(__file__).parents[2]
PAPERS = 5
"""Every fifth waits for a person."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.service("minio", "elasticsearch", "postgresql", "prefect"),
]


@dataclass(frozen=True)
class Desk:
    """A home, the settings that go with it, and a box whose reading is recorded."""

    home: Path
    box: Path
    readings: Path
    named: dict[str, str]

    def run(self, *words: str | Path, code: int = 0, named: dict[str, str] | None = None) -> str:
        """Run a command as people do, but for the reading; return its stdout."""
        command = [sys.executable, "-m", "tests.faults.recorded", str(self.readings), "--home", str(self.home)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SOHOA_") or k.startswith("SOHOA_TEST_")}
        done = subprocess.run(
            [*command, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=environment | (self.named if named is None else named),
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert "Traceback" not in done.stderr
        return done.stdout

    def json(self, *words: str | Path, code: int = 0) -> Any:
        """Return what the command answers with --json."""
        return json.loads(self.run(*words, "--json", code=code))


@pytest.fixture(scope="module")
def named(services: dict[str, str]) -> Iterator[dict[str, str]]:
    with own_deployment(services) as settings:
        yield settings | {"PREFECT_API_URL": services["PREFECT_API_URL"]}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, named: dict[str, str]) -> Desk:
    """Return the desk after a box was taken in."""
    folder = tmp_path_factory.mktemp("services")
    plain_box(folder / "box", folder / "readings", PAPERS)
    desk = Desk(folder / "home", folder / "box", folder / "readings", named)
    answer = desk.json("ingest", desk.box, "--batch", "LO-1", "--expect", str(PAPERS))
    assert answer["counts"] == {"kept": PAPERS - 1, "review": 1}
    return desk


def kept_ids(desk: Desk) -> list[str]:
    hits = desk.json("search", "kế hoạch số hóa", "--limit", str(PAPERS))["hits"]
    return sorted(hit["record_id"] for hit in hits)


def test_nothing_but_keys_and_notes_lies_in_the_home(desk: Desk) -> None:
    names = {path.name for path in desk.home.iterdir()}
    assert not names & {"objects", "index", "catalog.db"}, names


def test_the_box_is_known_and_found_and_shown(desk: Desk) -> None:
    (batch,) = desk.json("status")["batches"]
    assert batch["counts"] == {"kept": PAPERS - 1, "review": 1}
    hits = desk.json("search", "phe duyet ke hoach so hoa dot 2")["hits"]
    assert hits[0]["fields"]["document_number"] == "2/QĐ-UBND"
    shown = desk.json("show", hits[0]["record_id"])
    assert shown["state"] == "kept"
    assert {file["role"] for file in shown["files"]} >= {"master", "legal", "text"}
    answer = desk.json("lookup", "--owner", "personal_id:079099001234", "--need", "QĐ")
    assert answer["answers"][0]["answer"] == "not_held"


def test_again_it_is_known_already(desk: Desk) -> None:
    again = desk.json("ingest", desk.box, "--batch", "LO-2")
    assert again["counts"] == {"held": PAPERS}


def test_what_is_exported_bears_a_valid_seal(desk: Desk, tmp_path: Path) -> None:
    record_id = kept_ids(desk)[0]
    desk.run("export", record_id, "--as", "legal", "--to", tmp_path / "legal.pdf")
    assert desk.json("verify", tmp_path / "legal.pdf")["verdict"] == "valid"
    desk.run("export", record_id, "--as", "master", "--to", tmp_path / "master.jpg")
    assert (tmp_path / "master.jpg").read_bytes() in {scan.read_bytes() for scan in desk.box.iterdir()}


def test_a_person_settles_what_is_doubtful(desk: Desk) -> None:
    (waiting,) = desk.json("review", "list")["records"]
    desk.run("review", "confirm", waiting["record_id"], "--set", "document_number=5/QĐ-UBND")
    assert desk.json("show", waiting["record_id"])["state"] == "kept"
    assert desk.json("search", "5/QĐ-UBND")["hits"][0]["record_id"] == waiting["record_id"]


def test_doctor_names_every_server_and_finds_no_fault(desk: Desk) -> None:
    checks = {check["name"]: check for check in desk.json("doctor")["checks"]}
    assert {"s3", "s3_objects", "elasticsearch", "database", "prefect"} <= checks.keys()
    assert [name for name, check in checks.items() if check["state"] == "fault"] == []


def test_views_are_made_again_from_bucket_and_keys(desk: Desk) -> None:
    before = kept_ids(desk)
    made = desk.json("rebuild")
    assert made["records"] == PAPERS
    assert kept_ids(desk) == before


def test_a_server_that_is_down_is_said_and_nothing_is_lost(desk: Desk) -> None:
    down = desk.named | {"SOHOA_S3_ENDPOINT": "https://127.0.0.1:9"}
    desk.run("ingest", desk.box, code=75, named=down)
    down = desk.named | {"SOHOA_DATABASE_URL": "postgresql://sohoa:geheim@127.0.0.1:9/sohoa"}
    said = desk.run("status", "--json", code=75, named=down)
    assert "geheim" not in said
    down = desk.named | {"SOHOA_ELASTICSEARCH_URL": "https://127.0.0.1:9"}
    desk.run("search", "số hóa", code=75, named=down)
    assert desk.json("doctor")["checks"]


def test_an_embedded_archive_moves(desk: Desk, services: dict[str, str], tmp_path: Path) -> None:
    old = Desk(tmp_path / "home", desk.box, desk.readings, {})
    answer = old.json("ingest", old.box, "--batch", "LO-1")
    with own_deployment(services) as named:
        new = Desk(old.home, old.box, old.readings, named)
        moved = new.json("migrate", "--to", "services")
        assert {row["what"] for row in moved["equal"]} >= {"objects", "retention", "records", "documents", "index"}
        assert all(row["source"] == row["target"] and not row["differences"] for row in moved["equal"])
        assert new.json("migrate", "--to", "services")["copied"] == 0
        old.run("status", code=78)
        assert new.json("status")["batches"][0]["counts"] == answer["counts"]
        assert new.json("search", "số hóa đợt 3")["hits"][0]["fields"]["document_number"] == "3/QĐ-UBND"
        again = new.json("ingest", new.box, "--batch", "LO-1")
        assert sorted(row["record_id"] for row in again["documents"]) == sorted(
            row["record_id"] for row in answer["documents"]
        )
