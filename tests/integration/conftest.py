"""A whole archive in a temporary folder. Everything is real but the reading, which is recorded, and the pool, which
makes its calls here and now."""

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr.lines import Line, PageReading
from search.memory import MemoryIndex
from signing.local import local_signer
from signing.trust import TrustStore
from sohoa.audit import AuditLog
from sohoa.remote import READ_PAGE, Remote
from sohoa.settings import Settings
from sohoa.toolbox import Toolbox
from sohoa.wiring import now, typeface, worker_name
from storage.catalog import Catalog
from storage.disk import DiskStore
from storage.engine import open_engine
from storage.keys import KeyStore
from storage.ledger import Ledger
from storage.migrate import upgrade
from storage.retention_disk import DiskRetention

WIDTH, HEIGHT, DPI = 1654, 2339, 200
"""A4 at 200 dpi."""


def lines_at(*rows: tuple[str, int, int], confidence: float = 0.99) -> tuple[Line, ...]:
    """Return lines of (text, left, top); their width follows from the text."""
    return tuple(
        Line(text=text, box=(left, top, min(WIDTH - 10, left + 16 * len(text)), top + 34), confidence=confidence)
        for text, left, top in rows
    )


def printed_letter(
    number: str = "12/QĐ-UBND",
    *,
    day: str = "05 tháng 02 năm 2025",
    subject: str = "Về việc phê duyệt kế hoạch số hóa",
    signer: str = "Nguyễn Văn Mẫu",
    extra: tuple[tuple[str, int, int], ...] = (),
    confidence: float = 0.99,
) -> tuple[Line, ...]:
    """Return the lines of a decision in the layout of Nghị định 30/2020."""
    return lines_at(
        ("ỦY BAN NHÂN DÂN", 250, 160),
        ("TỈNH VÍ DỤ", 300, 210),
        (f"Số: {number}", 270, 300),
        *extra,
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 820, 160),
        ("Độc lập - Tự do - Hạnh phúc", 930, 210),
        (f"Ví Dụ, ngày {day}", 920, 300),
        ("QUYẾT ĐỊNH", 720, 420),
        (subject, 520, 480),
        ("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH VÍ DỤ", 450, 560),
        ("Căn cứ Luật Tổ chức chính quyền địa phương;", 240, 640),
        ("Điều 1. Phê duyệt kèm theo Quyết định này Kế hoạch số hóa.", 240, 700),
        ("Điều 2. Quyết định này có hiệu lực kể từ ngày ký.", 240, 760),
        ("Nơi nhận:", 240, 1500),
        ("- Như Điều 2;", 240, 1545),
        ("- Lưu: VT.", 240, 1590),
        ("CHỦ TỊCH", 1080, 1500),
        (signer, 1040, 1800),
        confidence=confidence,
    )


@dataclass
class Desk:
    """Makes scans whose reading is known beforehand."""

    folder: Path
    readings: dict[str, list[tuple[Line, ...]]] = field(default_factory=dict)
    made: int = 0

    def scan(self, name: str, *pages: tuple[Line, ...], dpi: int = DPI, colour: bool = True) -> Path:
        """Write a scan of these pages and remember what a reader will see on them."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pictures = [self._picture(colour) for _ in pages]
        if path.suffix == ".pdf":
            pictures[0].save(path, resolution=dpi, save_all=True, append_images=pictures[1:])
        elif path.suffix in (".tif", ".tiff"):
            pictures[0].save(path, dpi=(dpi, dpi), save_all=True, append_images=pictures[1:], compression="tiff_lzw")
        else:
            pictures[0].save(path, dpi=(dpi, dpi))
        self.readings[_digest(path)] = list(pages)
        return path

    def _picture(self, colour: bool) -> Image.Image:
        """Return white paper with a dash of its own, so that no two scans are alike."""
        self.made += 1
        picture = Image.new("RGB" if colour else "L", (WIDTH, HEIGHT), (255, 253, 250) if colour else 250)
        picture.paste((200, 30, 30) if colour else 30, (300, 1200, 300 + self.made, 1204))
        return picture

    def read(self, path: Path, page: int, _mode: str) -> PageReading:
        """Return the recorded reading of a scan, wherever its copy lies."""
        return PageReading(
            page=page,
            width_px=WIDTH,
            height_px=HEIGHT,
            dpi=DPI,
            width_mm=210,
            height_mm=297,
            lines=self.readings[_digest(path)][page - 1],
        )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class InlinePool:
    """Makes calls in this process; those named in `instead` are answered by another function."""

    def __init__(self, instead: dict[Remote, Callable[..., Any]]) -> None:
        self.instead = instead
        self.calls: list[str] = []

    def run(self, function: Any, *args: Any, timeout_seconds: float) -> Any:
        """See Pool.run."""
        remote, more = (function.func, function.keywords) if isinstance(function, partial) else (function, {})
        self.calls.append(remote.function)
        return self.instead.get(remote, remote)(*args, **more)

    def submit(self, function: Any, *args: Any, timeout_seconds: float) -> "Future[Any]":
        """See Pool.submit."""
        future: Future[Any] = Future()
        try:
            future.set_result(self.run(function, *args, timeout_seconds=timeout_seconds))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return the desk on which the test's box lies."""
    folder = tmp_path / "box"
    folder.mkdir()
    return Desk(folder)


@pytest.fixture
def letter() -> Callable[..., tuple[Line, ...]]:
    """Return the maker of a decision's lines."""
    return printed_letter


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one test authority for all tests of the session."""
    return tmp_path_factory.mktemp("authority")


@pytest.fixture
def pool(desk: Desk) -> InlinePool:
    """Return the pool whose reader reads what the desk recorded."""
    return InlinePool({READ_PAGE: desk.read})


@pytest.fixture
def kit(tmp_path: Path, pool: InlinePool, authority: Path) -> Toolbox:
    """Return an archive's tools."""
    home = tmp_path / "home"
    engine = open_engine(f"sqlite:///{tmp_path / 'catalog.db'}")
    upgrade(engine)
    signer = local_signer(authority, typeface=typeface())
    return Toolbox(
        settings=Settings(home=home, user="can-bo-thu"),
        store=DiskStore(home / "objects"),
        retention=DiskRetention(home / "objects"),
        ledger=Ledger(engine),
        catalog=Catalog(engine),
        keys=KeyStore.open(home / "keys", create=True),
        index=MemoryIndex(),
        pool=pool,  # type: ignore[arg-type]
        signer=signer,
        trust=TrustStore(home / "trust", built_in=[authority / "anchors.pem"]),
        revocation_lists=lambda: [file.read_bytes() for file in sorted(authority.glob("*.crl"))],
        audit=AuditLog(home / "audit.jsonl", who="can-bo-thu", clock=now),
        clock=lambda: datetime.now(UTC),
        worker=worker_name(),
        signer_is_test=True,
        scratch=home / "scratch",
        typeface=typeface(),
    )


@pytest.fixture
def other_kit(kit: Toolbox) -> Callable[..., Toolbox]:
    """Return a way to have the same archive with some of its tools exchanged: faults are adapters."""
    return lambda **changes: replace(kit, **changes)
