"""Several commands open one new home at the same moment, and some are killed at it: all find one archive there."""

import subprocess
import sys
import time
from pathlib import Path

from sohoa.settings import Settings
from sohoa.wiring import build

OPEN = """
import sys, time
from pathlib import Path
from sohoa.settings import Settings
from sohoa.wiring import build
import search.local, storage.migrate, alembic.command
time.sleep(max(0.0, float(sys.argv[1]) - time.time()))
for number in range(20):
    kit = build(Settings(home=Path(sys.argv[2]) / str(number)))
    kit.ledger.batches()
    kit.index.versions()
    print(kit.keys.owner_index("personal_id", "079099001234"))
"""


def test_many_may_come_first(tmp_path: Path) -> None:
    at = str(time.time() + 4)
    words = [sys.executable, "-c", OPEN, at, str(tmp_path)]
    openers = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    told = [opener.communicate(timeout=120) for opener in openers]
    assert [err for _, err in told if err] == []
    assert len({out for out, _ in told}) == 1, "they work with the same keys"


def test_a_folder_of_keys_left_empty_by_a_kill_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "home" / "keys").mkdir(parents=True)
    assert build(Settings(home=tmp_path / "home")).keys.owner_index("personal_id", "1")
