"""Applications around a store in a database, for the tests of that store."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from collective_booking.adapters.sql import SqlStore
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.service import AsyncBookingService, BookingService
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider
from tests.bookings import HOST, NOW, SECRET, Awaiting

DATABASES: Final = ("sqlite", "postgres")
HOSTS: Final = tuple((name, face) for name in DATABASES for face in ("blocking", "awaited"))


def address(database: str, folder: Path, postgres_url: Callable[[], str]) -> str:
    """Where a store is in *database*, as a URL for the blocking store."""
    return postgres_url() if database == "postgres" else f"sqlite:///{folder / 'bookings.sqlite'}"


def service(store: Any, **changes: Any) -> BookingService:
    """A service over *store*, whose payers have an account at the gateway."""
    return BookingService(store, **_ports() | changes)


def _ports() -> dict[str, Any]:
    return {
        "secret": SECRET,
        "host": HOST,
        "provider": FakeProvider(),
        "notifier": FakeNotifier(),
        "gateway": FakeGateway(at_once=True),
        "clock": FakeClock(NOW),
    }


@dataclass
class Host:
    """An application with an engine and a table of its own, beside the store; one of two faces."""

    store: Any
    engine: Any
    run: Callable[[Any], Any]
    """What a call came to, waited for if need be."""

    def service(self, store: Any = None) -> Any:
        """A service over *store*, else over the host's, that is called without awaiting."""
        store = store or self.store
        if isinstance(self.store, SqlStore):
            return service(store)
        return Awaiting(AsyncBookingService(store, **_ports()), self.run)

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """A connection of the host's own engine; what is not committed is rolled back."""
        connection = self.run(self.engine.connect())
        try:
            yield connection
        finally:
            self.run(connection.close())

    def within(self, connection: Any) -> Any:
        """A service that joins the transaction of *connection*."""
        return self.service(self.store.within(connection))

    def execute(self, connection: Any, statement: str) -> Any:
        return self.run(connection.execute(text(statement)))

    def note(self, connection: Any, name: str) -> None:
        """Write a row of the host's own."""
        self.execute(connection, f"INSERT INTO leads VALUES ('{name}')")

    def noted(self) -> list[str]:
        """The host's own rows."""
        with self.connected() as connection:
            return sorted(self.execute(connection, "SELECT name FROM leads").scalars())


@contextmanager
def application(url: str, face: str, **how: Any) -> Iterator[Host]:
    """A host at *url* with an engine made *how* it wants, and a store that it has opened there."""
    with asyncio.Runner() as runner:

        def run(called: Any) -> Any:
            async def waited() -> Any:
                return await called

            return runner.run(waited()) if inspect.isawaitable(called) else called

        if face == "blocking":
            host = Host(SqlStore.open(url), create_engine(url, **how), run)
        else:
            url = url.replace("sqlite:", "sqlite+aiosqlite:")
            host = Host(run(AsyncSqlStore.open(url)), create_async_engine(url, **how), run)
        try:
            with host.connected() as connection:
                host.execute(connection, "CREATE TABLE leads (name TEXT PRIMARY KEY)")
                run(connection.commit())
            yield host
        finally:
            run(host.store.engine.dispose())
            run(host.engine.dispose())


class Blind:
    """A store that admits everything, so that its guard alone is asked."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, draft: Any, admit: Any = None) -> Any:
        return self._store.commit(draft, admit and (lambda claims, counted: ()))
