"""kill -9 of the command, its workers, its scheduler and its signer: a short run of bench/kills.py."""

from pathlib import Path

import pytest

from bench.kills import main

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_what_is_killed_is_taken_up_again_and_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faults = main(["--kills", "6", "--documents", "8", "--seed", "4", "--keep", str(tmp_path)])
    assert faults == [], capsys.readouterr().out
