"""What the studio's pages do: on fakes, on the real ports, and on values that are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.sql import SqlStore
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider, Fault
from studio.app import HOST, PORTRAIT, diary, open_studio, reserve, times, webhook

TUESDAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KIM = cb.Contact("Kim Lee", "kim@example.com")
untimed = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def studio(booking_service: cb.BookingService) -> cb.BookingService:
    """The library's own fixture: a service over fakes, on Monday 2026-11-23 at seven."""
    booking_service.save_calendar(PORTRAIT)
    return booking_service


def test_a_time_that_suits_only_one_of_them_is_not_offered(
    studio: cb.BookingService, booking_provider: FakeProvider
) -> None:
    """A fake calendar says what a test wants it to say."""
    assert times(studio, TUESDAY) == ["10:00", "11:30", "13:00", "14:30", "16:00"]

    busy = cb.IntervalSet.from_isoformat("2026-11-24T12:30Z/2026-11-24T13:30Z")
    booking_provider.availability_of["tom"] = cb.Availability(busy=busy)
    assert times(studio, TUESDAY) == ["10:00", "14:30", "16:00"]


def test_who_pays_is_booked(
    studio: cb.BookingService, booking_gateway: FakeGateway, booking_notifier: FakeNotifier
) -> None:
    """The payer acts when the test lets them."""
    token, _ = reserve(studio, NOON + timedelta(hours=1), KIM)
    hold = studio.hold_id(token)

    assert webhook(studio, booking_gateway.pay(hold)) == "booked"
    assert booking_gateway.charged(hold) == 12_000
    studio.deliver()
    assert [message.email for message in booking_notifier.to(cb.Audience.BOOKER)] == [KIM.email]


def test_a_till_that_does_not_answer_takes_the_money_once(
    studio: cb.BookingService, booking_gateway: FakeGateway, booking_clock: FakeClock
) -> None:
    """It has acted, and its answer was lost: the same call is made again under the same key."""
    booking_gateway.faults.plan("capture", Fault.AFTER)
    token, _ = reserve(studio, NOON + timedelta(hours=1), KIM)
    hold = studio.hold_id(token)
    assert webhook(studio, booking_gateway.pay(hold)) == "waiting"

    booking_clock.advance(timedelta(minutes=2))
    studio.deliver()
    assert studio.appointment(hold).appointment.status is cb.Status.CONFIRMED
    assert booking_gateway.moves(hold) == (1, 0)


@untimed
@given(appointments=...)
def test_the_diary_has_a_line_for_each(appointments: list[cb.Appointment]) -> None:
    """The type of an argument is enough: Hypothesis knows how appointments are made."""
    page = diary(appointments)

    assert len(page.split("\n")) == max(len(appointments), 1)


@untimed
@given(calendar=...)
def test_any_team_can_be_saved(calendar: cb.CollectiveCalendar) -> None:
    """Up to a hundred people, in zones whose clocks change in every way there is."""
    service = cb.BookingService(MemoryStore(), secret=b"a secret for tests alone", host=HOST)
    service.save_calendar(calendar)

    assert service.calendar(calendar.slug).calendar == calendar


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlStore]:
    """The studio's store, in a file of this test."""
    store = SqlStore.open(tmp_path / "bookings.sqlite")
    yield store
    store.engine.dispose()


def test_the_studio_opens_on_its_own_ports(tmp_path: Path, database: SqlStore) -> None:
    """Everything for real, from an empty folder: nobody has a calendar yet, so nothing is free."""
    service = open_studio(tmp_path, database, b"a secret for tests alone")
    day = datetime.now(UTC).date() + timedelta(days=14)
    tuesday = day + timedelta(days=(1 - day.weekday()) % 7)
    assert times(service, tuesday) == []

    for name in ("rita", "tom"):
        (tmp_path / f"{name}.json").write_text("{}", "utf-8")
    assert times(service, tuesday)[0] == "10:00"
