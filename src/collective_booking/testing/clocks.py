"""A clock that stands still until it is told to move.

Lives here: `FakeClock`.
Must not live here: the time of this machine.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from collective_booking.moments import in_utc


class FakeClock:
    """A `Clock` for tests.

    >>> clock = FakeClock(datetime.fromisoformat("2026-11-23T09:00Z"))
    >>> clock.advance(timedelta(minutes=5))
    >>> clock.now().isoformat()
    '2026-11-23T09:05:00+00:00'
    >>> clock.set(datetime.fromisoformat("2026-11-23T08:00Z"))  # back, as a real one may not
    >>> clock.now().hour
    8
    """

    def __init__(self, now: datetime) -> None:
        self._now = in_utc(now)

    def now(self) -> datetime:
        """What it shows."""
        return self._now

    def advance(self, length: timedelta) -> None:
        """Let time pass."""
        self._now += length

    def set(self, now: datetime) -> None:
        """Show *now*, be it earlier or later."""
        self._now = in_utc(now)
