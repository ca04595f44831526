"""The types that the test kit promises. Checked by mypy, never run."""

from __future__ import annotations

from datetime import date
from typing import assert_type

from hypothesis.strategies import SearchStrategy

from collective_booking import CollectiveCalendar, Member, OpeningHours
from collective_booking.adapters.memory import MemoryStore
from collective_booking.ports import BookingStore, CalendarProvider, Notifier, PaymentGateway
from collective_booking.testing import FakeGateway, FakeNotifier, FakeProvider, strategies
from collective_booking.testing.machines import BookingMachine

# What a strategy draws is known to whoever draws it.
assert_type(strategies.calendars(), SearchStrategy[CollectiveCalendar])
assert_type(strategies.members(id="ana"), SearchStrategy[Member])
assert_type(strategies.opening_hours(around=date(2026, 3, 8)), SearchStrategy[OpeningHours])
strategies.opening_hours(around="2026-03-08")  # type: ignore[arg-type]  # a date is a date

# The fakes have the shapes of the ports, without inheriting anything.
provider: CalendarProvider = FakeProvider()
notifier: Notifier = FakeNotifier()
gateway: PaymentGateway = FakeGateway()


class Game(BookingMachine):
    """A host may say more of its ports than the machine does."""

    def make_store(self) -> BookingStore:
        return MemoryStore()
