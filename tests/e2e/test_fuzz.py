"""A short run of bench/fuzz.py; longer ones are for people, and what they find becomes a kind in tests/badinput."""

import time
from pathlib import Path

import pytest

from bench.fuzz import fuzz

SECONDS = 20


@pytest.mark.slow
def test_mutated_scans_are_taken_or_refused(tmp_path: Path) -> None:
    found = fuzz(SECONDS, seed=int(time.time()) // 86_400, samples=None, keep=tmp_path / "found")
    assert found.counts.total() > 5
    assert found.bad == []
