"""Run by Alembic: on the connection that store/migrate.py gives it, inside that connection's transaction."""

from alembic import context

from throughline.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
