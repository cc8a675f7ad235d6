"""Run by Alembic, from storage.migrate: migrations go through the connection that is handed over."""

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
# No transaction of its own: storage.migrate holds one around all migrations.
context.run_migrations()
