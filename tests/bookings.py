"""A team, its week, and an office that books for it: what the tests of booking have in common."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.intervals import Interval
from collective_booking.service import AsyncBookingService, BookingService
from collective_booking.testing import (
    FakeClock,
    FakeGateway,
    FakeNotifier,
    FakeProvider,
    awaited,
)
from collective_booking.testing.samples import (
    ANA,
    BEN,
    CLEO,
    DAN,
    EUROS,
    HOST,
    KIM,
    LOU,
    MONDAY,
    NOW,
    OFFICE_HOURS,
    appointment,
    at,
    calendar,
    charge,
    hold,
    member,
    slot,
)

__all__ = [
    "ANA",
    "BACKENDS",
    "BEN",
    "CLEO",
    "DAN",
    "EUROS",
    "HOST",
    "KIM",
    "KINDS",
    "LOU",
    "MONDAY",
    "NOW",
    "OFFICE_HOURS",
    "SECRET",
    "Awaiting",
    "Office",
    "appointment",
    "at",
    "calendar",
    "charge",
    "hold",
    "member",
    "office",
    "place",
    "slot",
]

SECRET: Final = b"a secret for tests alone"


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
