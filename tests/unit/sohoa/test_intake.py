from pathlib import Path

import pytest

from sohoa.errors import FileUnreadable, NotAllowed
from sohoa.intake import files_in, read_manifest
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
        pytest.param("file,document_type\na.pdf,Giấy gì đó\n", "document type", id="unknown-type"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text(text, encoding="utf-8")
    with pytest.raises(NotAllowed, match=said):
        read_manifest(manifest, Order())
