import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.readers.arbiter import settle
from ocr.readers.word_pairs import BEGIN, END, WordPairs, folded_words, word_pairs


@pytest.fixture(scope="module")
def pairs() -> WordPairs:
    return word_pairs()


@pytest.mark.parametrize(
    ("better", "other", "right"),
    [
        pytest.param(
            "Căn cứ Luật số 63/2025/0H15;", "Căn cứ Luật số 63/2025/QH15;", "Căn cứ Luật số 63/2025/QH15;", id="code"
        ),
        pytest.param("bảo cáo kết quả", "báo cáo kết quả", "báo cáo kết quả", id="tone"),
        pytest.param("Co quan ban hành", "Cơ quan ban hành", "Cơ quan ban hành", id="horn"),
        pytest.param("Ủy ban nhân dân", "Ủy ban nhãn dân", "Ủy ban nhân dân", id="the-better-reader-is-right"),
        pytest.param("Điều 2, Nguyên tắc", "Điều 2. Nguyên tắc", "Điều 2. Nguyên tắc", id="article"),
        pytest.param("tại Điều 2, Điều 3", "tại Điều 2. Điều 3", "tại Điều 2, Điều 3", id="article-cited-in-the-text"),
        pytest.param("ngày 23/01/2025", "ngày 28/01/2025", "ngày 23/01/2025", id="numbers-are-not-settled"),
        pytest.param("Số: 575", "Số: 515", "Số: 575", id="written-numbers-neither"),
    ],
)
def test_language_settles_words_and_leaves_numbers(pairs: WordPairs, better: str, other: str, right: str) -> None:
    assert settle(better, other, pairs).text == right


def test_what_is_settled_leaves_less_doubt_than_what_is_not(pairs: WordPairs) -> None:
    settled = settle("bảo cáo kết quả", "báo cáo kết quả", pairs).disputed
    open_number = settle("ngày 23/01/2025", "ngày 28/01/2025", pairs).disputed
    assert 0 < settled < 1 == open_number


def test_readers_that_agree_leave_no_doubt(pairs: WordPairs) -> None:
    line = "Độc lập - Tự do - Hạnh phúc"
    assert settle(line, line.replace("-", "–"), pairs) == settle(line, line, pairs)
    assert settle(line, line, pairs).disputed == 0


lines = st.lists(
    st.sampled_from(["Ủy", "ban", "nhân", "dân", "tỉnh", "báo", "cáo", "bảo", "12", "3.", "Điều", "-"]), max_size=8
).map(" ".join)


@given(better=lines, other=lines)
def test_only_words_that_a_reader_saw_are_written(better: str, other: str) -> None:
    settled = settle(better, other, word_pairs())
    seen = {word.strip(".") for word in (*better.split(), *other.split())}
    assert {word.strip(".") for word in settled.text.split()} <= seen
    assert settled.disputed >= 0


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_readings_can_be_settled(better: str, other: str) -> None:
    settle(unicodedata.normalize("NFC", better), unicodedata.normalize("NFC", other), word_pairs())


def test_the_counts_know_official_language(pairs: WordPairs) -> None:
    assert pairs.log_likelihood("cộng", "hòa") > pairs.log_likelihood("cộng", "hoả")
    assert pairs.log_likelihood("Ủy", "ban") > -1
    assert pairs.phrase(BEGIN, ["Kính", "gửi:"], END) > pairs.phrase(BEGIN, ["Kinh", "gửi:"], END)


def test_words_are_counted_without_what_stands_around_them() -> None:
    assert folded_words("“Căn cứ” Luật; - (số 5)") == ["căn", "cứ", "luật", "số", "0"]


@pytest.mark.parametrize(
    ("printed", "kind"),
    [("575/UBND-KTTH", "0/x"), ("30/2020/NĐ-CP", "0/x"), ("04/02/2025", "0/0/0"), ("1.250.000", "0"), ("QH15", "qh15")],
)
def test_numbers_are_counted_by_their_kind(printed: str, kind: str) -> None:
    assert folded_words(printed) == [kind]
