"""How a host's own migrations see the tables of bookings: one `MetaData` more to look at."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from collective_booking.adapters.sql import metadata

# Yours would be a list: [your_metadata, metadata].
engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
with engine.begin() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
