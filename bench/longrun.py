"""A long night in minutes: many papers whose reading is recorded, through the whole pipeline. Prints one table.

    python -m bench.longrun [--documents 2000] [--seconds 480] [--no-scheduler] [--keep FOLDER]

Scans are drawn and their reading is known beforehand, so no model runs; everything else is as in service: scheduler,
pool workers, signer process, store, ledger, keys and index. Slopes are fitted to the second half, when everything is
warm. Stops taking papers after --seconds, and says how many it took.
"""

import argparse
import hashlib
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from ocr.lines import Line, PageReading
from sohoa.allocator import give_memory_back
from sohoa.answers import status_answer
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.policy import OUR_ERRORS
from sohoa.remote import READ_PAGE
from sohoa.settings import Settings
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from sohoa.wiring import build

WIDTH, HEIGHT, DPI = 1654, 2339, 200
EVERY_SECONDS = 2.0
HUNDRED = 100
MIB = 1 << 20


def drawn(number: int, path: Path) -> None:
    """Write a scan of A4 at 200 dpi that is like no other."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (255, 253, 250))
    for bit in range(16):
        colour = (30, 30, 30) if number >> bit & 1 else (200, 200, 200)
        picture.paste(colour, (200 + 70 * bit, 1200, 250 + 70 * bit, 1240))
    picture.save(path, quality=80, dpi=(DPI, DPI))


def reading(number: int) -> PageReading:
    """Return what a reader sees on that scan: a decision in the layout of Nghị định 30/2020."""
    rows = [
        ("ỦY BAN NHÂN DÂN", 250, 160),
        ("TỈNH VÍ DỤ", 300, 210),
        (f"Số: {number + 1}/QĐ-UBND", 270, 300),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 820, 160),
        ("Độc lập - Tự do - Hạnh phúc", 930, 210),
        (f"Ví Dụ, ngày {number % 28 + 1:02} tháng {number // 28 % 12 + 1:02} năm 2025", 920, 300),
        ("QUYẾT ĐỊNH", 720, 420),
        (f"Về việc phê duyệt kế hoạch số hóa hộp số {number}", 520, 480),
        ("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH VÍ DỤ", 450, 560),
        ("Căn cứ Luật Tổ chức chính quyền địa phương;", 240, 640),
        *(
            (f"Điều {n}. Thực hiện nội dung thứ {n * (number + 1)} của kế hoạch.", 240, 640 + 60 * n)
            for n in range(1, 9)
        ),
        ("Nơi nhận:", 240, 1500),
        ("- Như Điều 2;", 240, 1545),
        ("- Lưu: VT.", 240, 1590),
        ("CHỦ TỊCH", 1080, 1500),
        ("Nguyễn Văn Mẫu", 1040, 1800),
    ]
    lines = tuple(
        Line(text=text, box=(left, top, min(WIDTH - 10, left + 16 * len(text)), top + 34), confidence=0.99)
        for text, left, top in rows
    )
    return PageReading(page=1, width_px=WIDTH, height_px=HEIGHT, dpi=DPI, width_mm=210, height_mm=297, lines=lines)


class Recorded:
    """The pool, but for the reader, whose answers are known."""

    def __init__(self, pool: Any, readings: dict[str, int]) -> None:
        self._pool = pool
        self._readings = readings

    def run(self, function: Any, *args: Any, timeout_seconds: float) -> Any:
        """See Pool.run."""
        return self.submit(function, *args, timeout_seconds=timeout_seconds).result()

    def submit(self, function: Any, *args: Any, timeout_seconds: float) -> "Future[Any]":
        """See Pool.submit."""
        if function != READ_PAGE:
            return self._pool.submit(function, *args, timeout_seconds=timeout_seconds)
        future: Future[Any] = Future()
        future.set_result(reading(self._readings[_digest(args[0])]))
        return future

    def close(self) -> None:
        """See Pool.close."""
        self._pool.close()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class Meter:
    """Looks at this process and all below it, against the documents that are through."""

    done: Callable[[], int]
    looks: dict[str, list[tuple[int, float, int]]] = field(default_factory=lambda: defaultdict(list))
    """By process: documents done, resident MiB, open handles."""
    marks: list[tuple[int, float]] = field(default_factory=list)
    """Documents done, and when."""
    work: list[tuple[int, float]] = field(default_factory=list)
    """Documents done, and the processor seconds of all processes so far."""
    spent: dict[int, float] = field(default_factory=dict)
    """By process, ended ones too: processor seconds."""

    def look(self) -> None:
        """Add one look at everything."""
        done = self.done()
        self.marks.append((done, time.monotonic()))
        for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            try:
                with process.oneshot():
                    name = f"{_role(process)} {process.pid}"
                    times = process.cpu_times()
                    self.spent[process.pid] = times.user + times.system
                    self.looks[name].append((done, process.memory_info().rss / MIB, process.num_fds()))
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        self.work.append((done, sum(self.spent.values())))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look every two seconds while the block runs."""
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(EVERY_SECONDS):
                self.look()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self.look()


def _role(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    if process.pid == psutil.Process().pid:
        return "command"
    roles = {"uvicorn": "scheduler", "signing.process_main": "signer", "resource_tracker": "tracker", "spawn": "worker"}
    return next((role for word, role in roles.items() if word in line), process.name())


def _slope(points: Sequence[tuple[int, float]]) -> float | None:
    """Return MiB a thousand documents over the second half of the documents, or None for too few points."""
    middle = (points[0][0] + points[-1][0]) / 2
    late = [point for point in points if point[0] >= middle]
    if len({done for done, _ in late}) < 3:
        return None
    fit = statistics.linear_regression([done for done, _ in late], [value for _, value in late])
    return fit.slope * 1000


def _per_document(marks: Sequence[tuple[int, float]], first: int, last: int) -> float:
    """Return seconds a document between two counts."""
    inside = [mark for mark in marks if first <= mark[0] <= last]
    if len(inside) < 2 or inside[-1][0] == inside[0][0]:
        return float("nan")
    return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])


def report(meter: Meter, kit: Toolbox, home: Path) -> None:
    """Print the table."""
    total = meter.marks[-1][0]
    for what, marks in (("on the clock", meter.marks), ("of processor", meter.work)):
        first = _per_document(marks, 5, HUNDRED + 5)
        last = _per_document(marks, max(0, total - HUNDRED), total)
        print(f"seconds a document {what}: first hundred {first:.3f}, last hundred {last:.3f}")
    print(f"{'process':22} {'MiB at first':>12} {'at last':>8} {'most':>6} {'MiB/1000':>9} {'handles':>14} {'last':>5}")
    by_role: dict[str, list[list[tuple[int, float, int]]]] = defaultdict(list)
    for name, looks in meter.looks.items():
        by_role[name.split()[0]].append(looks)
    for role, lives in by_role.items():
        for looks in sorted(lives, key=len, reverse=True)[:3]:
            slope = _slope([(done, rss) for done, rss, _ in looks])
            shown = "-" if slope is None else f"{slope:+.1f}"
            most = max(rss for _, rss, _ in looks)
            print(
                f"{role:22} {looks[min(5, len(looks) - 1)][1]:12.0f} {looks[-1][1]:8.0f} {most:6.0f} {shown:>9} "
                f"{looks[0][2]:14} {looks[-1][2]:5}"
            )
        if len(lives) > 3:
            print(f"{role:22} … {len(lives)} lives in all, most {max(r for ls in lives for _, r, _ in ls):.0f} MiB")
    for name in ("catalog.db", "index", "objects", "keys", "prefect", "audit"):
        files, size = _size(home, name)
        print(f"{name:22} {size / MIB:8.1f} MiB {files:7} files {size / max(total, 1) / 1024:8.1f} KiB a document")
    started = time.monotonic()
    status_answer([batch.code for batch in kit.ledger.batches()], kit)
    print(f"status of all of it: {time.monotonic() - started:.2f} s")


def _size(home: Path, name: str) -> tuple[int, int]:
    found = [p.stat().st_size for p in home.rglob("*") if p.is_file() and p.relative_to(home).parts[0].startswith(name)]
    return len(found), sum(found)


def work_in_threads(code: str, kit: Toolbox, until: float) -> None:
    """Take the papers through without the scheduler, as many at once as the flow does."""

    def one(paper_id: str) -> None:
        if time.monotonic() < until:
            try:
                take_through(paper_id, kit)
            except OUR_ERRORS as error:
                print(f"  {paper_id}: {error}", file=sys.stderr)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(one, kit.ledger.unfinished_papers(code)))


def work_in_flow(code: str, kit: Toolbox, until: float, home: Path) -> None:
    """Take the papers through by the flow, as the command does."""
    from flows import ingest  # noqa: PLC0415 - imports Prefect

    def take(paper_id: str, kit: Toolbox) -> bool:
        return time.monotonic() < until and take_through(paper_id, kit)

    # The flow finds its tools by the home; these have a reader with a memory.
    ingest.toolbox_at = lambda _home: kit
    ingest.take_through = take  # type: ignore[assignment]
    ingest.ingest(code, str(home))


def run(folder: Path, documents: int, seconds: float, scheduler: bool) -> None:
    """Draw the scans, take them through, print."""
    box, home = folder / "box", folder / "home"
    box.mkdir(parents=True)
    readings: dict[str, int] = {}
    for number in range(documents):
        path = box / f"{number:05}.jpg"
        drawn(number, path)
        readings[_digest(path)] = number
    kit = build(Settings(home=home, user="bench"))
    kit = replace(kit, pool=Recorded(kit.pool, readings))  # type: ignore[arg-type]
    code = open_batch([box], "bench", documents, kit).code
    started = time.monotonic()
    received = receive_all(files_in([box]), code, Order(), {}, kit, on_paper=lambda _paper, _new: None)
    spent = time.monotonic() - started
    print(f"{documents} papers received in {spent:.1f} s, {spent / documents:.4f} s each", flush=True)
    del received

    def done() -> int:
        # Looking must not be what grows: identifiers of what is left, and nothing else, are read.
        return documents - len(kit.ledger.unfinished_papers(code))

    meter = Meter(done)
    started = time.monotonic()
    if scheduler:
        from flows.serve import serving  # noqa: PLC0415 - only where a scheduler is wanted

        with serving(home) as server:
            server.wait()
            started = time.monotonic()
            with meter.watching():
                work_in_flow(code, kit, started + seconds, home)
    else:
        with meter.watching():
            work_in_threads(code, kit, started + seconds)
    spent = time.monotonic() - started
    counts = {str(state): number for state, number in kit.ledger.reconcile(code).counts.items()}
    how = "by the scheduler" if scheduler else "in threads"
    print(f"{meter.marks[-1][0]} of {documents} documents through in {spent:.0f} s, {how}: {counts}")
    report(meter, kit, home)
    kit.pool.close()


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=480, help="take no more papers after so long")
    parser.add_argument("--no-scheduler", dest="scheduler", action="store_false")
    parser.add_argument("--keep", type=Path, help="work here, and leave it")
    options = parser.parse_args()
    give_memory_back()  # as the command does
    if options.keep is not None:
        run(options.keep.resolve(), options.documents, options.seconds, options.scheduler)
        return
    with tempfile.TemporaryDirectory(prefix="sohoa-longrun-") as folder:
        run(Path(folder), options.documents, options.seconds, options.scheduler)


if __name__ == "__main__":
    main()
