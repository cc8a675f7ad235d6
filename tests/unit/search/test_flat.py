from search.flat import date_word, filter_words, number_word
from search.query import date_phrases


def test_whole_fields_are_one_word() -> None:
    assert filter_words("document_type", "Quyết định") == ("document_type=quyet_dinh",)


def test_dates_are_compared_as_days() -> None:
    assert (
        filter_words("issued_date", "4/2/2025")
        == filter_words("issued_date", "2025-02-04")
        == (date_word("2025-02-04"),)
    )


def test_other_fields_are_words_side_by_side() -> None:
    assert filter_words("signer_name", "Lê Vân") == ("signer_name:le", "signer_name:van")


def test_numbers_compare_without_leading_zeros_and_blanks() -> None:
    assert number_word("05/QĐ-UBND") == number_word("5 / qd - ubnd")


def test_a_day_in_a_text_has_two_forms() -> None:
    assert date_phrases("2025-02-04") == (("ngay", "4", "thang", "2", "nam", "2025"), ("4", "2", "2025"))
