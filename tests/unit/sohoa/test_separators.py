"""What separator sheets say, how they are written, and how they part the pages of a file."""

from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.lines import Line, PageReading
from ocr.separator import LONGEST_VALUE, Separator, payload_of, read_payload, short_payload
from sohoa.errors import NotAllowed
from sohoa.separators import FILE_NAME, separator_for, write_separators
from sohoa.steps.parts import BEARS_NUMBER, HALF_READ, dossier_of, parts_of
from sohoa.wiring import typeface

DAY = datetime(2026, 1, 2, tzinfo=UTC)
VALUES = st.none() | st.text(min_size=1, max_size=LONGEST_VALUE).filter(lambda text: text.isprintable())


@given(VALUES, VALUES)
def test_what_a_sheet_says_is_read_again(dossier: str | None, kind: str | None) -> None:
    sheet = Separator(dossier=dossier, type_code=kind)
    assert payload_of(sheet).isascii()
    assert read_payload(payload_of(sheet)) == sheet


def test_a_code_without_room_says_so() -> None:
    short = short_payload(payload_of(Separator(dossier="H" * 40)), 27)
    assert read_payload(short) == Separator(whole=False)


@pytest.mark.parametrize("text", ["", "SOHOA2", "SOHOA1X", "sohoa1", "A;SOHOA1"])
def test_other_codes_are_none_of_ours(text: str) -> None:
    assert read_payload(text) is None


PERSONAL = (
    "079099001234",
    "CCCD-079099001234",
    "079.099.001.234",
    "079-099-001-234",
    "079 099 001234",
    "07909900\u20131234",
    "123.456.789",
)


@pytest.mark.parametrize("dossier", ["", " ", "H" * 101, "a\nb", *PERSONAL])
def test_a_sheet_bears_no_personal_number_and_nothing_unprintable(dossier: str) -> None:
    with pytest.raises(NotAllowed):
        separator_for(dossier, None)


@pytest.mark.parametrize("dossier", ["000.00.01.H29-251124-0001", "H29-2025-000123", "2025.0001", "12-2025"])
def test_codes_of_dossiers_are_no_personal_numbers(dossier: str) -> None:
    assert separator_for(dossier, None).dossier == dossier


def test_a_type_may_be_named_in_vietnamese() -> None:
    assert separator_for(None, "quyết định") == Separator(type_code="QĐ")


def test_sheets_are_pdfa_with_words_and_nothing_is_overwritten(tmp_path: Path) -> None:
    sheet = separator_for("H29-1", "QĐ")
    file = write_separators(sheet, "Quyết định", 3, tmp_path, typeface=typeface(), created=DAY)
    assert file == tmp_path / FILE_NAME
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) == 3
        assert b"pdfaid" in bytes(pdf.Root.Metadata.read_bytes())
    with pytest.raises(NotAllowed):
        write_separators(sheet, None, 1, tmp_path, typeface=typeface(), created=DAY)


def pages(*kinds: str) -> list[PageReading]:
    """Return pages: "a" printed, "-" blank, anything longer is what a separator sheet says."""
    made = []
    for number, kind in enumerate(kinds, start=1):
        lines = (Line(text="Căn cứ Luật", box=(0, 0, 9, 9), confidence=1.0),) if kind == "a" else ()
        separator = kind if len(kind) > 1 else None
        made.append(
            PageReading(
                page=number,
                width_px=10,
                height_px=10,
                dpi=200,
                width_mm=210,
                height_mm=297,
                blank=kind == "-",
                lines=lines,
                separator=separator,
            )
        )
    return made


def parted(*kinds: str) -> list[tuple[list[int], bool, str | None]]:
    return [([p.page for p in part.pages], part.is_one_document, part.dossier) for part in parts_of(pages(*kinds))]


def test_a_file_without_sheets_is_one_part_that_parts_at_first_pages() -> None:
    assert parted("-", "a", "-") == [([1, 2, 3], False, None)]


def test_a_sheet_and_its_back_belong_to_no_document() -> None:
    assert parted("SOHOA1", "-", "a", "-", "SOHOA1", "a") == [([3, 4], True, None), ([6], True, None)]


def test_one_blank_page_is_the_back_of_a_sheet_and_the_next_one_is_not() -> None:
    assert parted("SOHOA1", "-", "-", "a") == [([3, 4], True, None)]


def test_sheets_side_by_side_and_at_the_end_part_nothing() -> None:
    assert parted("SOHOA1", "SOHOA1", "a", "SOHOA1", "-") == [([3], True, None)]
    assert parted("SOHOA1", "-") == []


def test_a_dossier_goes_on_until_the_next_one_begins() -> None:
    found = parted("a", "SOHOA1;D=H1", "a", "SOHOA1", "a", "SOHOA1;D=H2;T=QĐ", "a")
    assert found == [([1], False, None), ([3], False, "H1"), ([5], True, "H1"), ([7], True, "H2")]
    stack = pages("a", "SOHOA1;D=H1", "a")
    assert [dossier_of(page, stack) for page in (1, 3)] == [None, "H1"]


def test_after_a_half_read_sheet_the_dossier_is_not_known_until_a_sheet_names_one() -> None:
    stack = pages("SOHOA1;D=H1", "a", "SOHOA1;+", "a", "a", "SOHOA1", "a", "SOHOA1;D=H2", "a")
    assert [(part.dossier, part.doubt, part.is_one_document) for part in parts_of(stack)] == [
        ("H1", None, False),
        (None, HALF_READ, False),
        (None, HALF_READ, True),
        ("H2", None, False),
    ]


@pytest.mark.parametrize("number", PERSONAL)
def test_a_personal_number_on_a_sheet_is_no_dossier_and_a_person_is_asked(number: str) -> None:
    stack = pages("SOHOA1;D=H1", "a", payload_of(Separator(dossier=number)), "a", "SOHOA1", "a")
    assert [(part.dossier, part.doubt) for part in parts_of(stack)] == [
        ("H1", None),
        (None, BEARS_NUMBER),
        (None, BEARS_NUMBER),
    ]
