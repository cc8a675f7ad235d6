"""Số, ký hiệu: printed and misread -> number and symbol. Examples of standards Appendix A among them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.document_number import find_document_number, read_number, restore_symbol
from ocr.fields.layout import Head
from ocr.fields.pieces import Piece


def piece(text: str) -> Piece:
    return Piece(text=text, left=0, top=0, right=500, bottom=40, confidence=1.0, box=(0, 0, 500, 40), page=1)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        pytest.param("Số: 15/QĐ-BNV", "15/QĐ-BNV", id="decision"),
        pytest.param("Số: 05/BNV-VP", "05/BNV-VP", id="letter-keeps-the-leading-zero"),
        pytest.param("Số: 575 /UBND-KTTH", "575/UBND-KTTH", id="written-in-before-the-slash"),
        pytest.param("Số: 686 /STTT-CNTT&BCVT", "686/STTT-CNTT&BCVT", id="ampersand"),
        pytest.param("Số: 66.7/2025/NQ-CP", "66.7/2025/NQ-CP", id="normative-with-a-point"),
        pytest.param("Số: 30/2020/NĐ-CP", "30/2020/NĐ-CP", id="normative"),
        pytest.param("Số :  123 / QĐ - UBND", "123/QĐ-UBND", id="spaces-from-ocr"),
        pytest.param("So: 12/QD-UBND", "12/QĐ-UBND", id="a-known-code-gets-its-accent-back"),
        pytest.param("Số: 11 /TB- UBND", "11/TB-UBND", id="blank-in-the-symbol"),
        pytest.param("Số: 7/KH-HDND", "7/KH-HĐND", id="a-known-issuer-gets-its-accent-back"),
        pytest.param("Số: 286 /C07-P6", "286/C07-P6", id="digits-in-the-symbol"),
        pytest.param("Số 12-QĐ/TU", "12-QĐ/TU", id="party-style"),
        pytest.param("56: 12/TB-UBND", "12/TB-UBND", id="label-misread"),
        pytest.param("Số: 2983 /VPUBND-QLĐT", "2983/VPUBND-QLĐT", id="office-of-a-ward"),
        pytest.param("Số: O5/CT-UBND", "05/CT-UBND", id="letter-for-a-digit"),
        pytest.param("Số: A09 /QĐ-BTC", "109/QĐ-BTC", id="a-penned-one-read-as-a-letter"),
        pytest.param("Số:232//SYT-KHTC", "2321/SYT-KHTC", id="a-penned-one-read-as-a-slash"),
        pytest.param("Số: /47/GM-TB", "147/GM-TB", id="a-penned-one-at-the-beginning"),
        pytest.param("Số: AM/GM-TB", None, id="letters-alone"),
        pytest.param("Số:      /QĐ-UBND", None, id="left-open"),
        pytest.param("Số: 15", None, id="stamp-of-receipt"),
        pytest.param("Căn cứ Nghị định số 30/2020/NĐ-CP", None, id="another-documents-number"),
        pytest.param("Số nhà 15/2 đường Lê Lợi", None, id="an-address"),
        pytest.param("SỞ TÀI CHÍNH", None, id="an-office-beginning-like-so"),
    ],
)
def test_number_as_printed(printed: str, expected: str | None) -> None:
    number = read_number(piece(printed))
    assert (number.value if number else None) == expected


@pytest.mark.parametrize(
    "printed", ["Số: O5/CT-UBND", "Số: 5 7/CT-UBND", "Số: 67-/CT-UBND", "575 UBND-KTTH", "Số: M22/CT-UBND"]
)
def test_a_number_that_had_to_be_guessed_at_is_not_certain(printed: str) -> None:
    number = read_number(piece(printed))
    assert number is not None
    assert not number.certain


def test_a_number_left_open_keeps_its_symbol() -> None:
    number = read_number(piece("Số:      /QĐ-UBND"))
    assert number is not None
    assert (number.value, number.symbol, number.code) == (None, "QĐ-UBND", "QĐ")


@pytest.mark.parametrize(("printed", "left_open"), [("Số:   ...  /QĐ-UBND", True), ("Số: 2y% /QĐ-UBND", False)])
def test_a_number_that_cannot_be_made_out_was_not_left_open(printed: str, left_open: bool) -> None:
    number = read_number(piece(printed))
    assert number is not None
    assert (number.value, number.left_open) == (None, left_open)


def test_the_stamp_of_receipt_above_the_number_is_passed_over() -> None:
    left = (piece("CÔNG VĂN ĐẾN"), piece("Số: 2352"), piece("Số: 07/CT-UBND"))
    found = find_document_number(Head(left=left, right=(), body=(), above=(), anchored=True))
    assert found is not None
    assert found.value == "07/CT-UBND"


def test_a_number_cited_in_the_body_is_not_the_document_s() -> None:
    body = (piece("Số: 12/QĐ-UBND ngày 01/02/2024"),)
    assert find_document_number(Head(left=(), right=(), body=body, above=(), anchored=True)) is None


def test_an_ambiguous_code_is_left_as_read() -> None:
    assert restore_symbol("HD-STC") == "HD-STC"


serials = st.integers(1, 99999).map(lambda n: f"{n:02d}")
codes = st.sampled_from(["QĐ", "CT", "TTr", "TB", "BC", "KH", "CĐ", "NQ", "QyĐ", "CTr", "HĐ", "GM"])
issuers = st.sampled_from(["UBND", "HĐND", "STC", "BNV", "TTg", "CP", "SGDĐT", "VPUBND", "STTTT"])


@given(serials, codes, issuers, st.sampled_from(["NFC", "NFD"]), st.sampled_from(["", " ", "  "]))
def test_whatever_is_printed_is_found_again(serial: str, code: str, issuer: str, form: str, gap: str) -> None:
    printed = unicodedata.normalize(form, f"Số: {serial}{gap}/{code}-{issuer}")  # type: ignore[arg-type]
    number = read_number(piece(unicodedata.normalize("NFC", printed)))
    assert number is not None
    assert number.value == f"{serial}/{code}-{issuer}"
