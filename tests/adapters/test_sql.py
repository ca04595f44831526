"""What is special to a database: who opens it first, one state that is read, its clock."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from sqlalchemy import event

from collective_booking.adapters.sql import DatabaseClock, SqlStore
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.errors import InvalidValueError, UnguardedStoreError, WrongTypeError
from collective_booking.reasons import SlotUnavailableError
from collective_booking.service import AsyncBookingService
from collective_booking.testing import FakeClock, FakeProvider
from collective_booking.testing.contracts import ClockContract
from tests.adapters.sql_hosts import Host, application, service
from tests.bookings import HOST, KIM, MONDAY, NOW, SECRET, at, calendar

OPENING: Final = """
import sys
from collective_booking.adapters.sql import SqlStore
from collective_booking.service import AsyncBookingService
from collective_booking.testing import FakeClock, FakeProvider
from tests.adapters.sql_hosts import service
from tests.bookings import MONDAY, calendar
sys.stdin.readline()
store = SqlStore.open(sys.argv[1])
service(store).save_calendar(calendar())
assert service(store).agenda(MONDAY) == ()
store.engine.dispose()
"""


def test_processes_that_open_at_once_make_one_database(url: str) -> None:
    """They wait at a line of input until all of them are ready."""
    opening = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", OPENING, url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    try:
        for each in opening:
            assert each.stdin
            each.stdin.write("go\n")
            each.stdin.flush()
        told = [each.communicate(timeout=120)[1] for each in opening]
    finally:
        for each in opening:
            each.kill()

    assert told == [""] * 6
    store = SqlStore.open(url)
    assert store.calendar("default", "sales-call").version == 1
    store.engine.dispose()


def test_what_is_taken_is_read_of_one_state(host: Host) -> None:
    """Between two of its queries somebody books: neither the claims nor the count tell of it."""
    made = host.service()
    made.save_calendar(calendar())
    url = host.store.engine.url.render_as_string().replace("+aiosqlite", "")
    others = SqlStore.open(url)
    sync = getattr(host.store.engine, "sync_engine", host.store.engine)
    booked: list[Any] = []

    def between(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM cb_claims" in statement and not booked:
            booked.append(service(others).book("sales-call", at("10:00"), KIM))

    def taken() -> Any:
        asked = ("default", "sales-call", ["ana", "ben"], MONDAY, NOW)
        return host.run(host.store.taken(*asked))

    event.listen(sync, "after_cursor_execute", between)
    before = taken()
    after = taken()
    others.engine.dispose()

    assert len(booked) == 1
    assert (len(before.claims), len(before.counted)) == (0, 0)
    assert (len(after.claims), len(after.counted)) == (2, 1)


@pytest.mark.parametrize("face", ["blocking", "awaited"])
def test_what_a_driver_has_prepared_outlives_a_read(postgres_url: str, face: str) -> None:
    """psycopg forgets it with each rollback: each query would be parsed and planned anew."""
    with application(postgres_url, face) as host:
        host.service().save_calendar(calendar())
        for _ in range(8):  # after the fifth time it is worth preparing
            host.run(host.store.calendar("default", "sales-call"))
        prepared = "SELECT statement FROM pg_prepared_statements"
        connection = host.run(host.store.engine.connect())
        found = host.execute(connection, prepared).scalars().all()
        host.run(connection.close())

    assert any("cb_calendar_versions.document" in statement for statement in found)


class TestDatabaseClock(ClockContract):
    """S3: for machines whose own clocks differ."""

    @pytest.fixture(autouse=True)
    def _asked(self, store: SqlStore) -> None:
        self.engine = store.engine

    def make_clock(self) -> Any:
        return DatabaseClock(self.engine)


def test_a_service_may_go_by_the_clock_of_the_database(store: SqlStore) -> None:
    made = service(store, clock=DatabaseClock(store.engine))
    made.save_calendar(calendar())
    with pytest.raises(SlotUnavailableError):
        made.book("sales-call", at("10:00").replace(year=2020), KIM)


def test_a_store_in_memory_is_one_for_all_threads() -> None:
    """SQLite in memory has one connection; another one would be another, empty database."""
    store = SqlStore.open("sqlite://")
    made = service(store)
    made.save_calendar(calendar())
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda hour: made.book("sales-call", at(hour), KIM), HOURS))

    assert [each.appointment.start for each in told] == [at(hour) for hour in HOURS]
    store.engine.dispose()


HOURS: Final = ("09:00", "10:00", "11:00", "12:00", "13:00", "14:00")


def test_a_store_in_memory_is_one_for_all_tasks() -> None:
    """Also where the store is asked from worker threads, as an async service does."""

    async def booked(store: Any) -> int:
        made = AsyncBookingService(
            store, secret=SECRET, host=HOST, provider=FakeProvider(), clock=FakeClock(NOW)
        )
        await made.save_calendar(calendar())
        await asyncio.gather(*(made.book("sales-call", at(hour), KIM) for hour in HOURS))
        return len(await made.agenda(MONDAY))

    async def awaited() -> int:
        store = await AsyncSqlStore.open("sqlite+aiosqlite://")
        found = await booked(store)
        await store.engine.dispose()
        return found

    store = SqlStore.open("sqlite://")
    assert asyncio.run(booked(store)) == len(HOURS)
    assert asyncio.run(awaited()) == len(HOURS)
    store.engine.dispose()


@pytest.mark.parametrize(
    ("where", "error", "told"),
    [
        ("", InvalidValueError, "sqlite:// to keep it in memory"),
        ("postgresql+psycopg://ana:s3cret@host:port/bookings", InvalidValueError, "write one like"),
        ("mysql://ana:s3cret@host/bookings", UnguardedStoreError, "use PostgreSQL or SQLite"),
        (None, WrongTypeError, "a path or a database URL"),
        (".", InvalidValueError, "it is a folder: name a file in it"),
        ("nowhere/bookings.sqlite", InvalidValueError, "its folder is not there: make it first"),
    ],
)
def test_a_database_that_cannot_be_is_refused_before_it_is_opened(
    where: Any, error: type[Exception], told: str
) -> None:
    """An address that was never set would be a store in memory, and lose everything."""
    with pytest.raises(error, match=told) as caught:
        SqlStore.open(where)
    assert "s3cret" not in str(caught.value)
    with pytest.raises(error, match=told):
        asyncio.run(AsyncSqlStore.open(where))
