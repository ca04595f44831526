"""What hosts test with: fakes that do as they are told, contracts, strategies and a game.

Lives here: the front of the package, which re-exports the fakes. In rooms of their own: `samples`
(values to begin with), `sandboxes` (a service with fakes around it), `contracts` (what each port
owes), `strategies`, `registry` and `machines` (what Hypothesis draws and plays; extra `testing`).
Must not live here: anything that a running application needs.
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
