"""The database: opened, used in transactions, and its failures in our words.

SQLite or PostgreSQL, which take the same statements. A writer begins by taking the write lock, so that two
processes wait for each other and neither fails half-way. See docs/decisions/0006-postgresql.md.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, literal_column, make_url, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage import postgresql
from storage.durable import disk_error, make_folder
from storage.errors import CatalogUnavailable, CatalogUnusable, StorageError, StoreFull

BUSY_SECONDS = 30
"""How long a writer waits for another one. A write takes milliseconds; only something stuck lasts so long."""

_WRITES = "sohoa_writes"
_ALONE, _BESIDE = "alone", "beside"


def open_engine(url: str | Path) -> Engine:
    """Return an engine for the path of a SQLite file, `sqlite:///PATH`, or `postgresql://user:password@host/name`.

    It connects on first use, and is for the threads of one process.

    Raises CatalogUnusable for an address nobody can use, StoreFull or StoreUnavailable when the folder of a
    SQLite file cannot be made.
    """
    try:
        address = URL.create("sqlite", database=str(url)) if isinstance(url, Path) else make_url(url)
        if address.get_backend_name() in ("postgresql", "postgres"):
            engine = postgresql.connected(address)
            event.listen(engine, "begin", _begin_postgresql)
            return engine
        if address.get_backend_name() != "sqlite":
            raise CatalogUnusable("it is neither SQLite nor PostgreSQL; check its address in the settings")
        if address.database and address.database != ":memory:":
            make_folder(Path(address.database).resolve().parent)
        engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    except OSError as error:
        raise disk_error(Path(str(address.database)), error) from error
    except (ArgumentError, ImportError) as error:
        # The address may hold a password: it is not repeated.
        raise CatalogUnusable("its address cannot be used; check the setting") from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that may write, with no other writer beside it; committed, and durable, when the block ends.

    Raises:
        CatalogUnavailable: nothing was changed, or (when the answer to the commit was lost) nothing is known.
        CatalogUnusable, StoreFull: nothing was changed.
    """
    with translated(), engine.execution_options(**{_WRITES: _ALONE}).begin() as connection:
        yield connection


@contextmanager
def writing_rows(engine: Engine) -> Iterator[Connection]:
    """Give a transaction like `writing`, for blocks that decide by one row, in the statement that changes it.

    PostgreSQL lets them run side by side, never beside `writing`; SQLite has one writer at a time.
    """
    with translated(), engine.execution_options(**{_WRITES: _BESIDE}).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that sees one state of the database throughout, and waits for no writer."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with translated(), engine.execution_options(**options).begin() as connection:
        yield connection


def current(engine: Engine) -> str | None:
    """Return the newest migration the database has had; None for an empty one."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's own errors into ours. A value that no column takes is a mistake of the caller: ValueError."""
    try:
        yield
    except DataError as error:
        raise ValueError(str(error.orig)) from error
    except DBAPIError as error:
        raise _ours(error) from error
    except StatementError as error:
        raise ValueError(str(error.orig)) from error
    except PoolTimeout as error:
        raise CatalogUnavailable("all connections are in use") from error


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert the row unless its key, or another unique value of it, is there already; return whether it was new."""
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    new: Any = insert(table).values(**values).on_conflict_do_nothing().returning(literal_column("1"))
    return connection.execute(new).first() is not None


def _prepare(dbapi_connection: Any, _record: Any) -> None:
    # None: the driver begins no transactions of its own; _begin does.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    try:
        # First, so that the others wait too.
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        _write_ahead(cursor)
        # FULL: under WAL, NORMAL may lose the last commits with the power, and we have said "received" by then.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten: outputs of stages hold personal data, if encrypted.
        cursor.execute("PRAGMA secure_delete = ON")
    finally:
        cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch to the write-ahead log. A new file is taken whole for that, and SQLite does not wait for its turn here."""
    limit = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > limit:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if writes := connection.get_execution_options().get(_WRITES):
        postgresql.lock(connection, alone=writes == _ALONE)


def _ours(error: DBAPIError) -> StorageError:
    if not isinstance(error.orig, sqlite3.Error):
        return postgresql.ours(error)
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    why = str(error.orig)
    # CANTOPEN: under WAL, even a reader makes files beside the database; on a read-only disk it cannot.
    if name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
        return StoreFull("the database", why)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT", "SQLITE_ERROR")):
        return CatalogUnusable(why)
    if isinstance(error, OperationalError) or name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR")):
        return CatalogUnavailable(why)
    return CatalogUnusable(why)
