"""The watched folder: when a file is whole, what is taken once, what is waited for. The clock is ours."""

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from types import SimpleNamespace
from typing import Any

import pytest

from sohoa.errors import NotAllowed
from sohoa.inbox import Found, look, looks_whole
from sohoa.taken import Taken
from sohoa.watch import AGAIN_SECONDS, LATE_SECONDS, PATIENCE_SECONDS, Watch, watch_folder
from storage.errors import StoreUnavailable

SETTLE = 10.0
PDF = b"%PDF-1.7\n" + b"x" * 3000 + b"\n%%EOF\n"


@dataclass
class Line:
    batch: str
    source: str


@dataclass
class Desk:
    """An intake that writes down what it is given, and fails where it is told to."""

    root: Path
    lines: list[tuple[str, str]] = field(default_factory=list)
    poison: dict[str, Exception] = field(default_factory=dict)
    now: float = 1000.0

    def take(self, found: Found) -> Any:
        if found.source in self.poison:
            raise self.poison[found.source]
        self.lines.append((found.folder.name, found.source))
        return Line(found.folder.name, found.source)

    def sources(self, batch: str) -> Collection[str]:
        return {source for folder, source in self.lines if folder == batch}

    def watch(self) -> Watch:
        memory = Taken(self.root.parent / "taken.jsonl")
        return Watch(root=self.root, intake=self, taken=memory, settle_seconds=SETTLE, clock=lambda: self.now)

    def write(self, name: str, data: bytes = PDF) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def pass_time(self, watch: Watch, seconds: float) -> list[str]:
        """Look every five seconds for so long; returned is what was taken."""
        before, until = len(self.lines), self.now + seconds
        while self.now < until:
            watch.turn()
            self.now += 5
        return [source for _, source in self.lines[before:]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "inbox"
    root.mkdir()
    return Desk(root)


def test_a_file_that_stands_still_is_taken_once(desk: Desk) -> None:
    watch = desk.watch()
    desk.write("a.pdf")
    assert desk.pass_time(watch, SETTLE) == []
    assert desk.pass_time(watch, 300) == ["a.pdf"]


def test_a_file_that_grows_is_left_alone(desk: Desk) -> None:
    watch = desk.watch()
    for size in range(1, 40):
        desk.write("a.pdf", PDF[: size * 70])
        assert desk.pass_time(watch, 5) == []
    desk.write("a.pdf")
    assert desk.pass_time(watch, SETTLE + 10) == ["a.pdf"]


def test_a_file_without_its_end_is_given_a_minute_more(desk: Desk) -> None:
    watch = desk.watch()
    desk.write("half.pdf", PDF[:2000])
    assert desk.pass_time(watch, PATIENCE_SECONDS) == []
    assert desk.pass_time(watch, 15) == ["half.pdf"]


@pytest.mark.parametrize("name", ["a.pdf.part", "a.PARTIAL", ".a.pdf", "~", "a.pdf~", "Thumbs.db", "a.pdf.ready"])
def test_a_name_that_says_unfinished_is_not_taken(desk: Desk, name: str) -> None:
    watch = desk.watch()
    desk.write(name)
    assert desk.pass_time(watch, PATIENCE_SECONDS * 3) == []
    desk.write(name).rename(desk.root / "a.pdf")
    assert desk.pass_time(watch, 60) == ["a.pdf"]


def test_a_marker_says_that_a_file_is_whole(desk: Desk) -> None:
    watch = desk.watch()
    desk.write("a.tif", b"II*\0")
    desk.write("a.tif.ready", b"")
    watch.turn()
    assert desk.lines == [("inbox", "a.tif")]
    assert (desk.root / "a.tif.ready").exists(), "nothing is removed"


def test_a_marker_older_than_its_file_says_nothing(desk: Desk) -> None:
    watch = desk.watch()
    os.utime(desk.write("a.tif.ready", b""), (1, 1))
    desk.write("a.tif", b"II*\0")
    watch.turn()
    assert desk.lines == []


def test_each_sub_folder_is_a_batch_and_so_is_the_folder_itself(desk: Desk) -> None:
    watch = desk.watch()
    for name in ("a.pdf", "hop 1/b.pdf", "hop 1/trong/c.pdf", "hop 2/b.pdf"):
        desk.write(name)
    desk.pass_time(watch, 30)
    assert sorted(desk.lines) == [("hop 1", "b.pdf"), ("hop 1", "trong/c.pdf"), ("hop 2", "b.pdf"), ("inbox", "a.pdf")]


def test_nothing_is_taken_again_after_a_restart(desk: Desk) -> None:
    desk.write("a.pdf")
    assert desk.pass_time(desk.watch(), 30) == ["a.pdf"]
    assert desk.pass_time(desk.watch(), 300) == []


def test_a_memory_torn_by_a_kill_costs_one_file_and_no_more(desk: Desk) -> None:
    desk.write("a.pdf")
    desk.write("b.pdf")
    desk.pass_time(desk.watch(), 30)
    memory = desk.root.parent / "taken.jsonl"
    memory.write_bytes(memory.read_bytes()[:-9])
    assert desk.pass_time(desk.watch(), 30) == ["b.pdf"]
    desk.write("c.pdf")
    assert desk.pass_time(desk.watch(), 30) == ["c.pdf"]
    assert desk.pass_time(desk.watch(), 30) == []


def test_a_file_that_changed_is_another_paper(desk: Desk) -> None:
    watch = desk.watch()
    desk.write("a.pdf")
    desk.pass_time(watch, 30)
    desk.write("a.pdf", PDF + b"%%EOF")
    assert desk.pass_time(watch, 30) == ["a.pdf"]


def test_what_the_ledger_lost_is_taken_again_within_a_minute(desk: Desk) -> None:
    watch = desk.watch()
    desk.write("a.pdf")
    desk.write("b.pdf")
    desk.pass_time(watch, 30)
    desk.lines.remove(("inbox", "a.pdf"))
    assert desk.pass_time(watch, AGAIN_SECONDS + SETTLE) == ["a.pdf"]


def test_a_poison_file_stops_nothing_and_is_tried_again_after_a_minute(desk: Desk) -> None:
    watch = desk.watch()
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        desk.write(name)
    desk.poison["b.pdf"] = RuntimeError("nobody thought of this")
    assert desk.pass_time(watch, 30) == ["a.pdf", "c.pdf"]
    desk.poison.clear()
    assert desk.pass_time(watch, 20) == []
    assert desk.pass_time(watch, AGAIN_SECONDS) == ["b.pdf"]


def test_a_store_that_is_down_is_asked_once_a_look_and_then_all_is_taken(desk: Desk) -> None:
    watch = desk.watch()
    for name in ("a.pdf", "b.pdf"):
        desk.write(name)
    desk.poison = {name: StoreUnavailable("/store", "down") for name in ("a.pdf", "b.pdf")}
    desk.pass_time(watch, 15)
    assert [source for source, _ in watch.turn().trouble] == ["a.pdf"]
    desk.poison.clear()
    assert desk.pass_time(watch, 10) == ["a.pdf", "b.pdf"]


def test_a_pipe_and_a_dangling_link_are_handed_over_unopened(desk: Desk) -> None:
    watch = desk.watch()
    os.mkfifo(desk.root / "pipe.pdf")
    (desk.root / "gone.pdf").symlink_to("/nowhere/at/all")
    (desk.root / "round.pdf").symlink_to("round.pdf")
    assert desk.pass_time(watch, 120) == ["gone.pdf", "pipe.pdf", "round.pdf"]


def test_links_to_folders_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    (desk.root / "loop").symlink_to(desk.root)
    (desk.root / "box").mkdir()
    (desk.root / "box" / "up").symlink_to(tmp_path)
    assert look(desk.root) == []


def test_a_locked_file_is_waited_for_then_written_down_then_taken(desk: Desk) -> None:
    watch = desk.watch()
    locked = desk.write("a.pdf")
    watch.opens = lambda path: path != locked
    assert desk.pass_time(watch, LATE_SECONDS) == []
    assert desk.pass_time(watch, 60) == ["a.pdf"]
    watch.opens = lambda _path: True
    assert desk.pass_time(watch, 60) == ["a.pdf"]
    assert desk.pass_time(watch, 60) == []


def test_a_file_that_waits_too_long_is_told_of_once(desk: Desk) -> None:
    watch = desk.watch()
    path = desk.write("a.pdf.part")
    told = []
    for _ in range(20):
        told += watch.turn().late
        desk.now += LATE_SECONDS / 10
    assert told == [(str(path), "still_growing")]


def test_a_folder_that_goes_away_and_comes_back_is_no_news(desk: Desk) -> None:
    watch = desk.watch()
    desk.write("a.pdf")
    desk.pass_time(watch, 30)
    desk.root.rename(desk.root.parent / "elsewhere")
    with pytest.raises(FileNotFoundError):
        watch.turn()
    (desk.root.parent / "elsewhere").rename(desk.root)
    assert desk.pass_time(watch, 60) == []


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        pytest.param(b"", False, id="empty"),
        pytest.param(PDF, True, id="pdf"),
        pytest.param(PDF[:-20], False, id="half-pdf"),
        pytest.param(b"\xff\xd8\xff" + b"1" * 99, False, id="half-jpeg"),
        pytest.param(b"\xff\xd8\xff" + b"1" * 99 + b"\xff\xd9", True, id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"1" * 99, False, id="half-png"),
        pytest.param(b"II*\0half or whole, who knows", True, id="tiff"),
    ],
)
def test_the_end_of_a_file_is_looked_for(tmp_path: Path, data: bytes, whole: bool) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    assert looks_whole(path) is whole


def test_a_look_at_ten_thousand_known_files_opens_none_and_is_cheap(desk: Desk) -> None:
    watch = desk.watch()
    for number in range(10_000):
        desk.write(f"hop/{number}.tif", b"II*\0")
    for one in look(desk.root):
        watch.taken.add(str(one.path), one.sight, batch="hop", source=one.source)
        desk.lines.append(("hop", one.source))
    watch.opens = lambda path: pytest.fail(f"{path} was opened")
    started = process_time()
    assert (watch.turn().taken, watch.turn().waiting) == ((), 0)
    assert process_time() - started < 3.0


def kit_at(home: Path) -> Any:
    settings = SimpleNamespace(home=home, watch_settle_seconds=SETTLE, mode="fast")
    return SimpleNamespace(settings=settings, ledger=None)


def test_a_folder_that_holds_the_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="holds the archive"):
        watch_folder(tmp_path, kit_at(tmp_path / "home"), stopped=lambda: False)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotAllowed, match="no folder"):
        watch_folder(tmp_path / "file", kit_at(tmp_path / "home"), stopped=lambda: False)


def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    watch = watch_folder(tmp_path / "share", kit_at(tmp_path / "home"), stopped=lambda: False)
    with pytest.raises(FileNotFoundError):
        watch.turn()
    (tmp_path / "share").mkdir()
    assert watch.turn().waiting == 0
    assert not (tmp_path / "home").exists(), "nothing is written before something is taken"
