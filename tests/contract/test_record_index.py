"""The definition of the port RebuildableIndex: every adapter passes this file."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.index import Entry, RebuildableIndex, reconcile
from search.local import LocalIndex
from search.memory import MemoryIndex
from search.query import Query, parse_query
from storage.records import DocumentType, FieldValue, Record, Source, State
from tests.fresh_index import fresh_elastic

Maker = Callable[[Path, Mapping[str, str]], AbstractContextManager[RebuildableIndex]]

INDEXES = [
    pytest.param(lambda folder, services: nullcontext(MemoryIndex()), id="memory"),
    pytest.param(lambda folder, services: nullcontext(LocalIndex(folder / "index")), id="local"),
    pytest.param(
        lambda folder, services: fresh_elastic(services), id="elastic", marks=pytest.mark.service("elasticsearch")
    ),
]

TEXT = """ỦY BAN NHÂN DÂN
TỈNH VÍ DỤ
Số: 575/UBND-KTTH
Ví Dụ, ngày 04 tháng 02 năm 2025
V/v tham gia ý kiến các dự thảo Nghị định
Kính gửi: Sở Tài chính <tỉnh & xã>
Văn phòng có ý kiến về việc hoà giải ở cơ sở, quỹ phát triển đất của ông Nguyễn Văn Mẫu."""


def entry(
    record_id: str = "r1",
    text: str = TEXT,
    *,
    version: int = 1,
    state: State = State.KEPT,
    type_: tuple[str, str] = ("CV", "Công văn"),
    dossier: str | None = None,
    **fields: str | tuple[str, ...] | None,
) -> Entry:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    record = Record(
        record_id=record_id,
        version=version,
        previous_sha256=None,
        state=state,
        document_type=DocumentType(code=type_[0], name=type_[1]),
        fields={name: FieldValue(value=value, confidence=1.0) for name, value in fields.items()},
        files=(),
        source=Source(batch="hop-01", name="a.pdf", sha256="0" * 64, first_page=1, last_page=1, dossier=dossier),
        created_at=now,
        received_at=now,
        page_count=1,
        evidence_level=4,
    )
    return Entry(record=record, text=text)


LETTER = entry(
    document_number="575/UBND-KTTH",
    issued_date="2025-02-04",
    issuing_authority="Ủy ban nhân dân tỉnh Ví Dụ",
    subject="V/v tham gia ý kiến các dự thảo Nghị định",
    signer_name="Hà Thị Lê Vân",
    recipients=("Như trên", "Bộ Tài chính"),
    dossier="H26-260101-0001",
)
DECISION = entry(
    "r2",
    "QUYẾT ĐỊNH\nVề việc giao đất cho Trường Mầm non Hoa Sen\nngày 05 tháng 02 năm 2025",
    type_=("QĐ", "Quyết định"),
    document_number="05/QĐ-UBND",
    issued_date="2025-02-05",
    issuing_authority="Ủy ban nhân dân phường Bình Minh Mẫu",
    subject="Về việc giao đất cho Trường Mầm non Hoa Sen",
    signer_name="Trần Thị Ví Dụ",
)


@pytest.fixture(params=INDEXES)
def index(request: pytest.FixtureRequest, tmp_path: Path, services: dict[str, str]) -> Iterator[RebuildableIndex]:
    make: Maker = request.param
    with make(tmp_path, services) as made:
        yield made


@pytest.fixture
def filled(index: RebuildableIndex) -> RebuildableIndex:
    index.put([LETTER, DECISION])
    return index


def found(index: RebuildableIndex, typed: str, **where: str) -> list[str]:
    return [hit.record_id for hit in index.search(parse_query(typed, where=where)).hits]


def test_a_fresh_index_answers_with_nothing(index: RebuildableIndex) -> None:
    hits = index.search(parse_query("quyết định"))
    assert (hits.total, hits.hits, hits.approximate) == (0, (), False)
    assert set(hits.facets) == {"document_type", "issuing_authority", "year", "state"}
    assert not index.versions()


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("dự thảo nghị định", id="as-written"),
        pytest.param("DU THAO NGHI DINH", id="no-accents-upper-case"),
        pytest.param(unicodedata.normalize("NFD", "dự thảo"), id="decomposed"),
        pytest.param("hòa giải", id="tone-placement"),
        pytest.param("quĩ phát triển", id="i-for-y"),
        pytest.param("575/UBND-KTTH", id="whole-number"),
        pytest.param("575/ubnd-ktth", id="whole-number-lower-case"),
        pytest.param("575", id="serial"),
        pytest.param("UBND-KTTH", id="symbol"),
        pytest.param("KTTH", id="part-of-the-symbol"),
        pytest.param("04/02/2025", id="date"),
        pytest.param("4/2/2025", id="date-without-zeros"),
        pytest.param("ngày 04 tháng 02 năm 2025", id="date-in-words"),
        pytest.param("2025-02-04", id="iso-date"),
        pytest.param('"Nguyễn Văn Mẫu"', id="phrase"),
        pytest.param('"nguyen van mau"', id="phrase-without-accents"),
        pytest.param("Hà Thị Lê Vân", id="field-that-is-not-in-the-text"),
        pytest.param("Bộ Tài chính", id="one-value-of-a-list"),
        pytest.param("công văn 575", id="type-and-serial"),
    ],
)
def test_finds_what_was_typed(filled: RebuildableIndex, typed: str) -> None:
    hits = filled.search(parse_query(typed))
    assert [hit.record_id for hit in hits.hits] == ["r1"]
    assert not hits.approximate


def test_đ_is_found_by_d_and_the_other_way_round(filled: RebuildableIndex) -> None:
    assert found(filled, "giao dat") == found(filled, "giao đât") == ["r2"]


@pytest.mark.parametrize("typed", ['"Mẫu Văn Nguyễn"', '"tài chính văn phòng có ý"', "31/12/2020", "576/UBND-KTTH"])
def test_does_not_find_what_is_not_there(filled: RebuildableIndex, typed: str) -> None:
    assert found(filled, typed) == []


def test_leading_zeros_of_numbers_do_not_matter(filled: RebuildableIndex) -> None:
    assert found(filled, "5/QĐ-UBND") == found(filled, "05/QĐ-UBND") == ["r2"]


def test_exact_accents_rank_higher(index: RebuildableIndex) -> None:
    index.put([entry("mau", "ông Lê Văn Mậu ký"), entry("mẫu", "ông Lê Văn Mẫu ký")])
    assert found(index, "Lê Văn Mậu")[0] == "mau"
    assert found(index, "Lê Văn Mẫu")[0] == "mẫu"


def test_words_side_by_side_rank_higher(index: RebuildableIndex) -> None:
    index.put([entry("apart", "Trần Hải giao cho Văn phòng"), entry("together", "giao cho Trần Văn Hải phòng")])
    assert found(index, "Trần Văn Hải")[0] == "together"


def test_the_documents_own_number_ranks_above_a_mention(index: RebuildableIndex) -> None:
    mention = entry("mention", "Căn cứ 12/QĐ-UBND, 12/QĐ-UBND và 12/QĐ-UBND", document_number="90/QĐ-UBND")
    index.put([mention, entry("own", "nội dung khác", document_number="12/QĐ-UBND")])
    assert found(index, "12/QĐ-UBND") == ["own", "mention"]


@pytest.mark.parametrize("typed", ["Ngvyễn Văn Mẫu", "dự tháo Nghi dịhn", "575/UBND-KTTA"])
def test_one_wrong_letter_is_forgiven_when_nothing_else_is_found(filled: RebuildableIndex, typed: str) -> None:
    hits = filled.search(parse_query(typed))
    assert [hit.record_id for hit in hits.hits] == ["r1"]
    assert hits.approximate


@pytest.mark.parametrize("typed", ["575/UBND-KT", "Th thao gia", "Hà Th Lê V"])
def test_a_word_of_the_head_may_be_only_begun_when_nothing_else_is_found(filled: RebuildableIndex, typed: str) -> None:
    filled.put([entry("r3", "không liên quan")])
    assert "r1" in found(filled, typed)


def test_a_number_is_not_met_by_a_longer_one(filled: RebuildableIndex) -> None:
    assert found(filled, "57") == []


def test_a_wrong_digit_is_never_forgiven(filled: RebuildableIndex) -> None:
    assert found(filled, "576") == []


def test_a_wrong_letter_is_not_looked_for_when_the_right_one_is_found(index: RebuildableIndex) -> None:
    index.put([entry("phan", "họ Phan"), entry("phat", "họ Phat")])
    assert found(index, "phan") == ["phan"]


def test_most_words_are_enough_when_all_are_not_found(filled: RebuildableIndex) -> None:
    hits = filled.search(parse_query("giao đất trường mầm non hướng dương"))
    assert [hit.record_id for hit in hits.hits] == ["r2"]
    assert hits.approximate


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("document_type", "QĐ", ["r2"]),
        ("document_type", "quyet dinh", ["r2"]),
        ("document_type", "Công văn", ["r1"]),
        ("document_type", "Công", []),
        ("issuing_authority", "phường Bình Minh", ["r2"]),
        ("issuing_authority", "Ủy ban nhân dân", ["r2", "r1"]),
        ("year", "2025", ["r2", "r1"]),
        ("year", "202", []),
        ("state", "kept", ["r2", "r1"]),
        ("state", "revoked", []),
        ("signer_name", "ha thi le van", ["r1"]),
        ("document_number", "575/UBND-KTTH", ["r1"]),
        ("document_number", "QĐ-UBND", ["r2"]),
        ("dossier", "H26-260101-0001", ["r1"]),
        ("dossier", "H26-260101", []),
        ("batch", "hop-01", ["r2", "r1"]),
        ("issued_date", "05/02/2025", ["r2"]),
        ("record_id", "r1", ["r1"]),
        ("recipients", "Như trên Bộ Tài chính", []),
    ],
)
def test_filters(filled: RebuildableIndex, name: str, value: str, expected: list[str]) -> None:
    assert found(filled, "", **{name: value}) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("2025-02-04..2025-02-05", ["r2", "r1"]),
        ("05/02/2025..", ["r2"]),
        ("..ngày 04 tháng 02 năm 2025", ["r1"]),
        ("2025-02-06..2025-12-31", []),
    ],
)
def test_a_span_of_days_filters(filled: RebuildableIndex, span: str, expected: list[str]) -> None:
    filled.put([entry("undated", "không ngày")])
    assert found(filled, "", issued_date=span) == expected


def test_filters_narrow_what_was_typed(filled: RebuildableIndex) -> None:
    assert found(filled, "2025", document_type="QĐ") == ["r2"]
    assert found(filled, "dự thảo", document_type="QĐ") == []


def test_a_hit_shows_the_record(filled: RebuildableIndex) -> None:
    hit = filled.search(parse_query("575/UBND-KTTH")).hits[0]
    assert (hit.record_id, hit.version, hit.state) == ("r1", 1, State.KEPT)
    assert (hit.document_type.code, hit.document_type.name) == ("CV", "Công văn")
    assert hit.fields["document_number"] == "575/UBND-KTTH"
    assert hit.fields["recipients"] == ("Như trên", "Bộ Tài chính")
    assert hit.score > 0


def test_a_field_without_a_value_is_not_shown(index: RebuildableIndex) -> None:
    index.put([entry(signer_name=None, subject="Về việc")])
    assert dict(index.search(parse_query("về việc")).hits[0].fields) == {"subject": "Về việc"}


def test_highlights_keep_the_accents_of_the_paper(filled: RebuildableIndex) -> None:
    passages = filled.search(parse_query("hoa giai")).hits[0].highlights
    assert any("<em>hoà</em> <em>giải</em>" in passage for passage in passages)


def test_highlights_are_safe_to_put_into_a_page(filled: RebuildableIndex) -> None:
    passages = " ".join(filled.search(parse_query("Sở Tài chính")).hits[0].highlights)
    assert "&lt;tỉnh &amp; xã&gt;" in passages
    assert "<tỉnh" not in passages


def test_counts_facets_over_all_that_was_found(filled: RebuildableIndex) -> None:
    facets = filled.search(replace(parse_query("2025"), limit=1)).facets
    assert facets["document_type"] == {"Công văn": 1, "Quyết định": 1}
    assert facets["year"] == {"2025": 2}
    assert facets["state"] == {"kept": 2}
    assert facets["issuing_authority"] == {"Ủy ban nhân dân tỉnh Ví Dụ": 1, "Ủy ban nhân dân phường Bình Minh Mẫu": 1}


def test_pages_do_not_overlap_and_miss_nothing(index: RebuildableIndex) -> None:
    index.put(entry(f"r{i:02}", f"thông báo chung {i}") for i in range(25))
    pages = [index.search(parse_query("thông báo", limit=10, offset=offset)) for offset in (0, 10, 20)]
    assert [len(page.hits) for page in pages] == [10, 10, 5]
    assert {page.total for page in pages} == {25}
    assert len({hit.record_id for page in pages for hit in page.hits}) == 25


def test_filters_alone_show_the_latest_first(index: RebuildableIndex) -> None:
    index.put(entry(f"r{year}", issued_date=f"{year}-01-01") for year in (2019, 2025, 2022))
    assert [hit.record_id for hit in index.search(Query()).hits] == ["r2025", "r2022", "r2019"]


def test_putting_again_changes_nothing(filled: RebuildableIndex) -> None:
    filled.put([LETTER])
    assert found(filled, "dự thảo") == ["r1"]
    assert filled.versions() == {"r1": 1, "r2": 1}


def test_a_newer_version_takes_the_place_of_the_older(filled: RebuildableIndex) -> None:
    filled.put([entry("r1", "nội dung mới", version=2, state=State.SUPERSEDED)])
    assert found(filled, "dự thảo") == []
    hit = filled.search(parse_query("nội dung mới")).hits[0]
    assert (hit.version, hit.state) == (2, State.SUPERSEDED)
    assert filled.versions() == {"r1": 2, "r2": 1}


@pytest.mark.parametrize("together", [True, False])
def test_an_older_version_never_takes_the_place_of_a_newer(index: RebuildableIndex, together: bool) -> None:
    newer, older = entry("r1", "bản mới", version=3), entry("r1", "bản cũ", version=2)
    for batch in [[newer, older]] if together else [[newer], [older]]:
        index.put(batch)
    assert index.versions() == {"r1": 3}
    assert found(index, '"bản cũ"') == []
    assert found(index, '"bản mới"') == ["r1"]


def test_the_newest_of_one_call_is_kept(index: RebuildableIndex) -> None:
    index.put([entry("r1", "bản cũ", version=1), entry("r1", "bản mới", version=2)])
    assert found(index, '"bản cũ"') == []
    assert index.versions() == {"r1": 2}


def test_revoked_records_are_found_with_their_state(index: RebuildableIndex) -> None:
    index.put([entry("r1", "giấy phép", state=State.REVOKED)])
    assert index.search(parse_query("giấy phép")).hits[0].state is State.REVOKED


def test_all_or_none_of_a_call_is_taken(index: RebuildableIndex) -> None:
    def stops() -> object:
        yield LETTER
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.put(stops())  # type: ignore[arg-type]
    assert not index.versions()
    index.put([LETTER])
    assert index.versions() == {"r1": 1}


def test_removed_records_are_not_found(filled: RebuildableIndex) -> None:
    filled.remove(["r1", "unknown"])
    assert found(filled, "dự thảo") == []
    assert filled.versions() == {"r2": 1}


def test_reconcile_names_every_difference(index: RebuildableIndex) -> None:
    index.put(entry(i, version=v) for i, v in [("same", 1), ("stale", 1), ("extra", 1), ("ahead", 5)])
    found = reconcile(index, {"same": 1, "stale": 2, "missing": 1, "ahead": 4})
    assert (found.missing, found.stale, found.extra) == (("ahead", "missing"), ("stale",), ("ahead", "extra"))


def test_acting_on_the_difference_makes_them_agree(index: RebuildableIndex) -> None:
    index.put(entry(i, version=v) for i, v in [("same", 1), ("stale", 1), ("extra", 1), ("ahead", 5)])
    expected = {"same": 1, "stale": 2, "missing": 1, "ahead": 4}
    found = reconcile(index, expected)
    index.remove(found.extra)
    index.put(entry(i, version=expected[i]) for i in found.missing + found.stale)
    assert reconcile(index, expected).agrees


def test_text_with_nothing_to_index_is_taken(index: RebuildableIndex) -> None:
    index.put([entry("r1", ""), entry("r2", "\f\n … ---", subject="")])
    assert index.versions() == {"r1": 1, "r2": 1}


def test_a_very_long_text_is_found_to_its_end(index: RebuildableIndex) -> None:
    index.put([entry("r1", "mở đầu " + "lặp lại " * 60_000 + "kết thúc " + "x" * 100_000)])
    assert found(index, '"kết thúc"') == ["r1"]


def test_a_rebuild_leaves_what_it_is_given_and_nothing_else(index: RebuildableIndex) -> None:
    index.put([LETTER, entry("r9", version=7)])
    index.rebuild(iter([DECISION, entry("r9", version=3)]))
    assert dict(index.versions()) == {"r2": 1, "r9": 3}
