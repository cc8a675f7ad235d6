"""Reading order of Vietnamese official papers."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.lines import Box
from ocr.readers.order import reading_order

WIDTH = 2480

HEAD = [
    ("ỦY BAN NHÂN DÂN", (300, 300, 800, 360)),
    ("TỈNH QUẢNG NGÃI", (320, 370, 780, 430)),
    ("Số: 12/UBND-KTTH", (330, 480, 760, 540)),
    ("V/v góp ý dự thảo", (340, 550, 750, 610)),
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (1150, 303, 2240, 363)),
    ("Độc lập - Tự do - Hạnh phúc", (1350, 372, 2010, 432)),
    ("Quảng Ngãi, ngày 05 tháng 02 năm 2025", (1300, 484, 2200, 544)),
]
TITLE = [("QUYẾT ĐỊNH", (1080, 700, 1420, 760)), ("Về việc phê duyệt", (950, 780, 1550, 840))]
BODY = [
    ("Căn cứ Luật Tổ chức chính quyền địa phương", (400, 950, 2250, 1010)),
    ("ngày 19/6/2015;", (300, 1030, 700, 1090)),
    ("Xét đề nghị của Giám đốc Sở Tài chính,", (400, 1110, 2250, 1170)),
]
TABLE = [
    ("STT", (320, 1300, 400, 1350)),
    ("Nội dung", (600, 1300, 900, 1350)),
    ("Số tiền", (1700, 1300, 1900, 1350)),
    ("1", (340, 1400, 370, 1450)),
    ("Phường Mỹ Trà", (600, 1400, 1000, 1450)),
    ("150.000", (1700, 1402, 1900, 1452)),
]
FOOT = [
    ("Nơi nhận:", (300, 2000, 560, 2050)),
    ("- Như trên;", (300, 2060, 600, 2110)),
    ("- Các sở, ban, ngành;", (300, 2120, 800, 2170)),
    ("- Lưu: VT.", (300, 2180, 560, 2230)),
    ("TM. ỦY BAN NHÂN DÂN", (1400, 1960, 2100, 2020)),
    ("KT. CHỦ TỊCH", (1560, 2035, 1960, 2095)),
    ("Trần Hoàng Tuấn", (1520, 2500, 2000, 2560)),
]

ADDRESSEES = [
    ("Kính gửi:", (700, 700, 950, 760)),
    ("- Sở Tài chính;", (1250, 705, 1650, 765)),
    ("- Sở Nội vụ.", (1250, 785, 1600, 845)),
]

PAPERS = [
    pytest.param([*HEAD, *ADDRESSEES, *BODY, *FOOT], id="letter-to-several"),
    pytest.param([*HEAD, *TITLE, *BODY, *FOOT], id="decision"),
    pytest.param([*HEAD, *BODY, *TABLE, *FOOT], id="letter-with-table"),
    pytest.param([*BODY, *TABLE], id="second-page"),
    pytest.param([*BODY, *FOOT], id="last-page"),
    pytest.param([*HEAD, *TITLE], id="head-alone"),
    pytest.param([*TABLE], id="table-alone"),
]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_read_as_a_person_reads_it(paper: list[tuple[str, Box]]) -> None:
    mixed = paper[:]
    random.Random(4).shuffle(mixed)
    order = reading_order([box for _, box in mixed], [text for text, _ in mixed], WIDTH)
    assert [mixed[index][0] for index in order] == [text for text, _ in paper]


@pytest.mark.parametrize(
    ("motto", "recipients"),
    [
        pytest.param("CONG HOA XA HOI CHU NGHIA VIET NAM", "Noi nhan:", id="tones-lost"),
        pytest.param("CỘNG HÒA XÃ HỘI CHỦ NGHIÃ VIỆT NAM", "Nơi nhân :", id="misread"),
    ],
)
def test_a_misread_cue_still_shows_the_columns(motto: str, recipients: str) -> None:
    swap = {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM": motto, "Độc lập - Tự do - Hạnh phúc": "Độc", "Nơi nhận:": recipients}
    paper = [(swap.get(text, text), box) for text, box in [*HEAD, *TITLE, *BODY, *FOOT]]
    mixed = paper[::-1]
    order = reading_order([box for _, box in mixed], [text for text, _ in mixed], WIDTH)
    assert [mixed[index][0] for index in order] == [text for text, _ in paper]


def test_a_certificate_with_its_motto_in_the_middle_is_read_row_by_row() -> None:
    paper = [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (700, 300, 1800, 360)),
        ("Độc lập - Tự do - Hạnh phúc", (900, 370, 1600, 430)),
        ("GIẤY KHAI SINH", (1000, 600, 1500, 680)),
        ("Họ, chữ đệm, tên: NGUYỄN VĂN AN", (300, 800, 1200, 860)),
        ("Giới tính: Nam", (1600, 800, 2000, 860)),
        ("Dân tộc: Kinh", (300, 900, 700, 960)),
        ("Quốc tịch: Việt Nam", (1600, 900, 2100, 960)),
    ]
    order = reading_order([box for _, box in paper], [text for text, _ in paper], WIDTH)
    assert order == list(range(len(paper)))


boxes = st.tuples(st.integers(0, 2000), st.integers(0, 3000), st.integers(1, 400), st.integers(1, 90)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)
texts = st.sampled_from(["Nơi nhận:", "Độc lập - Tự do - Hạnh phúc", "Điều 1.", "", "12"])


@given(st.lists(st.tuples(boxes, texts), max_size=25))
def test_every_line_is_read_exactly_once(lines: list[tuple[Box, str]]) -> None:
    order = reading_order([box for box, _ in lines], [text for _, text in lines], WIDTH)
    assert sorted(order) == list(range(len(lines)))
