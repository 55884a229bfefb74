"""Run by Alembic: applies the steps on the connection that open_database() gives."""

from __future__ import annotations

from alembic import context

from storage.database import VERSION_TABLE
from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
