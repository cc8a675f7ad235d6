"""Pages as read -> documents with type, fields and findings."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.understand import understand
from ocr.lines import Line, PageReading

Typed = Callable[..., PageReading]
Stack = Callable[[Iterable[str]], list[PageReading]]


def test_a_letter_gives_all_its_fields(letter: PageReading) -> None:
    (document,) = understand([letter])
    values = {name: reading.value for name, reading in document.fields.items()}
    assert document.type_code == "CV"
    assert values == {
        "document_number": "512/UBND-VX",
        "issued_date": "2025-02-04",
        "document_type": "Công văn",
        "issuing_authority": "Ủy ban nhân dân tỉnh Bình Định",
        "place": "Bình Định",
        "subject": "V/v tham gia ý kiến các dự thảo Nghị định của Chính phủ",
        "addressee": ("Sở Tài chính",),
        "signing_capacity": ("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG"),
        "signer_title": "Phó Chánh Văn phòng",
        "signer_name": "Lê Thị Hoa Mai",
        "recipients": ("Như trên", "Các Sở: Tài chính, Xây dựng, Tư pháp", "Lưu: VT, K5."),
        "page_count": "1",
    }
    assert not any(reading.needs_review for reading in document.fields.values())
    assert not document.secret
    assert document.findings == ()


def test_a_decision_of_two_pages_is_one_document(decision: list[PageReading]) -> None:
    (document,) = understand(decision)
    fields = document.fields
    assert (document.first_page, document.last_page, document.type_code) == (1, 2, "QĐ")
    assert fields["document_number"].value == "05/QĐ-STC"
    assert fields["parent_authority"].value == "UBND tỉnh Bình Định"
    assert fields["issuing_authority"].value == "Sở Tài chính"
    assert fields["subject"].value == "Về việc phân bổ dự toán ngân sách năm 2024 cho các đơn vị trực thuộc"
    assert (fields["signer_name"].value, fields["signer_name"].page) == ("Trần Văn Minh Đức", 2)
    assert fields["page_count"].value == "2"


def test_a_field_says_where_it_was_read(letter: PageReading) -> None:
    number = understand([letter])[0].fields["document_number"]
    line = next(line for line in letter.lines if line.text.startswith("Số:"))
    assert (number.page, number.box, number.raw) == (1, line.box, "Số: 512/UBND-VX")


def test_a_page_in_nfd_gives_values_in_nfc(letter: PageReading) -> None:
    lines = tuple(replace(line, text=unicodedata.normalize("NFD", line.text)) for line in letter.lines)
    assert understand([replace(letter, lines=lines)])[0].fields == {
        name: reading for name, reading in understand([letter])[0].fields.items()
    }


def test_a_required_field_that_is_missing_is_there_to_be_reviewed(typed: Typed, letter: PageReading) -> None:
    lines = tuple(line for line in letter.lines if not line.text.startswith("Số:"))
    number = understand([replace(letter, lines=lines)])[0].fields["document_number"]
    assert (number.value, number.confidence, number.needs_review) == (None, 0.0, True)


def test_a_number_left_open_keeps_its_symbol_in_raw(letter: PageReading) -> None:
    lines = tuple(
        replace(line, text="Số:      /UBND-VX") if line.text.startswith("Số:") else line for line in letter.lines
    )
    (document,) = understand([replace(letter, lines=lines)])
    number = document.fields["document_number"]
    assert (number.value, number.needs_review) == (None, True)
    assert "/UBND-VX" in number.raw
    assert [finding.code for finding in document.findings] == ["number_left_open"]


def test_a_number_that_cannot_be_made_out_is_shown_where_it_stands(letter: PageReading) -> None:
    lines = tuple(
        replace(line, text="số: 242%/kh-syt") if line.text.startswith("Số:") else line for line in letter.lines
    )
    (document,) = understand([replace(letter, lines=lines)])
    number = document.fields["document_number"]
    assert (number.value, number.confidence, number.needs_review) == (None, 0.0, True)
    assert (number.raw, number.page) == ("số: 242%/kh-syt", 1)
    assert number.box in [line.box for line in lines]


def test_a_line_the_reader_doubted_is_reviewed(letter: PageReading) -> None:
    lines = tuple(replace(line, confidence=0.5) if line.text.startswith("Số:") else line for line in letter.lines)
    assert understand([replace(letter, lines=lines)])[0].fields["document_number"].needs_review


def test_the_threshold_is_the_caller_s(letter: PageReading) -> None:
    (document,) = understand([letter], review_below=1.01)
    assert document.fields["document_number"].needs_review


@pytest.mark.parametrize(
    ("mark", "secrecy"),
    [("MẬT", "Mật"), ("TỐI MẬT", "Tối mật"), ("TUYỆT MẬT", "Tuyệt mật"), ("TOI MAT", "Tối mật"), ("M Ậ T", "Mật")],
)
def test_a_secrecy_mark_in_the_head_makes_the_paper_secret(letter: PageReading, mark: str, secrecy: str) -> None:
    marked = replace(letter, lines=(*letter.lines, Line(text=mark, box=(300, 600, 500, 640), confidence=0.9)))
    (document,) = understand([marked])
    assert document.secret
    assert document.fields["secrecy"].value == secrecy
    assert any(finding.code == "secrecy_mark" and finding.blocks_seal for finding in document.findings)


def test_a_secrecy_mark_on_a_later_page_makes_the_paper_secret(letter: PageReading, typed: Typed) -> None:
    annex = typed("PHỤ LỤC\nDanh sách kèm theo")
    lines = (Line(text="TUYỆT MẬT", box=(300, 300, 600, 340), confidence=0.9), *annex.lines)
    understood = understand([letter, replace(annex, page=2, lines=lines)])
    assert any(document.secret for document in understood)


def test_a_date_after_today_is_no_date_of_issue(letter: PageReading) -> None:
    from_the_future = understand([letter], today=date(2024, 1, 1))[0].fields["issued_date"]
    assert (from_the_future.value, from_the_future.needs_review) == (None, True)


def test_the_manifest_s_hint_settles_a_paper_without_title(typed: Typed) -> None:
    (document,) = understand([typed("một tờ giấy không có đầu đề nào cả, viết tay")], hint="birth_certificate")
    assert document.type_code == "birth_certificate"
    assert document.fields["holder_name"].needs_review


def test_an_unknown_paper_is_other_and_asks_a_person(typed: Typed) -> None:
    (document,) = understand([typed("một tờ giấy không có đầu đề nào cả, viết tay")])
    assert document.type_code == "other"
    assert document.fields["document_type"].needs_review


def test_no_pages_give_no_documents() -> None:
    assert understand([]) == ()


def test_a_blank_sheet_is_a_document_of_its_own_only_when_first(typed: Typed, letter: PageReading) -> None:
    assert [(d.first_page, d.last_page) for d in understand([letter, typed("", page=2)])] == [(1, 2)]
    assert understand([typed("", page=1)])[0].type_code == "other"


words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
pieces = st.sampled_from(
    ["Số: 12/QĐ-UBND", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "QUYẾT ĐỊNH", "Nơi nhận:", "KT. CHỦ TỊCH", "V/v",
     "Hà Nội, ngày 31 tháng 2 năm 2020", "- Lưu: VT", "GIẤY KHAI SINH", "Số:", "ngày tháng năm", "MẬT",
     "Kính gửi:", "PHỤ LỤC", "Họ, chữ đệm, tên:", "PHÓ CHỦ TỊCH", "GIÁM ĐỐC", "Nguyễn Văn A", "UBND TỈNH",
     "- ", "1. Người sử dụng đất:"]
)  # fmt: skip
number = st.integers(min_value=-50, max_value=4000)
lines = st.builds(
    lambda text, left, top, width, height, sure: Line(
        text=text, box=(left, top, left + width, top + height), confidence=sure
    ),
    words | pieces, number, number, st.integers(0, 3000), st.integers(0, 200), st.floats(0, 1),
)  # fmt: skip


@given(st.lists(st.lists(lines, max_size=12), max_size=4), st.floats(-5, 5))
def test_never_raises_whatever_was_read(sheets: list[list[Line]], skew: float) -> None:
    pages = [
        PageReading(
            page=at, width_px=2480, height_px=3508, dpi=300, width_mm=210, height_mm=297, skew_degrees=skew,
            lines=tuple(read),
        )
        for at, read in enumerate(sheets, 1)
    ]  # fmt: skip
    documents = understand(pages)
    covered = [page for d in documents for page in range(d.first_page, d.last_page + 1)]
    assert covered == [page.page for page in pages]
    for document in documents:
        assert all(0 <= reading.confidence <= 1 for reading in document.fields.values())
