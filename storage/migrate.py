"""Brings a database to the tables of schema.py, whatever version made it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, text

from storage.engine import current, writing
from storage.errors import CatalogUnusable
from storage.schema import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Apply the migrations that are missing, all or none. Safe to repeat, also by several processes at once.

    Raises:
        CatalogUnusable: the file is no database, or was made by a newer version; nothing was changed.
        CatalogUnavailable: nothing was changed, or nothing is known.
    """
    if current(engine) == HEAD:
        return
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        # The lock is taken first: of two processes, the second finds nothing left to do.
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise CatalogUnusable(f"it was made by a newer version of this program ({error})") from error
