"""PostgreSQL: how it is connected to, how its transactions begin, and its failures in our words."""

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from storage.errors import CatalogUnavailable, CatalogUnusable, StorageError, StoreFull

LOCK = 0x736F686F61
"""Key of the advisory lock that writers take, in the database that is ours: "sohoa"."""

WAIT_SECONDS = 30
"""How long a connection, a lock or a free connection is waited for."""

STATEMENT_SECONDS = 300
"""The longest statement there is, deleting a large catalogue, takes seconds."""

_SILENT_SECONDS = 60
"""After how long a transaction whose process says nothing is ended by the server, and what it held is free."""

_SESSION = {
    "lock_timeout": f"{WAIT_SECONDS}s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{_SILENT_SECONDS}s",
    # A host that vanished must not keep its locks until the network stack gives up, in hours.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

_CONNECT = {
    "connect_timeout": 10,
    "application_name": "sohoa",
    "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": WAIT_SECONDS * 1000,
}

_FULL = ("53100", "25006")
"""disk_full; read_only_sql_transaction: a standby, or a server put into read-only mode."""

_UNAVAILABLE = ("08", "25P03", "40", "53", "55P03", "57", "58")
"""Connection lost; silent for too long; serialization failure and deadlock; resources; lock timeout; shutdown; disk."""

_REFUSED = ("password authentication failed", "no password supplied", "does not exist", "pg_hba.conf", "not permitted")
"""What the server says when it does not let us in, which waiting will not change. It gives no code at that point."""


def connected(address: URL) -> Engine:
    """Return an engine for a `postgresql://` address, over psycopg 3 whatever driver the address names."""
    return create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args=_CONNECT,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_timeout=WAIT_SECONDS,
        hide_parameters=True,
    )


def lock(connection: Connection, *, alone: bool) -> None:
    """Wait for the writers' lock: alone, or beside others that do not write alone. Given back with the transaction."""
    kind = "" if alone else "_shared"
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{kind}({LOCK})")


def ours(error: DBAPIError) -> StorageError:
    """Return our word for what the driver raised. The address, which holds a password, is in none of its messages."""
    state = getattr(error.orig, "sqlstate", None) or ""
    why = str(error.orig).partition("\n")[0]
    if state in _FULL:
        return StoreFull("the database", why)
    if state.startswith(_UNAVAILABLE):
        return CatalogUnavailable(why)
    if state or any(words in why for words in _REFUSED):
        return CatalogUnusable(why)
    return CatalogUnavailable(why)
