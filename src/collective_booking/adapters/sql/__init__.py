"""Bookings in a database: SQLite for one machine, PostgreSQL for any number (extra `sql`).

Lives here: the store, its tables and its guards.
Must not live here: decisions: what a store may write is asked of `drafts.decide` (S1).
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("sqlalchemy") is None:
    raise ImportError("the store needs SQLAlchemy: pip install 'collective-booking[sql]'")

from collective_booking.adapters.sql.clock import DatabaseClock
from collective_booking.adapters.sql.guards import check_guards, create_all, install_guards
from collective_booking.adapters.sql.store import JoinedStore, SqlStore
from collective_booking.adapters.sql.tables import metadata

__all__ = [
    "AsyncSqlStore",
    "DatabaseClock",
    "JoinedStore",
    "SqlStore",
    "check_guards",
    "create_all",
    "install_guards",
    "metadata",
]


def __getattr__(name: str) -> object:
    if (
        name == "AsyncSqlStore"
    ):  # loads asyncio and greenlet, which a synchronous host need not have
        from collective_booking.adapters.sql.async_store import AsyncSqlStore  # noqa: PLC0415

        return AsyncSqlStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
