"""What is special to a database: several at once, and one state that is read."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import event

from collective_booking.adapters.sql import DatabaseClock, SqlStore
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.reasons import SlotUnavailableError
from collective_booking.service import AsyncBookingService
from collective_booking.testing import FakeClock, FakeProvider
from tests.adapters.sql_hosts import Host, service
from tests.bookings import HOST, KIM, MONDAY, NOW, SECRET, at, calendar


def test_of_many_threads_one_gets_the_time(store: SqlStore) -> None:
    made = service(store)
    made.save_calendar(calendar())

    def attempt(number: int) -> str:
        try:
            return made.book("sales-call", at("10:00"), KIM).appointment.id
        except SlotUnavailableError as refused:
            return ",".join(sorted({str(reason.claim) for reason in refused.reasons}))

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(attempt, range(16)))

    (winner,) = made.agenda(MONDAY)
    assert told == {winner.id}  # and every loser is told who won


def test_threads_that_want_different_times_all_get_them(store: SqlStore) -> None:
    """The same two members are in all of them, so that each waits for the others."""
    made = service(store)
    made.save_calendar(calendar())
    starts = [at(f"{hour:02}:00", day) for day in (24, 25, 26) for hour in range(9, 17)]

    with ThreadPoolExecutor(8) as pool:
        booked = list(
            pool.map(lambda each: made.book("sales-call", each, KIM).appointment.start, starts)
        )

    assert booked == starts


def test_a_repeated_request_that_comes_twice_at_once_is_answered_once(store: SqlStore) -> None:
    """S4."""
    made = service(store)
    made.save_calendar(calendar())

    with ThreadPoolExecutor(8) as pool:
        told = list(
            pool.map(
                lambda _: made.book("sales-call", at("10:00"), KIM, request_id="r1").appointment,
                range(8),
            )
        )

    assert len(set(map(str, told))) == len({each.id for each in told}) == 1


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


def test_the_clock_of_the_database_tells_the_time(store: SqlStore) -> None:
    """S3: for machines whose own clocks differ."""
    clock = DatabaseClock(store.engine)
    first, second = clock.now(), clock.now()

    assert timedelta() <= second - first < timedelta(minutes=1)
    assert first.utcoffset() == timedelta()


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
