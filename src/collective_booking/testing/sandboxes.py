"""A service to try things on, with memory behind it and fakes around it.

Lives here: `sandbox`.
Must not live here: the fakes, and anything that asserts.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from collective_booking.adapters.memory import MemoryStore
from collective_booking.calendars import CollectiveCalendar
from collective_booking.service import BookingService
from collective_booking.testing.calendars import FakeProvider
from collective_booking.testing.clocks import FakeClock
from collective_booking.testing.gateways import FakeGateway
from collective_booking.testing.notifiers import FakeNotifier
from collective_booking.testing.samples import HOST, NOW, SECRET


def sandbox(*calendars: CollectiveCalendar, **changes: Any) -> BookingService:
    """A `BookingService` with a fake for each port, in which *calendars* are saved.

    It is Monday 2026-11-23, 07:00 UTC. *changes* are arguments of `BookingService`, such as a fake
    that a test wants to hold in its hand. Ids are `id1`, `id2` and so on, one for each command.

    Raises:
        WrongTypeError: a port of *changes* is none; and whatever `BookingService` raises.

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> notifier = FakeNotifier()
    >>> service = sandbox(calendar(), notifier=notifier)
    >>> _ = service.book("sales-call", at("10:00"), KIM)
    >>> _ = service.deliver()
    >>> [str(message.audience) for message in notifier.received]
    ['booker', 'owner']
    """
    numbers = count(1)
    told: dict[str, Any] = {
        "store": MemoryStore(),
        "secret": SECRET,
        "host": HOST,
        "provider": FakeProvider(),
        "notifier": FakeNotifier(),
        "gateway": FakeGateway(),
        "clock": FakeClock(NOW),
        "new_id": lambda: f"id{next(numbers)}",
    }
    service = BookingService(**told | changes)
    for each in calendars:
        service.save_calendar(each)
    return service
