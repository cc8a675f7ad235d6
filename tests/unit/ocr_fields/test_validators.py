"""Cross-checks between fields."""

from datetime import date

import pytest

from ocr.fields.casing import is_known, readable_authority, readable_title, respaced, restored, title_case
from ocr.fields.doctypes import load_types
from ocr.fields.document_number import DocumentNumber
from ocr.fields.validators import (
    code_agrees_with_type,
    issuer_agrees_with_symbol,
    looks_like_a_name,
    plausible_date,
)


def number(symbol: str) -> DocumentNumber:
    return DocumentNumber(
        serial="12", year="", symbol=symbol, certain=True, raw="", confidence=1.0, page=1, box=(0, 0, 1, 1)
    )


@pytest.mark.parametrize(
    ("symbol", "code", "agrees"),
    [
        ("QĐ-UBND", "QĐ", True),
        ("QĐ-UBND", "TB", False),
        ("UBND-KTTH", "CV", True),
        ("TB-UBND", "CV", False),
        ("HD-STC", "HĐ", True),
        ("UBND-KTTH", "QĐ", None),
    ],
)
def test_symbol_against_type(symbol: str, code: str, agrees: bool | None) -> None:
    assert code_agrees_with_type(number(symbol), load_types()[code]) is agrees


@pytest.mark.parametrize(
    ("symbol", "issuer", "code", "agrees"),
    [
        ("QĐ-UBND", "Ủy ban nhân dân tỉnh Quảng Ngãi", "QĐ", True),
        ("QĐ-STC", "Sở Tài chính", "QĐ", True),
        ("TT-BLĐTBXH", "Bộ Lao động - Thương binh và Xã hội", "TT", True),
        ("VPUBND-QLĐT", "Văn phòng", "CV", True),
        ("NQ-HĐND", "Ủy ban nhân dân tỉnh Quảng Ngãi", "NQ", False),
        ("QĐ-TTg", "Thủ tướng Chính phủ", "QĐ", True),
        ("QĐ", "Sở Tài chính", "QĐ", None),
    ],
)
def test_symbol_against_issuer(symbol: str, issuer: str, code: str, agrees: bool | None) -> None:
    assert issuer_agrees_with_symbol(number(symbol), issuer, load_types()[code]) is agrees


def test_dates() -> None:
    assert plausible_date(date(2020, 1, 5), year="2020")
    assert not plausible_date(date(2020, 1, 5), year="2019")
    assert not plausible_date(date(2020, 1, 5), today=date(2019, 12, 31))
    assert not plausible_date(date(1900, 1, 5))


def test_names() -> None:
    assert looks_like_a_name("Nguyễn Văn A")
    assert not looks_like_a_name("Myễn Văn Hải")


@pytest.mark.parametrize(
    ("printed", "readable"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI", "Ủy ban nhân dân tỉnh Quảng Ngãi"),
        ("UY BAN NHAN DAN TINH QUANG NGAI", "Ủy ban nhân dân tỉnh Quảng Ngãi"),
        ("SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "Sở Lao động - Thương binh và Xã hội"),
        ("UBND PHƯỜNG MỸ TRÀ", "UBND phường Mỹ Trà"),
        ("CỤC CẢNH SÁT PCCC VÀ CNCH", "Cục Cảnh sát PCCC và CNCH"),
        ("TRƯỜNG ĐẠI HỌC Y KHOA PHẠM NGỌC THẠCH", "Trường Đại học Y khoa Phạm Ngọc Thạch"),
        ("TRƯỜNG ĐẠI HỌC Y DƯỢC CẦN THƠ", "Trường Đại học Y Dược Cần Thơ"),
        ("BỆNH VIỆN RĂNG HÀM MẶT TRUNG ƯƠNG", "Bệnh viện Răng Hàm Mặt Trung ương"),
        ("TRƯỜNG TIỂU HỌC VÀ THCS NGUYỄN DU", "Trường Tiểu học và THCS Nguyễn Du"),
        ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH QUẢNG NAM", "Trung tâm Phục vụ hành chính công tỉnh Quảng Nam"),
        ("BAN TIẾP CÔNG DÂN", "Ban Tiếp công dân"),
        ("CÔNG TY TNHH MỘT THÀNH VIÊN HẠ LONG", "Công ty TNHH Một thành viên Hạ Long"),
        ("Văn phòng Ủy ban", "Văn phòng Ủy ban"),
    ],
)
def test_names_of_authorities_in_readable_case(printed: str, readable: str) -> None:
    assert readable_authority(printed) == readable


def test_titles_and_names_in_readable_case() -> None:
    assert readable_title("PHÓ CHÁNH VĂN PHÒNG") == "Phó Chánh Văn phòng"
    assert title_case("TRẦN HOÀNG TUẤN") == "Trần Hoàng Tuấn"
    assert title_case("Trần Hoàng Tuấn") == "Trần Hoàng Tuấn"


def test_well_known_phrases_are_given_back() -> None:
    assert restored("KT. CHỦ TICH") == "KT. CHỦ TỊCH"
    assert respaced("SỞY TẾ") == "SỞ Y TẾ"
    assert is_known("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI")
    assert not is_known("BAN TỔ CHỨC LỄ KỶ NIỆM")
