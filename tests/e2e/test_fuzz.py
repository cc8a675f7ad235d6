"""A short run of bench/fuzz.py; longer ones are for people, and what they find becomes a kind in tests/badinput."""

import time
from pathlib import Path

import pytest

from bench.fuzz import ROUND, fuzz
from sohoa.errors import TookTooLong, WorkerOutOfMemory
from sohoa.pool import Pool
from tests.badinput.pdfs import doubling, paper

SECONDS = 20


@pytest.mark.slow
def test_mutated_scans_are_taken_or_refused(tmp_path: Path) -> None:
    found = fuzz(SECONDS, seed=int(time.time()) // 86_400, samples=None, keep=tmp_path / "found")
    assert found.counts.total() > 5
    assert found.bad == []


@pytest.mark.slow
def test_drawings_that_double_without_end_are_stopped_by_the_pool(tmp_path: Path) -> None:
    """The renderer follows them: nothing but the worker's limits ends it, and the next paper finds a worker."""
    (tmp_path / "bad.pdf").write_bytes(paper("nhân đôi", doubling))
    (tmp_path / "good.pdf").write_bytes(paper("sau đó"))
    with Pool(1, memory_limit_bytes=600 << 20) as pool:
        with pytest.raises((TookTooLong, WorkerOutOfMemory)):
            pool.run(ROUND, tmp_path / "bad.pdf", tmp_path / "legal.pdf", timeout_seconds=30)
        assert pool.run(ROUND, tmp_path / "good.pdf", tmp_path / "legal.pdf", timeout_seconds=60)[0] == 1
