"""The store in a database, awaited: the same statements over an async engine.

Lives here: `AsyncSqlStore`, and joining a host's own async transaction (S5).
Must not live here: queries and statements (they are in `reading`, `saving`, `writing` and
`delivering`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from collective_booking.adapters.sql import delivering, reading, saving, writing
from collective_booking.adapters.sql.dialects import (
    Failure,
    address_of,
    begin_reading,
    begin_writing,
    failure_of,
    pooling,
    prepare,
)
from collective_booking.adapters.sql.guards import check_guards, create_all
from collective_booking.adapters.sql.reading import Calendars
from collective_booking.adapters.sql.store import (
    PATIENCE,
    TRIES,
    committed_within,
    joined,
    reads_within,
    refuse_delivering,
    retry_or_raise,
)
from collective_booking.appointments import Appointment
from collective_booking.calendars import CollectiveCalendar
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Taken,
    overlap,
)
from collective_booking.effects import Attempted, Effect
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.slots import Admission

T = TypeVar("T")


class AsyncSqlStore:
    """An `AsyncBookingStore` in SQLite (aiosqlite) or PostgreSQL (psycopg); see `SqlStore`.

    >>> import asyncio
    >>> async def stored() -> int:
    ...     store = await AsyncSqlStore.open("sqlite+aiosqlite://")
    ...     await store.create()  # what is there already is left as it is
    ...     async with store.engine.begin() as connection:
    ...         joined = store.within(connection)  # for a service that books in this transaction
    ...     year = Interval.from_isoformat("2026-01-01T00Z/2027-01-01T00Z")
    ...     found = await store.appointments("default", year)
    ...     await store.close()
    ...     return len(found)
    >>> asyncio.run(stored())
    0
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._known = Calendars()
        self._guarded = False

    @classmethod
    async def open(cls, where: str | Path) -> AsyncSqlStore:
        """The store at *where*, a path of an SQLite file or an async database URL.

        Raises:
            InvalidValueError: *where* is no place of a database, or its driver is not installed.
            UnguardedStoreError: it is neither SQLite nor PostgreSQL.
        """
        address = address_of(where, "sqlite+aiosqlite")
        engine = create_async_engine(address, **pooling(address))
        if engine.dialect.name == "sqlite":
            prepare(engine.sync_engine, PATIENCE)
        store = cls(engine)
        await store.create()
        return store

    async def create(self) -> None:
        """Make the tables and the guards that are missing; see `SqlStore.create`."""
        await self._write(create_all, guarded=False)

    async def close(self) -> None:
        """Let go of the database: of all connections that are not in use."""
        await self.engine.dispose()

    def within(self, connection: AsyncConnection) -> AsyncJoinedStore:
        """This store, writing in the transaction that *connection* has begun, or begins (S5)."""
        return AsyncJoinedStore(self, connection)

    # --- calendars ------------------------------------------------------------------------------

    async def save_calendar(
        self, tenant: str, calendar: CollectiveCalendar, version: int | None, now: datetime
    ) -> SavedCalendar:
        """Store *calendar*; see `ports.BookingStore`."""
        arguments = (tenant, calendar, version, now)
        return await self._write(saving.save_calendar, self._known, *arguments)

    async def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        """Read a calendar; see `ports.BookingStore`."""
        return await self._read(reading.calendar, self._known, tenant, slug)

    async def taken(
        self, tenant: str, slug: str, members: Sequence[str], window: Interval, now: datetime
    ) -> Taken:
        """Read what is taken; see `ports.BookingStore`."""
        return await self._read(reading.taken, tenant, slug, members, window, now)

    # --- holds and appointments -----------------------------------------------------------------

    async def outcome(self, tenant: str, request: Request) -> Outcome | None:
        """Read what a request came to; see `ports.BookingStore`."""
        return await self._read(reading.outcome, tenant, request)

    async def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        """Write *draft* if it may be; see `ports.BookingStore`."""
        try:
            return await self._write(writing.commit, draft, admit)
        except DBAPIError as error:
            if failure_of(error) is not Failure.OVERLAP:
                raise
            met = await self._read(writing.in_the_way, draft)
            raise overlap(draft.subject.slot, met) from error

    async def hold(self, tenant: str, id: str) -> Hold:
        """Read a hold; see `ports.BookingStore`."""
        return await self._read(reading.hold, self._known, tenant, id)

    async def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        """Read an appointment; see `ports.BookingStore`."""
        return await self._read(reading.appointment, self._known, tenant, id, version)

    async def appointments(
        self, tenant: str, window: Interval, slug: str | None = None
    ) -> tuple[Appointment, ...]:
        """Read appointments; see `ports.BookingStore`."""
        return await self._read(reading.appointments_in, self._known, tenant, window, slug)

    async def unfinished(self, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
        """Read which holds need something; see `ports.BookingStore`."""
        return await self._read(reading.unfinished, tenant, now, limit)

    # --- the outbox -----------------------------------------------------------------------------

    async def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        """Lease effects that are due; see `ports.BookingStore`."""
        return await self._write(delivering.take_effects, tenant, now, until, limit)

    async def attempted(self, attempted: Attempted) -> None:
        """Record a try; see `ports.BookingStore`."""
        await self._write(delivering.attempted, attempted)

    async def undelivered(self, tenant: str) -> tuple[Effect, ...]:
        """Read what has failed; see `ports.BookingStore`."""
        return await self._read(reading.undelivered, tenant)

    async def retry(self, tenant: str, key: str, now: datetime) -> None:
        """Make a failed effect due; see `ports.BookingStore`."""
        await self._write(delivering.retry, tenant, key, now)

    async def forget(self, tenant: str, before: datetime) -> None:
        """Delete what need not be remembered; see `ports.BookingStore`."""
        await self._write(delivering.forget, tenant, before)

    # --- transactions ---------------------------------------------------------------------------

    async def _read(self, operation: Callable[..., T], *arguments: Any) -> T:
        async with self.engine.connect() as connection:
            await connection.run_sync(begin_reading)
            found = await connection.run_sync(self._guarded_run, operation, *arguments)
            await connection.commit()  # psycopg forgets what it has prepared at each rollback
            return found

    async def _write(self, operation: Callable[..., T], *arguments: Any, guarded: bool = True) -> T:
        run = self._guarded_run if guarded else _run
        for tried in range(1, TRIES + 1):
            try:
                async with self.engine.begin() as connection:
                    await connection.run_sync(begin_writing)
                    return await connection.run_sync(run, operation, *arguments)
            except DBAPIError as error:
                retry_or_raise(error, tried)
        raise AssertionError  # the last try has raised

    def _guarded_run(
        self, connection: Connection, operation: Callable[..., T], *arguments: Any
    ) -> T:
        if not self._guarded:
            check_guards(connection)
            self._guarded = True
        return operation(connection, *arguments)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.engine.url.render_as_string()}>"


def _run(connection: Connection, operation: Callable[..., T], *arguments: Any) -> T:
    return operation(connection, *arguments)


class AsyncJoinedStore(AsyncSqlStore):
    """An `AsyncSqlStore` whose commits are part of a host's own transaction; see `JoinedStore`.

    >>> import asyncio
    >>> async def joined() -> bool:
    ...     store = await AsyncSqlStore.open("sqlite+aiosqlite://")
    ...     async with store.engine.begin() as connection:
    ...         own = store.within(connection)  # for a service that books in this transaction
    ...     await store.engine.dispose()
    ...     return isinstance(own, AsyncJoinedStore)
    >>> asyncio.run(joined())
    True
    """

    def __init__(self, store: AsyncSqlStore, connection: AsyncConnection) -> None:
        super().__init__(store.engine)
        self._known, self._guarded = store._known, store._guarded
        self._connection = connection

    async def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        """Write *draft* in the host's transaction; see `ports.BookingStore`."""
        return await self._connection.run_sync(committed_within, draft, admit)

    async def _read(self, operation: Callable[..., T], *arguments: Any) -> T:
        connection = self._connection
        refuse_delivering(operation)
        if not await connection.run_sync(reads_within):
            return await super()._read(operation, *arguments)
        return await connection.run_sync(joined, self._guarded_run, operation, *arguments)

    async def _write(self, operation: Callable[..., T], *arguments: Any, guarded: bool = True) -> T:  # noqa: ARG002  # the reads see to it
        refuse_delivering(operation)
        return await self._connection.run_sync(joined, operation, *arguments)
