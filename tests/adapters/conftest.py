"""Stores in databases, for the tests of that adapter: each on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collective_booking.adapters.sql import SqlStore
from tests.adapters.sql_hosts import DATABASES, HOSTS, Host, address, application


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database; the server is only asked for by tests that use it."""
    return address(request.param, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store, opened there."""
    made = SqlStore.open(url)
    yield made
    made.engine.dispose()


@pytest.fixture(params=HOSTS, ids="-".join)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """A host with tables of its own in the store's database, blocking or awaited."""
    database, face = request.param
    where = address(database, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))
    with application(where, face) as made:
        yield made
