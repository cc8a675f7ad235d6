"""The sample box by the command line alone, with the real reader, scheduler, pool and signer process.

One ingest for the whole file, watched by strace where it is installed; every test after it is a command on that home.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sohoa.samplebox.box import make_box
from sohoa.samplebox.paper import Box, manifest_csv

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1000)]

SOHOA = Path(sys.executable).with_name("sohoa")
INGEST_SECONDS = 900
COMMAND_SECONDS = 120


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Archive:
    """A home with the box in it."""

    home: Path
    box: Box
    first: Done
    trace: Path | None

    def sohoa(self, *words: object) -> Done:
        return run([str(SOHOA), "--home", str(self.home), *map(str, words)], COMMAND_SECONDS)

    def rows(self, file: str) -> list[dict[str, Any]]:
        return [row for row in self.first.json["documents"] if row["source"] == file]

    def record_of(self, kind: str) -> str:
        paper = next(paper for paper in self.box.papers if any(d.type_code == kind for d in paper.documents))
        return str(self.rows(paper.file)[0]["record_id"])


def run(command: list[str], seconds: int) -> Done:
    # Libraries that report home keep still where they see CI: here they must not know.
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds, check=False, cwd="/", env=environment
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("e2e")
    box = make_box(folder / "box", signed_pdf=None)
    manifest = folder / "manifest.csv"
    manifest.write_text(manifest_csv(box), encoding="utf-8")
    trace = folder / "trace" if shutil.which("strace") else None
    watch = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect", "-o", str(trace)] if trace else []
    command = [str(SOHOA), "--home", str(folder / "home"), "ingest", str(box.folder)]
    first = run([*watch, *command, "--manifest", str(manifest), "--expect", str(box.sheets), "--json"], INGEST_SECONDS)
    assert first.code in (0, 75), first.err[-3000:]
    return Archive(home=folder / "home", box=box, first=first, trace=trace)


def test_every_paper_ends_where_it_should(archive: Archive) -> None:
    for paper in archive.box.papers:
        states = {row["state"] for row in archive.rows(paper.file)}
        if paper.expect in ("ignored", "quarantined"):
            assert states == {paper.expect}, paper.file
        else:
            assert states <= {"kept", "review"}, paper.file
    good = [row["state"] for paper in archive.box.papers if paper.expect == "kept" for row in archive.rows(paper.file)]
    assert good.count("kept") > len(good) / 2, "most good papers need no person"


def test_progress_goes_to_stderr_and_the_result_to_stdout(archive: Archive) -> None:
    assert "Đã nhận" in archive.first.err
    assert set(archive.first.json) == {"batch", "documents", "counts"}


def test_what_needs_no_person_is_what_is_printed(archive: Archive) -> None:
    """Of the fields shown without doubt, at least 95 in a hundred are as the truth says."""
    right = wrong = 0
    misread = []
    for paper in archive.box.papers:
        for truth, row in zip(paper.documents, archive.rows(paper.file), strict=False):
            fields = archive.sohoa("show", row["record_id"], "--json").json["fields"]
            for name, value in truth.fields.items():
                field = fields.get(name)
                if field is None or field["needs_review"] or name == "personal_id":
                    continue
                expected = list(value) if isinstance(value, tuple) else value
                if field["value"] == expected:
                    right += 1
                else:
                    wrong += 1
                    misread.append((paper.file, name, expected, field["value"]))
    assert right / (right + wrong) >= 0.95, misread


@pytest.mark.service("strace")
def test_no_connection_leaves_the_machine(archive: Archive) -> None:
    assert archive.trace is not None
    reached = set(re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', archive.trace.read_text()))
    addresses = {four or six for four, six in reached}
    assert addresses <= {"127.0.0.1", "::1"}, addresses
    assert addresses, "the command talks to its scheduler on loopback: an empty trace would prove nothing"


def test_no_process_stays_behind(archive: Archive) -> None:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(archive.home) not in "\n".join(line for line in listed.splitlines() if "pytest" not in line)


def test_a_second_ingest_does_nothing_twice_and_says_so(archive: Archive) -> None:
    again = archive.sohoa("ingest", archive.box.folder, "--json")
    ids = {row["record_id"] for row in archive.first.json["documents"]}
    assert {row["record_id"] for row in again.json["documents"]} == ids
    assert "không làm lại" in again.err
    assert again.json["batch"] == archive.first.json["batch"]


def test_a_person_confirms_and_the_paper_is_found_looked_up_and_used(archive: Archive, tmp_path: Path) -> None:
    """A birth certificate: reviewed if it was doubtful, then searched, looked up, reused, verified and exported."""
    record_id = archive.record_of("birth_certificate")
    truth = next(d for p in archive.box.papers for d in p.documents if d.type_code == "birth_certificate")
    if archive.sohoa("show", record_id, "--json").json["state"] == "review":
        settle = [f"--set={name}={value}" for name, value in truth.fields.items() if isinstance(value, str)]
        settle = [word for word in settle if "document_type" not in word]
        confirmed = archive.sohoa("review", "confirm", record_id, *settle, "--json")
        assert confirmed.code == 0, confirmed.err
        assert confirmed.json["state"] == "kept"
    holder = str(truth.fields["holder_name"])
    assert archive.sohoa("search", holder, "--json").json["hits"][0]["record_id"] == record_id
    answer = archive.sohoa("lookup", "--owner", truth.owner, "--need", "birth_certificate", "--json")
    assert answer.json["answers"][0]["answer"] == "held"
    assert answer.json["answers"][0]["record_id"] == record_id
    assert answer.json["answers"][0]["evidence_level"] == 4
    assert answer.json["answers"][0]["fields"]["personal_id"] == str(truth.owner).partition(":")[2]
    used = archive.sohoa(
        "reuse", record_id, "--dossier", "H26.3.4-260101-0001", "--purpose", "cấp lại", "--to", tmp_path, "--json"
    )
    legal = Path(used.json["files"][0])
    verdict = archive.sohoa("verify", legal, "--json")
    assert (verdict.code, verdict.json["verdict"]) == (0, "valid")
    spoiled = tmp_path / "spoiled.pdf"
    data = bytearray(legal.read_bytes())
    data[len(data) // 3] ^= 0x01
    spoiled.write_bytes(data)
    assert archive.sohoa("verify", spoiled, "--json").code == 65
    longer = tmp_path / "longer.pdf"
    longer.write_bytes(legal.read_bytes() + b"more")
    assert archive.sohoa("verify", longer, "--json").json["verdict"] == "invalid"


def test_not_held_is_an_answer(archive: Archive) -> None:
    answer = archive.sohoa("lookup", "--owner", "personal_id:001099000001", "--need", "birth_certificate", "--json")
    assert (answer.code, answer.json["answers"][0]["answer"]) == (0, "not_held")


def test_rebuild_brings_everything_back(archive: Archive) -> None:
    before = archive.sohoa("status", "--json").json
    for name in ("catalog.db", "catalog.db-wal", "catalog.db-shm"):
        (archive.home / name).unlink(missing_ok=True)
    shutil.rmtree(archive.home / "index")
    rebuilt = archive.sohoa("rebuild", "--json")
    assert rebuilt.code == 0, rebuilt.err
    after = archive.sohoa("status", "--json").json
    assert [one["counts"] for one in after["batches"]] == [one["counts"] for one in before["batches"]]
    doctor = archive.sohoa("doctor", "--json")
    assert doctor.code == 0, doctor.out


def test_a_batch_whose_sheets_add_up_is_closed(archive: Archive) -> None:
    batch = archive.first.json["batch"]
    assert archive.sohoa("ingest", archive.box.folder, "--expect", archive.box.sheets + 1, "--json").code in (0, 75)
    refused = archive.sohoa("batch", "close", batch, "--json")
    assert refused.code == 65
    archive.sohoa("ingest", archive.box.folder, "--expect", archive.box.sheets, "--json")
    closed = archive.sohoa("batch", "close", batch, "--json")
    assert (closed.code, closed.json["state"]) == (0, "closed"), closed.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(["show", "zzzz"], 65, id="unknown-record"),
        pytest.param(["ingest"], 2, id="wrong-usage"),
        pytest.param(["ingest", "/nowhere/at/all"], 65, id="no-such-file"),
        pytest.param(["lookup", "--owner", "079099001234", "--need", "CV"], 2, id="owner-without-type"),
        pytest.param(["lookup", "--owner", "personal_id:1", "--need", "giấy gì đó"], 65, id="unknown-need"),
        pytest.param(["verify", "/nowhere.pdf"], 65, id="verify-nothing"),
        pytest.param(["search", "!!!"], 65, id="empty-question"),
    ],
)
def test_mistakes_get_their_exit_code_and_a_sentence(archive: Archive, words: list[str], code: int) -> None:
    done = archive.sohoa(*words)
    assert done.code == code
    assert done.err.strip()
    assert "Traceback" not in done.err
