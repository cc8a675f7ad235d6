"""Marks of secrecy and urgency and kinds of copies, and the words that are none."""

import pytest

from ocr.fields.layout import Head
from ocr.fields.marks import find_copy_mark, find_secrecy, find_urgency
from ocr.fields.pieces import Piece


def piece(text: str, top: int = 500) -> Piece:
    return Piece(
        text=text, left=300, top=top, right=600, bottom=top + 40, confidence=1.0, box=(300, top, 600, top + 40), page=1
    )


def head(*left: Piece) -> Head:
    return Head(left=left, right=(), body=(), above=(), anchored=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("MẬT", "Mật"), ("MAT", "Mật"), ("[MẬT]", "Mật"), ("M Ậ T", "Mật"), ("Độ mật: MẬT", "Mật"), ("ĐỘ MẬT", "Mật"),
        ("TỐI MẬT", "Tối mật"), ("TUYET MAT", "Tuyệt mật"), ("TUYỆT MẬI", "Tuyệt mật"),
        ("Tuyệt mật", "Tuyệt mật"), ("Số: 12/BC-UBND MẬT", "Mật"),
        ("mật", None), ("BẢO MẬT", None), ("MẶT TRẬN", None), ("giữ bí mật", None), ("Số: 12/BC-UBND", None),
    ],
)  # fmt: skip
def test_secrecy(text: str, value: str | None) -> None:
    found = find_secrecy(head(piece(text)), [], page_height=3508)
    assert (found.value if found else None) == value


def test_a_secrecy_word_low_on_the_page_is_no_mark() -> None:
    assert find_secrecy(head(), [piece("MẬT", top=3000)], page_height=3508) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("HỎA TỐC", "Hỏa tốc"),
        ("HOẢ TỐC", "Hỏa tốc"),
        ("THƯỢNG KHẨN", "Thượng khẩn"),
        ("KHẨN", "Khẩn"),
        ("khẩn trương", None),
    ],
)
def test_urgency(text: str, value: str | None) -> None:
    found = find_urgency(head(piece(text)), [], page_height=3508)
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SAO Y", "Sao y"), ("SAO Y BẢN CHÍNH", "Sao y"), ("SAO LỤC", "Sao lục"), ("TRÍCH SAO", "Trích sao"),
        ("CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH", "Chứng thực bản sao"), ("sao y bản chính giấy tờ", None),
        ("SAO", None),
    ],
)  # fmt: skip
def test_kinds_of_copies(text: str, value: str | None) -> None:
    found = find_copy_mark([piece(text)])
    assert (found.value if found else None) == value
