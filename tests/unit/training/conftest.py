"""A corpus as small as can be."""

import lzma
from pathlib import Path

import pytest

PARAGRAPHS = tuple(
    f"{number}. Ủy ban nhân dân xã có trách nhiệm tổ chức thực hiện nhiệm vụ số {number} theo quy định của pháp luật."
    for number in range(1, 80)
)


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """Return a folder laid out as training.lines.corpus reads it."""
    (tmp_path / "text").mkdir()
    with lzma.open(tmp_path / "text" / "01_papers.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(PARAGRAPHS))
    (tmp_path / "names.csv").write_text(
        "part,gender,text,count\nsurname,,Nguyễn,9\nsurname,,Lê,3\nmiddle+given,f,Thị Ỷ,\n", encoding="utf-8"
    )
    (tmp_path / "places.csv").write_text(
        "period,level,code,name,full_name,unit_type,parent\nold,province,51,Quảng Ngãi,Tỉnh Quảng Ngãi,Tỉnh,\n",
        encoding="utf-8",
    )
    return tmp_path
