"""Runs the migrations on the connection that Rollbook hands over, or on the database of the settings."""

from alembic import context
from sqlalchemy import Connection

from rollbook.persistence import migrations
from rollbook.persistence.tables import metadata
from rollbook.settings import Settings


def run(connection: Connection) -> None:
    """Run what the command asks for in the connection's transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
        transaction_per_migration=False,
        user_module_prefix="types.",
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    migrations.connected(Settings.read().url, run)
