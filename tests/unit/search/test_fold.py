import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fold import fold, key, nfc, one_edit_apart, phrase, settle_tones, words

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Đặng Thị Hoà", "dang thi hoa", id="accents-and-đ"),
        pytest.param("ĐƯỜNG", "duong", id="capitals"),
        pytest.param("Ðà ð", "da d", id="icelandic-eth"),
        pytest.param(unicodedata.normalize("NFD", "Nguyễn"), "nguyen", id="decomposed"),
        pytest.param("85,6 m²", "85,6 m2", id="superscript"),
        pytest.param("İ", "i", id="dotted-capital-i"),
        pytest.param("ﬁ ẞ", "ﬁ ß", id="no-single-letter-form-stays"),
    ],
)
def test_folds(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.one_of(st.sampled_from(VIETNAMESE + VIETNAMESE.upper() + " ,./"), st.characters())))
def test_folding_keeps_one_character_per_character(text: str) -> None:
    composed = nfc(text)
    assert len(fold(text)) == len(settle_tones(text)) == len(composed)


@given(st.text(st.sampled_from(VIETNAMESE + " ")))
def test_composed_and_decomposed_fold_alike_and_to_ascii(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(text).isascii()


@given(st.text(st.one_of(st.sampled_from(VIETNAMESE + " 0/"), st.characters())))
def test_words_lie_where_they_say(text: str) -> None:
    composed, at = nfc(text), 0
    for word in words(text):
        assert at <= word.start < word.end <= len(composed)
        assert not any(c.isspace() for c in word.folded + word.exact)
        at = word.end


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoà", "hòa"), ("hoá", "hóa"), ("thuỷ", "thủy"), ("uỷ ban", "ủy ban"), ("khoẻ", "khỏe"), ("HOẠ", "họa")],
)
def test_tone_placement_is_one_form(one: str, other: str) -> None:
    assert settle_tones(one) == settle_tones(other) == other


@pytest.mark.parametrize("text", ["quý", "quỳ", "hoàn", "toán", "loại", "nguyễn", "quà", "tuyển"])
def test_tone_stays_where_it_can_only_be(text: str) -> None:
    assert settle_tones(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [("quy định", "qui định"), ("lý do", "lí do"), ("05", "5"), ("Mỹ", "Mĩ"), ("575 /UBND - KTTH", "575/UBND-KTTH")],
)
def test_spellings_of_one_thing_are_alike(one: str, other: str) -> None:
    assert phrase(one) == phrase(other)


@pytest.mark.parametrize(("one", "other"), [("thuy", "thui"), ("tay", "tai"), ("vay", "vai")])
def test_y_stays_y_inside_other_syllables(one: str, other: str) -> None:
    assert phrase(one) != phrase(other)


def test_exact_form_tells_accents_apart() -> None:
    mau, mâu = (next(words(text)) for text in ("Mẫu", "Mậu"))
    assert mau.folded == mâu.folded
    assert mau.exact != mâu.exact


def test_a_number_of_zeros_is_zero() -> None:
    assert phrase("000 0 007 0a") == ("0", "0", "7", "0a")


def test_a_mark_that_composes_with_nothing_is_not_part_of_the_word() -> None:
    assert phrase("b\u0303a q\u0309") == ("ba", "q")


def test_endless_words_are_cut() -> None:
    assert len(phrase("x" * 1000)[0]) == 64


def test_key_is_one_word() -> None:
    assert key(" Quyết  định ") == "quyet_dinh"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("nguyen", "nguyen", False),
        ("nguyen", "ngvyen", True),
        ("nguyen", "nguye", True),
        ("nguyen", "nguyenn", True),
        ("nguyen", "nugyen", True),
        ("nguyen", "ngueyn", True),
        ("nguyen", "nuegyn", False),
        ("an", "ban", True),
        ("", "a", True),
        ("", "ab", False),
        ("ab", "cd", False),
    ],
)
def test_one_edit(one: str, other: str, apart: bool) -> None:
    assert one_edit_apart(one, other) is apart
    assert one_edit_apart(other, one) is apart
