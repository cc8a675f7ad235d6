"""Files of many papers on the desk, and an archive whose reader knows separator sheets and blank pages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr.lines import Line, PageReading
from sohoa.remote import READ_PAGE
from sohoa.toolbox import Toolbox
from storage.records import Record, State
from tests.faults.archive import Template, ingest
from tests.integration.conftest import Desk, lines_at

Letter = Callable[..., tuple[Line, ...]]
Seen = Callable[[PageReading], PageReading]
"""What the desk recorded of a page -> what the page reader gives."""
BLANK: tuple[Line, ...] = ()


def sheet(payload: str = "SOHOA1") -> tuple[Line, ...]:
    """Return what stands for a separator sheet on the desk."""
    return lines_at((payload, 100, 100))


def numbered(number: int) -> tuple[Line, ...]:
    """Return a page that goes on, with its number in the middle of the top margin."""
    return lines_at(
        (str(number), 820, 120),
        (f"Điều {number + 1}. Các cơ quan, tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành.", 240, 300),
        (f"{number}. Tổ chức thực hiện nghiêm túc các nội dung nêu tại trang {number}.", 240, 360),
    )


def as_read(reading: PageReading) -> PageReading:
    """Return the reading as the page reader gives it: separator sheets and blank pages known as such."""
    if not reading.lines:
        return replace(reading, blank=True)
    text = reading.lines[0].text
    return replace(reading, lines=(), separator=text) if text.startswith("SOHOA1") else reading


def archive_of(template: Template, home: Path, seen: Seen = as_read) -> Toolbox:
    """Return an archive whose seals are only marked, and whose pages are read as `seen` says."""
    made = template.archive(home)
    made.pool.instead[READ_PAGE] = lambda path, page, mode: seen(template.desk.read(path, page, mode))  # type: ignore[attr-defined]
    return made


@pytest.fixture
def template(tmp_path: Path) -> Template:
    return Template(tmp_path / "made")


@pytest.fixture
def desk(template: Template) -> Desk:
    return template.desk


@pytest.fixture
def seen() -> Seen:
    """Return how pages are read; a file of tests may have another."""
    return as_read


@pytest.fixture
def kit(template: Template, tmp_path: Path, seen: Seen) -> Toolbox:
    """Return an archive of the desk's papers."""
    return archive_of(template, tmp_path / "home", seen)


def rows(answer: Any) -> list[tuple[list[int] | None, str]]:
    return [(row["pages"], row["state"]) for row in answer["documents"]]


def kept(kit: Toolbox) -> list[Record]:
    return sorted(kit.catalog.by_state(State.KEPT), key=lambda r: (r.source.name, r.source.first_page))


def two_letters(kit: Toolbox, desk: Desk, letter: Letter) -> Record:
    """Take in two letters that separator sheets hold together, and return their one record."""
    desk.scan(
        "a.pdf",
        sheet(),
        letter("12/QĐ-UBND"),
        numbered(2),
        letter("13/QĐ-UBND", subject="Về việc phê duyệt kế hoạch thu gom"),
    )
    ingest(kit, desk.folder)
    (record,) = kept(kit)
    return record


def numbers(records: list[Record]) -> list[Any]:
    return [record.fields["document_number"].value for record in records]
