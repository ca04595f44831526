"""The service behind an API in FastAPI, awaited and in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra frameworks: pip install -e '.[frameworks]'")

import httpx
from fastapi import FastAPI

from collective_booking import BookingService, Interval
from collective_booking.adapters.sql import SqlStore
from collective_booking.testing import FakeClock, FakeGateway
from examples.booking_fastapi import WORDS, blocking, create_app
from examples.booking_office import CALL
from tests.bookings import HOST, NOW, SECRET
from tests.examples.mailbox import PATIENCE, Mailbox
from tests.messages import message

MONDAY = {"first": "2026-11-23T00:00:00+01:00", "last": "2026-11-24T00:00:00+01:00"}
KIM = {"name": "Kim Lee", "email": "kim@example.com"}
HALF_PAST = {"start": "2026-11-23T14:30:00Z"}


@pytest.fixture
def ports() -> dict[str, Any]:
    fakes = {"clock": FakeClock(NOW), "gateway": FakeGateway(), "notifier": Mailbox()}
    return {"secret": SECRET, "host": HOST} | fakes


class Client:
    """Requests to an application in this process, which answers them in a loop of *runner*."""

    def __init__(self, app: FastAPI, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._transport = httpx.ASGITransport(app)

    def __call__(self, method: str, url: str, **told: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            base = "http://booking.example.com"
            async with httpx.AsyncClient(transport=self._transport, base_url=base) as client:
                return await client.request(method, url, **told)

        return self._runner.run(asked())

    def lets(self, happen: Event) -> bool:
        """Let the application run until *happen* is set; whether it was."""
        return self._runner.run(asyncio.to_thread(happen.wait, PATIENCE))


@contextmanager
def serving(app: FastAPI) -> Iterator[Client]:
    """A client of *app*, from its start to its end."""
    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        try:
            yield Client(app, runner)
        finally:
            runner.run(lifespan.__aexit__(None, None, None))


@pytest.fixture
def client(tmp_path: Path, ports: dict[str, Any]) -> Iterator[Client]:
    with serving(create_app(tmp_path / "bookings.sqlite", **ports)) as made:
        yield made


def starts(client: Client, slug: str = "sales-call") -> list[str]:
    """The times of that Monday, in UTC."""
    answer = client("GET", f"/calendars/{slug}/times", params=MONDAY)
    assert answer.status_code == 200
    return [start[11:16] for start in answer.json()]


def test_a_time_is_listed_booked_and_gone(client: Client) -> None:
    """And a wish that is sent twice is one booking."""
    assert starts(client) == ["14:00", "14:30", "15:00", "15:30"]
    wish = HALF_PAST | KIM | {"request": "once"}
    first, again = (client("POST", "/calendars/sales-call/bookings", json=wish) for _ in range(2))

    assert (first.status_code, first.json()["status"]) == (201, "confirmed")
    assert again.json() == first.json()
    assert starts(client) == ["14:00", "15:00", "15:30"]


def test_the_browser_s_zone_is_the_clock_of_the_booker_s_mail(
    client: Client, tmp_path: Path, ports: dict[str, Any]
) -> None:
    """An interface has no page to choose a zone on; whoever draws one sends it along."""
    place = "/calendars/sales-call/bookings"
    tokyo = {"timezone": "Asia/Tokyo"}

    assert client("POST", place, json=HALF_PAST | KIM | {"timezone": "Mars"}).status_code == 422
    assert client("POST", place, json=HALF_PAST | KIM | tokyo).status_code == 201

    store = SqlStore.open(tmp_path / "bookings.sqlite")
    (booked,) = BookingService(store, **ports).agenda(Interval(NOW, NOW + timedelta(days=7)))
    store.engine.dispose()
    assert booked.contact.timezone == "Asia/Tokyo"


def test_its_booker_moves_and_cancels_it(client: Client) -> None:
    booked = client("POST", "/calendars/sales-call/bookings", json=HALF_PAST | KIM).json()
    place = f"/bookings/{booked['token']}"
    move = {"start": "2026-11-23T15:00:00Z", "version": booked["version"]}
    moved = client("PATCH", place, json=move).json()
    stale = client("PATCH", place, json=move | HALF_PAST)

    assert moved["start"] == "2026-11-23T15:00:00Z"
    assert (stale.status_code, moved["version"]) == (409, 2)
    assert client("GET", place).json() == moved
    assert client("DELETE", place).json()["status"] == "cancelled"
    assert client("DELETE", place).status_code == 409


def test_the_link_in_a_booker_s_mail_opens_the_booking(
    client: Client, ports: dict[str, Any]
) -> None:
    """Where a page of the host's own shows it, `BOOKING_SITE` says where that is."""
    booked = client("POST", "/calendars/sales-call/bookings", json=HALF_PAST | KIM).json()

    letter = WORDS(message(token=booked["token"]))

    link = letter.text.splitlines()[-1]
    assert link.startswith("http://127.0.0.1:8000/bookings/")
    assert client("GET", link.removeprefix("http://127.0.0.1:8000")).json() == booked


def test_errors_are_answers(client: Client) -> None:
    """Each of ours has a status and a sentence; none names a member to a booker."""
    client("POST", "/calendars/sales-call/bookings", json=HALF_PAST | KIM)
    late = client("POST", "/calendars/sales-call/bookings", json=HALF_PAST | KIM)

    assert (late.status_code, late.json()) == (409, {"detail": "This time is not available."})
    assert client("POST", "/calendars/workshop/bookings", json=HALF_PAST | KIM).status_code == 402
    assert client("POST", "/calendars/nothing/bookings", json=HALF_PAST | KIM).status_code == 404
    assert client("GET", "/bookings/guessed").status_code == 404
    backwards = {"first": MONDAY["last"], "last": MONDAY["first"]}
    assert client("GET", "/calendars/sales-call/times", params=backwards).status_code == 422
    naive = {"start": "2026-11-23T14:30:00"}
    assert client("POST", "/calendars/sales-call/bookings", json=naive | KIM).status_code == 422


def test_who_wants_a_hundred_years_is_told_how_many_days_there_are(client: Client) -> None:
    """One request must not keep all others waiting, and its answer has to end somewhere."""
    century = {"first": MONDAY["first"], "last": "2126-11-23T00:00:00+01:00"}
    two_months = {"first": MONDAY["first"], "last": "2027-01-24T00:00:00+01:00"}

    refused = client("GET", "/calendars/sales-call/times", params=century)

    assert refused.status_code == 422
    assert refused.json() == {
        "detail": "ask for at most 62 days at once: from first to last there are 36524"
    }
    assert client("GET", "/calendars/sales-call/times", params=two_months).status_code == 200


def test_a_payment_books(client: Client, ports: dict[str, Any]) -> None:
    """The webhook is told the truth and a lie."""
    wish = KIM | {"start": "2026-11-23T15:00:00Z"}
    paying = client("POST", "/calendars/workshop/payments", json=wish).json()
    assert paying["outcome"] is None
    notice = ports["gateway"].pay(paying["action"].rpartition("/")[2])

    told = client("POST", "/payments", content=notice.body, headers=notice.headers)
    forged = client("POST", "/payments", content=notice.body)
    assert (told.status_code, forged.status_code) == (204, 400)
    assert starts(client, "workshop") == ["14:00"]


def test_what_is_due_is_delivered_when_the_application_starts(
    tmp_path: Path, ports: dict[str, Any]
) -> None:
    """What was booked before a restart is not forgotten."""
    file = tmp_path / "bookings.sqlite"
    with serving(create_app(file, **ports)) as client:
        client("POST", "/calendars/sales-call/bookings", json=HALF_PAST | KIM)
    seen = ports["notifier"].expects(2)
    with serving(create_app(file, **ports)) as client:
        assert client.lets(seen)


def test_a_blocking_service_answers_from_threads(tmp_path: Path, ports: dict[str, Any]) -> None:
    store = SqlStore.open(tmp_path / "bookings.sqlite")
    service = BookingService(store, **ports)
    service.save_calendar(CALL)
    with serving(blocking.create_app(service)) as client:
        assert starts(client) == ["14:00", "14:30", "15:00", "15:30"]
        assert client("GET", "/calendars/nothing/times", params=MONDAY).status_code == 404
    store.engine.dispose()
