"""Alembic's entry: runs the migrations on the connection that `sekisho.store.schema` hands over."""

from __future__ import annotations

from alembic import context

from sekisho.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
