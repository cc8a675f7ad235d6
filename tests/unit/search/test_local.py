"""What only the local index promises: several writers, damage, rebuilding."""

import multiprocessing
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.errors import IndexDamaged, IndexUnavailable
from search.index import Entry
from search.local import LocalIndex
from search.lock import sole_writer
from search.query import parse_query
from storage.records import DocumentType, Record, Source, State


def entry(record_id: str, text: str = "thông báo", version: int = 1) -> Entry:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    record = Record(
        record_id=record_id,
        version=version,
        previous_sha256=None,
        state=State.KEPT,
        document_type=DocumentType(code="TB", name="Thông báo"),
        fields={},
        files=(),
        source=Source(batch="b", name="a.pdf", sha256="0" * 64, first_page=1, last_page=1),
        created_at=now,
        received_at=now,
        page_count=1,
        evidence_level=4,
    )
    return Entry(record=record, text=text)


def put_many(folder: Path, name: str, count: int) -> None:
    index = LocalIndex(folder)
    for number in range(count):
        index.put([entry(f"{name}-{number}")])


def test_two_processes_write_side_by_side_from_the_first_moment(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=put_many, args=(tmp_path / "index", name, 15)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(LocalIndex(tmp_path / "index").versions()) == 30


def test_threads_share_one_index(tmp_path: Path) -> None:
    index = LocalIndex(tmp_path / "index")
    threads = [threading.Thread(target=index.put, args=([entry(f"r{i}")],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(index.versions()) == 8


def test_a_reader_sees_what_another_wrote(tmp_path: Path) -> None:
    writer, reader = LocalIndex(tmp_path / "index"), LocalIndex(tmp_path / "index")
    assert reader.search(parse_query("thông báo")).total == 0
    writer.put([entry("r1")])
    assert reader.search(parse_query("thông báo")).total == 1


def test_says_once_that_it_waits_and_gives_up_in_time(tmp_path: Path) -> None:
    said: list[str] = []
    with sole_writer(tmp_path / "index.lock", wait_seconds=1), pytest.raises(IndexUnavailable) as caught:
        LocalIndex(tmp_path / "index", wait_seconds=0.2, on_wait=said.append).put([entry("r1")])
    assert caught.value.remedy == "retry"
    assert len(said) == 1
    assert "waiting" in said[0]


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    index = LocalIndex(tmp_path / "index", wait_seconds=0.2)
    index.put([entry("r1")])
    with sole_writer(tmp_path / "index.lock", wait_seconds=1):
        assert LocalIndex(tmp_path / "index", wait_seconds=0.2).search(parse_query("thông báo")).total == 1


def test_a_fault_in_the_entries_is_not_taken_for_damage(tmp_path: Path) -> None:
    def faulty() -> object:
        yield entry("r1")
        raise ValueError("the catalogue is to blame")

    index = LocalIndex(tmp_path / "index")
    with pytest.raises(ValueError, match="catalogue"):
        index.put(faulty())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="catalogue"):
        index.rebuild(faulty())  # type: ignore[arg-type]
    index.put([entry("r2")])
    assert index.versions() == {"r2": 1}


def delete(folder: Path) -> None:
    shutil.rmtree(folder)


def delete_meta(folder: Path) -> None:
    (folder / "meta.json").unlink()


def cut_meta(folder: Path) -> None:
    (folder / "meta.json").write_text("{")


def cut_segments(folder: Path) -> None:
    for path in folder.iterdir():
        if path.suffix in (".store", ".idx", ".term"):
            path.write_bytes(b"junk")


def delete_segments(folder: Path) -> None:
    for path in folder.glob("*.term"):
        path.unlink()


def another_form(folder: Path) -> None:
    folder.with_name("index.lock").write_text("sohoa-index 0")


DAMAGES = [delete, delete_meta, cut_meta, cut_segments, delete_segments, another_form]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_and_a_rebuild_heals_it(tmp_path: Path, damage: object) -> None:
    folder = tmp_path / "index"
    before = LocalIndex(folder)
    before.put([entry("r1")])
    damage(folder)  # type: ignore[operator]
    fresh = LocalIndex(folder)
    for call in (lambda: fresh.search(parse_query("x")), fresh.versions, lambda: fresh.put([entry("r2")])):
        with pytest.raises(IndexDamaged) as caught:
            call()
        assert caught.value.remedy == "repair"
    fresh.rebuild([entry("r1"), entry("r3")])
    assert fresh.versions() == before.versions() == LocalIndex(folder).versions() == {"r1": 1, "r3": 1}


def test_readers_wait_for_an_index_that_is_made_afresh(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    open_before = LocalIndex(folder)
    open_before.put([entry("r1")])
    assert open_before.versions() == {"r1": 1}
    delete(folder)
    half_way, asked = threading.Event(), threading.Event()

    def slowly() -> Iterator[Entry]:
        half_way.set()
        assert asked.wait(30)
        yield from (entry("r1"), entry("r2"))

    maker = threading.Thread(target=LocalIndex(folder).rebuild, args=(slowly(),))
    maker.start()
    assert half_way.wait(30)
    with ThreadPoolExecutor() as readers:
        waiting = LocalIndex(folder, on_wait=lambda _: asked.set())
        found = [readers.submit(reader.versions) for reader in (waiting, open_before)]
    maker.join(30)
    assert [one.result() for one in found] == [{"r1": 1, "r2": 1}] * 2


def test_an_index_whose_making_was_cut_short_is_damaged_and_not_empty(tmp_path: Path) -> None:
    index = LocalIndex(tmp_path / "index")
    index.put([entry("r1")])
    delete(tmp_path / "index")

    def faulty() -> Iterator[Entry]:
        yield entry("r1")
        raise RuntimeError("cut short")

    with pytest.raises(RuntimeError, match="cut short"):
        LocalIndex(tmp_path / "index").rebuild(faulty())
    for reader in (index, LocalIndex(tmp_path / "index")):
        with pytest.raises(IndexDamaged):
            reader.versions()
    index.rebuild([entry("r1")])
    assert index.versions() == {"r1": 1}


@pytest.mark.parametrize("damage", [delete, delete_meta, cut_meta])
def test_damage_is_told_by_an_index_that_was_open(tmp_path: Path, damage: object) -> None:
    index = LocalIndex(tmp_path / "index")
    index.put([entry("r1")])
    damage(tmp_path / "index")  # type: ignore[operator]
    with pytest.raises(IndexDamaged):
        index.search(parse_query("thông báo"))
    with pytest.raises(IndexDamaged):
        index.put([entry("r2")])


def test_rebuilding_replaces_everything_even_newer_versions(tmp_path: Path) -> None:
    index = LocalIndex(tmp_path / "index")
    index.put([entry("r1", version=9), entry("r2")])
    index.rebuild([entry("r1", version=3)])
    assert index.versions() == {"r1": 3}


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexUnavailable):
        LocalIndex(tmp_path / "file" / "index").put([entry("r1")])
    with pytest.raises(IndexUnavailable):
        LocalIndex(tmp_path / "file" / "index").versions()


def test_replaced_documents_do_not_pile_up(tmp_path: Path) -> None:
    index = LocalIndex(tmp_path / "index")
    for version in range(1, 60):
        index.put([entry("r1", version=version)])
    assert index.versions() == {"r1": 59}
    assert len(list((tmp_path / "index").glob("*.store"))) < 20
