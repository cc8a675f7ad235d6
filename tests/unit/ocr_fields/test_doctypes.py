"""The packaged types keep what the docstring of doctypes promises."""

import re

import pytest
import yaml

from ocr.fields.doctypes import LETTER, UNKNOWN, codes_folded, load_types, types_in

DECREE = (
    "NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB".split()  # noqa: SIM905
)


def test_the_27_codes_of_the_decree_and_the_letter_are_there() -> None:
    types = load_types()
    assert [code for code, spec in types.items() if spec.in_decree] == [*DECREE, LETTER]


def test_forms_and_the_unknown_are_there() -> None:
    assert {"birth_certificate", "land_use_certificate", UNKNOWN} <= load_types().keys()


@pytest.mark.parametrize("code", list(load_types()))
def test_a_type_says_where_it_comes_from_and_how_long_it_is_kept(code: str) -> None:
    spec = load_types()[code]
    assert spec.source
    assert spec.retention.basis
    assert spec.retention.permanent or (spec.retention.years or 0) > 0
    assert spec.titles[0] == spec.name
    for field in spec.fields.values():
        assert field.label
        assert field.pattern is None or re.compile(field.pattern)


def test_no_retention_period_claims_to_be_verified() -> None:
    assert {spec.retention.mark for spec in load_types().values()} == {"L"}


def test_personal_numbers_are_marked() -> None:
    for code in ("birth_certificate", "land_use_certificate"):
        assert load_types()[code].fields["personal_id"].personal


def test_a_new_form_needs_no_code() -> None:
    (spec,) = types_in("marriage_certificate", NEW_FORM).values()
    assert (spec.code, spec.required, spec.validity_years) == ("marriage_certificate", ("holder_name",), 1)


def test_a_member_of_a_family_takes_the_defaults_it_does_not_override() -> None:
    types = load_types()
    assert "document_number" in types["QĐ"].required
    assert "document_number" not in types["BB"].required
    assert "issued_date" in types["BB"].required


def test_an_unknown_key_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="requird"):
        types_in("x", NEW_FORM.replace("required", "requird"))


def test_bad_yaml_is_refused() -> None:
    with pytest.raises(yaml.YAMLError):
        types_in("x", "name: [")


def test_ambiguous_codes_keep_all_their_readings() -> None:
    assert codes_folded()["hd"] == ("HD", "HĐ")
    assert codes_folded()["qd"] == ("QĐ",)


NEW_FORM = """
name: Giấy chứng nhận kết hôn
family: form
evidence: result
retention: {permanent: true, basis: "Hộ tịch", mark: L}
validity: 1
source: {text: "Luật Hộ tịch", mark: M}
fields:
  holder_name: {label: "Họ tên chồng", required: true, kind: person, labels: ["Họ, chữ đệm, tên chồng"]}
"""
