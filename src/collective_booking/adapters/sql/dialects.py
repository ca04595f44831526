"""Where SQLite and PostgreSQL differ: beginning to write, locking rows, and the names of failures.

Lives here: each difference as one function of the connection or the error.
Must not live here: tables, guards, what is read or written.
"""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Insert, Select, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool, SingletonThreadPool, StaticPool

from collective_booking.adapters.sql.guards import OVERLAP, refuse_unguarded
from collective_booking.errors import InvalidValueError, require


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
    """See to it that several queries see one state; neither database does so by itself."""
    if connection.dialect.name == "sqlite":
        _begin(connection, "BEGIN")
    else:
        connection.execution_options(isolation_level="REPEATABLE READ")


def begin_writing(connection: Connection) -> None:
    """Take the right to write before anything is read.

    On SQLite a transaction that reads first can find that it may no longer write. Its driver sends
    no BEGIN by itself before a SELECT or a SAVEPOINT, so it is sent here, unless the transaction of
    a host has begun already. PostgreSQL locks rows, later.

    Raises:
        InvalidValueError: *connection* commits each statement by itself.
    """
    if not connection.in_transaction():
        connection.begin()  # here the engine of a host may send a BEGIN of its own
    if _commits_by_itself(connection):
        advice = "it commits each statement by itself: use one that begins a transaction"
        raise InvalidValueError("the connection", "AUTOCOMMIT", advice)
    if connection.dialect.name == "sqlite":
        _begin(connection, "BEGIN IMMEDIATE")


def _begin(connection: Connection, statement: str) -> None:
    if not connection.in_transaction():
        connection.begin()
    if not _driver(connection).in_transaction:
        connection.exec_driver_sql(statement)


def _commits_by_itself(connection: Connection) -> bool:
    driver = _driver(connection)
    alone = getattr(driver, "autocommit", False) is True  # sqlite3 has a third value
    if connection.dialect.name != "sqlite":
        return alone
    return alone or (driver.isolation_level is None and not driver.in_transaction)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def is_only_connection(connection: Connection) -> bool:
    """Whether the engine of *connection* has no other one, as for SQLite in memory."""
    return isinstance(connection.engine.pool, _ALONE)


class OnlyConnection(QueuePool):
    """One connection, for which all threads take turns: to SQLite in memory there is no other."""


class OnlyAsyncConnection(AsyncAdaptedQueuePool):
    """The same, for tasks."""


_ALONE: Final = (OnlyConnection, OnlyAsyncConnection, SingletonThreadPool, StaticPool)


def address_of(where: str | Path, driver: str) -> URL:
    """The database at *where*, a URL or the path of an SQLite file, which *driver* opens.

    Raises:
        InvalidValueError: *where* is empty, no URL that can be read, a folder, a file in a folder
            that is not there, or a database whose driver is not installed.
        UnguardedStoreError: it is neither SQLite nor PostgreSQL.
    """
    require("where", where, str | Path, "a path or a database URL")
    if not str(where):
        raise InvalidValueError("where", "", "write a path, or sqlite:// to keep it in memory")
    is_url = isinstance(where, str) and "://" in where
    try:
        url = make_url(str(where) if is_url else f"{driver}:///{where}")
    except (ArgumentError, ValueError):  # their words would show the password
        advice = "write one like postgresql+psycopg://user@host/database"
        raise InvalidValueError("where", "(not shown)", advice) from None
    refuse_unguarded(url.get_backend_name())
    is_file = url.get_backend_name() == "sqlite" and not (url.database or "").startswith("file:")
    if is_file and not Path(url.database or "").parent.is_dir():
        raise InvalidValueError("where", url.database, "its folder is not there: make it first")
    if is_file and url.database and Path(url.database).is_dir():
        raise InvalidValueError("where", url.database, "it is a folder: name a file in it")
    try:
        url.get_dialect().import_dbapi()
    except ModuleNotFoundError as missing:
        advice = f"{missing.name} is not installed: pip install 'collective-booking[postgres]'"
        raise InvalidValueError("where", url.drivername, advice) from missing
    return url


def pooling(url: URL) -> dict[str, Any]:
    """How an engine of *url* has to keep its connections, where that is not the usual way."""
    if url.get_backend_name() != "sqlite" or url.database not in {None, "", ":memory:"}:
        return {}
    is_async = url.get_driver_name() == "aiosqlite"
    return {
        "poolclass": OnlyAsyncConnection if is_async else OnlyConnection,
        "pool_size": 1,
        "max_overflow": 0,
        "connect_args": {"check_same_thread": False},
    }


def locking(query: Select[Any], *, shared: bool = False) -> Select[Any]:
    """*query*, with its rows locked until the transaction ends: for writing, or *shared*.

    For SQLite it is written without locks: whoever may write has the whole database.
    """
    return query.with_for_update(read=shared, key_share=not shared)


def skipping_locked(query: Select[Any]) -> Select[Any]:
    """*query*, with its rows locked; those that somebody else has locked are left out."""
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
