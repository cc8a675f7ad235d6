"""A short run of bench/fuzz.py; longer ones are for people, and what they find becomes a kind in tests/badinput."""

from pathlib import Path

import pytest

from bench.fuzz import LIMITED, fuzz, run
from sohoa.pool import Pool
from tests.badinput.kind import Kind
from tests.badinput.pdfs import STOPPED, paper

SECONDS = 20
LEAST = 30
SEED = 2026
"""One for all days: what is handed in is judged by itself. `python -m bench.fuzz` looks for what is new."""


@pytest.mark.slow
def test_mutated_scans_are_taken_or_refused(tmp_path: Path) -> None:
    found = fuzz(SECONDS, seed=SEED, samples=None, keep=tmp_path / "found", least=LEAST)
    assert found.counts.total() >= LEAST
    assert found.bad == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", STOPPED, ids=lambda kind: kind.name)
def test_what_swells_is_stopped_by_the_pool_and_is_no_finding(tmp_path: Path, kind: Kind) -> None:
    """Nothing but the worker's limits ends it, and the next paper finds a worker."""
    kind.make(tmp_path / "bad.pdf")
    (tmp_path / "good.pdf").write_bytes(paper("sau đó"))
    with Pool(1, memory_limit_bytes=600 << 20) as pool:
        assert run(pool, tmp_path / "bad.pdf", tmp_path / "legal.pdf") == f"{LIMITED}: {kind.code}"
        assert run(pool, tmp_path / "good.pdf", tmp_path / "legal.pdf") == "taken"
