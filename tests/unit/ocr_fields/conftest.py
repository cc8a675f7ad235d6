"""Papers typed as they lie on the sheet, for the field finders: no image, no engine."""

import re
from collections.abc import Callable, Iterable

import pytest

from ocr.lines import Line, PageReading

_COLUMN_PX = 24
_ROW_PX = 60
_WIDTH_PX = 2480
_HEIGHT_PX = 3508


def typed_page(text: str, page: int = 1, confidence: float = 1.0) -> PageReading:
    """Return a page of the text: 100 columns wide, three blanks or more part two lines on one row."""
    lines = [
        Line(
            text=match.group(),
            box=(match.start() * _COLUMN_PX, 100 + row * _ROW_PX, match.end() * _COLUMN_PX, 145 + row * _ROW_PX),
            confidence=confidence,
        )
        for row, typed in enumerate(text.strip("\n").splitlines())
        for match in re.finditer(r"\S+(?: {1,2}\S+)*", typed)
    ]
    return PageReading(
        page=page,
        width_px=_WIDTH_PX,
        height_px=_HEIGHT_PX,
        dpi=300,
        width_mm=210,
        height_mm=297,
        blank=not lines,
        lines=tuple(lines),
    )


@pytest.fixture
def typed() -> Callable[..., PageReading]:
    """See typed_page."""
    return typed_page


@pytest.fixture
def stack() -> Callable[[Iterable[str]], list[PageReading]]:
    """Return pages of several typed sheets, numbered from 1."""
    return lambda sheets: [typed_page(text, page=number) for number, text in enumerate(sheets, 1)]


LETTER = """
            ỦY BAN NHÂN DÂN                        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
            TỈNH BÌNH ĐỊNH                               Độc lập - Tự do - Hạnh phúc

          Số: 512/UBND-VX                          Bình Định, ngày 04 tháng 02 năm 2025
      V/v tham gia ý kiến các dự thảo
          Nghị định của Chính phủ

                                Kính gửi: Sở Tài chính

          Theo đề nghị của Bộ Tài chính tại Công văn số 1060/BTC-QLCS ngày 23/01/2025 về việc
     xin ý kiến dự thảo Nghị định, Chủ tịch UBND tỉnh có ý kiến như sau: giao Sở Tài chính chủ
     trì tham gia góp ý và báo cáo UBND tỉnh theo đúng thời gian yêu cầu, giữ bảo mật./.

     Nơi nhận:                                              TL. CHỦ TỊCH
     - Như trên;                                        KT. CHÁNH VĂN PHÒNG
     - Các Sở: Tài chính, Xây dựng,                     PHÓ CHÁNH VĂN PHÒNG
     Tư pháp;
     - Lưu: VT, K5.
                                                           Lê Thị Hoa Mai
"""

DECISION = """
        UBND TỈNH BÌNH ĐỊNH                        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
           SỞ TÀI CHÍNH                                  Độc lập - Tự do - Hạnh phúc

         Số: 05/QĐ-STC                             Bình Định, ngày 15 tháng 4 năm 2024

                                              QUYẾT ĐỊNH
                          Về việc phân bổ dự toán ngân sách năm 2024
                                  cho các đơn vị trực thuộc

                                  GIÁM ĐỐC SỞ TÀI CHÍNH

          Căn cứ Quyết định số 12/QĐ-UBND ngày 01 tháng 02 năm 2024 của UBND tỉnh về việc giao
     dự toán ngân sách cho các cơ quan và đơn vị trên địa bàn của tỉnh trong năm ngân sách 2024;
          Xét đề nghị của Trưởng phòng Quản lý ngân sách về việc phân bổ số kinh phí nói ở trên cho
"""

DECISION_END = """
                                            2
     các đơn vị trực thuộc kể từ ngày ký quyết định này cho đến khi có quyết định khác thay thế./.

     Nơi nhận:                                             KT. GIÁM ĐỐC
     - Như Điều 3;                                         PHÓ GIÁM ĐỐC
     - Lưu: VT.


                                                         Trần Văn Minh Đức
"""

BIRTH = """
     ỦY BAN NHÂN DÂN                       CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
     PHƯỜNG AN BÌNH                              Độc lập - Tự do - Hạnh phúc
                                      GIẤY KHAI SINH
                                          Số: 123/2021
     Họ, chữ đệm, tên: NGUYỄN MINH AN
     Ngày, tháng, năm sinh: 05/01/2021   ghi bằng chữ: Ngày năm tháng một năm hai nghìn không trăm hai mốt
     Giới tính: Nữ   Dân tộc: Kinh   Quốc tịch: Việt Nam
     Nơi sinh: Bệnh viện Đa khoa tỉnh Bình Định
     Quê quán: Phường An Bình, tỉnh Bình Định
     Số định danh cá nhân: 052321004567
     Họ, chữ đệm, tên người mẹ: Trần Thị Lan
     Năm sinh: 1990   Dân tộc: Kinh   Quốc tịch: Việt Nam
     Họ, chữ đệm, tên người cha: Nguyễn Văn Bình
     Năm sinh: 1988   Dân tộc: Kinh   Quốc tịch: Việt Nam
     Họ, chữ đệm, tên người đi khai sinh: Nguyễn Văn Bình
     Nơi đăng ký khai sinh: Ủy ban nhân dân phường An Bình, tỉnh Bình Định
     Ngày, tháng, năm đăng ký: 12/01/2021
"""

LAND = """
                        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                           Độc lập - Tự do - Hạnh phúc
                          GIẤY CHỨNG NHẬN
               QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT
     1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:
     Ông: Nguyễn Văn Bình, CCCD số: 052088001234
     2. Thông tin thửa đất:
     a) Thửa đất số: 123   Tờ bản đồ số: 45
     b) Diện tích: 1.085,6 m²
     c) Địa chỉ: Phường An Bình, tỉnh Bình Định
     Số vào sổ cấp Giấy chứng nhận: CS 00123
                                        Bình Định, ngày 12 tháng 01 năm 2025
                                                  AA 01695788
"""


@pytest.fixture
def letter(typed: Callable[..., PageReading]) -> PageReading:
    """An official letter of one page."""
    return typed(LETTER)


@pytest.fixture
def decision(stack: Callable[[Iterable[str]], list[PageReading]]) -> list[PageReading]:
    """A decision of two pages."""
    return stack([DECISION, DECISION_END])


@pytest.fixture
def birth_certificate(typed: Callable[..., PageReading]) -> PageReading:
    """A certificate with labels and values."""
    return typed(BIRTH)


@pytest.fixture
def land_certificate(typed: Callable[..., PageReading]) -> PageReading:
    """A land-use certificate of the 2024 pattern."""
    return typed(LAND)
