"""Every test of the service runs on each store, synchronously and awaited; no refusal is untold."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collective_booking import BookingService
from collective_booking.testing import FakeGateway
from tests.bookings import KINDS, Office, office, place


class Refusals(logging.Handler):
    """The errors of ours by which commands were refused, as the log names them."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.seen: set[tuple[str, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep which command was refused by which error."""
        if record.msg == "%s refused: %s" and isinstance(record.args, tuple):
            command, error = map(str, record.args)
            self.seen.add((command, error))


@pytest.fixture(autouse=True)
def refusals_are_told() -> Iterator[None]:
    """Whatever a command refuses with, its docstring or its service's says so."""
    log, refusals = logging.getLogger("collective_booking"), Refusals()
    level = log.level
    log.addHandler(refusals)
    log.setLevel(logging.INFO)
    yield
    log.setLevel(level)
    log.removeHandler(refusals)
    always = BookingService.__doc__ or ""
    assert not {
        f"{command} raises {error}"
        for command, error in refusals.seen
        if error not in always and error not in (getattr(BookingService, command).__doc__ or "")
    }


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
