import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.result import FieldReading, Understood
from ocr.lines import Finding, PageReading
from sohoa.masking import mask, mask_numbers
from sohoa.steps.describe import describe

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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("CCCD số 079099001234 cấp", "CCCD số 079******234 cấp", id="căn-cước"),
        pytest.param("CMND 012345678.", "CMND 012***678.", id="cmnd"),
        pytest.param("Số 0790 9900 1234", "Số 079********234", id="parted-in-fours"),
        pytest.param("079 099 001 234", "079*********234", id="parted-in-threes"),
        pytest.param("1.000.000.000 đồng, 0912345678", "1.000.000.000 đồng, 0912345678", id="money-and-telephone"),
        pytest.param("H26.3.4-260101-0001", "H26.3.4-260101-0001", id="dossier-code"),
    ],
)
def test_personal_numbers_in_a_text_are_masked(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown


def test_a_number_in_a_text_field_is_kept_apart() -> None:
    subject = f"Về việc trợ cấp, CCCD {NUMBER}"
    field = FieldReading(name="subject", value=subject, confidence=1, raw=subject, page=3)
    names = FieldReading(name="addressee", value=("Ông A", NUMBER), confidence=1)
    about = describe(understood(subject=field, addressee=names), [page(3)], owner=None)
    assert NUMBER not in repr(about.fields)
    assert about.private_fields == {"subject": subject}


@pytest.mark.parametrize(
    ("confidence", "owner", "asks"),
    [
        pytest.param(0.6, None, True, id="doubtful"),
        pytest.param(0.95, None, False, id="sure"),
        pytest.param(0.6, ("personal_id", NUMBER), False, id="the-operator-named-the-owner"),
    ],
)
def test_a_doubtful_number_that_would_decide_the_owner_is_settled_first(
    confidence: float, owner: tuple[str, str] | None, asks: bool
) -> None:
    reading = FieldReading(name="personal_id", value=NUMBER, confidence=confidence, personal=True)
    about = describe(understood(personal_id=reading), [page(3)], owner=owner)
    assert about.open_fields == (["personal_id"] if asks else [])
