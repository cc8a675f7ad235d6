"""What a clerk sees: Vietnamese words, days and hours, brackets as they were written, and what to type next."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sohoa import review as decide
from sohoa.cli import export, review, search, show
from sohoa.cli.words import moment, shown
from sohoa.errors import NotAllowed
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.records import State


@pytest.fixture
def at_home(kit: Toolbox, monkeypatch: pytest.MonkeyPatch) -> Toolbox:
    """Return the kit that the commands work on."""
    for command in (export, review, search, show):
        monkeypatch.setattr(command, "tools", lambda: kit)
    return kit


@pytest.fixture
def waiting(at_home: Toolbox, desk: Any, letter: Callable[..., Any]) -> str:
    """Return a record without a number, whose names hold what looks like markup."""
    desk.scan("thư [mẫu].png", letter("      /QĐ-UBND", subject="Về việc [/b] sửa [mật] khẩu"))
    code = open_batch([desk.folder], None, None, at_home).code
    receive_all(files_in([desk.folder]), code, Order(), {}, at_home, on_paper=lambda _paper, _new: None)
    for paper_id in at_home.ledger.unfinished_papers(code):
        take_through(paper_id, at_home)
    (record,) = at_home.catalog.by_state(State.REVIEW)
    return record.record_id


def test_a_record_in_review_says_what_to_type_next(waiting: str, capsys: pytest.CaptureFixture[str]) -> None:
    review.list_open()
    assert f"review show {waiting}" in capsys.readouterr().out
    review.show(waiting)
    told = capsys.readouterr().out
    assert "thư [mẫu].png" in told and "document_number=GIÁ_TRỊ" in told
    assert all(f"sohoa review {what} {waiting[:8]}" in told for what in ("confirm", "reject"))


def test_a_record_is_told_in_vietnamese_words_and_hours(
    at_home: Toolbox, waiting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    decide.confirm(waiting, {"document_number": "77/QĐ-UBND"}, at_home)
    show.show(waiting)
    told = capsys.readouterr().out
    (number,) = (line for line in told.splitlines() if "77/QĐ-UBND" in line)
    assert "đã xác nhận" in number
    assert "tiếp nhận" in told and "HỢP LỆ" in told
    assert "received" not in told and "valid" not in told
    review.list_open()
    assert "Không có hồ sơ nào chờ kiểm tra." in capsys.readouterr().out


def test_hits_are_shown_as_they_are_written_and_counted_in_vietnamese(
    at_home: Toolbox, waiting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    search.search("sửa khẩu")
    told = capsys.readouterr().out
    assert "0 kết quả" in told and "1 hồ sơ chờ kiểm tra" in told
    decide.confirm(waiting, {"document_number": "77/QĐ-UBND"}, at_home)
    search.search("sửa khẩu")
    told = capsys.readouterr().out
    assert "[/b]" in told and "[mật]" in told
    assert "Trạng thái: đã lưu (1)" in told and "state" not in told


@pytest.mark.parametrize("number", ["abc", "/QĐ-UBND"])
def test_a_number_without_a_number_is_a_slip(at_home: Toolbox, waiting: str, number: str) -> None:
    with pytest.raises(NotAllowed, match="has no number"):
        decide.confirm(waiting, {"document_number": number}, at_home)
    assert decide.confirm(waiting, {"document_number": ""}, at_home).fields["document_number"].value is None


def test_a_rejection_without_a_reason_is_refused(at_home: Toolbox, waiting: str) -> None:
    with pytest.raises(NotAllowed, match="reason"):
        decide.reject(waiting, "  ", at_home)
    assert at_home.catalog.get(waiting).state is State.REVIEW


def test_a_filter_that_no_record_has_is_told_with_those_like_it(at_home: Toolbox) -> None:
    with pytest.raises(NotAllowed) as caught:
        search.search("lịch nghỉ", where=["signer=Hà"])
    assert "«signer»" in caught.value.detail["why_vi"] and "signer_name" in caught.value.detail["why_vi"]


def test_a_copy_is_not_written_under_the_name_of_a_folder_that_is_not_there(
    at_home: Toolbox, waiting: str, tmp_path: Path
) -> None:
    with pytest.raises(NotAllowed) as caught:
        export.export(waiting, to=f"{tmp_path}/không có/", kind="master")
    assert "không có thư mục" in caught.value.detail["why_vi"]
    assert not (tmp_path / "không có").exists()


def test_days_and_moments_are_written_as_people_here_write_them() -> None:
    assert [shown(value) for value in ("2025-02-04", "145/QĐ-UBND", None)] == ["04/02/2025", "145/QĐ-UBND", "—"]
    assert moment("2026-11-30T20:56:28+00:00") == "01/12/2026 03:56:28"
    assert moment(None) == "—"
