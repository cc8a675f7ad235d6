"""Judges we did not write: veraPDF for PDF/A, EU DSS for the signature."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from signing.authority import Authority
from signing.pades import PadesSigner
from signing.signer import Block

JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


@pytest.fixture
def papers(make_paper: Callable[..., Path], signer: PadesSigner, block: Block, tmp_path: Path) -> list[Path]:
    """Sealed papers, turned every way."""
    sealed = []
    for rotation in (0, 90, 180, 270):
        unsigned = make_paper(f"{rotation}.pdf", rotation=rotation, origin=(-20, 30), crop=5)
        sealed.append(signer.seal(unsigned, tmp_path / f"sealed-{rotation}.pdf", block=block).path)
    return sealed


@pytest.mark.service("verapdf")
def test_a_sealed_paper_is_still_pdfa(papers: list[Path]) -> None:
    command = [*JAVA, "-jar", os.environ["SOHOA_TEST_VERAPDF"], "-f", "2b", "--format", "json", *papers]
    told = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    verdicts = [job["validationResult"][0]["compliant"] for job in told["report"]["jobs"]]
    assert verdicts == [True] * len(papers)


@pytest.mark.service("dss")
def test_an_outside_judge_finds_the_highest_level(papers: list[Path], authority: Authority) -> None:
    folder = Path(os.environ["SOHOA_TEST_DSS"])
    options = ["--anchor", authority.anchors, "--offline", "--no-visual", "--want", "PAdES-BASELINE-LTA"]
    command = [*JAVA, "-cp", f"{folder / 'classes'}:{folder / 'lib'}/*", "DssJudge", *options, *papers]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [one["ok"] for one in told] == [True] * len(papers), done.stdout
    assert done.returncode == 0
