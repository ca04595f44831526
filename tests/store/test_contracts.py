"""Our stores keep the contract that we hand to hosts: in memory, in databases, and awaited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collective_booking.adapters.sql import SqlStore
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.testing import awaited
from collective_booking.testing.contracts import BookingStoreContract
from tests.testing.hosts import OfStore


class TestMemoryStore(OfStore):
    pass


class TestAwaitedMemoryStore(OfStore):
    def make_store(self) -> Any:
        return awaited(super().make_store())

    def reopened(self, store: Any) -> Any:
        return self.make_store()


class InDatabase(BookingStoreContract):
    """A store at `url`; opened by `open`, and closed after the test."""

    open: Any = staticmethod(SqlStore.open)
    url: Path | str

    @pytest.fixture(autouse=True)
    def _closed(self) -> Iterator[None]:
        self.engines: list[Any] = []
        yield
        for engine in self.engines:
            self.call(engine.dispose)

    def make_store(self) -> Any:
        store = self.call(self.open, self.url)
        self.engines.append(store.engine)
        return store

    def reopened(self, store: Any) -> Any:
        return self.make_store()


class TestSqliteStore(InDatabase):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.url = tmp_path / "bookings.sqlite"


class TestAwaitedSqliteStore(TestSqliteStore):
    open = staticmethod(AsyncSqlStore.open)


class TestPostgresStore(InDatabase):
    @pytest.fixture(autouse=True)
    def _place(self, postgres_url: str) -> None:
        self.url = postgres_url


class TestAwaitedPostgresStore(TestPostgresStore):
    open = staticmethod(AsyncSqlStore.open)
