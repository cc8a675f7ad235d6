"""Title, symbol and lay-out -> the type of a document."""

from collections.abc import Callable

import pytest

from ocr.fields.understand import understand
from ocr.lines import PageReading

Typed = Callable[..., PageReading]

HEAD = """
            ỦY BAN NHÂN DÂN                        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
            TỈNH BÌNH ĐỊNH                               Độc lập - Tự do - Hạnh phúc
            Số: 12/{symbol}                        Bình Định, ngày 04 tháng 02 năm 2025

                                           {title}
                                      {rest}
"""


@pytest.mark.parametrize(
    ("symbol", "title", "code"),
    [
        ("QĐ-UBND", "QUYẾT ĐỊNH", "QĐ"),
        ("QD-UBND", "QUYET DINH", "QĐ"),
        ("TTr-UBND", "TỜ TRÌNH", "TTr"),
        ("TTr-UBND", "T Ờ   T R Ì N H".replace("   ", "  "), "TTr"),
        ("CĐ-UBND", "CÔNG ĐIỆN", "CĐ"),
        ("GM-UBND", "GIẤY MỜI", "GM"),
        ("HD-UBND", "HƯỚNG DẪN", "HD"),
        ("HĐ-UBND", "HỢP ĐỒNG", "HĐ"),
        ("KH-UBND", "KẾ HOẠCH", "KH"),
        ("TB-UBND", "THÔNG BÁO", "TB"),
        ("NĐ-CP", "NGHỊ ĐỊNH", "NĐ"),
        ("BC-UBND", "BÁO CÁO", "BC"),
        ("TB-UBND", "THÔNG BẢO", "TB"),
    ],
)
def test_title_and_symbol_agree(typed: Typed, symbol: str, title: str, code: str) -> None:
    (document,) = understand([typed(HEAD.format(symbol=symbol, title=title, rest="Về việc nghỉ Tết Nguyên đán"))])
    assert document.type_code == code
    assert not document.fields["document_type"].needs_review


def test_a_title_against_the_symbol_asks_a_person(typed: Typed) -> None:
    (document,) = understand([typed(HEAD.format(symbol="TB-UBND", title="QUYẾT ĐỊNH", rest="Về việc nghỉ Tết"))])
    assert document.type_code == "QĐ"
    assert document.fields["document_type"].needs_review
    assert {finding.code for finding in document.findings} >= {"number_type_disagree", "type_unsure"}


@pytest.mark.parametrize("stamp", ["CÔNG VĂN ĐẾN", "CÔNG,VĂN ĐẾN.", "VĂN BẢN ĐẾN"])
def test_the_stamp_of_a_registry_above_the_title_is_no_title(typed: Typed, stamp: str) -> None:
    stamped = HEAD.replace("\n\n", f"\n\n{stamp:>57}\n", 1)
    (document,) = understand([typed(stamped.format(symbol="QĐ-UBND", title="QUYẾT ĐỊNH", rest="Về việc nghỉ Tết"))])
    assert document.type_code == "QĐ"
    assert not document.fields["document_type"].needs_review


def test_a_title_that_goes_on_into_the_subject_keeps_both(typed: Typed) -> None:
    (document,) = understand([typed(HEAD.format(symbol="BC-UBND", title="BÁO CÁO", rest="KẾT QUẢ CÔNG TÁC NĂM 2024"))])
    assert (document.type_code, document.fields["subject"].value) == ("BC", "KẾT QUẢ CÔNG TÁC NĂM 2024")


def test_a_letter_is_known_without_a_title(letter: PageReading) -> None:
    (document,) = understand([letter])
    assert (document.type_code, document.type_name) == ("CV", "Công văn")
    assert document.type_confidence > 0.9


def test_general_provisions_are_no_title(typed: Typed) -> None:
    (document,) = understand(
        [typed("\n                                   QUY ĐỊNH CHUNG\n     Luật này quy định về đất đai.")]
    )
    assert document.type_code == "other"


def test_a_contradicting_hint_asks_a_person(decision: list[PageReading]) -> None:
    (document,) = understand(decision, hint="TB")
    assert document.type_code == "QĐ"
    assert document.fields["document_type"].needs_review


def test_an_unknown_hint_is_passed_over(decision: list[PageReading]) -> None:
    assert understand(decision, hint="nonsense") == understand(decision)
