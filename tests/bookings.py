"""A team, its week, and an office that books for it: what the tests of booking have in common."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.appointments import Appointment, Contact, Snapshot, Status, booked
from collective_booking.calendars import CollectiveCalendar
from collective_booking.holds import Hold
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.money import Money
from collective_booking.service import AsyncBookingService, BookingService
from collective_booking.testing import (
    FakeClock,
    FakeGateway,
    FakeNotifier,
    FakeProvider,
    awaited,
)

SECRET: Final = b"a secret for tests alone"
HOST: Final = "booking.example.com"
EUROS: Final = Money(5000, "EUR")
OFFICE_HOURS: Final = OpeningHours.parse("Mon-Fri 09:00-17:00")
NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)  # a Monday, before anybody opens
MONDAY: Final = Interval(NOW, NOW + timedelta(hours=14))
KIM: Final = Contact("Kim Lee", "kim@example.com")
LOU: Final = Contact("Lou Ray", "lou@example.com")


def at(clock: str, day: int = 23) -> datetime:
    """A time in November 2026, in UTC.

    >>> at("09:30").isoformat()
    '2026-11-23T09:30:00+00:00'
    """
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def slot(start: str, end: str) -> Interval:
    """A stretch of that Monday."""
    return Interval(at(start), at(end))


def member(id: str, **changes: Any) -> Member:
    """A member with an address and a calendar, who is in the office from 9 to 17."""
    told: dict[str, Any] = {
        "timezone": "UTC",
        "hours": OFFICE_HOURS,
        "email": f"{id}@example.com",
        "calendar": f"{id}.ics",
    }
    return Member(id, **told | changes)


ANA: Final = member("ana")
BEN: Final = member("ben")
CLEO: Final = member("cleo")
DAN: Final = member("dan")


def calendar(*members: Member, **changes: Any) -> CollectiveCalendar:
    """A calendar of hourly calls, by default of Ana, who owns it, and Ben."""
    told: dict[str, Any] = {
        "name": "Sales call",
        "slug": "sales-call",
        "timezone": "UTC",
        "duration": timedelta(hours=1),
        "members": members or (ANA, BEN),
    }
    return CollectiveCalendar(**told | changes)


def appointment(status: Status = Status.CONFIRMED, **changes: Any) -> Appointment:
    """The first version of Kim's call on that Monday at ten, or at *start*, of `calendar()`."""
    told = _details(changes) | {"id": "a1", "status": status} | changes
    told.setdefault("uid", f"{told['id']}@{HOST}")
    return booked(Appointment(**told), NOW)


def hold(**changes: Any) -> Hold:
    """Kim's hold of that Monday at ten, or of *start*, for ten minutes."""
    told = {"id": "h1", "made": NOW, "expires": NOW + timedelta(minutes=10)}
    return Hold(**_details(changes) | told | changes)


def _details(changes: dict[str, Any]) -> dict[str, Any]:
    """What holds and appointments have in common; takes *start* out of *changes*."""
    snapshot = changes.get("snapshot", Snapshot(calendar=calendar(), version=1, owner="ana"))
    return {
        "tenant": "default",
        "snapshot": snapshot,
        "slot": snapshot.slot(changes.pop("start", at("10:00"))),
        "contact": KIM,
        "title": "Sales call",
    }


# --- an office: a service with fakes around it ----------------------------------------------------


class Awaiting:
    """An `AsyncBookingService` that is called like a `BookingService`: one test serves both."""

    def __init__(self, service: AsyncBookingService, run: Callable[[Any], Any]) -> None:
        self._service = service
        self._run = run

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)
        if not inspect.iscoroutinefunction(found):
            return found
        return lambda *args, **kwargs: self._run(found(*args, **kwargs))


@dataclass
class Office:
    """A service, the store behind it, and the fakes around it."""

    service: Any
    store: Any
    provider: FakeProvider
    notifier: FakeNotifier
    gateway: FakeGateway
    clock: FakeClock
    another: Callable[..., Any]
    """Another service over the same store and fakes, with other arguments."""

    def listed(
        self, slug: str = "sales-call", window: Interval = MONDAY, **asked: Any
    ) -> list[str]:
        """The starts that are offered, as times of day."""
        return [f"{each.start:%H:%M}" for each in self.service.offers(slug, window, **asked)]


BACKENDS: Final = ("memory", "sqlite", "postgres")
KINDS: Final = tuple((backend, face) for backend in BACKENDS for face in ("blocking", "awaited"))


@contextmanager
def office(
    backend: str,
    face: str = "blocking",
    *,
    where: Path | str = "",
    gateway: FakeGateway | None = None,
    store: Any = None,
) -> Iterator[Office]:
    """An office whose store is in *backend*, at *where* if that is a database."""
    with asyncio.Runner() as runner:
        store = store or _store(backend, face, where, runner.run)
        fakes: dict[str, Any] = {
            "provider": FakeProvider(),
            "notifier": FakeNotifier(),
            "gateway": gateway or FakeGateway(),
            "clock": FakeClock(NOW),
        }
        numbers = count(1)

        def another(**changes: Any) -> Any:
            told: dict[str, Any] = {
                "secret": SECRET,
                "host": HOST,
                "new_id": lambda: f"id{next(numbers)}",
            }
            if face == "blocking":
                return BookingService(store, **told | fakes | changes)
            ports = {
                name: port and awaited(port)
                for name, port in (fakes | changes).items()
                if name in fakes
            }
            others = {name: value for name, value in changes.items() if name not in fakes}
            return Awaiting(AsyncBookingService(store, **told | ports | others), runner.run)

        made = Office(another(), store, **fakes, another=another)
        try:
            yield made
        finally:
            if isinstance(store, SqlStore):
                store.engine.dispose()
            if isinstance(store, AsyncSqlStore):
                runner.run(store.engine.dispose())


def _store(backend: str, face: str, where: Path | str, run: Callable[[Any], Any]) -> Any:
    if backend == "memory":
        return MemoryStore() if face == "blocking" else awaited(MemoryStore())
    return SqlStore.open(where) if face == "blocking" else run(AsyncSqlStore.open(where))


def place(backend: str, face: str, folder: Path, postgres_url: Callable[[], str]) -> Path | str:
    """Where a store of *backend* is, for one test."""
    if backend == "postgres":
        return postgres_url()
    return folder / "bookings.sqlite" if backend == "sqlite" else ""
