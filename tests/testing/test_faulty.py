"""Faults around any port, and a ledger that answers by whatever a test has at hand."""

from __future__ import annotations

import pytest

from collective_booking.adapters.memory import MemoryStore
from collective_booking.payments import Charge
from collective_booking.service import BookingService
from collective_booking.testing import (
    FakeClock,
    FakeGateway,
    FakeProvider,
    Fault,
    Faults,
    Faulty,
    samples,
)


def test_a_fault_is_planned_without_the_port_knowing() -> None:
    """A host's own port needs no switch for failing."""
    faults = Faults()
    clock = Faulty(FakeClock(samples.NOW), faults)
    faults.plan("now", Fault.BEFORE, Fault.AFTER)

    with pytest.raises(ConnectionError):
        clock.now()
    with pytest.raises(TimeoutError):
        clock.now()
    assert clock.now() == samples.NOW


def test_what_was_healed_fails_no_more() -> None:
    """At the end of a test all that is still planned is forgotten."""
    faults = Faults()
    faults.plan("now", *[Fault.LOST] * 5)
    faults.heal()

    assert Faulty(FakeClock(samples.NOW), faults).now() == samples.NOW


def test_a_service_takes_a_faulty_port_for_a_port() -> None:
    """Its methods are there, and none of them is a coroutine."""
    faults = Faults()
    gateway = FakeGateway(at_once=True)
    service = BookingService(
        MemoryStore(),
        secret=b"a secret for tests alone",
        host=samples.HOST,
        provider=FakeProvider(),
        gateway=Faulty(gateway, faults),
        clock=FakeClock(samples.NOW),
    )
    service.save_calendar(samples.calendar(price=samples.EUROS))
    held = service.hold("sales-call", samples.at("10:00"), samples.KIM)
    faults.plan("authorise", Fault.TWICE)

    assert service.begin_payment(held.token).outcome == "booked"
    assert [method for method, _ in gateway.calls] == ["authorise", "authorise", "capture"]


def test_a_ledger_is_asked_by_hold_or_by_reference() -> None:
    """A contract knows the one, a test of a booking the other."""
    gateway = FakeGateway(at_once=True, captures=True)
    charge = Charge(
        tenant="t", hold="h", money=samples.EUROS, description="", name="", email="", key="k"
    )
    reference = gateway.authorise(charge).reference

    for asked in ("h", reference):
        assert (gateway.net(asked), gateway.moves(asked)) == (5000, (1, 0))
