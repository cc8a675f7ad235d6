"""Typed text of real letters and decisions -> fields, against the fields a person took from the paper.

Only the ground-truth text is used, laid out by its own order: left head, right head, body, recipients, signature.
No sample is part of this repository.
"""

import json
import re
from pathlib import Path

import pytest

from ocr.fields.folding import fold
from ocr.fields.understand import understand
from ocr.lines import Line, PageReading

pytestmark = pytest.mark.service("samples")

NAMES = {
    "so_ky_hieu": "document_number",
    "ngay_ban_hanh": "issued_date",
    "loai_van_ban": "document_type",
    "co_quan_ban_hanh": "issuing_authority",
    "dia_danh": "place",
}
LEAST = 0.95
"""Of the fields of the head; the text is typed by hand, so what is wrong is ours."""


def laid_out(text: str, page: int) -> PageReading:
    """Place the lines of a page: head in two columns, the rest over the whole width."""
    lines: list[Line] = []
    left, right, body = 100, 100, 700
    zone = "left"
    for printed in filter(None, map(str.strip, text.splitlines())):
        folded = fold(printed)
        if folded.startswith("cong hoa xa hoi"):
            zone = "right"
        if zone == "left":
            box = (300, left, 1000, left + 45)
            left += 60
        elif zone == "right":
            box = (1150, right, 2250, right + 45)
            right += 60
            zone = "body" if re.search(r"ngay .*thang .*nam", folded) else zone
        else:
            half = 0 if len(printed) > 60 else (60 - len(printed)) * 12
            box = (300 + half, body, 2300 - half, body + 45)
            body += 60
        lines.append(Line(text=printed, box=box, confidence=1.0))
    return PageReading(
        page=page, width_px=2480, height_px=9999, dpi=300, width_mm=210, height_mm=297, lines=tuple(lines)
    )


def test_fields_of_the_head(samples_dir: Path) -> None:
    right = total = 0
    for labels in sorted((samples_dir / "scans").glob("*.fields.json")):
        typed = labels.with_name(labels.name.replace(".fields.json", "_p1.gt.txt"))
        if not typed.exists():
            continue
        truth = json.loads(labels.read_text(encoding="utf-8"))
        fields = understand([laid_out(typed.read_text(encoding="utf-8"), 1)])[0].fields
        for name, english in NAMES.items():
            total += 1
            right += english in fields and str(fields[english].value).casefold() == str(truth[name]).casefold()
    assert total
    assert right / total >= LEAST
