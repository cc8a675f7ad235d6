"""How the database of ledger and catalogue is, for `sohoa doctor`. Changes nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from storage.engine import current, open_engine, reading
from storage.schema import HEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseHealth:
    """What a PostgreSQL server says of itself."""

    place: str
    """Host, port and name; no account."""
    version: str
    schema: str | None
    """The newest migration it has had; None for an empty one."""
    schema_current: bool
    encrypted: bool
    """Whether this connection is."""
    clock_seconds: float
    """The server's clock less ours, to half the time that the answer took."""


def look_at_database(address: str) -> DatabaseHealth:
    """Return how the PostgreSQL database at this address is.

    Raises CatalogUnavailable or CatalogUnusable.
    """
    engine = open_engine(address)
    try:
        with reading(engine) as connection:
            connection.execute(text("SELECT 1"))
            asked = datetime.now(UTC)
            told = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            answered = datetime.now(UTC)
            version = connection.execute(text("SHOW server_version")).scalar_one()
            encrypted = connection.execute(
                text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            ).scalar_one_or_none()
        schema = current(engine)
    finally:
        engine.dispose()
    url = engine.url
    return DatabaseHealth(
        place=f"{url.host or 'localhost'}:{url.port or 5432}/{url.database}",
        version=str(version),
        schema=schema,
        schema_current=schema == HEAD,
        encrypted=bool(encrypted),
        clock_seconds=(told - (asked + (answered - asked) / 2)).total_seconds(),
    )
