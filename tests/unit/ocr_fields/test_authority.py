"""The stacked left head -> issuing authority and the one above it."""

import pytest

from ocr.fields.authority import find_authorities
from ocr.fields.layout import Head
from ocr.fields.pieces import Piece


def head(*rows: str) -> Head:
    left = tuple(
        Piece(
            text=text,
            left=100,
            top=60 * i,
            right=700,
            bottom=60 * i + 44,
            confidence=1.0,
            box=(100, 60 * i, 700, 60 * i + 44),
            page=1,
        )
        for i, text in enumerate(rows)
    )
    return Head(left=left, right=(), body=(), above=(), anchored=True)


@pytest.mark.parametrize(
    ("rows", "issuer", "parent"),
    [
        (["ỦY BAN NHÂN DÂN", "TỈNH QUẢNG NGÃI", "Số: 01/TTr-UBND"], "Ủy ban nhân dân tỉnh Quảng Ngãi", None),
        (["UỶ BAN NHÂN DÂN", "THÀNH PHỐ HÀ NỘI"], "Ủy ban nhân dân thành phố Hà Nội", None),
        (["UY BAN NHAN DAN", "TỈNH QUẢNG NGÃI"], "Ủy ban nhân dân tỉnh Quảng Ngãi", None),
        (["UBND PHƯỜNG MỸ TRÀ", "VĂN PHÒNG", "Số: 2983 /VPUBND-QLĐT"], "Văn phòng", "UBND phường Mỹ Trà"),
        (["UBND TỈNH ĐỒNG THÁP", "SỞ TÀI CHÍNH"], "Sở Tài chính", "UBND tỉnh Đồng Tháp"),
        (["BỘ LAO ĐỘNG - THƯƠNG BINH", "VÀ XÃ HỘI"], "Bộ Lao động - Thương binh và Xã hội", None),
        (["VĂN PHÒNG CHÍNH PHỦ"], "Văn phòng Chính phủ", None),
        (["THỦ TƯỚNG", "CHÍNH PHỦ"], "Thủ tướng Chính phủ", None),
        (["VĂN PHÒNG", "HĐND VÀ UBND TỈNH"], "Văn phòng HĐND và UBND tỉnh", None),
        (["BỘ TÀI CHÍNH", "TỔNG CỤC THUẾ"], "Tổng cục Thuế", "Bộ Tài chính"),
        (["BỘ CÔNG AN", "CỤC CẢNH SÁT PCCC VÀ CNCH"], "Cục Cảnh sát PCCC và CNCH", "Bộ Công an"),
        (["________", "Số: 12/QĐ-UBND"], None, None),
        ([], None, None),
    ],
)
def test_issuer_and_parent(rows: list[str], issuer: str | None, parent: str | None) -> None:
    found, above = find_authorities(head(*rows))
    assert (found.value if found else None, above.value if above else None) == (issuer, parent)


def test_a_stamp_of_receipt_is_no_authority() -> None:
    found, _ = find_authorities(head("SỞ Y TẾ", "ĐẾN Ngày: 12/3"))
    assert found is not None
    assert found.value == "Sở Y tế"
