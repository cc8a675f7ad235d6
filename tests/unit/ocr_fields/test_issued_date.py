"""Địa danh, ngày ban hành: printed and misread -> place and day."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.issued_date import date_in, read_date
from ocr.fields.pieces import Piece


def piece(text: str) -> Piece:
    return Piece(text=text, left=0, top=0, right=500, bottom=40, confidence=1.0, box=(0, 0, 500, 40), page=1)


@pytest.mark.parametrize(
    ("printed", "place", "day"),
    [
        ("Hà Nội, ngày 05 tháng 01 năm 2020", "Hà Nội", date(2020, 1, 5)),
        ("Thành phố Hồ Chí Minh, ngày 3 tháng 12 năm 2019", "Thành phố Hồ Chí Minh", date(2019, 12, 3)),
        ("Phường Đống Đa, ngày 15 tháng 7 năm 2025", "Phường Đống Đa", date(2025, 7, 15)),
        ("Quảng Ngãi, ngày15 tháng 4 năm 2020", "Quảng Ngãi", date(2020, 4, 15)),
        ("Quang Ngai, ngay 05 thang 02 nam 2025", "Quang Ngai", date(2025, 2, 5)),
        ("Huế, ngày O4 tháng 01 năm 2O25", "Huế", date(2025, 1, 4)),
        ("Hà Nội, ngày M3 tháng 01 năm 2010", "Hà Nội", date(2010, 1, 13)),
        ("Kiên Giang, ngày 2ỉ tháng 12 năm 2017", "Kiên Giang", date(2017, 12, 21)),
        ("Quảng Ngãi, ngày AT tháng 01 năm 2025", "Quảng Ngãi", None),
        ("Lai Châu, ngày    tháng    năm 2025", "Lai Châu", None),
        ("Hà Nội, ngày 31 tháng 02 năm 2020", "Hà Nội", None),
        ("Hà Nội, ngày 21 tháng 01 năm 20026", "Hà Nội", None),
    ],
)
def test_place_and_day_as_printed(printed: str, place: str, day: date | None) -> None:
    read = read_date(piece(printed))
    assert read is not None
    assert (read.place, read.day) == (place, day)


@pytest.mark.parametrize(
    "printed", ["Ngày: 21/3/18", "Thời gian ký: 17/01/2025 17:06:30", "21.03.2018 16:41:00 +07:00", "hằng ngày"]
)
def test_stamps_are_not_the_date_of_issue(printed: str) -> None:
    assert read_date(piece(printed)) is None


@pytest.mark.parametrize("day", ["O4", "A4", "2i"])
def test_digits_read_as_letters_are_not_certain(day: str) -> None:
    read = read_date(piece(f"Huế, ngày {day} tháng 01 năm 2025"))
    assert read is not None
    assert not read.certain


def test_a_day_after_today_is_not_taken() -> None:
    read = read_date(piece("Huế, ngày 04 tháng 01 năm 2025"), today=date(2025, 1, 3))
    assert read is not None
    assert read.day is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05/01/1998", date(1998, 1, 5)),
        ("ngày 5-1-1998", date(1998, 1, 5)),
        ("ngày 5 tháng 1 năm 1998", date(1998, 1, 5)),
        ("1998", None),
    ],
)
def test_a_date_in_a_text(text: str, day: date | None) -> None:
    assert date_in(text) == day


@given(st.dates(date(1945, 9, 2), date(2030, 1, 1)), st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_whatever_is_printed_is_found_again(day: date, form: str, padded: bool) -> None:
    of_month = f"{day.day:02d}" if padded else str(day.day)
    printed = f"Đắk Lắk, ngày {of_month} tháng {day.month} năm {day.year}"
    typed = unicodedata.normalize("NFC", unicodedata.normalize(form, printed))  # type: ignore[arg-type]
    read = read_date(piece(typed))
    assert read is not None
    assert (read.place, read.day, read.certain) == ("Đắk Lắk", day, True)
