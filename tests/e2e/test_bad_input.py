"""Every kind of bad or odd input in one box, beside three good papers, by the command line with the real reader.

One ingest for the whole file; while it runs, memory of every process is sampled, and somebody is still writing to one
of the files.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import psutil
import pytest

from sohoa.messages import known
from sohoa.samplebox.box import make_box as make_good_box
from sohoa.steps.source import legible
from tests.badinput.kind import Kind
from tests.badinput.table import NOT_FOR_ROOT, make_box, makeable

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SOHOA = Path(sys.executable).with_name("sohoa")
GOOD = ("001", "003", "005")
GROWING = "đang chép dở.png"
PAGE_SECONDS = 60
WORKER_MIB = 3000
"""What one reading process may have: SOHOA_WORKER_MEMORY_MB."""
GLANCE_MIB = 300
"""What a process may take between two looks of the pool at its memory."""
KEEPER_MIB = 400
"""The process that holds keys parses nothing: no input makes it larger."""
REMEDIES = {"resubmit", "retry", "repair"}


@dataclass
class Seen:
    """The most memory each process had, in MiB, by what it is."""

    keeper: float = 0.0
    workers: dict[int, float] = field(default_factory=dict)

    def look(self, process: psutil.Process) -> None:
        self.keeper = max(self.keeper, process.memory_info().rss / (1 << 20))
        for child in process.children(recursive=True):
            try:
                mib = child.memory_info().rss / (1 << 20)
            except psutil.NoSuchProcess:
                continue
            self.workers[child.pid] = max(self.workers.get(child.pid, 0.0), mib)


@dataclass(frozen=True)
class Run:
    """What the ingest left behind."""

    home: Path
    code: int
    out: dict[str, Any]
    err: str
    seen: Seen
    seconds: float

    def rows(self, file: str) -> list[dict[str, Any]]:
        return [row for row in self.out["documents"] if row["source"] == legible(file)]


def _grow(path: Path, stopped: threading.Event) -> None:
    with path.open("ab") as file:
        while not stopped.wait(0.02):
            file.write(b"\0" * 100)
            file.flush()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("bad")
    box = folder / "box"
    make_good_box(box, signed_pdf=None, only=GOOD)
    make_box(box)
    (box / GROWING).write_bytes(b"\x89PNG\r\n\x1a\n")
    stopped = threading.Event()
    writer = threading.Thread(target=_grow, args=(box / GROWING, stopped))
    writer.start()
    limits = {"SOHOA_PAGE_SECONDS": str(PAGE_SECONDS), "SOHOA_WORKER_MEMORY_MB": str(WORKER_MIB), "SOHOA_WORKERS": "1"}
    command = [str(SOHOA), "--home", str(folder / "home"), "ingest", str(box), "--mode", "fast", "--json"]
    started = time.monotonic()
    seen = Seen()
    with (folder / "out").open("w+b") as out, (folder / "err").open("w+b") as err:
        process = psutil.Popen(command, stdout=out, stderr=err, cwd="/", env=os.environ | limits)
        try:
            while process.poll() is None:
                seen.look(process)
                time.sleep(0.1)
        except psutil.NoSuchProcess:
            process.wait()
        finally:
            stopped.set()
            writer.join()
    seconds = time.monotonic() - started
    text = (folder / "err").read_text()
    try:
        answer = json.loads((folder / "out").read_text())
    except ValueError:
        pytest.fail(f"exit {process.returncode}: {text[-3000:]}")
    yield Run(home=folder / "home", code=process.returncode, out=answer, err=text, seen=seen, seconds=seconds)


def test_nothing_crashes(run: Run) -> None:
    assert "Traceback" not in run.err
    assert "documents" in run.out, run.out
    assert run.code == 0


def test_every_file_is_accounted_for_and_nothing_else_is(run: Run) -> None:
    assert {row["source"] for row in run.out["documents"]} >= {legible(kind.file) for kind in makeable()}
    assert not {"working", "failed"} & set(run.out["counts"])


@pytest.mark.parametrize("kind", makeable(), ids=lambda kind: kind.name)
def test_each_kind_ends_as_it_should_and_says_why(run: Run, kind: Kind) -> None:
    rows = run.rows(kind.file)
    assert {row["state"] for row in rows} <= kind.expect and rows
    for row in rows:
        why = row["reason"]
        if kind.code is not None:
            assert why["code"] == kind.code
            assert known(why["code"])
            assert why["remedy"] in REMEDIES
            assert why["message"] and why["message_en"] and why["message"] != why["message_en"]
            assert "…" not in why["message"] and "{" not in why["message"].replace("{file}", "")
        assert kind.why.items() <= (why or {}).get("detail", {}).items()
        assert row["seconds"] < 2 * PAGE_SECONDS


def test_what_root_can_read_is_skipped_and_said() -> None:
    if os.geteuid() == 0:
        pytest.skip(f"root reads everything: {', '.join(sorted(NOT_FOR_ROOT))}")


def test_what_is_still_being_written_is_said_and_stops_nothing(run: Run) -> None:
    (row,) = run.rows(GROWING)
    assert (row["state"], row["reason"]["code"], row["reason"]["remedy"]) == ("quarantined", "source_changed", "retry")


def test_good_papers_are_unharmed(run: Run, tmp_path: Path) -> None:
    """Read alone, they say the same."""
    box = make_good_box(tmp_path / "box", signed_pdf=None, only=GOOD)
    for paper in box.papers:
        (row,) = run.rows(paper.file)
        assert row["state"] in ("kept", "review")
        text = tmp_path / "text.txt"
        export = [str(SOHOA), "--home", str(run.home), "export", row["record_id"], "--as", "text", "--to", str(text)]
        subprocess.run(export, check=True, capture_output=True, timeout=120)
        read = [str(SOHOA), "--home", str(tmp_path / "home"), "read", str(box.folder / paper.file), "--mode", "fast"]
        alone = subprocess.run([*read, "--json"], check=True, capture_output=True, text=True, timeout=240)
        assert "\f".join(page["text"] for page in json.loads(alone.stdout)["pages"]) == text.read_text()
        text.unlink()


def test_memory_of_every_process_is_bounded(run: Run) -> None:
    most = max(run.seen.workers.values())
    sys.stderr.write(f"\nkeeper {run.seen.keeper:.0f} MiB, largest other {most:.0f} MiB, {run.seconds:.0f} s\n")
    assert run.seen.keeper < KEEPER_MIB
    assert most < WORKER_MIB + GLANCE_MIB


def test_no_active_content_comes_into_the_legal_copy(run: Run, tmp_path: Path) -> None:
    for name in ("JavaScript", "lệnh chạy", "đính kèm", "XFA"):
        (row,) = run.rows(f"pdf/{name}.pdf")
        copy = tmp_path / "legal.pdf"
        export = [str(SOHOA), "--home", str(run.home), "export", row["record_id"], "--as", "legal", "--to", str(copy)]
        subprocess.run(export, check=True, capture_output=True, timeout=120)
        with pikepdf.open(copy) as pdf:
            plain = b" ".join(
                (dict(thing).__repr__().encode() if isinstance(thing, pikepdf.Stream) else thing.unparse())
                for thing in pdf.objects
            )
        copy.unlink()
        for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/OpenAction", b"/AA"):
            assert word not in plain, (name, word)


@pytest.mark.parametrize("words", [["status"], ["batch", "list"], ["review", "list"], ["ingest"]], ids=" ".join)
def test_names_that_look_like_markup_are_shown_as_they_are(run: Run, tmp_path: Path, words: list[str]) -> None:
    if words == ["ingest"]:
        lone = tmp_path / "[" / "đóng].pdf"
        lone.parent.mkdir()
        lone.write_bytes(b"")
        words = ["ingest", str(tmp_path)]
    done = subprocess.run(
        [str(SOHOA), "--home", str(run.home), *words], capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 65)
