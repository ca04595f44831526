"""The fakes together: each has the shape of its port, and a service gets on with all of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from collective_booking.adapters.memory import MemoryStore
from collective_booking.ports import CalendarProvider, Clock, Notifier, PaymentGateway
from collective_booking.service import AsyncBookingService, BookingService
from collective_booking.testing import (
    FakeClock,
    FakeGateway,
    FakeNotifier,
    FakeProvider,
    Fault,
    awaited,
)
from tests.bookings import EUROS, HOST, KIM, NOW, SECRET, at, calendar, slot


def test_each_fake_has_the_shape_of_its_port() -> None:
    """The type checker holds them to the ports; a host's tests lean on nothing else."""
    gateway: PaymentGateway = FakeGateway()
    provider: CalendarProvider = FakeProvider()
    notifier: Notifier = FakeNotifier()
    clock: Clock = FakeClock(NOW)

    assert all((gateway, provider, notifier, clock))


def ports(gateway: FakeGateway) -> dict[str, Any]:
    return {
        "provider": FakeProvider(),
        "notifier": FakeNotifier(),
        "gateway": gateway,
        "clock": FakeClock(NOW),
    }


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("method", ["authorise", "capture"])
def test_a_service_and_the_fakes_get_on(method: str, fault: Fault) -> None:
    """The smallest whole story: paid once, booked, told, whatever the gateway does."""
    fakes = ports(FakeGateway(at_once=True))
    gateway, provider = fakes["gateway"], fakes["provider"]
    service = BookingService(MemoryStore(), secret=SECRET, host=HOST, **fakes)
    service.save_calendar(calendar(price=EUROS))
    gateway.faults.plan(method, fault)
    held = service.hold("sales-call", at("10:00"), KIM)
    service.begin_payment(held.token)
    provider.faults.plan("put", Fault.LOST, Fault.AFTER)

    for _ in range(3):
        service.deliver()
        fakes["clock"].advance(timedelta(hours=1))

    (made,) = service.agenda(slot("08:00", "20:00"))
    assert gateway.moves(held.hold.id) == (1, 0)
    assert {who: list(own) for who, own in provider.copies.items()} == {
        "ana": [made.uid],
        "ben": [made.uid],
    }
    assert provider.violations == []
    assert len(fakes["notifier"].received) == 2


def test_an_asynchronous_service_and_pausing_fakes_get_on() -> None:
    """Ten bookers at once, every port really waits, and one of them gets the time."""
    fakes = ports(FakeGateway())
    twins = {
        name: awaited(port, pause=lambda: asyncio.sleep(0)) for name, port in fakes.items() if port
    }
    store = awaited(MemoryStore(), pause=lambda: asyncio.sleep(0))
    service = AsyncBookingService(store, secret=SECRET, host=HOST, **twins)

    async def ten() -> list[Any]:
        await service.save_calendar(calendar())
        tries = [service.book("sales-call", at("10:00"), KIM) for _ in range(10)]
        told = await asyncio.gather(*tries, return_exceptions=True)
        await service.deliver()
        return told

    told = asyncio.run(ten())

    assert sum(not isinstance(each, BaseException) for each in told) == 1
    assert len(fakes["provider"].copies) == 2
    assert fakes["provider"].violations == []
