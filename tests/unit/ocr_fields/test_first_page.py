"""A stack of sheets -> its documents."""

from collections.abc import Callable, Iterable

from ocr.fields.first_page import split
from ocr.lines import PageReading

from_sheets = Callable[[Iterable[str]], list[PageReading]]

HEAD = """
            ỦY BAN NHÂN DÂN                        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
            TỈNH BÌNH ĐỊNH                               Độc lập - Tự do - Hạnh phúc
            Số: {number}/TB-UBND                     Bình Định, ngày 04 tháng 02 năm 2025

                                                THÔNG BÁO
                                       Về việc nghỉ Tết Nguyên đán
"""
TEXT = "     Các sở, ban, ngành và địa phương thực hiện nghiêm túc nội dung của thông báo này kể từ ngày ký./."
END = """
     Nơi nhận:                                            CHỦ TỊCH
     - Như trên;

                                                       Phạm Anh Tuấn
"""
SECOND = "                                               2\n" + TEXT + END
ANNEX_UNDER_A_HEAD = (
    HEAD.replace("THÔNG BÁO", "PHỤ LỤC")
    + "                          (Kèm theo Thông báo số 12/TB-UBND của UBND tỉnh)\n"
    + TEXT
)
ANNEX = "                                              PHỤ LỤC I\n                          DANH SÁCH ĐƠN VỊ\n" + TEXT


def extent(pages: list[PageReading]) -> list[tuple[int, int, bool]]:
    return [(s.pages[0].page, s.pages[-1].page, s.sure) for s in split(pages)]


def test_each_head_begins_a_document(stack: from_sheets) -> None:
    sheets = [HEAD.format(number="12") + TEXT + END, HEAD.format(number="13") + TEXT + END]
    assert extent(stack(sheets)) == [(1, 1, True), (2, 2, True)]


def test_numbered_pages_belong_to_the_document_before(stack: from_sheets) -> None:
    sheets = [HEAD.format(number="12") + TEXT, SECOND, HEAD.format(number="13") + TEXT + END]
    assert extent(stack(sheets)) == [(1, 2, True), (3, 3, True)]


def test_a_blank_verso_stays_with_the_document_before(stack: from_sheets) -> None:
    sheets = [HEAD.format(number="12") + TEXT + END, "", HEAD.format(number="13") + TEXT + END, ""]
    assert extent(stack(sheets)) == [(1, 2, True), (3, 4, True)]


def test_an_annex_stays_with_its_document(stack: from_sheets) -> None:
    assert extent(stack([HEAD.format(number="12") + TEXT + END, ANNEX])) == [(1, 2, True)]


def test_an_annex_under_a_head_of_its_own_stays_and_is_unsure(stack: from_sheets) -> None:
    sheets = [HEAD.format(number="12") + TEXT + END, ANNEX_UNDER_A_HEAD.format(number="12")]
    assert extent(stack(sheets)) == [(1, 2, False)]


def test_a_head_without_number_or_date_begins_a_document_unsurely(stack: from_sheets) -> None:
    form = (
        """
                        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
                           Độc lập - Tự do - Hạnh phúc
                              ĐƠN XIN XÁC NHẬN
"""
        + TEXT
    )
    assert extent(stack([HEAD.format(number="12") + TEXT + END, form])) == [(1, 1, False), (2, 2, False)]


def test_a_head_on_a_numbered_page_asks_a_person(stack: from_sheets) -> None:
    numbered = "                                               3\n" + HEAD.format(number="7") + TEXT
    assert extent(stack([HEAD.format(number="12") + TEXT, numbered]))[0] == (1, 2, False)


def test_a_doubt_names_the_page_it_is_about(stack: from_sheets) -> None:
    numbered = "                                               3\n" + HEAD.format(number="7") + TEXT
    (joined,) = split(stack([HEAD.format(number="12") + TEXT, numbered]))
    assert (joined.begins_sure, joined.doubts, joined.ends_sure) == (True, (2,), True)


def test_an_empty_stack_has_no_documents() -> None:
    assert split([]) == ()
