"""Generated pages, the real reader, and what it read when somebody last looked: text by error rate, fields exactly.

`make golden` writes the files anew; a second person looks at the difference.
"""

import json
import os
from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from ocr.fields.understand import understand
from ocr.readers.page import read_page
from sohoa.samplebox.box import make_box
from sohoa.wire import understood_answer

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
MOST_ERRORS = 0.005
"""Share of letters that may differ: another build of the same engine moves a comma now and then."""

BOX_FOR_EACH = {
    "salary_decision": ("001", "standard"),
    "opinion_letter": ("003", "standard"),
    "birth_certificate": ("006", "standard"),
    "salary_decision_fast": ("001", "fast"),
}


@pytest.mark.parametrize("name", BOX_FOR_EACH)
def test_golden_reading(name: str, tmp_path: Path) -> None:
    number, mode = BOX_FOR_EACH[name]
    box = make_box(tmp_path / "box", signed_pdf=None, only=(number,))
    (paper,) = box.papers
    page = read_page(box.folder / paper.file, 1, mode)
    (document,) = understand([page])
    answer = understood_answer(document)
    seen = {
        "text": page.text.splitlines(),
        "document_type": answer["document_type"]["code"],
        "fields": {field: found["value"] for field, found in answer["fields"].items()},
    }
    file = HERE / f"{name}.json"
    if os.environ.get("SOHOA_TEST_WRITE_GOLDEN"):
        file.write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    golden = json.loads(file.read_text(encoding="utf-8"))
    distance = Levenshtein.normalized_distance("\n".join(golden["text"]), "\n".join(seen["text"]))
    assert distance <= MOST_ERRORS
    assert (seen["document_type"], seen["fields"]) == (golden["document_type"], golden["fields"])
