"""What of a batch is to be scanned again: found inside records and across files, in words, gone once it is settled."""

from dataclasses import replace
from pathlib import Path

import pytest

from ocr.lines import Finding, PageReading
from sohoa import review, stacks
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.rescan import replace_page
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from sohoa.wanted import pages_apart, records_of, rescans
from storage.records import State
from tests.faults.archive import Template, faults_of, ingest
from tests.integration.conftest import Desk, lines_at
from tests.integration.stacks.conftest import Letter, Seen, archive_of, numbered, sheet

SHEET = sheet()


def all_alike(reading: PageReading) -> PageReading:
    """Return the reading as the page reader gives it; all pages of the desk look alike, and one marked is cut off."""
    if not reading.lines:
        return replace(reading, blank=True, look="0" * 64)
    if reading.lines[0].text.startswith("SOHOA1"):
        return replace(reading, lines=(), separator=reading.lines[0].text)
    cut = "[CẮT]" in reading.text
    found = (Finding(code="text_cut_off", page=reading.page, detail={"edge": "left"}),) if cut else ()
    return replace(reading, look=f"{1 << 200:064x}", findings=found)


@pytest.fixture
def seen() -> Seen:
    return all_alike


def places(kit: Toolbox, batch: str) -> list[tuple[object, ...]]:
    return [(row["file"], row["page"], row["sheet"], row["code"]) for row in rescans(batch, kit)]


def test_a_page_that_is_plainly_missing_waits_for_a_person_who_may_accept_it(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"))
    desk.scan("b.pdf", letter("13/QĐ-UBND"), numbered(2), numbered(4), numbered(5))
    batch = ingest(kit, desk.folder)["batch"]
    (record,) = kit.catalog.by_state(State.REVIEW)
    assert record.open_things == ("numbers_missing",)
    (row,) = rescans(batch, kit)
    assert (row["file"], row["page"], row["sheet"], row["record_id"]) == ("b.pdf", 3, 4, record.record_id)
    assert "3" in row["message"]
    assert "3" in row["message_en"]
    assert row["remedy"] == f"sohoa ingest FILE --batch {batch}"
    assert review.confirm(record.record_id, {}, kit).state is State.KEPT
    assert rescans(batch, kit) == []
    assert faults_of(kit) == []


def test_who_wants_only_notes_is_not_stopped(template: Template, tmp_path: Path, letter: Letter) -> None:
    home = tmp_path / "lenient"
    made = archive_of(template, home, all_alike)
    made = replace(made, settings=made.settings.model_copy(update={"missing_pages": "note"}))
    template.desk.scan("b.pdf", letter("13/QĐ-UBND"), numbered(2), numbered(4), numbered(5))
    batch = ingest(made, template.desk.folder)["batch"]
    assert [record.state for record in records_of(batch, made)] == [State.KEPT]
    assert places(made, batch) == [("b.pdf", 3, 3, "numbers_missing")]


def test_a_page_fed_twice_in_a_row_is_noted_and_sealed(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"), numbered(2), numbered(2), numbered(3))
    batch = ingest(kit, desk.folder)["batch"]
    assert [record.state for record in records_of(batch, kit)] == [State.KEPT]
    assert places(kit, batch) == [("a.pdf", 3, 3, "fed_twice")]


def test_a_page_of_another_file_is_told_with_both_places(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", SHEET, letter("12/QĐ-UBND"), numbered(2))
    desk.scan("b.pdf", letter("13/QĐ-UBND"), numbered(2))
    batch = ingest(kit, desk.folder)["batch"]
    (row,) = rescans(batch, kit)
    assert (row["file"], row["page"], row["sheet"], row["code"]) == ("b.pdf", 2, 5, "page_elsewhere")
    assert "«a.pdf»" in row["message"]
    assert "page 3 of a.pdf" in row["message_en"]
    assert row["remedy"] == f"sohoa show {row['record_id']}"
    assert pages_apart(records_of(batch, kit)) == 1


def test_two_letters_in_one_layout_are_no_page_twice(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"))
    desk.scan("b.pdf", letter("13/QĐ-UBND"))
    desk.scan("c.pdf", letter("12/QĐ-UBND", signer="Trần Thị Hoa"))
    assert rescans(ingest(kit, desk.folder)["batch"], kit) == []


def test_a_page_cut_off_is_asked_for_until_it_is_replaced(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    cut = (*numbered(2), *lines_at(("[CẮT]", 240, 900)))
    desk.scan("a.pdf", SHEET, letter("12/QĐ-UBND"), cut)
    batch = ingest(kit, desk.folder)["batch"]
    (row,) = rescans(batch, kit)
    assert (row["file"], row["page"], row["sheet"], row["code"]) == ("a.pdf", 3, 3, "text_cut_off")
    assert row["remedy"] == f"sohoa ingest FILE --replace {row['record_id']}:2"
    again = desk.scan("again.pdf", numbered(2))
    replace_page(again, row["record_id"], 2, kit)
    assert rescans(batch, kit) == []


def test_after_a_split_the_requests_are_those_of_the_new_records(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    cut = (*numbered(2), *lines_at(("[CẮT]", 240, 900)))
    desk.scan("a.pdf", SHEET, letter("12/QĐ-UBND"), letter("13/QĐ-UBND"), cut)
    batch = ingest(kit, desk.folder)["batch"]
    (old,) = records_of(batch, kit)
    done = stacks.split(old.record_id, [2], kit)
    (row,) = rescans(batch, kit)
    assert (row["record_id"], row["page"]) == (done.documents[1].id, 4)
    assert row["remedy"].endswith(f"{done.documents[1].id}:2")


def test_a_rejected_record_asks_for_nothing_and_its_pages_still_count(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    cut = (*numbered(2), *lines_at(("[CẮT]", 240, 900)))
    desk.scan("a.pdf", SHEET, letter("      /QĐ-UBND"), cut)
    desk.scan("b.pdf", letter("13/QĐ-UBND"), cut)
    batch = ingest(kit, desk.folder)["batch"]
    (rejected,) = kit.catalog.by_state(State.REVIEW)
    review.reject(rejected.record_id, "tờ nháp", kit)
    assert places(kit, batch) == [("b.pdf", 2, 5, "text_cut_off")]


def test_separator_sheets_are_none_of_the_sheets_that_were_announced(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", SHEET, letter("12/QĐ-UBND"))
    batch = open_batch([desk.folder], None, None, kit).code
    of_file = {"a.pdf": Order(sheets=2)}
    received = receive_all(files_in([desk.folder]), batch, Order(), of_file, kit, on_paper=lambda _paper, _new: None)
    for paper in received.papers:
        take_through(paper.id, kit)
    assert places(kit, batch) == [("a.pdf", None, None, "sheets_missing")]


def test_sheets_that_did_not_come_are_asked_for(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"), numbered(2))
    batch = open_batch([desk.folder], None, 5, kit).code
    of_file = {"a.pdf": Order(sheets=3)}
    received = receive_all(files_in([desk.folder]), batch, Order(), of_file, kit, on_paper=lambda _paper, _new: None)
    for paper in received.papers:
        take_through(paper.id, kit)
    assert places(kit, batch) == [("a.pdf", None, None, "sheets_missing"), (None, None, None, "sheets_missing")]
    assert "2" in rescans(batch, kit)[0]["message"]
