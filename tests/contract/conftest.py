"""The databases that ledger and catalogue must keep their promises on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from storage import schema
from storage.engine import open_engine, writing
from storage.ledger import Ledger
from storage.migrate import upgrade
from tests.contract.given import NOW
from tests.databases import own_database

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))]


@pytest.fixture(scope="session")
def postgresql_url(services: dict[str, str]) -> Iterator[str]:
    """Return the address of the database that all tests on PostgreSQL share, one after the other."""
    with own_database(services) as url:
        yield url


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Return the kind of database the test runs on."""
    return str(request.param)


@pytest.fixture
def new_url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a database in which nothing is, not even tables."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db"
        return
    with own_database(request.getfixturevalue("services")) as url:
        yield url


@pytest.fixture
def url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Return the address of a database with empty tables, or, on SQLite, with none yet."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    url = str(request.getfixturevalue("postgresql_url"))
    engine = open_engine(url)
    upgrade(engine)
    with writing(engine) as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(delete(table))
    engine.dispose()
    return url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Return the database with empty tables."""
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    """Return a ledger with an open batch, B."""
    ledger = Ledger(engine)
    ledger.open_batch("B", folder="/scans/b", expected=None, now=NOW)
    return ledger
