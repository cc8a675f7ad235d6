"""Files as they lie where people put them: what is no paper, and bytes that change while they are read."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sohoa.steps.source import keep_bytes, legible, unsettled_seconds, why_no_paper
from storage.errors import SourceChanged
from storage.memory import MemoryStore
from storage.objects import read_bytes


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Quyết định.pdf", "Quyết định.pdf", id="plain"),
        pytest.param("Quye\u0302\u0301t.pdf", "Quyết.pdf", id="accents-apart"),
        pytest.param(os.fsdecode(b"c\xf4ng.pdf"), "c\\xf4ng.pdf", id="not-utf-8"),
        pytest.param("hai\ndòng\x1b[2J.pdf", "hai\\ndòng\\x1b[2J.pdf", id="control-letters"),
        pytest.param("a\u202efdp.exe", "a\\u202efdp.exe", id="letters-that-turn-around"),
        pytest.param("  -- ' \" {} %s.pdf", "  -- ' \" {} %s.pdf", id="odd-but-legible"),
    ],
)
def test_a_name_becomes_text_that_can_be_stored_and_shown(name: str, shown: str) -> None:
    assert legible(name) == shown


@given(st.binary(max_size=60))
def test_any_name_is_legible_and_stays_so(name: bytes) -> None:
    shown = legible(os.fsdecode(name))
    assert shown.encode().decode() == shown
    assert legible(shown) == shown
    assert shown.isprintable() or not any(letter in shown for letter in "\n\r\x1b\0")


def _code(path: Path, within: Path | None) -> str | None:
    refused = why_no_paper(path, within)
    return refused.code if refused else None


@pytest.fixture
def box(tmp_path: Path) -> Path:
    (tmp_path / "box" / "b").mkdir(parents=True)
    (tmp_path / "elsewhere.pdf").write_bytes(b"x")
    (tmp_path / "box" / "a.pdf").write_bytes(b"x")
    return tmp_path / "box"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        pytest.param("../elsewhere.pdf", "link_leaves_folder", id="outside"),
        pytest.param("/etc/hostname", "link_leaves_folder", id="absolute"),
        pytest.param("a.pdf", None, id="inside"),
        pytest.param("b/../a.pdf", None, id="inside-by-a-detour"),
        pytest.param("nowhere.pdf", "dangling_link", id="dangling"),
        pytest.param("link.pdf", "circular_link", id="to-itself"),
        pytest.param("b", "not_a_file", id="to-a-folder-inside"),
    ],
)
def test_a_link_may_not_leave_the_folder(box: Path, target: str, code: str | None) -> None:
    (box / "link.pdf").symlink_to(target)
    assert _code(box / "link.pdf", box) == code


def test_a_chain_of_links_is_followed_to_its_end(box: Path) -> None:
    (box / "one.pdf").symlink_to("two.pdf")
    (box / "two.pdf").symlink_to("../elsewhere.pdf")
    assert _code(box / "one.pdf", box) == "link_leaves_folder"


def test_a_link_that_was_named_itself_is_followed(box: Path) -> None:
    (box / "link.pdf").symlink_to("../elsewhere.pdf")
    assert _code(box / "link.pdf", None) is None


def test_a_folder_reached_by_a_link_has_its_files_inside(box: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(box)
    assert _code(tmp_path / "shortcut" / "a.pdf", tmp_path / "shortcut") is None


@pytest.mark.timeout(10)
def test_a_pipe_is_never_waited_for(box: Path) -> None:
    os.mkfifo(box / "pipe.pdf")
    assert _code(box / "pipe.pdf", box) == "not_a_file"
    with pytest.raises(OSError, match="not a regular file"):
        keep_bytes(box / "pipe.pdf", MemoryStore())


def test_a_file_that_is_gone_is_said(box: Path) -> None:
    assert _code(box / "gone.pdf", box) == "source_gone"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_listed_is_said(box: Path) -> None:
    (box / "b").chmod(0)
    assert _code(box / "b", box) == "unreadable"


class Meddler(MemoryStore):
    """A store during whose first reading of the source somebody does something to it."""

    def __init__(self, meddle: Callable[[], Any]) -> None:
        super().__init__()
        self._meddle: list[Callable[[], Any]] = [meddle]

    def put(self, key: str, stream: BinaryIO, *, sha256: str | None = None) -> Any:
        for meddle in self._meddle:
            meddle()
        self._meddle.clear()
        return super().put(key, stream, sha256=sha256)


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


@pytest.mark.parametrize("meddle", [_append, lambda path: path.write_bytes(b"other")], ids=["grows", "is-replaced"])
def test_a_file_that_changes_while_it_is_read_is_not_kept(box: Path, meddle: Callable[[Path], Any]) -> None:
    store = Meddler(lambda: meddle(box / "a.pdf"))
    with pytest.raises(SourceChanged):
        keep_bytes(box / "a.pdf", store)
    assert list(store.list("")) == []
    kept = keep_bytes(box / "a.pdf", store)
    assert read_bytes(store, kept.key) == (box / "a.pdf").read_bytes()


def test_a_file_that_is_taken_away_while_it_is_read_was_there(box: Path) -> None:
    store = Meddler((box / "a.pdf").unlink)
    assert read_bytes(store, keep_bytes(box / "a.pdf", store).key) == b"x"


@pytest.fixture
def growing(box: Path) -> Iterator[Path]:
    stopped = threading.Event()

    def write() -> None:
        with (box / "a.pdf").open("ab", buffering=0) as file:
            while not stopped.wait(0.001):
                file.write(b"x" * 1000)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.05)
    yield box / "a.pdf"
    stopped.set()
    writer.join()


def test_a_file_that_keeps_growing_does_not_count_as_whole(growing: Path) -> None:
    assert unsettled_seconds(growing) > 0


def test_a_file_left_alone_counts_as_whole(box: Path) -> None:
    assert unsettled_seconds(box / "a.pdf") > 0
    os.utime(box / "a.pdf", (time.time() - 5,) * 2)
    assert unsettled_seconds(box / "a.pdf") == 0
    os.utime(box / "a.pdf", (time.time() + 3600,) * 2)
    assert unsettled_seconds(box / "a.pdf") == 0, "the clock of a share runs ahead"
    assert unsettled_seconds(box / "gone.pdf") == 0
