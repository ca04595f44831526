"""What the tests of adapters run against: stores in databases, and servers of calendars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collective_booking.adapters.sql import SqlStore
from tests.adapters.caldav_hosts import Desk
from tests.adapters.sql_hosts import DATABASES, HOSTS, Host, address, application
from tests.servers.caldav import CalDavServer, radicale, xandikos


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


@pytest.fixture(scope="session")
def xandikos_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDavServer]:
    """The xandikos of this run; each test makes calendars of its own."""
    with xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        yield server


@pytest.fixture(scope="session")
def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDavServer]:
    """The radicale of this run; each test makes calendars of its own."""
    with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(params=["xandikos", "radicale"])
def caldav_server(request: pytest.FixtureRequest) -> CalDavServer:
    """Each CalDAV server in turn."""
    server: CalDavServer = request.getfixturevalue(f"{request.param}_server")
    return server


@pytest.fixture
def desk(caldav_server: CalDavServer) -> Desk:
    """Ana's desk, with an empty calendar, on each CalDAV server in turn."""
    return Desk(caldav_server)
