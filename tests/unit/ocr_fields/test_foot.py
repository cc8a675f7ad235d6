"""Recipients and signature at the end of a document."""

from collections.abc import Callable, Iterable

import pytest

from ocr.fields.foot import find_foot
from ocr.fields.recipients import find_recipients
from ocr.fields.signer import bare_name, find_signer, looks_like_name
from ocr.lines import Line, PageReading

Typed = Callable[..., PageReading]


def test_recipients_run_over_rows_and_lose_dash_and_semicolon(typed: Typed) -> None:
    page = typed("""
     Nơi nhận:                                       TM. ỦY BAN NHÂN DÂN
     - Bộ Tài chính (báo cáo);                          KT. CHỦ TỊCH
     - Ban Quản lý Khu kinh tế                         PHÓ CHỦ TỊCH
     và các Khu công nghiệp;
     - Như Điều 3;
     - Lưu: VT, KT.
                                                     Trần Phước Hiền
""")
    foot = find_foot([page])
    found = find_recipients(foot)
    assert found is not None
    assert found.value == (
        "Bộ Tài chính (báo cáo)",
        "Ban Quản lý Khu kinh tế và các Khu công nghiệp",
        "Như Điều 3",
        "Lưu: VT, KT.",
    )
    signer = find_signer(foot)
    assert signer.capacity is not None
    assert signer.title is not None
    assert signer.name is not None
    assert signer.capacity.value == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH")
    assert (signer.title.value, signer.name.value) == ("Phó Chủ tịch", "Trần Phước Hiền")


def test_a_head_who_signs_himself_has_no_capacity(typed: Typed) -> None:
    signer = find_signer(find_foot([typed("""
     Nơi nhận:                                            CHỦ TỊCH
     - Như trên;


                                                       Trần Ngọc Căng
""")]))  # fmt: skip
    assert signer.capacity is None
    assert signer.title is not None
    assert signer.title.value == "Chủ tịch"


def test_a_deputy_s_title_half_under_the_seal_is_completed_and_doubted(typed: Typed) -> None:
    signer = find_signer(find_foot([typed("""
     Nơi nhận:                                          KT. CHỦ TICH
     - Như trên;                                          CHỦ TỊCH

                                                     Phạm Trường Thọ
""")]))  # fmt: skip
    assert signer.capacity is not None
    assert signer.title is not None
    assert signer.capacity.value == ("KT. CHỦ TỊCH",)
    assert signer.title.value == "Phó Chủ tịch"
    assert signer.title.confidence <= 0.5


def test_words_of_the_seal_beside_the_title_are_no_part_of_it(typed: Typed) -> None:
    signer = find_signer(find_foot([typed("""
     Nơi nhận:                                            K. GIÁM ĐỐC
     - Như trên;                                  KHCN
                                                          PHÓ GIÁM ĐỐC
                                                 Y TẾ

                                                        Nguyễn Trúc Giang
""")]))  # fmt: skip
    assert signer.capacity is not None
    assert signer.title is not None
    assert signer.name is not None
    assert signer.capacity.value == ("KT. GIÁM ĐỐC",)
    assert (signer.title.value, signer.name.value) == ("Phó Giám đốc", "Nguyễn Trúc Giang")


def test_the_signature_after_which_an_annex_follows_is_the_document_s(
    stack: Callable[[Iterable[str]], list[PageReading]],
) -> None:
    pages = stack(["""
     Nơi nhận:                                           GIÁM ĐỐC
     - Lưu: VT.
                                                      Lê Văn Hùng
""", """
                                      PHỤ LỤC
                                                        NGƯỜI LẬP
                                                      Đỗ Thị Hạnh
"""])  # fmt: skip
    foot = find_foot(pages)
    assert foot is not None
    assert foot.page == 1
    name = find_signer(foot).name
    assert name is not None
    assert name.value == "Lê Văn Hùng"


def test_a_row_across_recipients_and_signature_is_parted() -> None:
    texts = [
        ("Nơi nhận:", (300, 2000, 500, 2040)),
        ("- Như trên; TL. CHỦ TỊCH", (300, 2050, 2100, 2090)),
        ("- Lưu: VT. CHÁNH VĂN PHÒNG", (300, 2100, 2100, 2140)),
        ("Nguyễn Quốc Việt", (1700, 2400, 2100, 2440)),
    ]
    lines = tuple(Line(text=text, box=box, confidence=1.0) for text, box in texts)
    page = PageReading(page=1, width_px=2480, height_px=3508, dpi=300, width_mm=210, height_mm=297, lines=lines)
    foot = find_foot([page])
    found, signer = find_recipients(foot), find_signer(foot)
    assert found is not None
    assert found.value == ("Như trên", "Lưu: VT.")
    assert signer.capacity is not None
    assert signer.capacity.value == ("TL. CHỦ TỊCH",)
    assert signer.title is not None
    assert signer.title.value == "Chánh Văn phòng"


def test_no_foot_no_fields() -> None:
    assert find_recipients(None) is None
    assert find_signer(None).name is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Trần Hoàng Tuấn", "Trần Hoàng Tuấn"),
        ("TRẦN HOÀNG TUẤN", "TRẦN HOÀNG TUẤN"),
        ("KIÊN Nguyễn Trúc Giang", "Nguyễn Trúc Giang"),
        ("Y Biêr Niê", "Y Biêr Niê"),
        ("TS. Nguyễn Văn A", "Nguyễn Văn A"),
        ("Thượng tá Lê Văn Bình", "Lê Văn Bình"),
        ("PGS.TS. Đỗ Thị Hạnh", "Đỗ Thị Hạnh"),
        ("Đã ký", None),
        ("(Ký, ghi rõ họ tên)", None),
        ("ỦY BAN NHÂN DÂN", None),
        ("P", None),
        ("Nguyễn 123", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    assert bare_name(text) == name


def test_a_title_is_no_name() -> None:
    assert not looks_like_name("CHỦ TỊCH")
    assert not looks_like_name("của các đơn vị")
