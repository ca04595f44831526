"""The booking site as it runs for a test: on a port of this machine, under a clock that stands.

Lives here: starting and stopping it, and what a test asks of it behind the pages' back.
Must not live here: visitors.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from collective_booking import Appointment, BookingService, Interval
from collective_booking.testing import FakeClock, FakeGateway
from examples.booking_site.app import create_app
from examples.booking_site.settings import Settings

NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)
"""A Monday morning."""
PASSWORD: Final = "a password for tests"
YEAR: Final = Interval.from_isoformat("2026-01-01T00:00Z/2028-01-01T00:00Z")


@dataclass(frozen=True)
class Running:
    """A site that runs: where it is, and what lies behind it."""

    address: str
    app: FastAPI
    clock: FakeClock
    folder: Path

    @property
    def service(self) -> BookingService:
        service: BookingService = self.app.state.site.service
        return service

    @property
    def gateway(self) -> FakeGateway:
        gateway: FakeGateway = self.app.state.site.gateway
        return gateway

    def booked(self) -> list[Appointment]:
        """Everything that was ever booked, earliest first."""
        return list(self.service.agenda(YEAR))

    def mails(self) -> list[EmailMessage]:
        """What has been sent, once everything that is due has been."""
        self.service.deliver()
        files = sorted((self.folder / "outbox").glob("*.eml"))
        return [_mail(file) for file in files]


def _mail(file: Path) -> EmailMessage:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Running]:
    """A site that keeps everything in *folder*, for as long as the context lasts.

    It runs in a thread: it ends with the tests, however they end. It tells nobody by itself: a test
    delivers when it wants to see what comes of it.
    """
    clock = FakeClock(NOW)
    with listening() as place:
        address = f"http://127.0.0.1:{place.getsockname()[1]}"
        given = Settings(folder=folder, address=address, password=PASSWORD, **settings)
        app = create_app(given, clock=clock)
        with served(app, place):
            yield Running(address, app, clock, folder)
        app.state.site.close()


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket on a free port; whoever connects from now on waits there to be served."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.listen(128)
        yield place


@contextmanager
def served(app: FastAPI, place: socket.socket) -> Iterator[None]:
    """Serve *app* at *place* from a thread."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
