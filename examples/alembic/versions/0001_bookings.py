"""Create the tables of bookings, and the guard that refuses overlaps.

After a later migration that recreates `cb_claims` (as Alembic's batch mode does on SQLite), call
`install_guards` again: triggers do not survive that.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from collective_booking.adapters.sql import install_guards, metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what `SqlStore` needs."""
    metadata.create_all(op.get_bind())
    install_guards(op.get_bind())


def downgrade() -> None:
    """Drop all of it, with every booking."""
    metadata.drop_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().execute(text("DROP TYPE IF EXISTS cb_textrange"))
