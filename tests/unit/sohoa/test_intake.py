import csv
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sohoa.errors import FileUnreadable, NotAllowed
from sohoa.intake import COLUMNS, files_in, read_manifest
from sohoa.steps.receive import Order


def test_files_are_listed_by_their_path_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.png", "a.pdf", "Đơn xin cấp lại.jpg"):
        (tmp_path / name).write_bytes(b"x")
    assert [file.source for file in files_in([tmp_path])] == ["a.pdf", "b/2.png", "Đơn xin cấp lại.jpg"]


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="gone"):
        files_in([tmp_path / "gone"])


def test_a_folder_that_links_to_itself_is_walked_once(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [file.source for file in files_in([tmp_path])] == ["a.pdf"]


def test_a_manifest_names_what_it_says_and_keeps_the_rest(tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("file,sheets,owner,document_type\na.pdf,2,personal_id:079099001234,Quyết định\n", "utf-8")
    orders = read_manifest(manifest, Order(dossier="H26.3.4-260101-0001"))
    assert orders["a.pdf"] == Order(
        dossier="H26.3.4-260101-0001", owner=("personal_id", "079099001234"), document_type="QĐ", sheets=2
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("name\na.pdf\n", "columns", id="no-file-column"),
        pytest.param("file,colour\na.pdf,red\n", "columns", id="unknown-column"),
        pytest.param("file\na.pdf\na.pdf\n", "line 3", id="twice"),
        pytest.param("file,sheets\na.pdf,two\n", "line 2", id="not-a-number"),
        pytest.param("file,owner\na.pdf,079099001234\n", "owner", id="owner-without-type"),
        pytest.param("file,owner\na.pdf,personal_id: -\n", "owner", id="owner-without-number"),
        pytest.param("file,document_type\na.pdf,Giấy gì đó\n", "document type", id="unknown-type"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text(text, encoding="utf-8")
    with pytest.raises(NotAllowed, match=said):
        read_manifest(manifest, Order())


def test_files_of_two_folders_with_the_same_name_are_both_taken_in(tmp_path: Path) -> None:
    for name in ("a/scan/001.png", "b/scan/001.png"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x")
    given = files_in([tmp_path / "a", tmp_path / "b"])
    assert [file.source for file in given] == ["b/scan/001.png", "scan/001.png"]
    assert [file.path for file in given] == [tmp_path / "b/scan/001.png", tmp_path / "a/scan/001.png"]
    single = files_in([tmp_path / "a/scan/001.png", tmp_path / "b/scan/001.png"])
    assert [file.source for file in single] == ["001.png", "scan/001.png"]


def test_a_file_named_twice_is_taken_in_once(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    assert [file.source for file in files_in([tmp_path, tmp_path])] == ["a.png"]


def test_files_of_the_same_name_in_two_boxes_are_two_files(tmp_path: Path) -> None:
    for box in ("a", "b"):
        (tmp_path / box).mkdir()
        (tmp_path / box / "001.pdf").write_bytes(box.encode())
    given = files_in([tmp_path / "a", tmp_path / "b", tmp_path / "a" / "001.pdf"])
    assert [(file.source, file.path.read_bytes()) for file in given] == [("001.pdf", b"a"), ("b/001.pdf", b"b")]
    given = files_in([tmp_path / "a" / "001.pdf", tmp_path / "b" / "001.pdf"])
    assert [file.path.read_bytes() for file in given] == [b"a", b"b"]


def test_names_that_differ_by_their_accents_spelling_only_are_two_files(tmp_path: Path) -> None:
    for name in ("e\u0301.pdf", "\u00e9.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    given = files_in([tmp_path])
    assert len({file.source for file in given}) == len({file.path for file in given}) == 2


def test_what_is_not_looked_into_is_listed(tmp_path: Path) -> None:
    box, outside = tmp_path / "box", tmp_path / "outside"
    for folder in (box, box / ".hidden", box / "b", outside):
        folder.mkdir()
        (folder / "x.pdf").write_bytes(b"x")
    (box / "away").symlink_to(outside)
    (box / "back").symlink_to(box / "b")
    assert [file.source for file in files_in([box])] == [".hidden", "away", "b/x.pdf", "x.pdf"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root lists everything")
def test_a_folder_that_cannot_be_listed_is_listed_itself(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    assert [file.source for file in files_in([tmp_path])] == ["closed"]


def test_a_manifest_finds_a_name_however_its_accents_are_spelt(tmp_path: Path) -> None:
    (tmp_path / "Quye\u0302\u0301t.pdf").write_bytes(b"x")
    manifest = tmp_path / "m.csv"
    manifest.write_text("file,sheets\nQuy\u1ebft.pdf,2\n", encoding="utf-8")
    orders = read_manifest(manifest, Order())
    assert orders[next(file.source for file in files_in([tmp_path]) if file.path != manifest)].sheets == 2


_CELL = st.text(max_size=12)
_TABLE = st.lists(st.lists(_CELL, max_size=8), max_size=6)


@given(head=st.lists(st.sampled_from(COLUMNS) | _CELL, max_size=8), rows=_TABLE)
def test_any_table_is_read_or_refused_in_words(tmp_path_factory, head: list[str], rows: list[list[str]]) -> None:
    manifest = tmp_path_factory.mktemp("m") / "m.csv"
    with manifest.open("w", encoding="utf-8", newline="", errors="replace") as out:
        csv.writer(out).writerows([head, *rows])
    _read_or_refused(manifest)


@given(st.binary(max_size=300))
@example(b"file\n\0.pdf\n")
@example(b"\xff\xfef\0i\0l\0e\0")
@example(b'file\n"' + b"x" * 200_000)
@example(b"file,sheets\na.pdf,\xc2\xb2\n")
@example(b"file,sheets\na.pdf," + b"9" * 5000)
@example(b"file,sheets\na.pdf,99999999999999999999\n")
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory, data: bytes) -> None:
    manifest = tmp_path_factory.mktemp("m") / "m.csv"
    manifest.write_bytes(data)
    _read_or_refused(manifest)


def _read_or_refused(manifest: Path) -> None:
    try:
        orders = read_manifest(manifest, Order())
    except (FileUnreadable, NotAllowed) as error:
        assert str(error)
    else:
        assert all(name and 0 <= (order.sheets or 0) <= 100_000 for name, order in orders.items())
