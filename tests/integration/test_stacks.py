"""One file of many papers: separator sheets, cuts by hand, and what becomes of the records meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr.lines import Line, PageReading
from sohoa.rebuild import rebuild
from sohoa.remote import READ_PAGE
from sohoa.toolbox import Toolbox
from storage.records import Record, State
from tests.faults.archive import Template, faults_of, ingest
from tests.integration.conftest import Desk, lines_at

Letter = Callable[..., tuple[Line, ...]]
BLANK: tuple[Line, ...] = ()


def sheet(payload: str = "SOHOA1") -> tuple[Line, ...]:
    """Return what stands for a separator sheet on the desk."""
    return lines_at((payload, 100, 100))


def as_read(reading: PageReading) -> PageReading:
    """Return the reading as the page reader gives it: separator sheets and blank pages known as such."""
    if not reading.lines:
        return replace(reading, blank=True)
    text = reading.lines[0].text
    return replace(reading, lines=(), separator=text) if text.startswith("SOHOA1") else reading


@pytest.fixture
def template(tmp_path: Path) -> Template:
    return Template(tmp_path / "made")


@pytest.fixture
def desk(template: Template) -> Desk:
    return template.desk


@pytest.fixture
def kit(template: Template, tmp_path: Path) -> Toolbox:
    """Return an archive whose seals are only marked; its reader knows separator sheets and blank pages."""
    made = template.archive(tmp_path / "home")
    made.pool.instead[READ_PAGE] = lambda path, page, mode: as_read(template.desk.read(path, page, mode))  # type: ignore[attr-defined]
    return made


def second(number: int = 2) -> tuple[Line, ...]:
    """Return a page that goes on, numbered."""
    return lines_at(
        (str(number), 820, 120),
        (f"Điều {number + 1}. Các cơ quan, tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành.", 240, 300),
        (f"{number}. Tổ chức thực hiện nghiêm túc các nội dung nêu tại trang {number}.", 240, 360),
    )


def rows(answer: Any) -> list[tuple[list[int] | None, str]]:
    return [(row["pages"], row["state"]) for row in answer["documents"]]


def kept(kit: Toolbox) -> list[Record]:
    return sorted(kit.catalog.by_state(State.KEPT), key=lambda r: (r.source.name, r.source.first_page))


def test_a_stack_is_split_at_its_sheets_and_they_belong_to_no_document(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    desk.scan("a.pdf", sheet(), BLANK, letter("12/QĐ-UBND"), second(), sheet(), letter("13/QĐ-UBND"), BLANK, sheet())
    answer = ingest(kit, desk.folder)
    assert rows(answer) == [([3, 4], "kept"), ([6, 7], "kept")]
    assert [(r.page_count, r.source.pages, r.source.apart) for r in kept(kit)] == [(2, 4, 4), (2, 4, 4)]
    count = kit.ledger.reconcile(answer["batch"])
    assert (count.received_sheets, count.accounted_sheets, count.unaccounted) == (4, 4, [])
    kit.ledger.close_batch(answer["batch"], now=kit.clock())


def test_what_a_sheet_says_goes_to_the_documents_behind_it(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"), sheet("SOHOA1;D=H1"), letter("13/QĐ-UBND"), letter("14/QĐ-UBND"))
    ingest(kit, desk.folder)
    assert [(r.source.first_page, r.source.dossier) for r in kept(kit)] == [(1, None), (3, "H1"), (4, "H1")]


def test_what_lies_between_two_sheets_is_one_document_and_says_what_begins_inside(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    desk.scan("a.pdf", sheet(), letter("12/QĐ-UBND"), letter("13/QĐ-UBND"), sheet(), letter("14/QĐ-UBND"))
    assert rows(ingest(kit, desk.folder)) == [([2, 3], "kept"), ([5, 5], "kept")]
    (found,) = [f for f in kept(kit)[0].findings if f.code == "heads_inside"]
    assert found.detail == {"pages": "3"}


def test_a_sheet_that_was_read_in_part_asks_a_person(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", sheet("SOHOA1;+"), letter("12/QĐ-UBND"))
    assert rows(ingest(kit, desk.folder)) == [([2, 2], "review")]


def test_sheets_alone_are_no_paper(kit: Toolbox, desk: Desk) -> None:
    desk.scan("a.pdf", sheet(), BLANK)
    answer = ingest(kit, desk.folder)
    assert [(row["state"], row["reason"]["code"]) for row in answer["documents"]] == [("ignored", "only_separators")]
    assert ingest(kit, desk.folder)["counts"] == {"ignored": 1}
    rebuild(kit)
    assert ingest(kit, desk.folder)["counts"] == {"ignored": 1}


def test_a_rebuilt_ledger_has_the_same_documents(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", sheet(), letter("12/QĐ-UBND"), second(), sheet(), letter("13/QĐ-UBND"))
    before = rows(ingest(kit, desk.folder))
    rebuild(kit)
    assert [(pages, "kept") for pages, _ in rows(ingest(kit, desk.folder))] == before
    assert faults_of(kit) == []
