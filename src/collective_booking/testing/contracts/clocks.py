"""What a clock owes.

Lives here: `ClockContract`.
Must not live here: any clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from collective_booking.testing.contracts.calling import Contract, answers


class ClockContract(Contract):
    """Subclass this in your tests of a `Clock`, and say how it is made.

    >>> from collective_booking.service import SystemClock
    >>> class TestSystemClock(ClockContract):
    ...     def make_clock(self):
    ...         return SystemClock()
    >>> TestSystemClock().test_it_shows_the_time()
    """

    slack: timedelta = timedelta(minutes=5)
    """How far it may be from `expected`: less than any time zone is from another."""

    # --- what the host says ---------------------------------------------------------------------

    def make_clock(self) -> Any:
        """A clock."""
        raise NotImplementedError("say in your class how your clock is made: write make_clock")

    def expected(self) -> datetime:
        """What it should show now: by default what this machine's clock shows."""
        return datetime.now(UTC)

    # --- the duties -----------------------------------------------------------------------------

    def test_it_says_which_time_it_means(self) -> None:
        """With a UTC offset: without one it would be another instant on another machine."""
        assert self.now(self.make_clock()).utcoffset() is not None

    def test_it_shows_the_time(self) -> None:
        """The current time; a wall clock that is called UTC is hours off."""
        now = self.now(self.make_clock())

        assert now.utcoffset() is not None
        assert abs(now - self.expected()) <= self.slack

    def test_it_does_not_go_back_by_itself(self) -> None:
        """What was booked a moment ago must not lie ahead."""
        clock = self.make_clock()
        shown = [self.now(clock) for _ in range(10)]

        assert shown == sorted(shown)

    def test_threads_may_ask_it(self) -> None:
        """Every method may be called from several threads at once."""
        clock = self.make_clock()
        shown = answers(self.at_once([lambda: self.now(clock)] * 8))

        assert max(shown) - min(shown) <= self.slack

    def now(self, clock: Any) -> datetime:
        """What *clock* shows."""
        shown: datetime = self.call(clock.now)
        return shown
