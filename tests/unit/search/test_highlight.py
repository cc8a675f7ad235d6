import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import BadQuery
from search.fold import nfc
from search.highlight import find_passages
from search.query import parse_query

TEXT = (
    "Căn cứ Luật Đất đai ngày 18/01/2024;\nXét đề nghị của Trưởng phòng Kinh tế tại Tờ trình số 575/TTr-KT\f"
    "ngày 04 tháng 02 năm 2025."
)


def marked(typed: str, text: str = TEXT, *, approximate: bool = False) -> list[str]:
    return re.findall("<em>(.*?)</em>", " ".join(find_passages(text, parse_query(typed), approximate=approximate)))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("luat dat dai", ["Luật", "Đất", "đai"]),
        ('"kinh tế"', ["Kinh tế"]),
        ("575/TTr-KT", ["575/TTr-KT"]),
        ("04/02/2025", ["ngày 04 tháng 02 năm 2025"]),
        ("18/01/2024", ["18/01/2024"]),
        ("không có", []),
        ('"tế kinh"', []),
    ],
)
def test_marks_what_matched(typed: str, expected: list[str]) -> None:
    assert marked(typed) == expected


def test_marks_near_words_only_when_the_answer_is_approximate() -> None:
    assert marked("trinnh") == []
    assert marked("trinnh", approximate=True) == ["trình"]


def test_passages_are_the_ones_with_most_words_and_in_order() -> None:
    text = "một " * 100 + "hai ba " + "bốn " * 200 + "một hai ba " + "năm " * 100
    passages = find_passages(text, parse_query("một hai ba"))
    assert len(passages) <= 3
    assert any("<em>một</em> <em>hai</em> <em>ba</em>" in p for p in passages)


@given(st.text(st.sampled_from("aàbđ <&\n"), max_size=300), st.text(st.sampled_from("abd "), min_size=1, max_size=9))
def test_passages_are_pieces_of_the_text_and_safe(text: str, typed: str) -> None:
    try:
        query = parse_query(typed)
    except BadQuery:
        return
    for passage in find_passages(text, query, approximate=True):
        bare = passage.replace("<em>", "").replace("</em>", "")
        assert "<" not in bare
        assert html.unescape(bare) in nfc(text).replace("\n", " ")
