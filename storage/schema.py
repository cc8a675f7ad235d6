"""The tables of ledger and catalogue, in types that SQLite and PostgreSQL share. Changed by migrations only."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

HEAD = "0002"
"""The migration that makes exactly these tables."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        moment = value.astimezone(UTC)
        # SQLite has no zones: its text is UTC by this convention, and sorts as time does.
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Names for constraints, so that a later migration can name what it changes.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _json() -> JSON:
    return JSON(none_as_null=True)


def identifier() -> String:
    """Return the type of identifiers. They sort by their bytes everywhere, whatever language a server speaks."""
    return String(64).with_variant(String(64, collation="C"), "postgresql")


def _id(name: str, *constraints: Any, **options: Any) -> Column[str]:
    return Column(name, identifier(), *constraints, **options)


batches = Table(
    "batches",
    metadata,
    Column("code", String(200), primary_key=True),
    Column("folder", Text),
    Column("state", String(20), nullable=False),
    Column("expected_sheets", Integer),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Index(None, "folder", "state"),
)

papers = Table(
    "papers",
    metadata,
    Column("received", Integer, primary_key=True, autoincrement=True),
    _id("id", nullable=False, unique=True),
    Column("batch", String(200), ForeignKey("batches.code"), nullable=False),
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("bytes", BigInteger, nullable=False),
    Column("sheets", Integer),
    Column("dossier", Text),
    Column("procedure", Text),
    Column("owner_sealed", LargeBinary),
    Column("owner_index", String(64)),
    Column("type_hint", String(64)),
    Column("mode", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", _json()),
    Column("received_at", Moment, nullable=False),
    Column("pages", Integer),
    UniqueConstraint("batch", "source", "sha256"),
)

documents = Table(
    "documents",
    metadata,
    _id("id", primary_key=True),
    _id("paper_id", ForeignKey("papers.id"), nullable=False),
    Column("first_page", Integer, nullable=False),
    Column("last_page", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("waiting_for", String(20)),
    Column("reason", _json()),
    Column("seconds", Float, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("paper_id", "first_page", "last_page"),
)

leases = Table(
    "leases",
    metadata,
    _id("subject", primary_key=True),
    Column("worker", String(200), nullable=False),
    Column("until", Moment, nullable=False),
    Column("seconds", Integer, nullable=False, server_default=text("60")),
)

stages = Table(
    "stages",
    metadata,
    _id("subject", primary_key=True),
    Column("stage", String(40), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("input_hash", String(64)),
    Column("output_hash", String(64)),
    Column("payload", LargeBinary),
    Column("error", _json()),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
)

records = Table(
    "records",
    metadata,
    _id("record_id", primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("type_code", String(64), nullable=False),
    Column("owner_index", String(64)),
    Column("likeness", String(64), index=True),
    Column("received_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "owner_index", "type_code"),
)
"""The newest version of each record. `likeness` is equal where number, symbol, issuer and year are."""

record_files = Table(
    "record_files",
    metadata,
    _id("record_id", ForeignKey("records.record_id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("sha256", String(64), primary_key=True, index=True),
)

reuses = Table(
    "reuses",
    metadata,
    _id("id", primary_key=True),
    _id("record_id", nullable=False, index=True),
    Column("dossier", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("files", _json(), nullable=False),
)
"""No foreign key: the events outlive a catalogue that is being rebuilt."""
