"""The sealed legal copy against the rules of Nghị định 30/2020 and against outside judges."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocr.pdf.nd30 import check_scan_rules
from signing.nd30 import check_seal_rules
from sohoa.export import export
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.records import Role, State

KINDS = ("a.png", "b.jpg", "c.tif", "d.pdf")


@pytest.fixture
def copies(kit: Toolbox, desk: Any, letter: Callable[..., Any], tmp_path: Path) -> list[Path]:
    """Return sealed legal copies of a PNG, a JPEG, a TIFF and a PDF."""
    for number, name in enumerate(KINDS, start=1):
        desk.scan(name, letter(f"{number:02}/QĐ-UBND"))
    code = open_batch([desk.folder], None, None, kit).code
    receive_all(files_in([desk.folder]), code, Order(), {}, kit, on_paper=lambda _paper, _new: None)
    for paper_id in kit.ledger.unfinished_papers(code):
        take_through(paper_id, kit)
    records = kit.catalog.by_state(State.KEPT)
    assert len(records) == len(KINDS)
    return [export(record, Role.LEGAL, tmp_path / f"{record.record_id}.pdf", kit) for record in records]


def test_rules_for_scan_and_seal_are_met(copies: list[Path]) -> None:
    for copy in copies:
        assert check_scan_rules(copy) == ()
        assert check_seal_rules(copy) == ()


@pytest.mark.service("verapdf")
def test_verapdf_finds_pdf_a_2b(copies: list[Path]) -> None:
    jar = os.environ["SOHOA_TEST_VERAPDF"]
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar, "-f", "2b", "--format", "json"]
    done = subprocess.run([*command, *map(str, copies)], capture_output=True, text=True, check=False, timeout=250)
    jobs = json.loads(done.stdout)["report"]["jobs"]
    verdicts = {job["itemDetails"]["name"]: job["validationResult"][0]["compliant"] for job in jobs}
    assert verdicts == {str(copy): True for copy in copies}


@pytest.mark.service("poppler")
def test_poppler_finds_the_seal_valid_and_the_text_as_read(copies: list[Path]) -> None:
    for copy in copies:
        signed = subprocess.run(["pdfsig", "-nocert", copy], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in signed
        text = subprocess.run(["pdftotext", copy, "-"], capture_output=True, text=True, check=True).stdout
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
        assert "Sao y (chuyển đổi từ văn bản giấy)" in text
