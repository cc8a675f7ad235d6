import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import BadQuery
from search.query import MOST_TYPED, Query, fewest, parse_query, read_date


def folded(phrases: tuple[tuple[object, ...], ...]) -> list[list[str]]:
    return [[term.folded for term in phrase] for phrase in phrases]  # type: ignore[attr-defined]


def test_words_stand_alone() -> None:
    query = parse_query("Giao  đất, Trường")
    assert [(t.folded, t.exact) for t in query.words] == [("giao", "giao"), ("dat", "đất"), ("truong", "trường")]
    assert not query.phrases


@pytest.mark.parametrize(
    ("typed", "phrases"),
    [
        ('"giao đất"', [["giao", "dat"]]),
        ("“giao đất” «cho thuê»", [["giao", "dat"], ["cho", "thue"]]),
        ('"giao đất', [["giao", "dat"]]),
        ('"" x', []),
    ],
)
def test_quotes_make_phrases(typed: str, phrases: list[list[str]]) -> None:
    assert folded(parse_query(typed).phrases) == phrases


def test_a_document_number_is_one_compound_and_a_number() -> None:
    query = parse_query("công văn 0575/UBND-KTTH")
    assert folded(query.compounds) == [["575", "ubnd", "ktth"]]
    assert query.numbers == ("0575/UBND-KTTH",)
    assert [t.folded for t in query.words] == ["cong", "van"]


@pytest.mark.parametrize("typed", ["30/2020/NĐ-CP", "15/QĐ-BNV", "12a/TB-UBND", "66.7/2025/NQ-CP"])
def test_known_shapes_of_numbers(typed: str) -> None:
    assert parse_query(typed).numbers == (typed,)


@pytest.mark.parametrize("typed", ["UBND-KTTH", "12/2025", "VT,KTTH"])
def test_compounds_that_are_no_numbers(typed: str) -> None:
    query = parse_query(typed)
    assert len(query.compounds) == 1
    assert not query.numbers


@pytest.mark.parametrize(
    "typed",
    ["04/02/2025", "4-2-2025", "4.2.2025", "2025-02-04", "ngày 4 tháng 02 năm 2025", "ngay 04 thang 2 nam 2025"],
)
def test_dates(typed: str) -> None:
    query = parse_query(f"quyết định {typed} giao đất")
    assert query.dates == ("2025-02-04",)
    assert [t.folded for t in query.words] == ["quyet", "dinh", "giao", "dat"]
    assert read_date(typed) == "2025-02-04"


@pytest.mark.parametrize("typed", ["31/02/2025", "00/01/2025", "12/13/2025"])
def test_a_day_that_is_none_stays_a_compound(typed: str) -> None:
    query = parse_query(typed)
    assert not query.dates
    assert len(query.compounds) == 1
    assert read_date(typed) is None


def test_a_number_is_not_taken_for_a_date() -> None:
    assert not parse_query("04/02/2025/QĐ-UBND").dates


@pytest.mark.parametrize(
    ("typed", "where", "limit", "offset"),
    [
        pytest.param("", {}, 20, 0, id="nothing"),
        pytest.param(" ,. ", {}, 20, 0, id="no-letter"),
        pytest.param("a" * (MOST_TYPED + 1), {}, 20, 0, id="too-long"),
        pytest.param("a " * 51, {}, 20, 0, id="too-many-words"),
        pytest.param("a", {"signer": "x"}, 20, 0, id="unknown-field"),
        pytest.param("a", {"Người ký": "x"}, 20, 0, id="malformed-field"),
        pytest.param("a", {"year": " "}, 20, 0, id="empty-filter"),
        pytest.param("a", {}, 0, 0, id="no-hits-wanted"),
        pytest.param("a", {}, 20, -1, id="before-the-first"),
        pytest.param("a", {}, 20, 9_990, id="too-deep"),
    ],
)
def test_refuses(typed: str, where: dict[str, str], limit: int, offset: int) -> None:
    with pytest.raises(BadQuery) as caught:
        parse_query(typed, where=where, limit=limit, offset=offset, names={"year", "signer_name"})
    assert caught.value.remedy == "resubmit"


def test_says_which_fields_there_are() -> None:
    with pytest.raises(BadQuery, match="known are signer_name, year"):
        parse_query("a", where={"signer": "x"}, names={"year", "signer_name"})


def test_filters_alone_are_enough() -> None:
    query = parse_query("", where={"year": "2025"})
    assert query.typed_nothing
    assert query.where == {"year": "2025"}


@given(st.text(max_size=200))
def test_anything_typed_gives_a_query_or_a_reason(typed: str) -> None:
    with contextlib.suppress(BadQuery):
        assert isinstance(parse_query(typed), Query)


def test_fewest() -> None:
    assert [fewest(n) for n in range(9)] == [0, 1, 2, 2, 3, 3, 4, 5, 6]
