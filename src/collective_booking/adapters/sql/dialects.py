"""Where SQLite and PostgreSQL differ: beginning to write, locking rows, and the names of failures.

Lives here: each difference as one function of the connection or the error.
Must not live here: tables, guards, what is read or written.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import Connection, Insert, Select, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from collective_booking.adapters.sql.guards import OVERLAP


class Failure(Enum):
    """What a database's refusal means for a transaction."""

    OVERLAP = auto()
    """The guard refused a claim (S2)."""
    AGAIN = auto()
    """Others were faster: the same transaction may succeed if it is run again."""
    OTHER = auto()


_AGAIN_ON_POSTGRESQL: Final = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock detected
        "55P03",  # lock not available
    }
)
_WRITTEN_TWICE: Final = frozenset(
    f"cb_{table}_pkey" for table in ("requests", "news", "holds", "appointments")
)
"""Where somebody else may just have written the same: asked again, the transaction finds it."""
_AGAIN_ON_SQLITE: Final = frozenset(
    {
        "SQLITE_BUSY",
        "SQLITE_BUSY_SNAPSHOT",
        "SQLITE_BUSY_RECOVERY",
        "SQLITE_LOCKED",
        "SQLITE_LOCKED_SHAREDCACHE",
    }
)


def failure_of(error: DBAPIError) -> Failure:
    """What *error* means."""
    cause: Any = error.orig
    state = getattr(cause, "sqlstate", None)
    name = getattr(cause, "sqlite_errorname", None)
    met = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if state == "23P01" and met == OVERLAP:
        return Failure.OVERLAP
    if name == "SQLITE_CONSTRAINT_TRIGGER" and OVERLAP in str(cause):
        return Failure.OVERLAP
    if state == "23505" and met in _WRITTEN_TWICE:
        return Failure.AGAIN
    if state in _AGAIN_ON_POSTGRESQL or name in _AGAIN_ON_SQLITE:
        return Failure.AGAIN
    return Failure.OTHER


def begin_reading(connection: Connection) -> None:
    """See to it that several queries see one state: on SQLite the driver does not."""
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN")


def begin_writing(connection: Connection) -> None:
    """Take the right to write before anything is read.

    On SQLite a transaction that reads first can find that it may no longer write. Its driver sends
    no BEGIN by itself before a SELECT or a SAVEPOINT, so it is sent here, unless the transaction of
    a host has begun already. PostgreSQL locks rows, later.
    """
    if connection.dialect.name != "sqlite":
        return
    raw: Any = connection.connection.driver_connection
    if not raw.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def commits_by_itself(connection: Connection) -> bool:
    """Whether each statement is a transaction of its own; on SQLite one is begun all the same."""
    raw: Any = connection.connection.driver_connection
    return connection.dialect.name != "sqlite" and bool(raw.autocommit)


def locking(connection: Connection, query: Select[Any], *, shared: bool = False) -> Select[Any]:
    """*query*, with its rows locked until the transaction ends: for writing, or *shared*."""
    if connection.dialect.name == "sqlite":
        return query  # whoever may write has the whole database
    return query.with_for_update(read=shared, key_share=not shared)


def skipping_locked(connection: Connection, query: Select[Any]) -> Select[Any]:
    """*query*, with its rows locked; those that somebody else has locked are left out."""
    if connection.dialect.name == "sqlite":
        return query
    return query.with_for_update(skip_locked=True)


def inserting_missing(connection: Connection, table: Table) -> Insert:
    """An INSERT into *table* that leaves alone what is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def prepare(engine: Engine, timeout: float) -> None:
    """See to it that connections of our own *engine* to SQLite are fit for several processes.

    Readers never wait for a writer (WAL), writers wait for each other for *timeout* seconds, and
    what is committed is on the disk.
    """

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {int(timeout * 1000)}",
            "journal_mode = WAL",
            "synchronous = FULL",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
