"""The last word on overlaps: what the database itself refuses, whatever was asked before (S2).

Lives here: installing these guards, and telling whether they are there.
Must not live here: buffers and caps, which are asked under the lock and not guarded.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from collective_booking.adapters.sql.tables import metadata
from collective_booking.errors import UnguardedStoreError

OVERLAP: Final = "cb_claims_no_overlap"
"""The name of the guard in either database, by which its refusals are known."""

# Concurrent installers wait for each other: CREATE TYPE knows no IF NOT EXISTS.
_INSTALLING: Final = 6_203_887_941_520_113

_TYPE: Final = "SELECT 1 FROM pg_type WHERE typname = 'cb_textrange' AND pg_type_is_visible(oid)"
_CONSTRAINT: Final = (
    f"SELECT 1 FROM pg_constraint WHERE conname = '{OVERLAP}' AND contype = 'x' "
    "AND conrelid = to_regclass('cb_claims') AND convalidated"
)
_TRIGGERS: Final = (
    "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'cb_claims' "
    f"AND name IN ('{OVERLAP}', '{OVERLAP}_moved')"
)

# Time first: a time excludes more claims than a tenant does, and the index is half as deep to read.
_EXCLUDE: Final = f"""
ALTER TABLE cb_claims ADD CONSTRAINT {OVERLAP} EXCLUDE USING gist (
    int8range(start_us, end_us) WITH &&,
    cb_textrange(member, member, '[]') WITH &&,
    cb_textrange(tenant, tenant, '[]') WITH &&
) WHERE (exclusive = 1)
"""

# The exclusive claims of a member never overlap, so of those that begin before the new one ends
# the last one also ends last: if even that has ended, all have.
_REFUSE: Final = f"""
WHEN NEW.exclusive = 1 AND NEW.start_us < (
    SELECT end_us FROM cb_claims
    WHERE tenant = NEW.tenant AND member = NEW.member AND exclusive = 1
      AND start_us < NEW.end_us AND id <> NEW.id
    ORDER BY start_us DESC LIMIT 1
)
BEGIN SELECT RAISE(ABORT, '{OVERLAP}'); END
"""
_TIME: Final = "tenant, member, id, start_us, end_us, exclusive"
_ON_SQLITE: Final = (
    f"CREATE TRIGGER IF NOT EXISTS {OVERLAP} BEFORE INSERT ON cb_claims {_REFUSE}",
    f"CREATE TRIGGER IF NOT EXISTS {OVERLAP}_moved BEFORE UPDATE OF {_TIME} ON cb_claims {_REFUSE}",
)


def create_all(connection: Connection) -> None:
    """Create the tables that are missing, and install the guards; again, it changes nothing.

    Raises:
        UnguardedStoreError: the database is neither SQLite nor PostgreSQL.
    """
    _alone(connection)
    metadata.create_all(connection)
    install_guards(connection)


def install_guards(connection: Connection) -> None:
    """Install what refuses overlapping claims; again, it changes nothing.

    For a migration of a host's own: after the tables are created, and again after a migration that
    recreates `cb_claims` (on SQLite that silently drops triggers).

    Raises:
        UnguardedStoreError: the database is neither SQLite nor PostgreSQL.
    """
    if connection.dialect.name == "sqlite":
        for statement in _ON_SQLITE:
            connection.execute(text(statement))
        return
    _alone(connection)
    if connection.scalar(text(_TYPE)) is None:
        connection.execute(
            text('CREATE TYPE cb_textrange AS RANGE (subtype = text, collation = "C")')
        )
    if connection.scalar(text(_CONSTRAINT)) is None:
        connection.execute(text(_EXCLUDE))


def check_guards(connection: Connection) -> None:
    """See that the guards are there.

    Raises:
        UnguardedStoreError: one is missing, or the database is neither SQLite nor PostgreSQL.
    """
    asked = {"sqlite": _TRIGGERS, "postgresql": _CONSTRAINT}.get(_known(connection))
    if not connection.scalar(text(asked or "")):
        raise UnguardedStoreError(f"the guard {OVERLAP} on cb_claims")


def _alone(connection: Connection) -> None:
    """Wait for whoever else installs the same, until this transaction ends."""
    if _known(connection) == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _INSTALLING})


def _known(connection: Connection) -> str:
    name = connection.dialect.name
    if name not in {"sqlite", "postgresql"}:
        raise UnguardedStoreError(f"a guard for {name}: use PostgreSQL or SQLite")
    return name
