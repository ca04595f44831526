"""Fixtures for hosts that test with pytest, found by it wherever the library is installed.

Lives here: a service with fakes around it, each fake a fixture that a host's own may replace.
Must not live here: an import of the library before a fixture is asked for, for every test run of
the environment loads this module, which therefore stands outside the package; whatever changes a
run by being here. `-p no:collective_booking` leaves it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collective_booking.ports import (
        BookingStore,
        CalendarProvider,
        Clock,
        Notifier,
        PaymentGateway,
    )
    from collective_booking.service import BookingService
    from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider

# Their asserts are tests, and shall tell as much as those that stand in a test's own file.
pytest.register_assert_rewrite(
    "collective_booking.testing.contracts", "collective_booking.testing.machines"
)


@pytest.fixture
def booking_clock() -> FakeClock:
    """A clock that shows Monday 2026-11-23, 07:00 UTC, until `set` or `advance` is called."""
    from collective_booking.testing import FakeClock  # noqa: PLC0415
    from collective_booking.testing.samples import NOW  # noqa: PLC0415

    return FakeClock(NOW)


@pytest.fixture
def booking_store() -> BookingStore:
    """An empty store in memory."""
    from collective_booking.adapters.memory import MemoryStore  # noqa: PLC0415

    return MemoryStore()


@pytest.fixture
def booking_provider() -> FakeProvider:
    """Members' calendars in memory: everybody is free, and gets their copies."""
    from collective_booking.testing import FakeProvider  # noqa: PLC0415

    return FakeProvider()


@pytest.fixture
def booking_notifier() -> FakeNotifier:
    """A notifier that keeps what it is given."""
    from collective_booking.testing import FakeNotifier  # noqa: PLC0415

    return FakeNotifier()


@pytest.fixture
def booking_gateway() -> FakeGateway:
    """A gateway whose payers act when the test lets them `pay` or `refuse`."""
    from collective_booking.testing import FakeGateway  # noqa: PLC0415

    return FakeGateway()


@pytest.fixture
def booking_service(
    booking_store: BookingStore,
    booking_provider: CalendarProvider,
    booking_notifier: Notifier,
    booking_gateway: PaymentGateway,
    booking_clock: Clock,
) -> BookingService:
    """A service over the other `booking_...` fixtures; a host's own of that name takes its place.

    Ids are `id1`, `id2` and so on, one for each command.
    """
    from collective_booking.testing.sandboxes import sandbox  # noqa: PLC0415

    return sandbox(
        store=booking_store,
        provider=booking_provider,
        notifier=booking_notifier,
        gateway=booking_gateway,
        clock=booking_clock,
    )
