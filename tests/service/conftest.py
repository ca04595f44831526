"""Every test of the service runs on each store, synchronously and awaited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collective_booking.testing import FakeGateway
from tests.bookings import KINDS, Office, office, place


@pytest.fixture(params=KINDS, ids="-".join)
def kind(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Which store, and which face of it."""
    backend, face = request.param
    return backend, face


@pytest.fixture
def where(kind: tuple[str, str], tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """Where the store is; the server is only asked for by tests that use it."""
    return place(*kind, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))


@pytest.fixture
def here(kind: tuple[str, str], where: Any) -> Iterator[Office]:
    """An office with a gateway that waits for its payers."""
    with office(*kind, where=where) as made:
        yield made


@pytest.fixture
def at_once(kind: tuple[str, str], where: Any) -> Iterator[Office]:
    """An office whose gateway authorises without anybody acting."""
    with office(*kind, where=where, gateway=FakeGateway(at_once=True)) as made:
        yield made


@pytest.fixture
def capturing(kind: tuple[str, str], where: Any) -> Iterator[Office]:
    """An office whose gateway takes the money as soon as somebody pays."""
    with office(*kind, where=where, gateway=FakeGateway(captures=True)) as made:
        yield made
