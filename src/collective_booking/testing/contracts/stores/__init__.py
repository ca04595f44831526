"""What a booking store owes.

Lives here: `BookingStoreContract`, which all duties of a store together are.
Must not live here: any database.
"""

from __future__ import annotations

from collective_booking.testing.contracts.stores.booking import BookingDuties
from collective_booking.testing.contracts.stores.calendars import CalendarDuties
from collective_booking.testing.contracts.stores.changing import ChangeDuties
from collective_booking.testing.contracts.stores.holding import HoldDuties
from collective_booking.testing.contracts.stores.outbox import OutboxDuties
from collective_booking.testing.contracts.stores.racing import RaceDuties
from collective_booking.testing.contracts.stores.reading import ReadingDuties

__all__ = ["BookingStoreContract"]


class BookingStoreContract(
    CalendarDuties,
    BookingDuties,
    ChangeDuties,
    HoldDuties,
    ReadingDuties,
    OutboxDuties,
    RaceDuties,
):
    """Subclass this in your tests of a `BookingStore`, and say how it is made.

    >>> from collective_booking.adapters.memory import MemoryStore
    >>> class TestMemoryStore(BookingStoreContract):
    ...     durable = False
    ...
    ...     def make_store(self):
    ...         return MemoryStore()
    ...
    ...     def reopened(self, store):
    ...         return MemoryStore()
    >>> TestMemoryStore().test_of_many_who_want_one_time_one_gets_it()
    """
