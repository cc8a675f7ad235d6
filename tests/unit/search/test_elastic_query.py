"""The translation to Elasticsearch's language, as far as it can be told without a server."""

import json
import re
from pathlib import Path

import pytest

from search.elastic_query import document, layout, native, request
from search.flat import flatten
from search.query import Level, parse_query
from tests.contract.test_record_index import LETTER, entry

ROOT = Path(__file__).parents[3]


def test_every_field_of_a_document_has_its_place_in_the_strict_layout() -> None:
    assert layout()["mappings"]["dynamic"] == "strict"
    assert document(flatten(LETTER)).keys() == layout()["mappings"]["properties"].keys()


def test_the_operators_copy_is_the_layout_itself() -> None:
    copy = ROOT / "infra" / "elasticsearch" / "index.json"
    assert json.loads(copy.read_text(encoding="utf-8")) == layout()


def test_a_document_holds_words_folded_by_us() -> None:
    made = document(flatten(entry(text="Hoà giải ở cơ sở, số 05/QĐ-UBND")))
    assert made["body"] == "hoa giai o co so so 5 qd ubnd"
    assert made["body_exact"] == "hòa giải ở cơ sở số 5 qđ ubnd"


def test_only_the_looser_levels_forgive() -> None:
    query = parse_query("Nguyễn Văn Mẫu 575")
    assert not re.search("fuzzy|prefix", json.dumps(native(query, Level.AS_TYPED)))
    nearly = json.dumps(native(query, Level.NEARLY))
    assert '"fuzzy": {"head": {"value": "mau"' in nearly
    assert '"prefix": {"head": {"value": "mau"' in nearly
    assert '"value": "575", "boost": 0.4' not in nearly


def test_filters_do_not_count_towards_the_score() -> None:
    made = native(parse_query("đất", where={"document_type": "QĐ", "issued_date": "01/01/2024.."}), Level.AS_TYPED)
    assert made["bool"]["filter"] == [
        {"term": {"filters": {"value": "document_type=qd", "boost": 1.0}}},
        {"range": {"issued": {"gte": 20240101, "lte": 99991231}}},
    ]


@pytest.mark.parametrize(("typed", "first"), [("đất", {"_score": "desc"}), ("", {"issued": "desc"})])
def test_equal_hits_keep_their_order_from_page_to_page(typed: str, first: object) -> None:
    body = request(parse_query(typed, where={"year": "2024"}, limit=5, offset=10), Level.AS_TYPED)
    assert (body["from"], body["size"]) == (10, 5)
    assert body["sort"][0] == first
    assert body["sort"][-1] == {"record_id": "asc"}
