"""What time it is, by the database: for several machines whose clocks differ (S3).

Lives here: `DatabaseClock`.
Must not live here: anything that is stored.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from collective_booking.moments import to_datetime

_NOW = {
    "postgresql": "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
    "sqlite": "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000",
}


class DatabaseClock:
    """A `Clock` that asks the database, so that all machines agree when a hold has lapsed (S3).

    >>> from collective_booking.adapters.sql.store import SqlStore
    >>> engine = SqlStore.open("sqlite://").engine
    >>> DatabaseClock(engine).now().utcoffset()
    datetime.timedelta(0)
    >>> engine.dispose()
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def now(self) -> datetime:
        """The database's current time, in UTC."""
        with self.engine.connect() as connection:
            microseconds = connection.scalar(text(_NOW[connection.dialect.name]))
        return to_datetime(int(microseconds or 0)).astimezone(UTC)
