"""Services that cannot be, and services without a port they need: each says what is missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from collective_booking.adapters.memory import MemoryStore
from collective_booking.errors import (
    AsyncPortError,
    CollectiveBookingError,
    ConfigurationError,
    InvalidValueError,
    MissingPortError,
    WrongTypeError,
)
from collective_booking.service import BookingService
from collective_booking.testing import FakeNotifier, FakeProvider, awaited
from tests.bookings import EUROS, HOST, KIM, MONDAY, SECRET, Office, at, calendar, member
from tests.service.unchanged import nothing_changes


def test_a_service_without_what_it_needs(here: Office) -> None:
    here.service.save_calendar(calendar(price=EUROS))
    poor = here.another(gateway=None, notifier=None)
    held = here.service.hold("sales-call", at("10:00"), KIM)

    with nothing_changes(here, MissingPortError, "pass one to the service"):
        poor.hold("sales-call", at("14:00"), KIM)  # nobody could pay for it
    with nothing_changes(here, MissingPortError, "pass one to the service"):
        poor.begin_payment(held.token)
    here.service.save_calendar(calendar())
    poor.book("sales-call", at("11:00"), KIM)
    with pytest.raises(MissingPortError, match="notifier"):
        poor.deliver()


def test_an_async_port_in_a_service_that_does_not_wait() -> None:
    with pytest.raises(AsyncPortError, match="use AsyncBookingService"):
        BookingService(MemoryStore(), secret=SECRET, host=HOST, notifier=awaited(FakeNotifier()))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"secret": b"short"}, InvalidValueError),
        ({"host": "no domain!"}, ConfigurationError),
        ({"organizer": "nobody"}, ConfigurationError),
    ],
)
def test_a_service_that_cannot_be(
    changes: dict[str, Any], error: type[CollectiveBookingError]
) -> None:
    told: dict[str, Any] = {"secret": SECRET, "host": HOST}
    with pytest.raises(error):
        BookingService(MemoryStore(), **told | changes)


def test_a_refund_without_a_gateway(at_once: Office) -> None:
    """M5: nothing is cancelled in the hope that somebody pays back later."""
    here = at_once
    here.service.save_calendar(calendar(price=EUROS))
    held = here.service.hold("sales-call", at("10:00"), KIM)
    here.service.begin_payment(held.token)

    with nothing_changes(here, MissingPortError, "gateway"):
        here.another(gateway=None).cancel(held.hold.id, refund=EUROS)


def test_calendars_without_a_provider(here: Office) -> None:
    """Members who have calendars that nobody reads: a mistake of the host, and no outage."""
    here.service.save_calendar(calendar())
    blind = here.another(provider=None)

    with pytest.raises(MissingPortError, match="provider"):
        blind.offers("sales-call", MONDAY)
    with nothing_changes(here, MissingPortError, "provider"):
        blind.book("sales-call", at("10:00"), KIM)


@pytest.mark.parametrize("tenant", ["", None, "x" * 300, "a\n", 5])
def test_a_tenant_that_is_none(tenant: Any) -> None:
    """S6: said when the service is made, and not by the first booking."""
    with pytest.raises(ConfigurationError, match="tenant"):
        BookingService(MemoryStore(), secret=SECRET, host=HOST, tenant=tenant)


def test_a_secret_is_never_shown() -> None:
    """Errors end up in logs."""
    words: Any = "my real secret, passed as text"
    with pytest.raises(WrongTypeError) as caught:
        BookingService(MemoryStore(), secret=words, host=HOST)
    assert "real" not in str(caught.value) + repr(caught.value)


class Late:
    """Its method is no coroutine function, and answers with a coroutine all the same."""

    def send(self, message: object) -> object:
        async def sending() -> None:
            return None

        return sending()


class Closing(FakeNotifier):
    """Synchronous, with something else to await."""

    async def aclose(self) -> None:
        return None


def test_a_port_that_is_awaited_after_all() -> None:
    """An answer that nobody awaits would be taken for a message that was sent."""
    late: Any = Late()
    service = BookingService(MemoryStore(), secret=SECRET, host=HOST, notifier=late)
    service.save_calendar(calendar(*(member(who, calendar=None) for who in ("ana", "ben"))))
    service.book("sales-call", at("10:00").replace(year=2030, month=11, day=25), KIM)

    report = service.deliver()

    assert report.delivered == ()
    assert {each.failure.split(":")[0] for each in report.failed} == {"AsyncPortError"}


def test_a_port_may_have_something_else_to_await() -> None:
    """Only what the port owes is called, so only that is looked at."""
    made = BookingService(MemoryStore(), secret=SECRET, host=HOST, notifier=Closing())

    assert made.deliver().delivered == ()


@pytest.mark.parametrize(
    ("port", "given", "told"),
    [
        ("store", "sqlite://", "store must be a port with the method save_calendar"),
        ("store", None, "store must be a port with the method save_calendar"),
        ("provider", FakeProvider, r"a port that was made: call FakeProvider\(\.\.\.\)"),
        ("notifier", object(), "notifier must be a port with the method send"),
        ("clock", datetime.now, "clock must be a port with the method now"),
    ],
)
def test_what_is_no_port_is_refused_where_it_is_passed(port: str, given: Any, told: str) -> None:
    """A provider without methods would only ever say that nobody can be looked up."""
    ports = {"store": MemoryStore(), port: given}
    with pytest.raises(WrongTypeError, match=told):
        BookingService(**ports, secret=SECRET, host=HOST)
