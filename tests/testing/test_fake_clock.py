"""The fake clock, which a test moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collective_booking.errors import NaiveDatetimeError
from collective_booking.testing import FakeClock
from tests.bookings import NOW


def test_a_clock_moves_only_when_told() -> None:
    """Also backwards: clocks of machines do."""
    clock = FakeClock(NOW)
    assert clock.now() == clock.now() == NOW

    clock.advance(timedelta(hours=1))
    assert clock.now() == NOW + timedelta(hours=1)
    clock.set(NOW - timedelta(days=1))
    assert clock.now() == NOW - timedelta(days=1)
    with pytest.raises(NaiveDatetimeError):
        clock.set(NOW.replace(tzinfo=None))
