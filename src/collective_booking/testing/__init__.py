"""Ports for a host's tests: a gateway, calendars, a notifier and a clock that do as they are told.

Lives here: fakes, made of the standard library alone.
Must not live here: a test framework, and anything that a running application needs.
"""

from __future__ import annotations

from collective_booking.testing.awaited import awaited
from collective_booking.testing.calendars import FakeProvider
from collective_booking.testing.clocks import FakeClock
from collective_booking.testing.faults import Fault, Faults, Faulty
from collective_booking.testing.gateways import FakeGateway
from collective_booking.testing.notifiers import FakeNotifier

__all__ = [
    "FakeClock",
    "FakeGateway",
    "FakeNotifier",
    "FakeProvider",
    "Fault",
    "Faults",
    "Faulty",
    "awaited",
]
