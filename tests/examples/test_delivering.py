"""Every way to call `deliver` that the documentation shows, called."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from collective_booking import AsyncBookingService, BookingService, Interval
from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.testing import FakeClock, FakeProvider
from examples.booking_office import CALL
from examples.delivering.in_a_loop import delivering
from examples.delivering.in_a_thread import Delivering
from tests.bookings import HOST, KIM, LOU, NOW, SECRET, at, calendar
from tests.examples.mailbox import PATIENCE, Mailbox

A_DAY = timedelta(days=1)
"""Longer than any test: what is delivered within it was delivered at once."""
NEEDED = "needs the extra frameworks: pip install -e '.[frameworks]'"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def ports(mailbox: Mailbox) -> dict[str, Any]:
    """What both services are made with."""
    fakes = {"notifier": mailbox, "provider": FakeProvider(), "clock": FakeClock(NOW)}
    return {"secret": SECRET, "host": HOST} | fakes


@pytest.fixture
def service(store: MemoryStore, ports: dict[str, Any]) -> BookingService:
    """A service with a booking of which nobody has been told."""
    made = BookingService(store, **ports)
    made.save_calendar(calendar())
    made.book("sales-call", at("10:00"), KIM)
    return made


@pytest.fixture
def awaited(
    store: MemoryStore, ports: dict[str, Any], service: BookingService
) -> AsyncBookingService:
    """The same office, awaited."""
    return AsyncBookingService(store, **ports)


def test_a_thread_delivers_at_once_and_when_it_is_woken(
    service: BookingService, mailbox: Mailbox
) -> None:
    """Nobody waits for the end of a pause, neither a booker nor who ends the application."""
    first = mailbox.expects(2)
    with Delivering(service, every=A_DAY) as thread:
        assert first.wait(PATIENCE)
        second = mailbox.expects(4)
        service.book("sales-call", at("11:00"), LOU)
        thread.soon()
        assert second.wait(PATIENCE)

    assert len(set(mailbox.keys)) == 4


def test_a_thread_outlives_a_failure(
    service: BookingService, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that is away for a minute is no reason to send nothing for ever."""

    class Once:
        """A service that fails the first time."""

        def __init__(self) -> None:
            self.failed = Event()

        def deliver(self) -> None:
            if not self.failed.is_set():
                self.failed.set()
                raise ConnectionError("the database is away")
            service.deliver()

    once, arrived = Once(), mailbox.expects(2)
    with Delivering(once, every=A_DAY) as thread:  # type: ignore[arg-type]  # half a service
        assert once.failed.wait(PATIENCE)
        thread.soon()
        assert arrived.wait(PATIENCE)

    assert "the database is away" in caplog.text


def test_an_event_loop_delivers_beside_what_else_it_does(
    awaited: AsyncBookingService, mailbox: Mailbox
) -> None:
    """For as long as the block lasts, and no longer."""
    arrived = mailbox.expects(2)

    async def application() -> int:
        async with delivering(awaited, every=A_DAY):
            assert await asyncio.to_thread(arrived.wait, PATIENCE)
        return len(asyncio.all_tasks())

    assert asyncio.run(application()) == 1


def test_cron_runs_a_command(tmp_path: Path) -> None:
    """In a process of its own, with nothing but what the line in the table says."""
    file = tmp_path / "bookings.sqlite"
    store = SqlStore.open(file)
    made = BookingService(store, secret=SECRET, host="booking.example.com")
    made.save_calendar(CALL)
    now = datetime.now(UTC)
    start = made.offers(CALL.slug, Interval(now, now + 7 * A_DAY))[0].start
    made.book(CALL.slug, start, KIM)
    store.engine.dispose()
    told = {"BOOKINGS_URL": f"sqlite:///{file}", "BOOKINGS_SECRET": SECRET.decode()}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "examples.delivering.by_cron"],
        env=os.environ | told | {"BOOKINGS_OUTBOX": str(tmp_path / "outbox")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "2 delivered, 0 to be tried again\n", "")
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 2


def test_celery_runs_it_as_a_task(service: BookingService, mailbox: Mailbox) -> None:
    """A worker of Celery's own takes it from a broker in memory."""
    pytest.importorskip("celery", reason=NEEDED)
    from celery import Celery
    from celery.contrib.testing.worker import start_worker

    from examples.delivering.with_celery import deliver_with

    app = Celery("host", broker="memory://", backend="cache+memory://")
    deliver = deliver_with(app, service)
    with start_worker(app, perform_ping_check=False):
        arrived = mailbox.expects(2)
        deliver.delay()
        assert arrived.wait(PATIENCE)

    assert app.conf.beat_schedule["deliver bookings"]["task"] == deliver.name


def test_procrastinate_runs_it_as_a_task(awaited: AsyncBookingService, mailbox: Mailbox) -> None:
    """However often it is asked for, it waits in the queue once."""
    pytest.importorskip("procrastinate", reason=NEEDED)
    from procrastinate import App
    from procrastinate.testing import InMemoryConnector

    from examples.delivering.with_procrastinate import deliver_with, soon

    connector = InMemoryConnector()
    app = App(connector=connector)
    deliver = deliver_with(app, awaited)

    async def application() -> None:
        async with app.open_async():
            await soon(deliver)
            await soon(deliver)
            assert len(connector.jobs) == 1
            await app.run_worker_async(wait=False)

    asyncio.run(application())

    assert len(mailbox.keys) == 2
    assert app.periodic_registry.periodic_tasks
