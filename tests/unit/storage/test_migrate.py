"""Migrations make exactly the tables of the schema, once, whoever else is at it."""

import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from storage import schema
from storage.engine import open_engine, reading, writing
from storage.errors import CatalogUnusable
from storage.migrate import MIGRATIONS, current, upgrade


def test_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/x.db")
    assert current(engine) is None
    for _ in range(2):
        upgrade(engine)
        assert current(engine) == schema.HEAD
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        made = {table: constraints(inspect(connection), table) for table in schema.metadata.tables}
    engine.dispose()
    fresh = open_engine("sqlite://")
    with writing(fresh) as connection:
        schema.metadata.create_all(connection)
        assert made == {table: constraints(inspect(connection), table) for table in schema.metadata.tables}
    fresh.dispose()


def constraints(inspector: object, table: str) -> list[object]:
    kinds = ("get_pk_constraint", "get_unique_constraints", "get_foreign_keys", "get_indexes")
    return [getattr(inspector, kind)(table) for kind in kinds]


def test_the_schema_names_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == schema.HEAD


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/x.db")
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogUnusable, match="newer version"):
        upgrade(engine)
    assert current(engine) == "9999"
    engine.dispose()


def _upgraded(url: str) -> str | None:
    engine = open_engine(url)
    upgrade(engine)
    return current(engine)


def test_processes_may_migrate_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert set(pool.map(_upgraded, [f"sqlite:///{tmp_path}/x.db"] * 8, chunksize=1)) == {schema.HEAD}
