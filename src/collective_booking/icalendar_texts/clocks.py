"""What a date or a time of iCalendar means: a clock in a zone, and the instant at which it shows.

Lives here: zones as rules from clock to instant, moments, and lengths that are nominal, exact or
both (T5). A clock is a naive `datetime`; an instant is an `int` of microseconds, UTC.
Must not live here: where a zone comes from, or how a value is written.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from collective_booking.availability import Cause
from collective_booking.localtime import DAY, FIRST, LAST, first_instant
from collective_booking.moments import BEGINNING, END, MICROSECOND, to_datetime

EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # a clock, in whichever zone
EARLIEST: Final = datetime.min  # noqa: DTZ901  # clocks too
LATEST: Final = datetime.max  # noqa: DTZ901
ONE_DAY: Final = timedelta(days=1)


class Zone:
    """How one zone's clock is read.

    `slack` is by how many microseconds an instant may be wrong: none, unless nobody knows the zone.
    Then it is a day, because no place is further than that from UTC, and `doubt` says why.
    """

    __slots__ = ("_midnights", "cause", "doubt", "iana", "slack", "tzinfo")

    def __init__(self, place: tzinfo, iana: str | None = None) -> None:
        self.tzinfo: tzinfo = place
        self.iana: str | None = iana
        self.slack: int = 0
        self.doubt: str = ""
        self.cause: Cause = Cause.ZONE
        self._midnights: dict[datetime, int] = {}

    @classmethod
    def unknown(cls, doubt: str, cause: Cause = Cause.ZONE) -> Zone:
        """A zone of which only a name is known."""
        made = cls(UTC)
        made.slack, made.doubt, made.cause = DAY, doubt, cause
        return made

    def instant(self, clock: datetime) -> int:
        """When *clock* shows: a skipped time by the offset before the gap, a doubled one first."""
        ahead = clock.replace(tzinfo=self.tzinfo, fold=0).utcoffset()
        assert ahead is not None  # every tzinfo that gets here has an offset
        return (clock - EPOCH - ahead) // MICROSECOND

    def midnight(self, clock: datetime) -> int:
        """When the local date of *clock* begins, which need not be at 00:00 (T5)."""
        known = self._midnights.get(clock)
        if known is None:
            known = self.instant(clock)
            if self.iana and FIRST + DAY < known < LAST - 4 * DAY:
                known = first_instant(self.iana, (clock - EPOCH).days)
            self._midnights[clock] = known
        return known

    def clock(self, instant: int) -> datetime:
        """What the clock shows at *instant*."""
        return to_datetime(instant).astimezone(self.tzinfo).replace(tzinfo=None, fold=0)


class Moment(NamedTuple):
    """A date (`all_day`: midnight) or a time, and the zone whose clock shows it."""

    clock: datetime
    zone: Zone
    all_day: bool = False

    def instant(self) -> int:
        """The instant it stands for; for a date, the first one of that date."""
        zone = self.zone
        return zone.midnight(self.clock) if self.all_day else zone.instant(self.clock)

    def key(self) -> object:
        """What two moments share when they are the same, in whichever zones they are written.

        Moments of zones that nobody knows are the same only if both zone and clock are.
        """
        return (self.zone, self.clock) if self.zone.slack else self.instant()

    def seen_in(self, zone: Zone) -> datetime:
        """The clock of *zone* at this moment; a date is a date everywhere."""
        if self.all_day or self.zone is zone:
            return self.clock
        return zone.clock(self.instant())


class Length(NamedTuple):
    """`days` by the calendar, then `exact` microseconds: P1D is not PT24H (T5)."""

    days: int
    exact: int

    def end_of(self, start: Moment) -> int:
        """The instant at which something of this length ends that begins at *start*."""
        if not self.days:
            return min(start.instant() + self.exact, END)
        try:
            moved = start._replace(clock=start.clock + timedelta(days=self.days))
        except OverflowError:
            return END if self.days > 0 else BEGINNING
        return min(moved.instant() + self.exact, END)

    def most(self) -> int:
        """No occurrence is longer than this; clock changes are allowed for."""
        return (self.days + 1) * DAY + max(self.exact, 0) if self.days else max(self.exact, 0)


NOTHING: Final = Length(0, 0)
WHOLE_DAY: Final = Length(1, 0)


def length_between(start: Moment, end: Moment) -> Length:
    """The length of what runs from *start* to *end*: whole days between dates, else exact.

    It may be negative; the caller knows what that means.
    """
    if start.all_day and end.all_day:
        return Length((end.clock - start.clock).days, 0)
    exact = end.instant() - start.instant()
    if exact <= 0 and start.zone is end.zone and end.clock > start.clock:
        # A clock change moved the start, 02:30 to 03:30, past an end at 03:00: both move.
        exact = (end.clock - start.clock) // MICROSECOND
    return Length(0, exact)
