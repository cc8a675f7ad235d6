"""Forms: labels and values as their YAML lists them."""

from collections.abc import Callable
from datetime import date

import pytest

from ocr.fields.doctypes import load_types
from ocr.fields.labels import tidied
from ocr.fields.understand import understand
from ocr.fields.validators import personal_id_agrees
from ocr.lines import PageReading


def test_a_birth_certificate(birth_certificate: PageReading) -> None:
    (document,) = understand([birth_certificate])
    assert document.type_code == "birth_certificate"
    assert {name: reading.value for name, reading in document.fields.items() if name != "document_type"} == {
        "holder_name": "Nguyễn Minh An",
        "date_of_birth": "2021-01-05",
        "gender": "Nữ",
        "place_of_birth": "Bệnh viện Đa khoa tỉnh Bình Định",
        "ethnicity": "Kinh",
        "nationality": "Việt Nam",
        "personal_id": "052321004567",
        "father_name": "Nguyễn Văn Bình",
        "mother_name": "Trần Thị Lan",
        "registration_number": "123/2021",
        "registered_date": "2021-01-12",
        "issuing_authority": "Ủy ban nhân dân phường An Bình, tỉnh Bình Định",
    }
    assert document.fields["personal_id"].personal


def test_a_land_use_certificate(land_certificate: PageReading) -> None:
    (document,) = understand([land_certificate])
    assert document.type_code == "land_use_certificate"
    values = {name: reading.value for name, reading in document.fields.items()}
    assert values["holder_name"] == "Nguyễn Văn Bình"
    assert values["personal_id"] == "052088001234"
    assert values["certificate_number"] == "AA 01695788"
    assert values["registry_number"] == "CS 00123"
    assert values["parcel_number"] == "123"
    assert values["map_sheet"] == "45"
    assert values["area"] == "1.085,6"
    assert values["address"] == "Phường An Bình, tỉnh Bình Định"
    assert values["issued_date"] == "2025-01-12"


def test_labels_and_values_in_cells_of_their_own_with_leaders(typed: Callable[..., PageReading]) -> None:
    (document,) = understand(
        [
            typed("""
                                     TRÍCH LỤC KHAI SINH
                                          (BẢN SAO)
     Họ, chữ đệm, tên:          LÊ THỊ HOA MAI...........
     Ngày, tháng, năm sinh:          ngày 05 tháng 01 năm 1998
     Giới tính: Nữ.......          Dân tộc:.......          Kinh
     Nơi đăng ký khai sinh:
          Ủy ban nhân dân xã An Bình
     Số: 15
""")
        ]
    )
    values = {name: reading.value for name, reading in document.fields.items()}
    assert document.type_code == "birth_certificate"
    assert values["holder_name"] == "Lê Thị Hoa Mai"
    assert values["date_of_birth"] == "1998-01-05"
    assert (values["gender"], values["ethnicity"]) == ("Nữ", "Kinh")
    assert values["issuing_authority"] == "Ủy ban nhân dân xã An Bình"
    assert values["registration_number"] == "15"


def test_a_label_over_two_rows_is_not_taken_for_a_name(typed: Callable[..., PageReading]) -> None:
    (document,) = understand(
        [
            typed("""
                                     GIẤY CHỨNG NHẬN
                         QUYỀN SỬ DỤNG ĐẤT QUYỀN SỞ HỮU NHÀ Ở
     I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với
     đất
     Ông: NGUYỄN VĂN BÌNH, CMND số: 211234567
     Thửa đất số: 12
     AM 143443
""")
        ]
    )
    assert document.type_code == "land_use_certificate"
    assert document.fields["holder_name"].value == "Nguyễn Văn Bình"
    assert document.fields["certificate_number"].value == "AM 143443"
    assert document.fields["personal_id"].value == "211234567"


@pytest.mark.parametrize(
    ("number", "born", "gender", "agrees"),
    [
        ("052321004567", date(2021, 1, 5), "Nữ", True),
        ("052221004567", date(2021, 1, 5), "Nữ", False),
        ("052321004567", date(1921, 1, 5), "Nữ", False),
        ("052321004567", None, None, True),
        ("012345678", date(2021, 1, 5), "Nữ", None),
    ],
)
def test_personal_number_against_birth_and_gender(
    number: str, born: date | None, gender: str | None, agrees: bool | None
) -> None:
    assert personal_id_agrees(number, born, gender) is agrees


@pytest.mark.parametrize(
    ("code", "field", "text", "value"),
    [
        ("land_use_certificate", "certificate_number", "AM 143443", "AM 143443"),
        ("land_use_certificate", "certificate_number", "BĐ 012345", "BĐ 012345"),
        ("land_use_certificate", "certificate_number", "ABC 123456", ""),
        ("land_use_certificate", "registry_number", "CH01234", "CH01234"),
        ("land_use_certificate", "area", "85,6 m²", "85,6"),
        ("birth_certificate", "date_of_birth", "05/01/1998", "1998-01-05"),
        ("birth_certificate", "gender", "Nam", "Nam"),
        ("birth_certificate", "personal_id", "0790 9900 1234", "079099001234"),
        ("birth_certificate", "personal_id", "07909900123", ""),
    ],
)
def test_values_take_the_form_of_their_kind(code: str, field: str, text: str, value: str) -> None:
    assert tidied(text, load_types()[code].fields[field]) == value
