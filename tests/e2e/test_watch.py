"""sohoa up --watch: a slow writer, a kill in the middle, a poison file, the same bytes twice."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from flows.serve import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SOHOA = Path(sys.executable).with_name("sohoa")
FAST = {"SOHOA_MODE": "fast", "SOHOA_WORKERS": "1", "SOHOA_WATCH_SECONDS": "0.5", "SOHOA_WATCH_SETTLE_SECONDS": "3"}
PATIENCE = 300


def scan(path: Path, number: int, *, specks: int = 0) -> Path:
    """A sheet with a line of its own and no writing: read in a moment, left to a person."""
    picture = Image.new("RGB", (874, 1240), (255, 253, 250))
    picture.paste((30, 30, 30), (100, 100, 200 + 40 * number, 104))
    spots = Random(number)
    for _ in range(specks):
        picture.putpixel((spots.randrange(874), spots.randrange(1240)), (250, 250, 245))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, dpi=(150, 150))
    return path


@contextmanager
def up(home: Path, inbox: Path, *, kill: bool = False) -> Iterator[None]:
    command = [str(SOHOA), "--home", str(home), "up", "--port", str(free_port()), "--watch", str(inbox)]
    with (home.parent / "up.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | FAST)
    try:
        yield
    finally:
        if kill:
            process.kill()
        else:
            process.terminate()
        code = process.wait(180)
    assert kill or code == 0, (home.parent / "up.log").read_text(encoding="utf-8")


def rows(home: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the papers of every batch by source, as the ledger has them."""
    done = subprocess.run(
        [sys.executable, "-c", LIST, str(home)], capture_output=True, text=True, check=True, env=os.environ | FAST
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in json.loads(done.stdout):
        found.setdefault(row["source"], []).append(row)
    return found


LIST = """
import json, sys
from pathlib import Path
from storage.engine import open_engine
from storage.ledger import Ledger
ledger = Ledger(open_engine(Path(sys.argv[1]) / "catalog.db"))
print(json.dumps([
    {"source": p.source, "sha256": p.sha256, "state": p.state, "batch": b.code, "folder": b.folder,
     "code": (p.reason or {}).get("code")}
    for b in ledger.batches() for p in ledger.papers(b.code)
]))
"""


def wait_for(home: Path, log: Path, ready: Callable[[dict[str, list[dict[str, Any]]]], bool]) -> dict[str, Any]:
    limit = time.monotonic() + PATIENCE
    while True:
        now = rows(home) if (home / "catalog.db").exists() else {}
        if ready(now):
            return now
        assert time.monotonic() < limit, f"{now}\n{log.read_text(encoding='utf-8')}"
        time.sleep(1)


def test_the_watched_folder_loses_nothing_and_takes_nothing_twice(tmp_path: Path) -> None:
    home, inbox, log = tmp_path / "home", tmp_path / "inbox", tmp_path / "up.log"
    (home).mkdir()
    one = scan(inbox / "hộp 1" / "một.png", 1)
    (inbox / "hộp 1" / "bản sao.png").write_bytes(one.read_bytes())
    (inbox / "hộp 1" / "hỏng.pdf").write_bytes(b"%PDF-1.7 and nothing of a PDF\n%%EOF\n")
    os.mkfifo(inbox / "hộp 1" / "ống.pdf")
    scan(inbox / "hai.png", 2)
    whole = scan(tmp_path / "slow.png", 3, specks=12_000).read_bytes()

    def write_slowly() -> None:
        with (inbox / "hộp 1" / "chậm.png").open("wb", buffering=0) as out:
            for at in range(0, len(whole), 1024):
                out.write(whole[at : at + 1024])
                time.sleep(1)

    def received(now: dict[str, Any]) -> bool:
        return {"một.png", "bản sao.png", "hỏng.pdf", "hai.png", "ống.pdf"} <= now.keys()

    before = {path: path.read_bytes() for path in inbox.rglob("*.png")}
    with up(home, inbox, kill=True):
        wait_for(home, log, received)
        writer = Thread(target=write_slowly)
        writer.start()
        time.sleep(5)
    assert writer.is_alive(), "the kill comes while the slow file is being written"
    with up(home, inbox):
        writer.join()
        now = wait_for(
            home,
            log,
            lambda now: "chậm.png" in now and all(row["state"] != "working" for r in now.values() for row in r),
        )
        time.sleep(5)
    now = rows(home)
    assert {source: len(lines) for source, lines in now.items()} == dict.fromkeys(
        ["một.png", "bản sao.png", "hỏng.pdf", "hai.png", "ống.pdf", "chậm.png"], 1
    ), log.read_text(encoding="utf-8")
    states = {source: lines[0]["state"] for source, lines in now.items()}
    assert states["hỏng.pdf"] == "quarantined"
    assert states["ống.pdf"] == "ignored"
    assert states["chậm.png"] == states["hai.png"] == "kept"
    assert sorted([states["một.png"], states["bản sao.png"]]) == ["held", "kept"]
    assert {Path(line["folder"]).name for lines in now.values() for line in lines} == {"inbox", "hộp 1"}
    assert all(path.read_bytes() == data for path, data in before.items()), "nothing in the folder was touched"
