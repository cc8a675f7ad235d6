"""A reader may not serve Vietnamese without every letter."""

import unicodedata

import pytest

from ocr.errors import AlphabetIncomplete
from ocr.readers.alphabet import VIETNAMESE_LETTERS, require_vietnamese


def test_there_are_134_accented_letters() -> None:
    assert len(VIETNAMESE_LETTERS) == 134
    assert {"Ỵ", "ỵ", "Đ", "đ", "Ữ", "ặ", "ổ"} <= VIETNAMESE_LETTERS
    assert not any(letter.isascii() for letter in VIETNAMESE_LETTERS)


def test_a_whole_alphabet_is_returned_in_nfc() -> None:
    spelt = {unicodedata.normalize("NFD", letter) for letter in VIETNAMESE_LETTERS} | {"a"}
    assert require_vietnamese("engine", spelt) == VIETNAMESE_LETTERS | {"a"}


@pytest.mark.parametrize("missing", ["ỵ", "Ỵ", "đ", "ẵ"])
def test_one_letter_less_is_refused_by_name(missing: str) -> None:
    with pytest.raises(AlphabetIncomplete) as caught:
        require_vietnamese("engine", VIETNAMESE_LETTERS - {missing})
    assert caught.value.missing == missing
    assert "engine" in str(caught.value)
