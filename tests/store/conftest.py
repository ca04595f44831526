"""Every duty of a store, asked of each store, and of the databases awaited too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.adapters.sql.async_store import AsyncSqlStore
from collective_booking.ports import BookingStore
from tests.bookings import Awaiting, place

STORES = ("memory", "sqlite", "sqlite awaited", "postgres", "postgres awaited")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BookingStore]:
    """A store of each kind, empty."""
    backend, _, face = request.param.partition(" ")
    where = place(backend, face, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))
    if backend == "memory":
        yield MemoryStore()
    elif face != "awaited":
        database = SqlStore.open(where)
        yield database
        database.engine.dispose()
    else:
        with asyncio.Runner() as runner:
            opened = runner.run(AsyncSqlStore.open(where))
            unawaited: Any = opened
            patient: Any = Awaiting(unawaited, runner.run)
            yield patient
            runner.run(opened.engine.dispose())
