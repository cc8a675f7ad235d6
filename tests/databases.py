"""Databases of their own on the running PostgreSQL, owned by the application's account, gone afterwards."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url


@contextmanager
def own_database(services: Mapping[str, str], *, account: str = "SOHOA_DATABASE_URL") -> Iterator[str]:
    """Lend a new, empty database; return its address with the account that is named by this setting."""
    name = f"sohoa_test_{uuid4().hex[:12]}"
    address = make_url(services[account])
    create_database(services, name, owner=str(address.username))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        drop_database(services, name)


def create_database(services: Mapping[str, str], name: str, *, owner: str) -> None:
    """Create a database."""
    create = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
    _as_administrator(services, create)


def drop_database(services: Mapping[str, str], name: str) -> None:
    """Drop a database, whoever uses it."""
    _as_administrator(services, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _as_administrator(services: Mapping[str, str], statement: sql.Composed) -> None:
    url = re.sub(r"^postgresql\+\w+", "postgresql", services["SOHOA_TEST_DATABASE_ADMIN_URL"])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
