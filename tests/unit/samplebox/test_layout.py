import numpy as np
import pytest

from sohoa.samplebox import pages
from sohoa.samplebox.layout import Sheet, Style, font, px, styled, width_of, wrap
from sohoa.samplebox.official import LEFT, RIGHT, in_words

ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def picture(letter: str) -> bytes:
    return bytes(font(Style(14)).getmask(letter))


@pytest.mark.parametrize("letters", [ALPHABET, ALPHABET.upper()], ids=["small", "capital"])
def test_every_vietnamese_letter_is_drawn_and_looks_like_no_other(letters: str) -> None:
    drawn = [picture(letter) for letter in letters]
    assert all(any(mask) for mask in drawn)
    assert len(set(drawn)) == len(letters)
    assert picture("\u4e00") not in drawn


def test_accents_stand_over_their_letters() -> None:
    # With the typeface's own instructions they were lost: "Quyết định" came out as "Quyet dịnh".
    bare, accented = (font(Style(14)).getbbox(letter, anchor="ls") for letter in "aấ")
    assert accented[1] < bare[1] - px(0.8)


def test_wrapped_lines_keep_within_the_width() -> None:
    words = styled("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025; " * 4, Style(14))
    lines = wrap(words, 100.0, indent=10.0)
    assert [word for line in lines for word in line] == words
    assert width_of(lines[0]) <= 90.0
    assert all(width_of(line) <= 100.0 for line in lines)


def test_bold_is_marked_by_two_stars() -> None:
    assert [(text, style.bold) for text, style in styled("**Điều 1.** Giao đất", Style())] == [
        ("Điều", True),
        ("1.", True),
        ("Giao", False),
        ("đất", False),
    ]


def test_a_line_is_spread_to_the_margin() -> None:
    sheet = Sheet()
    sheet.line(styled("một hai ba", Style()), LEFT, 100.0, zone="body", fill_to=RIGHT - LEFT)
    columns = np.flatnonzero((np.asarray(sheet.ink) < 128).any(axis=0))
    assert columns[0] == pytest.approx(px(LEFT), abs=6)
    assert columns[-1] == pytest.approx(px(RIGHT), abs=6)


def test_lines_come_in_reading_order() -> None:
    sheet = Sheet()
    for zone in ("signature", "recipients", "body", "right", "left", "number"):
        sheet.line(styled(zone, Style()), LEFT, 50.0, zone=zone)
    assert sheet.lines == ("number", "left", "right", "body", "recipients", "signature")


@pytest.mark.parametrize(
    ("date", "words"),
    [("2025-02-04", "ngày 04 tháng 02 năm 2025"), ("2025-08-12", "ngày 12 tháng 8 năm 2025")],
)
def test_zeros_before_days_and_the_first_two_months(date: str, words: str) -> None:
    assert in_words(date) == words


@pytest.mark.parametrize("name", sorted(pages.templates("official")["documents"]))
def test_print_keeps_within_the_margins(name: str) -> None:
    for sheet in pages.official(name).sheets:
        ink = np.asarray(sheet.ink) < 128
        columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
        assert columns[0] >= px(28.0)
        assert columns[-1] <= px(197.0)
        assert rows[0] >= px(9.0)
        assert rows[-1] <= px(279.0)
