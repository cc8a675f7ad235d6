"""Line boxes -> zones of a page, whatever the finder made of the columns."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ocr.fields.folding import fold, is_capitals, letters, likeness, nfc
from ocr.fields.layout import head_of, is_motto, is_nation
from ocr.fields.pieces import pieces_of, rows, sureness
from ocr.lines import Line, PageReading

Typed = Callable[..., PageReading]


def page(*lines: tuple[str, tuple[int, int, int, int]], skew: float = 0.0) -> PageReading:
    return PageReading(
        page=1,
        width_px=2480,
        height_px=3508,
        dpi=300,
        width_mm=210,
        height_mm=297,
        skew_degrees=skew,
        lines=tuple(Line(text=text, box=box, confidence=1.0) for text, box in lines),
    )


def test_the_head_of_a_letter_has_two_columns(letter: PageReading) -> None:
    head = head_of(letter)
    assert head.anchored
    assert [p.text for p in head.left] == [
        "ỦY BAN NHÂN DÂN",
        "TỈNH BÌNH ĐỊNH",
        "Số: 512/UBND-VX",
        "V/v tham gia ý kiến các dự thảo",
        "Nghị định của Chính phủ",
    ]
    assert head.right[-1].text == "Bình Định, ngày 04 tháng 02 năm 2025"
    assert head.body[0].text.startswith("Kính gửi")


def test_rows_the_finder_drew_across_both_columns_are_parted() -> None:
    head = head_of(
        page(
            ("ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (300, 200, 2250, 250)),
            ("TỈNH BÌNH ĐỊNH Độc lập - Tự do - Hạnh phúc", (330, 260, 2050, 310)),
            ("Số: 12/TB-UBND Bình Định, ngày 04 tháng 02 năm 2025", (330, 380, 2200, 430)),
            ("THÔNG BÁO", (1150, 520, 1450, 570)),
        )
    )
    assert [p.text for p in head.left] == ["ỦY BAN NHÂN DÂN", "TỈNH BÌNH ĐỊNH", "Số: 12/TB-UBND"]
    assert head.right[-1].text == "Bình Định, ngày 04 tháng 02 năm 2025"
    assert head.body[0].text == "THÔNG BÁO"


def test_a_number_and_a_date_in_pieces_are_joined() -> None:
    head = head_of(
        page(
            ("BỘ CÔNG AN", (500, 200, 800, 250)),
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (1150, 200, 2250, 250)),
            ("Số:", (400, 380, 470, 430)),
            ("575", (490, 378, 580, 432)),
            ("/QĐ-BCA", (600, 380, 850, 430)),
            ("Hà Nội, ngày", (1300, 380, 1600, 430)),
            ("04", (1620, 376, 1690, 433)),
            ("tháng 02 năm 2025", (1710, 380, 2150, 430)),
        )
    )
    assert head.left[-1].text == "Số: 575 /QĐ-BCA"
    assert head.right[-1].text == "Hà Nội, ngày 04 tháng 02 năm 2025"


def test_a_skewed_page_has_the_same_rows(letter: PageReading) -> None:
    slope = 0.0262  # 1.5 degrees: across the sheet more than one line
    lines = tuple(
        replace(line, box=(l, round(t + slope * l), r, round(b + slope * r)))
        for line in letter.lines
        for l, t, r, b in [line.box]  # noqa: E741
    )
    skewed = replace(letter, lines=lines, skew_degrees=1.5)
    assert [p.text for p in head_of(skewed).left] == [p.text for p in head_of(letter).left]


def test_the_name_of_the_state_in_a_digital_signature_is_no_head(letter: PageReading) -> None:
    stamp = Line(text="Ký bởi: CÔNG BÁO NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", box=(90, 10, 1100, 40), confidence=1)
    stamped = replace(letter, lines=(stamp, *letter.lines))
    assert [p.text for p in head_of(stamped).left] == [p.text for p in head_of(letter).left]


def test_a_page_without_a_head_gives_its_text_as_body(typed: Typed) -> None:
    head = head_of(typed("     một dòng chữ dài chạy suốt từ lề trái sang đến tận lề phải của trang giấy này đây"))
    assert not head.anchored
    assert len(head.body) == 1


@pytest.mark.parametrize(
    "text",
    ["CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CONG HOA XA HOI CHU NGHIA VIET NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA YIỆT NAN"],
)
def test_the_name_of_the_state_is_known_misread(text: str) -> None:
    assert is_nation(text)


def test_the_motto_is_known_with_any_dash() -> None:
    assert is_motto("Độc lập – Tự do – Hạnh phúc")
    assert not is_motto("Độc lập")


def test_rows_are_joined_from_left_to_right() -> None:
    pieces = pieces_of(page(("hai", (500, 100, 600, 140)), ("một", (100, 104, 200, 144)), ("ba", (100, 200, 200, 240))))
    assert [row.text for row in rows(pieces)] == ["một hai", "ba"]


def test_disputed_letters_lower_the_sureness() -> None:
    (sure,) = pieces_of(page(("Số: 12/QĐ-UBND", (0, 0, 9, 9))))
    assert sureness([sure]) == 1.0
    assert sureness([replace(sure, confidence=0.9)]) < 0.7
    assert sureness([replace(sure, confidence=0.9)] * 2) < sureness([replace(sure, confidence=0.9)])


def test_folding_keeps_the_length_and_loses_the_accents() -> None:
    text = "Đường Nguyễn Thị Ðịnh – số 5"
    assert fold(nfc(text)) == "duong nguyen thi dinh - so 5"
    assert len(fold(nfc(text))) == len(nfc(text))
    assert letters("Số: 5/QĐ") == "so5qd"
    assert likeness("UỶ BAN", "ỦY BAN") == 1.0


@pytest.mark.parametrize(
    ("text", "capitals"),
    [("ỦY BAN", True), ("Ủy ban", False), ("KT. CHỦ TỊCH", True), ("12", False), ("TPHCM và", False)],
)
def test_capitals(text: str, capitals: bool) -> None:
    assert is_capitals(text) is capitals
