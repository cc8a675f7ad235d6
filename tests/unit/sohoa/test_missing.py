"""What printed page numbers say of a document, and which pages are one sheet scanned twice."""

from dataclasses import replace

import pytest

from ocr.lines import Box, Line, PageReading
from ocr.pages import look
from sohoa import twice
from sohoa.missing import numbering_findings
from sohoa.twice import Seen, found_twice, reads_alike, twice_findings

BODY = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; xét đề nghị của ông Nguyễn Văn Mẫu"


def page(
    at: int, number: str | None, *, blank: bool = False, box: tuple[int, int, int, int] | None = None
) -> PageReading:
    top = [] if number is None else [Line(text=number, box=box or (480, 60, 520, 90), confidence=0.9)]
    body = Line(text=BODY, box=(100, 400, 900, 440), confidence=0.9)
    return PageReading(
        page=at,
        width_px=1000,
        height_px=1414,
        dpi=120,
        width_mm=210,
        height_mm=297,
        blank=blank,
        lines=() if blank else (*top, body),
    )


def document(*numbers: str | None) -> list[PageReading]:
    """Return pages with these numbers; None: none was read, "": a blank back."""
    return [page(at, number, blank=number == "") for at, number in enumerate(numbers, start=1)]


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([None], id="one-page"),
        pytest.param([None, "2", "3", "4"], id="as-printed"),
        pytest.param([None, "", "2", "", "3", ""], id="blank-backs"),
        pytest.param([None, None, None, "4", None, "6"], id="numbers-not-read"),
        pytest.param([None, "2", "8", "4", "5"], id="one-misread"),
        pytest.param([None, "2", "3", "15"], id="last-one-misread"),
        pytest.param([None, "2", "3", None, "2", "3"], id="an-annex-counts-for-itself"),
        pytest.param([None, "2", "3", "1", "2"], id="an-annex-numbered-from-1"),
        pytest.param([None, "2", None, "3"], id="a-picture-without-number"),
        pytest.param(["Trang 1/3", "Trang 2/3", "Trang 3/3"], id="total-reached"),
        pytest.param([None, "2024"], id="a-year"),
    ],
)
def test_nothing_is_said_where_nothing_is_missing(numbers: list[str | None]) -> None:
    assert numbering_findings(document(*numbers)) == ()


@pytest.mark.parametrize(
    ("numbers", "code", "at", "detail", "blocks"),
    [
        pytest.param([None, "2", "4", "5"], "numbers_missing", 3, {"numbers": "3"}, True, id="plain"),
        pytest.param([None, "2", "4"], "numbers_missing", 3, {"numbers": "3"}, False, id="by-one-number"),
        pytest.param([None, "3", "4"], "numbers_missing", 2, {"numbers": "2"}, True, id="second"),
        pytest.param([None, "", "3", "", "4"], "numbers_missing", 3, {"numbers": "2"}, True, id="with-backs"),
        pytest.param([None, "2", "5", "6"], "sheet_missing", 3, {"numbers": "3-4"}, True, id="a-sheet"),
        pytest.param([None, "2", "3", "6", "7"], "numbers_missing", 4, {"numbers": "4-5"}, True, id="of-two-sheets"),
        pytest.param([None, "2", None, "5", "6"], "numbers_missing", 4, {"numbers": "4"}, True, id="one-not-read"),
        pytest.param(["3", "4"], "numbers_missing", 1, {"numbers": "1-2"}, False, id="first-ones"),
        pytest.param([None, "3", "2", "4"], "page_out_of_order", 3, {"number": "2", "before": "3"}, False, id="order"),
        pytest.param(
            ["Trang 1/3", "Trang 2/3"], "total_not_reached", 2, {"reached": "2", "total": "3"}, True, id="total"
        ),
        pytest.param(
            [None, "Page 2 of 4"], "total_not_reached", 2, {"reached": "2", "total": "4"}, False, id="total-once"
        ),
    ],
)
def test_what_is_missing_is_said_with_its_place(
    numbers: list[str | None], code: str, at: int, detail: dict[str, str], blocks: bool
) -> None:
    (found,) = numbering_findings(document(*numbers))
    assert (found.code, found.page, dict(found.detail), found.blocks_seal) == (code, at, detail, blocks)


def test_who_only_wants_a_note_is_not_stopped() -> None:
    (found,) = numbering_findings(document(None, "2", "4", "5"), stop=False)
    assert not found.blocks_seal


@pytest.mark.parametrize("box", [(60, 60, 90, 90), (480, 300, 520, 330), (480, 1350, 520, 1380)])
def test_a_number_elsewhere_is_no_page_number(box: Box) -> None:
    pages = [page(1, None), page(2, "4", box=box), page(3, "5", box=box)]
    assert numbering_findings(pages) == ()


def test_pages_are_counted_as_in_the_file() -> None:
    pages = [replace(one, page=one.page + 10) for one in document(None, "2", "4", "5")]
    assert [found.page for found in numbering_findings(pages)] == [13]


def seen(order: int, text: str = BODY, look: int = 1 << 200) -> Seen:
    return Seen(order=order, look=f"{look:064x}", text=text)


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        pytest.param(BODY, True, id="same"),
        pytest.param(BODY.replace("quyền", "quyên").replace("Luật", "Luạt"), True, id="misread-accents"),
        pytest.param(BODY.replace("phương", "phuơng").replace("chính", "chlnh"), True, id="misread-letters"),
        pytest.param(BODY + "\nZ.VIDS\nuc", True, id="scraps-of-a-seal"),
        pytest.param(BODY.replace("19", "18"), False, id="another-number"),
        pytest.param(BODY.replace("Mẫu", "Thông"), False, id="another-name"),
        pytest.param(BODY + " và các cơ quan có liên quan khác trong tỉnh căn cứ thi hành", False, id="more-text"),
    ],
)
def test_only_what_reads_alike_is_one_sheet(other: str, alike: bool) -> None:
    assert reads_alike(seen(0), seen(1, other)) is alike
    assert bool(found_twice([seen(0), seen(1, other)])) is alike


@pytest.mark.parametrize(("bits", "found"), [(0, True), (24, True), (25, False)])
def test_only_what_looks_alike_is_one_sheet(bits: int, found: bool) -> None:
    other = (1 << 200) ^ sum(1 << (10 * at) for at in range(bits))
    assert bool(found_twice([seen(0), seen(1, look=other)])) is found


def test_pages_without_look_or_text_are_not_compared() -> None:
    assert found_twice([seen(0, look=0), seen(1, look=0)]) == []
    assert found_twice([seen(0, "Ảnh 1"), seen(1, "Ảnh 1")]) == []
    assert found_twice([replace_look(seen(0)), replace_look(seen(1))]) == []


def replace_look(one: Seen) -> Seen:
    return Seen(order=one.order, look="", text=one.text)


def test_a_thousand_equal_forms_are_told_apart_by_their_numbers() -> None:
    pages = [seen(order, f"{BODY} số {order % 999}") for order in range(1000)]
    assert [(one.order, two.order) for one, two in found_twice(pages)] == [(0, 999)]


def test_each_repetition_names_the_first() -> None:
    assert [(a.order, b.order) for a, b in found_twice([seen(2), seen(0), seen(1)])] == [(0, 1), (0, 2)]


def test_a_page_fed_twice_is_known_across_a_blank_back() -> None:
    pages = [replace(one, look=f"{1 << 200:064x}") for one in document(None, "", None, None)]
    found = twice_findings([replace(one, look="0" * 64) if one.blank else one for one in pages])
    assert [(f.code, f.page, f.detail["other"]) for f in found] == [("fed_twice", 3, "1"), ("page_twice", 4, "1")]


def test_the_measure_of_looks_is_that_of_the_pages() -> None:
    assert (look.ALIKE, 4 * len(look.NOTHING)) == (twice.ALIKE, twice._BITS)
