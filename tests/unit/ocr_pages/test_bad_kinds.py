"""Each kind of bad or odd input through all that parses a file before it is read: kept within bounds, or refused."""

import resource
import time
from pathlib import Path

import pytest

from ocr.errors import BadScan
from tests.badinput import pdfs, pictures
from tests.badinput.kind import Kind
from tests.badinput.rounds import whole_round

FILES = [*pictures.KINDS, *pdfs.KINDS]
SECONDS = 30
"""Processor time; the slowest kind takes four."""
MIB = 2600


@pytest.mark.parametrize("kind", FILES, ids=lambda kind: kind.name)
def test_each_kind_is_taken_or_refused_in_time(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / Path(kind.file).name
    kind.make(path)
    started = time.process_time()
    try:
        pages, _, _ = whole_round(path, tmp_path / "legal.pdf")
        assert pages >= 1
        assert "quarantined" not in kind.expect
    except BadScan as error:
        assert "quarantined" in kind.expect, error
        assert error.code == kind.code
        assert error.remedy == "resubmit"
        assert kind.why.items() <= error.detail.items()
    assert time.process_time() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10 < MIB
