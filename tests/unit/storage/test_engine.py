"""The database is opened for durability and many writers, and its failures come in our words."""

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from storage import schema
from storage.engine import open_engine, reading, writing
from storage.errors import CatalogUnavailable, CatalogUnusable, StoreFull, StoreUnavailable
from storage.ledger import Ledger
from storage.migrate import upgrade


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "thư mục mới?#%20" / "sohoa.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = open_engine(path)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 30_000)],
)
def test_every_connection_is_set_up(engine: Engine, pragma: str, value: object) -> None:
    with reading(engine) as first, reading(engine) as second:
        for connection in (first, second):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_nothing_is_written_when_the_block_fails(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (x)"))
        raise RuntimeError
    with reading(engine) as connection:
        assert not connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 't'")).all()


def test_a_writer_that_waits_too_long_may_try_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.BUSY_SECONDS", 0.05)
    engine = open_engine(path)
    with writing(engine), pytest.raises(CatalogUnavailable, match="locked"), writing(engine):
        pass
    with writing(engine):
        pass
    engine.dispose()


@pytest.mark.parametrize("content", [b"not a database at all" * 100, sqlite3.__name__.encode() * 1000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    engine = open_engine(path)
    with pytest.raises(CatalogUnusable):
        upgrade(engine)
    engine.dispose()
    assert path.read_bytes() == content


def test_a_database_without_our_tables_says_so(path: Path) -> None:
    engine = open_engine(path)
    with pytest.raises(CatalogUnusable, match="no such table"):
        Ledger(engine).batches()
    engine.dispose()


@pytest.mark.parametrize("url", ["", "no address", "nonsense://secret@host/x"])
def test_an_address_nobody_can_use_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(CatalogUnusable) as raised:
        open_engine(url)
    assert "secret" not in str(raised.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((StoreFull, StoreUnavailable), match="file"):
        open_engine(f"sqlite:///{tmp_path}/file/sohoa.db")


def test_a_full_disk_is_reported_and_recovered_from(engine: Engine) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    fill = text("INSERT INTO reuses VALUES ('e', 'r', '', :text, '', '2026-01-01 00:00:00.000000', '[]')")
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 << 10, hard))
    try:
        with pytest.raises((StoreFull, CatalogUnavailable)), writing(engine) as connection:
            connection.execute(fill, {"text": "x" * (1 << 20)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with writing(engine) as connection:
        assert connection.execute(select(schema.reuses)).all() == []
        connection.execute(fill, {"text": "x" * (1 << 20)})


def test_a_database_out_of_pages_is_full(engine: Engine) -> None:
    with pytest.raises(StoreFull), writing(engine) as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.execute(text("CREATE TABLE t AS SELECT zeroblob(1000000)"))


def test_a_read_only_database_cannot_be_written(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "x.db")
    upgrade(engine)
    engine.dispose()
    readonly = open_engine(f"sqlite:///file:{tmp_path}/x.db?mode=ro&uri=true")
    with pytest.raises(StoreFull), writing(readonly) as connection:
        connection.execute(text("DELETE FROM batches"))
    readonly.dispose()


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=lambda table: table.name)
def test_postgresql_takes_the_tables_too(table: Table) -> None:
    sql = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert "DATETIME" not in sql
    assert sql.count("TIMESTAMP") == sql.count("WITH TIME ZONE")


def test_moments_sort_as_time_does(engine: Engine) -> None:
    with reading(engine) as connection:
        assert connection.execute(text("SELECT '2026-01-01 00:00:00.000000' < '2026-01-01 00:00:00.000001'")).scalar()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from storage.engine import open_engine
from storage.ledger import Ledger, NewPaper
from storage.migrate import upgrade
engine = open_engine(Path(sys.argv[1]))
upgrade(engine)
ledger, now = Ledger(engine), datetime.now(UTC)
ledger.open_batch("B", folder=None, expected=None, now=now)
for number in range(10**6):
    values = {"batch": "B", "path": "x", "sha256": "ab" * 32, "bytes": 3, "mode": "fast", "received_at": now}
    paper, _ = ledger.receive(NewPaper(source=f"{number}.pdf", **values))
    print(paper.id, flush=True)
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _ in range(100)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
    engine = open_engine(path)
    kept = {paper.id for paper in Ledger(engine).papers("B")}
    assert {line.strip() for line in acknowledged if line.endswith("\n")} <= kept
    with reading(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()
