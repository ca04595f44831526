"""The last word on overlaps: what the database itself refuses, whatever was asked before (S2).

Lives here: installing these guards, and telling whether they are there.
Must not live here: buffers and caps, which are asked under the lock and not guarded.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, text

from collective_booking.adapters.sql.tables import metadata
from collective_booking.errors import UnguardedStoreError

OVERLAP: Final = "cb_claims_no_overlap"
"""The name of the guard in either database, by which its refusals are known."""

# Concurrent installers wait for each other: CREATE TYPE knows no IF NOT EXISTS.
_INSTALLING: Final = 6_203_887_941_520_113

# --- PostgreSQL: an exclusion constraint ----------------------------------------------------------

_CREATE_TYPE: Final = 'CREATE TYPE cb_textrange AS RANGE (subtype = text, collation = "C")'

# Time first: a time excludes more claims than a tenant does, and the index is half as deep to read.
_EXCLUDE: Final = """EXCLUDE USING gist (
    int8range(start_us, end_us) WITH &&,
    cb_textrange(member, member, '[]') WITH &&,
    cb_textrange(tenant, tenant, '[]') WITH &&
) WHERE (exclusive = 1)"""
_DEFINITION: Final = (
    "SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c"
    " JOIN pg_index i ON i.indexrelid = c.conindid"
    f" WHERE c.conname = '{OVERLAP}' AND c.contype = 'x'"
    " AND c.conrelid = to_regclass('cb_claims')"
    " AND c.convalidated AND NOT c.condeferred AND i.indisvalid AND i.indisready"
)
_RANGE: Final = (
    "SELECT r.rngsubtype = 'text'::regtype AND c.collname = 'C' FROM pg_range r"
    " JOIN pg_collation c ON c.oid = r.rngcollation"
    " WHERE r.rngtypid = to_regtype('cb_textrange')"
)

# --- SQLite: triggers ----------------------------------------------------------------------------


def _trigger(name: str, when: str, others: str) -> str:
    """A trigger that refuses an exclusive claim which overlaps one of *others*.

    The exclusive claims of a member never overlap, so of those that begin before the new one ends
    the last one also ends last: if even that has ended, all have.
    """
    return f"""CREATE TRIGGER {name} BEFORE {when} ON cb_claims
WHEN NEW.exclusive = 1 AND NEW.start_us < (
    SELECT end_us FROM cb_claims INDEXED BY cb_claims_exclusive
    WHERE tenant = NEW.tenant AND member = NEW.member AND exclusive = 1
      AND start_us < NEW.end_us AND {others}
    ORDER BY start_us DESC LIMIT 1
)
BEGIN SELECT RAISE(ABORT, '{OVERLAP}'); END"""


# An INSERT may replace the row with its key; an UPDATE never meets the row that it changes.
_MOVED: Final = f"{OVERLAP}_moved"
_TRIGGERS: Final = {
    OVERLAP: _trigger(OVERLAP, "INSERT", "id <> NEW.id"),
    _MOVED: _trigger(
        _MOVED,
        "UPDATE OF tenant, member, id, start_us, end_us, exclusive",
        "(tenant, member, id) <> (OLD.tenant, OLD.member, OLD.id)",
    ),
}
_FOUND: Final = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'cb_claims'"
)

# --- installing and checking ---------------------------------------------------------------------

# Where any two of a member overlap, two that begin one after the other do.
_OVERLAPPING: Final = """SELECT tenant, member, other, id FROM (
    SELECT tenant, member, id, start_us, lag(id) OVER side AS other, lag(end_us) OVER side AS ended
    FROM cb_claims WHERE exclusive = 1
    WINDOW side AS (PARTITION BY tenant, member ORDER BY start_us, end_us)
) AS side_by_side WHERE start_us < ended LIMIT 1"""


def create_all(connection: Connection) -> None:
    """Create the tables that are missing, and install the guards; again, it changes nothing.

    Raises:
        UnguardedStoreError: the database is neither SQLite nor PostgreSQL.

    >>> from sqlalchemy import create_engine, inspect
    >>> engine = create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     create_all(connection)
    ...     "cb_claims" in inspect(connection).get_table_names()
    True
    >>> engine.dispose()
    """
    _alone(connection)
    metadata.create_all(connection)
    install_guards(connection)


def install_guards(connection: Connection) -> None:
    """Install what refuses overlapping claims, or repair it; again, it changes nothing.

    For a migration of a host's own: after the tables are created, and again after a migration that
    recreates `cb_claims` (on SQLite that silently drops triggers).

    Raises:
        UnguardedStoreError: the database is neither SQLite nor PostgreSQL, or holds exclusive
            claims that overlap already, which have to be settled first.

    >>> from sqlalchemy import create_engine
    >>> engine = create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     metadata.create_all(connection)  # as a migration would
    ...     install_guards(connection)
    ...     check_guards(connection)
    >>> engine.dispose()
    """
    _alone(connection)
    if connection.dialect.name == "sqlite":
        _install_triggers(connection)
    elif not _is_excluding(connection):
        _install_constraint(connection)


def check_guards(connection: Connection) -> None:
    """See that the guards are there, and are what they should be.

    Raises:
        UnguardedStoreError: one is missing or another, or the database is neither SQLite nor
            PostgreSQL.

    >>> from sqlalchemy import create_engine
    >>> engine = create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     check_guards(connection)
    Traceback (most recent call last):
    collective_booking.errors.UnguardedStoreError: ...
    >>> engine.dispose()
    """
    known = {"sqlite": _has_triggers, "postgresql": _is_excluding}
    if not known[_known(connection)](connection):
        raise UnguardedStoreError(f"the guard {OVERLAP} on cb_claims")


def _install_triggers(connection: Connection) -> None:
    if _has_triggers(connection):
        return
    # A trigger looks at one neighbour: that is right only where claims do not overlap yet.
    _refuse_overlaps(connection)
    for name, wanted in _TRIGGERS.items():
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        connection.execute(text(wanted))


def _install_constraint(connection: Connection) -> None:
    # This locks the table too, so that nobody writes what is not looked at.
    connection.execute(text(f"ALTER TABLE cb_claims DROP CONSTRAINT IF EXISTS {OVERLAP}"))
    _refuse_overlaps(connection)
    if not connection.scalar(text(_RANGE)):
        connection.execute(text("DROP TYPE IF EXISTS cb_textrange"))
        connection.execute(text(_CREATE_TYPE))
    connection.execute(text(f"ALTER TABLE cb_claims ADD CONSTRAINT {OVERLAP} {_EXCLUDE}"))


def _refuse_overlaps(connection: Connection) -> None:
    met = connection.execute(text(_OVERLAPPING)).first()
    if met is not None:
        who = f"{met.other} and {met.id} of {met.member}, tenant {met.tenant}"
        raise UnguardedStoreError(
            f"the guard {OVERLAP}, for claims overlap ({who})",
            "end one, then run install_guards(connection)",
        )


def _has_triggers(connection: Connection) -> bool:
    found = {row.name: row.sql for row in connection.execute(text(_FOUND))}
    return all(_words(found.get(name, "")) == _words(sql) for name, sql in _TRIGGERS.items())


def _is_excluding(connection: Connection) -> bool:
    definition = connection.scalar(text(_DEFINITION))
    right_range = connection.scalar(text(_RANGE))
    return bool(definition and right_range and _words(definition) == _words(_EXCLUDE))


def _words(sql: str) -> str:
    """*sql* in one spelling: without the spaces, casts and schema that a database writes out."""
    bare = re.sub(r"::character varying|::\w+(\(\d+\))?|\s+|\"", "", sql)
    return re.sub(r"\w+\.(?=cb_textrange)|[()]", "", bare).lower()


def _alone(connection: Connection) -> None:
    """Wait for whoever else installs the same, until this transaction ends."""
    if _known(connection) == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _INSTALLING})


def _known(connection: Connection) -> str:
    return refuse_unguarded(connection.dialect.name)


def refuse_unguarded(name: str) -> str:
    """The *name* of a kind of database, if there is a guard for it.

    Raises:
        UnguardedStoreError: it is neither SQLite nor PostgreSQL.
    """
    if name not in {"sqlite", "postgresql"}:
        raise UnguardedStoreError(f"a guard for {name}", "use PostgreSQL or SQLite")
    return name
