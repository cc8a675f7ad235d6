"""The first hit is the right one: judged questions over forty made-up records, as people type them."""

import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from search.fold import fold
from search.index import Entry
from search.local import LocalIndex
from search.query import parse_query
from storage.records import DocumentType
from tests.relevance.kept import kept_entry

FLOOR = 0.95
"""Questions whose first hit must be the judged one."""
FLOOR_OF_A_KIND = 0.8

TYPES = {"QĐ": "Quyết định", "CV": "Công văn", "TB": "Thông báo", "TTr": "Tờ trình", "BC": "Báo cáo", "KH": "Kế hoạch"}
SET = yaml.safe_load(Path(__file__).with_name("relevance.yaml").read_text(encoding="utf-8"))
PAPERS: dict[str, dict[str, str]] = SET["papers"]
QUESTIONS = [(kind, typed, expected) for kind, asked in SET["questions"].items() for typed, expected in asked.items()]


def entry(record_id: str, paper: dict[str, str]) -> Entry:
    year, month, day = paper["issued"].split("-")
    fields = {
        "document_number": paper["number"],
        "issued_date": paper["issued"],
        "issuing_authority": paper["issuer"],
        "subject": paper["subject"],
        "signer_name": paper["signer"],
    }
    text = (
        f"{paper['issuer'].upper()}\nSố: {paper['number']}\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        f"Độc lập - Tự do - Hạnh phúc\nVí Dụ, ngày {day} tháng {month} năm {year}\n"
        f"{TYPES[paper['type']].upper()}\n{paper['subject']}\n"
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16/6/2025;\nTheo đề nghị của Chánh Văn phòng.\n"
        f"{paper['body']}\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n{paper['signer']}"
    )
    return kept_entry(record_id, DocumentType(code=paper["type"], name=TYPES[paper["type"]]), fields, text)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LocalIndex:
    made = LocalIndex(tmp_path_factory.mktemp("relevance") / "index")
    made.put(entry(*paper) for paper in PAPERS.items())
    return made


def test_the_set_is_large_enough_to_judge_by() -> None:
    assert len(PAPERS) >= 40
    assert len(QUESTIONS) >= 60
    assert {expected for _, _, expected in QUESTIONS} <= PAPERS.keys()


def test_the_first_hit_is_the_judged_one(index: LocalIndex) -> None:
    wrong: dict[str, list[str]] = defaultdict(list)
    asked: dict[str, int] = defaultdict(int)
    for kind, typed, expected in QUESTIONS:
        asked[kind] += 1
        hits = index.search(parse_query(typed)).hits
        if not hits or hits[0].record_id != expected:
            wrong[kind].append(f"{typed!r}: {[h.record_id for h in hits[:3]]}, not {expected}")
    missed = sum(map(len, wrong.values()))
    assert missed <= (1 - FLOOR) * len(QUESTIONS), dict(wrong)
    for kind, count in asked.items():
        assert len(wrong[kind]) <= (1 - FLOOR_OF_A_KIND) * count, wrong[kind]


@pytest.mark.parametrize(
    "form", [fold, lambda t: unicodedata.normalize("NFD", t), str.upper], ids=["bare", "nfd", "caps"]
)
def test_every_question_finds_its_record_however_it_is_typed(index: LocalIndex, form: object) -> None:
    missed = []
    for _, typed, expected in QUESTIONS:
        hits = index.search(parse_query(form(typed))).hits  # type: ignore[operator]
        if expected not in [hit.record_id for hit in hits[:5]]:
            missed.append(typed)
    assert len(missed) <= 2, missed
