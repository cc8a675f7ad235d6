import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.result import FieldReading, Understood
from ocr.lines import Finding, PageReading
from sohoa.steps.describe import describe, mask

NUMBER = "079099001234"


def understood(**fields: FieldReading) -> Understood:
    return Understood(
        first_page=3,
        last_page=4,
        type_code="birth_certificate",
        type_name="Giấy khai sinh",
        type_confidence=0.9,
        fields=fields,
    )


def page(number: int, *findings: Finding) -> PageReading:
    return PageReading(page=number, width_px=10, height_px=10, dpi=200, width_mm=210, height_mm=297, findings=findings)


def test_a_personal_number_is_masked_and_its_reading_dropped() -> None:
    reading = FieldReading(name="personal_id", value=NUMBER, confidence=1, raw=f"Số: {NUMBER}", personal=True)
    about = describe(understood(personal_id=reading), [page(3)], owner=None)
    assert about.fields["personal_id"].value == "079******234"
    assert about.fields["personal_id"].raw == ""
    assert about.private_fields == {"personal_id": NUMBER}
    assert about.owner == ("personal_id", NUMBER)


def test_the_owner_the_operator_named_goes_first() -> None:
    reading = FieldReading(name="personal_id", value=NUMBER, confidence=1, personal=True)
    about = describe(understood(personal_id=reading), [page(3)], owner=("organization_id", "0100109106"))
    assert about.owner == ("organization_id", "0100109106")


def test_pages_are_counted_from_the_documents_first_page() -> None:
    field = FieldReading(name="holder_name", value="A", confidence=1, page=4)
    low = Finding(code="low_resolution", page=4, blocks_seal=True)
    about = describe(understood(holder_name=field), [page(2, low), page(3), page(4, low)], [low], owner=None)
    assert about.fields["holder_name"].page == 2
    assert [(finding.code, finding.page) for finding in about.findings] == [("low_resolution", 2)]
    assert about.blocking == ["low_resolution"]


def test_a_finding_seen_twice_is_told_once() -> None:
    seen = Finding(code="copy_mark", page=3)
    copy = Understood(
        first_page=3, last_page=3, type_code="QĐ", type_name="Quyết định", type_confidence=1, findings=(seen,)
    )
    assert [f.code for f in describe(copy, [page(3)], [seen], owner=None).findings] == ["copy_mark"]


@given(st.text(alphabet="0123456789", min_size=1, max_size=15))
def test_a_mask_shows_six_digits_at_the_most_and_keeps_the_length(number: str) -> None:
    shown = mask(number)
    assert len(shown) == len(number)
    assert sum(c != "*" for c in shown) <= 6


@pytest.mark.parametrize("number", ["079099001234", "012345678"])
def test_a_whole_number_never_shows(number: str) -> None:
    assert mask(number) != number
