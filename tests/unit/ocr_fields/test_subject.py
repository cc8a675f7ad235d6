"""Trích yếu: under the title of a named document, after V/v of a letter; and the addressees after it."""

from collections.abc import Callable

import pytest

from ocr.fields.understand import understand
from ocr.lines import PageReading

Typed = Callable[..., PageReading]

HEAD = """
            ỦY BAN NHÂN DÂN                        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
            TỈNH BÌNH ĐỊNH                               Độc lập - Tự do - Hạnh phúc
            Số: 12/{symbol}                        Bình Định, ngày 04 tháng 02 năm 2025
"""
TEXT = """
          Trong thời gian qua, công tác thi hành án hành chính trên địa bàn tỉnh đã đạt nhiều kết quả
     tích cực nhưng vẫn còn một số trường hợp bản án đã có hiệu lực mà chưa được thi hành đầy đủ, vì
     vậy Chủ tịch Ủy ban nhân dân tỉnh yêu cầu các cơ quan thực hiện nghiêm túc các việc sau đây nhé
"""


def subject_of(page: PageReading) -> object:
    return understand([page])[0].fields["subject"].value


@pytest.mark.parametrize(
    ("printed", "subject"),
    [
        (
            """
                                                CHỈ THỊ
                             Về việc tăng cường công tác thi hành án
                                    trên địa bàn tỉnh Bình Định
""",
            "Về việc tăng cường công tác thi hành án trên địa bàn tỉnh Bình Định",
        ),
        (
            """
                                                CHỈ THỊ
                             Về tăng cường công tác thi hành án theo
                               thực hiện Nghị quyết số 20-NQ/TW của
                                       Ban Chấp hành Trung ương

                                       CHỦ TỊCH ỦY BAN NHÂN DÂN
""",
            "Về tăng cường công tác thi hành án theo thực hiện Nghị quyết số 20-NQ/TW của Ban Chấp hành Trung ương",
        ),
        (
            """
                                                CHỈ THỊ
 CV ĐẾN                    Về việc tăng cường công tác thi hành án
 Ngày: 21/3                         trên địa bàn tỉnh Bình Định
""",
            "Về việc tăng cường công tác thi hành án trên địa bàn tỉnh Bình Định",
        ),
    ],
    ids=["two-rows", "small-letter-goes-on", "stamp-beside"],
)
def test_the_subject_of_a_named_document(typed: Typed, printed: str, subject: str) -> None:
    assert subject_of(typed(HEAD.format(symbol="CT-UBND") + printed.strip("\n") + "\n" + TEXT)) == subject


def test_the_subject_of_a_letter_keeps_v_v(letter: PageReading) -> None:
    assert subject_of(letter) == "V/v tham gia ý kiến các dự thảo Nghị định của Chính phủ"


def test_a_mark_under_the_subject_is_no_part_of_it(typed: Typed) -> None:
    page = typed(
        HEAD.format(symbol="UBND-VX")
        + "      V/v báo cáo nhanh kết quả\n            năm 2024\n            HỎA TỐC\n\n"
        + "                              Kính gửi: Sở Y tế\n"
        + TEXT
    )
    (document,) = understand([page])
    assert document.fields["subject"].value == "V/v báo cáo nhanh kết quả năm 2024"
    assert document.fields["urgency"].value == "Hỏa tốc"


@pytest.mark.parametrize(
    ("printed", "addressees"),
    [
        ("                              Kính gửi: Sở Y tế", ("Sở Y tế",)),
        (
            """
                    Kính gửi:
                              - Sở Tài chính;
                              - Ủy ban nhân dân các huyện,
                                thị xã, thành phố;
                              - Các doanh nghiệp.
                              (Sau đây gọi chung là các đơn vị)""",
            ("Sở Tài chính", "Ủy ban nhân dân các huyện, thị xã, thành phố", "Các doanh nghiệp"),
        ),
        (
            "                    Kính gửi: Ủy ban nhân dân các tỉnh,\n                                thành phố",
            ("Ủy ban nhân dân các tỉnh, thành phố",),
        ),
    ],
    ids=["one", "list", "one-over-two-rows"],
)
def test_addressees(typed: Typed, printed: str, addressees: tuple[str, ...]) -> None:
    page = typed(HEAD.format(symbol="UBND-VX") + "      V/v báo cáo nhanh\n\n" + printed.strip("\n") + "\n\n" + TEXT)
    assert understand([page])[0].fields["addressee"].value == addressees
