"""The real command with recorded reading: real process, pool, scheduler, signer and disk; only no page is looked at.

    PYTHONPATH=<repository> python -m tests.faults.recorded READINGS COMMAND...

READINGS is a folder with a JSON file of page readings for each scan, named by the SHA-256 of its bytes (see `record`).
No hook in the product: the name of the function that pool workers import is exchanged before anything runs.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from PIL import Image

from ocr.lines import Line, PageReading
from sohoa import remote
from sohoa.remote import Remote
from sohoa.wire import page_from_json, page_to_json

READINGS = "SOHOA_TEST_READINGS"
"""Folder of the recorded readings; workers inherit it."""

SECONDS = "SOHOA_TEST_READING_SECONDS"
"""How long a page takes to be "read"."""


def read_page(path: Path, page: int, _mode: str) -> PageReading:
    """Return the recorded reading of a page, wherever the scan's copy lies."""
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    time.sleep(float(os.environ.get(SECONDS, "0")))
    pages = json.loads((Path(os.environ[READINGS]) / f"{digest}.json").read_text(encoding="utf-8"))
    return replace(page_from_json(pages[(page - 1) % len(pages)]), page=page)


def warm_up(_mode: str) -> None:
    """Load nothing."""


def record(folder: Path, scan: Path, pages: Iterable[PageReading]) -> None:
    """Write down what a reader will see on the pages of the scan."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(scan.read_bytes()).hexdigest()
    text = json.dumps([page_to_json(page) for page in pages], ensure_ascii=False)
    (folder / f"{digest}.json").write_text(text, encoding="utf-8")


WIDTH, HEIGHT, DPI = 1654, 2339, 200


def reading_of(fields: Mapping[str, object]) -> PageReading:
    """Return a clean reading of a decision or letter with these fields, in the layout of Nghị định 30/2020."""
    year, month, day = str(fields["issued_date"]).split("-")
    authority = str(fields["issuing_authority"]).upper()
    rows = [
        (authority[:28], 160, 160),
        (authority[28:], 160, 205),
        (f"Số: {fields['document_number']}", 270, 300),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 820, 160),
        ("Độc lập - Tự do - Hạnh phúc", 930, 210),
        (f"Ví Dụ, ngày {day} tháng {month} năm {year}", 920, 300),
        ("QUYẾT ĐỊNH", 720, 420),
        (str(fields["subject"])[:60], 420, 480),
        ("Điều 1. Phê duyệt kèm theo Quyết định này Kế hoạch số hóa.", 240, 700),
        ("Điều 2. Quyết định này có hiệu lực kể từ ngày ký.", 240, 760),
        ("Nơi nhận:", 240, 1500),
        ("- Như Điều 2;", 240, 1545),
        ("- Lưu: VT.", 240, 1590),
        ("CHỦ TỊCH", 1080, 1500),
        (str(fields["signer_name"]), 1040, 1800),
    ]
    lines = tuple(
        Line(text=text, box=(left, top, min(WIDTH - 10, left + 16 * len(text)), top + 34), confidence=0.99)
        for text, left, top in rows
        if text
    )
    return PageReading(page=1, width_px=WIDTH, height_px=HEIGHT, dpi=DPI, width_mm=210, height_mm=297, lines=lines)


def plain_box(folder: Path, readings: Path, count: int, *, begin: int = 1, doubtful_every: int = 5) -> list[Path]:
    """Write JPEG scans of nearly empty paper whose recorded readings are decisions; some wait for a person."""
    folder.mkdir(parents=True, exist_ok=True)
    scans = []
    for number in range(begin, begin + count):
        picture = Image.new("RGB", (WIDTH, HEIGHT), (255, 253, 250))
        picture.paste((200, 30, 30), (300, 1200, 301 + number, 1204))
        scan = folder / f"{number:05}.jpg"
        picture.save(scan, dpi=(DPI, DPI), quality=80)
        doubtful = doubtful_every and number % doubtful_every == 0
        fields = {
            "document_number": "      /QĐ-UBND" if doubtful else f"{number}/QĐ-UBND",
            "issued_date": "2025-02-05",
            "issuing_authority": "Ủy ban nhân dân tỉnh Ví Dụ",
            "subject": f"Về việc phê duyệt kế hoạch số hóa đợt {number}",
            "signer_name": "Nguyễn Văn Mẫu",
        }
        record(readings, scan, [reading_of(fields)])
        scans.append(scan)
    return scans


def main() -> None:
    """Run sohoa's command line with recorded reading."""
    os.environ[READINGS] = sys.argv[1]
    # Remote is a value: steps hold the same object, so it is changed and not replaced.
    for name, function in (("READ_PAGE", "read_page"), ("WARM_UP", "warm_up")):
        known: Remote = getattr(remote, name)
        object.__setattr__(known, "module", "tests.faults.recorded")
        object.__setattr__(known, "function", function)
    sys.argv = ["sohoa", *sys.argv[2:]]
    from sohoa.cli import main as command  # noqa: PLC0415 - after the names were exchanged

    command()


if __name__ == "__main__":
    main()
