"""Migrations make exactly the tables of the schema, on either database, once, whoever else is at it."""

import multiprocessing
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text

from storage import schema
from storage.engine import open_engine, reading, writing
from storage.errors import CatalogUnusable
from storage.ledger import Ledger
from storage.migrate import MIGRATIONS, current, upgrade
from tests.contract.given import NOW


@pytest.fixture
def empty(new_url: str) -> Iterator[Engine]:
    """Return a database in which nothing is."""
    engine = open_engine(new_url)
    yield engine
    engine.dispose()


def constraints(engine: Engine) -> dict[str, list[object]]:
    kinds = ("get_pk_constraint", "get_unique_constraints", "get_foreign_keys", "get_indexes")
    with reading(engine) as connection:
        inspector = inspect(connection)
        return {table: [getattr(inspector, kind)(table) for kind in kinds] for table in schema.metadata.tables}


def test_migrations_make_the_tables_of_the_schema(empty: Engine) -> None:
    assert current(empty) is None
    for _ in range(2):
        upgrade(empty)
        assert current(empty) == schema.HEAD
    with reading(empty) as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    made = constraints(empty)
    with writing(empty) as connection:
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection)
    assert made == constraints(empty)


def test_an_empty_database_is_made_again_after_its_tables_were_dropped(empty: Engine) -> None:
    upgrade(empty)
    with writing(empty) as connection:
        schema.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    assert current(empty) is None
    upgrade(empty)
    assert Ledger(empty).batches() == []


def test_what_an_older_version_wrote_is_kept(empty: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(empty) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        lease = schema.leases.insert().values(subject="p", worker="one", until=NOW)
        connection.execute(lease.inline())
    upgrade(empty)
    with reading(empty) as connection:
        row = connection.execute(select(schema.leases)).one()
    assert (row.subject, row.worker, row.until, row.seconds) == ("p", "one", NOW, 60)


def test_identifiers_sort_by_their_bytes(empty: Engine) -> None:
    upgrade(empty)
    subjects = ["0a", "a0", "nh", "nz", "z9"]
    ledger = Ledger(empty)
    for subject in reversed(subjects):
        ledger.claim(subject, worker="w", seconds=60, now=NOW)
    with reading(empty) as connection:
        query = select(schema.leases.c.subject).order_by(schema.leases.c.subject)
        assert list(connection.execute(query).scalars()) == subjects


def test_the_schema_names_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == schema.HEAD


def test_a_database_of_a_newer_version_is_refused_and_left_alone(empty: Engine) -> None:
    upgrade(empty)
    with writing(empty) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogUnusable, match="newer version"):
        upgrade(empty)
    assert current(empty) == "9999"


def _upgraded(url: str) -> str | None:
    engine = open_engine(url)
    upgrade(engine)
    return current(engine)


def test_processes_may_migrate_at_once(new_url: str) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert set(pool.map(_upgraded, [new_url] * 8, chunksize=1)) == {schema.HEAD}
