"""The store in a database: each duty of `ports.BookingStore` as one transaction.

Lives here: `SqlStore` for SQLite and PostgreSQL, and joining a host's own transaction (S5).
Must not live here: queries and statements (they are in `reading`, `saving`, `writing` and
`delivering`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakSet, finalize

from sqlalchemy import Connection, Engine, RootTransaction, create_engine
from sqlalchemy.exc import DBAPIError

from collective_booking.adapters.sql import delivering, reading, saving, writing
from collective_booking.adapters.sql.dialects import (
    Failure,
    address_of,
    begin_reading,
    begin_writing,
    failure_of,
    is_only_connection,
    pooling,
    prepare,
)
from collective_booking.adapters.sql.guards import check_guards, create_all
from collective_booking.adapters.sql.reading import Calendars
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
from collective_booking.errors import OwnTransactionError, RetryTransactionError
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.slots import Admission

P = ParamSpec("P")
T = TypeVar("T")

TRIES: Final = 5
"""How often a transaction that lost against others is run again before the caller is told."""
PATIENCE: Final = 30.0
"""How many seconds a writer waits for others on SQLite, where one writes at a time."""


class SqlStore:
    """A `BookingStore` in SQLite or PostgreSQL, over an engine of the host's (extra `sql`).

    Any number of processes and threads may use one database. The tables and guards must be there:
    `create` makes them, or a migration of the host's does. `open` does all of that for a file.

    >>> store = SqlStore(create_engine("sqlite://"))
    >>> store.create()  # what is there already is left as it is
    >>> store.appointments("default", Interval.from_isoformat("2026-01-01T00Z/2027-01-01T00Z"))
    ()
    >>> store.close()
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known = Calendars()
        self._guarded = False

    @classmethod
    def open(cls, where: str | Path) -> SqlStore:
        """The store at *where*, a path of an SQLite file or a database URL; made if need be.

        SQLite is set up so that several processes can share the file, and so that nothing that was
        acknowledged is lost when the machine fails.

        Raises:
            InvalidValueError: *where* is no place of a database, or its driver is not installed.
            UnguardedStoreError: it is neither SQLite nor PostgreSQL.

        >>> store = SqlStore.open("sqlite://")  # in memory, gone with this process
        >>> store.close()
        """
        address = address_of(where, "sqlite")
        engine = create_engine(address, **pooling(address))
        if engine.dialect.name == "sqlite":
            prepare(engine, PATIENCE)
        store = cls(engine)
        finalize(store, engine.dispose)  # the engine is ours, so nobody else closes it
        store.create()
        return store

    def create(self) -> None:
        """Make the tables and the guards that are missing.

        Raises:
            UnguardedStoreError: the database is neither SQLite nor PostgreSQL.
        """
        self._write(create_all, guarded=False)

    def close(self) -> None:
        """Let go of the database: of all connections that are not in use."""
        self.engine.dispose()

    def within(self, connection: Connection) -> JoinedStore:
        """This store, writing in the transaction that *connection* has begun, or begins (S5).

        >>> store = SqlStore.open("sqlite://")
        >>> with store.engine.begin() as connection:
        ...     joined = store.within(connection)
        >>> joined
        <JoinedStore at sqlite://>
        >>> store.close()
        """
        return JoinedStore(self, connection)

    # --- calendars ------------------------------------------------------------------------------

    def save_calendar(
        self, tenant: str, calendar: CollectiveCalendar, version: int | None, now: datetime
    ) -> SavedCalendar:
        """Store *calendar*; see `ports.BookingStore`."""
        arguments = (tenant, calendar, version, now)
        return self._write(saving.save_calendar, self._known, *arguments)

    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        """Read a calendar; see `ports.BookingStore`."""
        return self._read(reading.calendar, self._known, tenant, slug)

    def taken(
        self, tenant: str, slug: str, members: Sequence[str], window: Interval, now: datetime
    ) -> Taken:
        """Read what is taken; see `ports.BookingStore`."""
        return self._read(reading.taken, tenant, slug, members, window, now)

    # --- holds and appointments -----------------------------------------------------------------

    def outcome(self, tenant: str, request: Request) -> Outcome | None:
        """Read what a request came to; see `ports.BookingStore`."""
        return self._read(reading.outcome, tenant, request)

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        """Write *draft* if it may be; see `ports.BookingStore`."""
        try:
            return self._write(writing.commit, draft, admit)
        except DBAPIError as error:
            if failure_of(error) is not Failure.OVERLAP:
                raise
            met = self._read(writing.in_the_way, draft)
            raise overlap(draft.subject.slot, met) from error

    def hold(self, tenant: str, id: str) -> Hold:
        """Read a hold; see `ports.BookingStore`."""
        return self._read(reading.hold, self._known, tenant, id)

    def appointment(self, tenant: str, id: str, version: int | None = None) -> Appointment:
        """Read an appointment; see `ports.BookingStore`."""
        return self._read(reading.appointment, self._known, tenant, id, version)

    def appointments(
        self, tenant: str, window: Interval, slug: str | None = None
    ) -> tuple[Appointment, ...]:
        """Read appointments; see `ports.BookingStore`."""
        return self._read(reading.appointments_in, self._known, tenant, window, slug)

    def unfinished(self, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
        """Read which holds need something; see `ports.BookingStore`."""
        return self._read(reading.unfinished, tenant, now, limit)

    # --- the outbox -----------------------------------------------------------------------------

    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        """Lease effects that are due; see `ports.BookingStore`."""
        return self._write(delivering.take_effects, tenant, now, until, limit)

    def attempted(self, attempted: Attempted) -> None:
        """Record a try; see `ports.BookingStore`."""
        self._write(delivering.attempted, attempted)

    def undelivered(self, tenant: str) -> tuple[Effect, ...]:
        """Read what has failed; see `ports.BookingStore`."""
        return self._read(reading.undelivered, tenant)

    def retry(self, tenant: str, key: str, now: datetime) -> None:
        """Make a failed effect due; see `ports.BookingStore`."""
        self._write(delivering.retry, tenant, key, now)

    def forget(self, tenant: str, before: datetime) -> None:
        """Delete what need not be remembered; see `ports.BookingStore`."""
        self._write(delivering.forget, tenant, before)

    # --- transactions ---------------------------------------------------------------------------

    def _read(
        self,
        operation: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        with self.engine.connect() as connection:
            begin_reading(connection)
            self._see_guards(connection)
            found = operation(connection, *args, **kwargs)
            connection.commit()  # psycopg forgets what it has prepared at each rollback
            return found

    def _write(self, operation: Callable[..., T], *arguments: Any, guarded: bool = True) -> T:
        for tried in range(1, TRIES + 1):
            try:
                with self.engine.begin() as connection:
                    begin_writing(connection)
                    if guarded:
                        self._see_guards(connection)
                    return operation(connection, *arguments)
            except DBAPIError as error:
                retry_or_raise(error, tried)
        raise AssertionError  # the last try has raised

    def _see_guards(self, connection: Connection) -> None:
        if not self._guarded:
            check_guards(connection)
            self._guarded = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.engine.url.render_as_string()}>"


def retry_or_raise(error: DBAPIError, tried: int) -> None:
    """Return where the transaction may be *tried* again.

    Raises:
        RetryTransactionError: it was tried often enough.
        DBAPIError: *error* itself, where trying again will not help.
    """
    if failure_of(error) is not Failure.AGAIN:
        raise error
    if tried >= TRIES:
        raise RetryTransactionError(str(error.orig)) from error


class JoinedStore(SqlStore):
    """An `SqlStore` whose commits are part of a host's own transaction (S5); see `SqlStore.within`.

    Until the first commit of such a store it reads over connections of its own, so that no
    transaction is open while calendars are asked (but for SQLite in memory, where there is no
    other); after it, in the transaction, where what was written is seen. Whoever commits or rolls
    back is the host.
    Commands that call others between two commits (payments, a refund, settling, delivering) refuse
    to run.

    >>> from collective_booking.testing.samples import KIM, MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> store = SqlStore.open("sqlite://")
    >>> service = sandbox(calendar(), store=store)
    >>> with store.engine.connect() as connection:
    ...     joined = sandbox(store=store.within(connection))
    ...     booked = joined.book("sales-call", at("10:00"), KIM)
    ...     connection.rollback()  # what the host undoes has never been
    >>> service.agenda(MONDAY)
    ()
    >>> store.close()
    """

    def __init__(self, store: SqlStore, connection: Connection) -> None:
        super().__init__(store.engine)
        self._known, self._guarded = store._known, store._guarded
        self._store = store  # whose engine this is: it stays open as long as this one is used
        self._connection = connection

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        """Write *draft* in the host's transaction; see `ports.BookingStore`."""
        return committed_within(self._connection, draft, admit)

    def _read(
        self,
        operation: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        refuse_delivering(operation)
        if not reads_within(self._connection):
            return super()._read(operation, *args, **kwargs)
        self._see_guards(self._connection)
        return joined(self._connection, operation, *args, **kwargs)

    def _write(self, operation: Callable[..., T], *arguments: Any, guarded: bool = True) -> T:  # noqa: ARG002  # the reads see to it
        refuse_delivering(operation)
        return joined(self._connection, operation, *arguments)


def refuse_delivering(operation: object) -> None:
    """Refuse what belongs to settling and delivering: that calls others between two commits.

    Raises:
        OwnTransactionError: *operation* does.
    """
    if operation is reading.unfinished:
        raise OwnTransactionError("settling payments")
    if operation in {delivering.take_effects, delivering.attempted, delivering.forget}:
        raise OwnTransactionError("delivering")


_WRITTEN: Final[WeakSet[RootTransaction]] = WeakSet()
"""The transactions of hosts in which something of ours was written."""


def reads_within(connection: Connection) -> bool:
    """Whether what is read has to be read in the transaction of *connection*, and nowhere else."""
    return is_only_connection(connection) or connection.get_transaction() in _WRITTEN


def committed_within(
    connection: Connection, draft: Draft, admit: Admission | None
) -> Outcome | None:
    """Commit *draft* as a part of the transaction of *connection*.

    Raises:
        OwnTransactionError: a gateway is called after it.
    """
    if draft.pays:
        raise OwnTransactionError("paying")
    try:
        known = joined(connection, writing.commit, draft, admit)
    except DBAPIError as error:
        if failure_of(error) is not Failure.OVERLAP:
            raise
        raise overlap(draft.subject.slot, writing.in_the_way(connection, draft)) from error
    if begun := connection.get_transaction():
        _WRITTEN.add(begun)
    return known


def joined(
    connection: Connection,
    operation: Callable[Concatenate[Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run *operation* so that a refusal leaves the transaction of *connection* usable.

    Raises:
        RetryTransactionError: the database gave the whole transaction up.
        InvalidValueError: *connection* commits each statement by itself.
    """
    try:
        begin_writing(connection)
        with _savepoint(connection):
            return operation(connection, *args, **kwargs)
    except DBAPIError as error:
        if failure_of(error) is Failure.AGAIN:
            raise RetryTransactionError(str(error.orig)) from error
        raise


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    savepoint = connection.begin_nested()
    try:
        yield
    except BaseException:
        # A full disk ends the whole transaction on SQLite; that is no lost savepoint.
        with suppress(DBAPIError):
            savepoint.rollback()
        raise
    savepoint.commit()
