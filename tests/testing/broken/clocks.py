"""Clocks, each of which breaks one promise."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import get_ident

from collective_booking.testing import FakeClock
from collective_booking.testing.contracts import ClockContract as Duty
from tests.testing.broken.table import broken
from tests.testing.hosts import OfClock

breaks = broken(OfClock)


@breaks(Duty.test_it_says_which_time_it_means, Duty.test_it_shows_the_time)
class Naive(FakeClock):
    def now(self) -> datetime:
        return super().now().replace(tzinfo=None)


@breaks(Duty.test_it_shows_the_time)
class WallClockCalledUtc(FakeClock):
    def now(self) -> datetime:
        return super().now() + timedelta(hours=1)


@breaks(Duty.test_it_does_not_go_back_by_itself)
class GoesBack(FakeClock):
    def now(self) -> datetime:
        self.advance(timedelta(seconds=-1))
        return super().now()


@breaks(Duty.test_threads_may_ask_it)
class OneThread(FakeClock):
    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._mine = get_ident()

    def now(self) -> datetime:
        if get_ident() != self._mine:
            raise RuntimeError("made in another thread")
        return super().now()
