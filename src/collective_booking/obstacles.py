"""What stands in the way of a start: every rule but the grid, in one shape.

Lives here: `Obstacle`, the one predicate of the library, and the obstacles that follow from a
calendar's settings, its members' absence, their busy time, and our own claims.
Must not live here: opening hours and the grid they make (that is `openings`), listing, asking
anybody.

Whatever refuses a start is a set of time and how far it reaches: a stretch `[s, e)` forbids the
start `t` when `s - lead < t < e + lag`. A busy hour reaches back by the duration and the buffer
after it, and forth by the buffer before; closed hours reach back by the duration, for a slot must
not run into them; notice, horizon and caps speak of the start alone, so their lead is the smallest
there is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from operator import add
from typing import Final

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import absence
from collective_booking.intervals import ALWAYS, Interval, IntervalSet
from collective_booking.localtime import DAY, LAST, days, local_day, to_date, to_day
from collective_booking.members import Member, OnUnknown
from collective_booking.moments import (
    BEGINNING,
    END,
    ZERO,
    in_microseconds,
    to_datetime,
    to_microseconds,
)
from collective_booking.reasons import Reason, What
from collective_booking.settings import BufferMode, Tentative

_START_ONLY: Final = 1
_NEVER_BEGINS: Final = 2 * END
# The last local date that is supported in every zone, however far it is from UTC.
_LAST_DAY: Final = LAST // DAY - 2
_PERHAPS_OURS: Final = "perhaps our own copy of an appointment"
MEETINGS: Final = frozenset({What.BUSY, What.APPOINTMENT, What.HOLD})
"""What takes a member's time, and is kept at a distance by buffers."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Time that forbids starts near it: `[s, e)` forbids `t` when `s - lead < t < e + lag`.

    `lead` and `lag` are microseconds. `items` are the claims or unknown stretches that `times` was
    made of, so that a reason can name the one that does it.
    """

    what: What
    who: str | None
    times: IntervalSet
    lead: int = _START_ONLY
    lag: int = 0
    items: tuple[Claim | Unknown, ...] = ()
    detail: str = ""

    def contacts(self, first: int, last: int) -> range:
        """Which stretches forbid some start from *first* to *last*, both included.

        >>> lunch = IntervalSet.from_microseconds([12], [13])
        >>> busy = Obstacle(What.BUSY, "ana", lunch, lead=2)  # for slots that last 2
        >>> [t for t in range(9, 16) if busy.contacts(t, t)]
        [11, 12]
        """
        return self.times.touching(first - self.lag, last + self.lead)

    def covers(self, first: int, last: int) -> bool:
        """Whether one stretch forbids every start from *first* to *last*."""
        place = bisect_left(self.times.starts, first + self.lead) - 1  # the last to begin in time
        return place >= 0 and last < self.times.ends[place] + self.lag

    def spared(self, runs: Iterable[list[int]]) -> list[list[int]]:
        """What it leaves of *runs* of starts; both ascend, and no run is empty.

        >>> lunch = IntervalSet.from_microseconds([12], [13])
        >>> Obstacle(What.BUSY, "ana", lunch, lead=2).spared([[9, 10, 11, 12], [20, 21]])
        [[9, 10], [20, 21]]
        """
        ends, lead, lag = self.times.ends, self.lead, self.lag
        begins = (*self.times.starts, _NEVER_BEGINS)
        left: list[list[int]] = []
        place = 0
        for run in runs:
            # Of the stretches that end too late for a start, the first one decides: if even that
            # begins late enough, so do the others. For most runs it does so for the last start.
            place = bisect_right(ends, run[0] - lag, place)
            if begins[place] >= run[-1] + lead:
                left.append(run)
            elif free := [t for t in run if begins[bisect_right(ends, t - lag, place)] >= t + lead]:
                left.append(free)
        return left

    def reasons(self, start: int, duration: int) -> Iterator[Reason]:
        """Why *start* is forbidden, a reason for each stretch, or claim, that does it."""
        for place in self.contacts(start, start):
            begin, end = self.times.starts[place], self.times.ends[place]
            interval = Interval(to_datetime(begin), to_datetime(end))
            named = [each for each in self.items if self._forbids(each.interval, start, interval)]
            for item in named:
                yield self._reason(item.interval, start, duration, item)
            if not named:
                yield self._reason(interval, start, duration)

    def forbidden(self, first: int, last: int) -> IntervalSet:
        """The starts it forbids within `[first, last)`, as time to measure."""
        places = self.contacts(first, last - 1)
        lead = 0 if self.lead == _START_ONLY else self.lead  # a microsecond that is no time
        starts = [max(self.times.starts[place] - lead, first) for place in places]
        ends = [min(self.times.ends[place] + self.lag, last) for place in places]
        return IntervalSet.from_microseconds(starts, ends)

    def _forbids(self, interval: Interval, start: int, part_of: Interval) -> bool:
        begin, end = interval.bounds
        near = begin - self.lead < start < end + self.lag
        return near and part_of.start <= interval.start < part_of.end

    def _reason(
        self, interval: Interval, start: int, duration: int, item: Claim | Unknown | None = None
    ) -> Reason:
        begin, end = interval.bounds
        apart = begin >= start + duration or end <= start
        what = What.BUFFER if apart and self.what in MEETINGS else self.what
        claim = item.id if isinstance(item, Claim) else None
        detail = str(item) if isinstance(item, Unknown) else self.detail
        return Reason(what, self.who, interval, claim, detail)


def left_of(runs: list[list[int]], obstacles: Iterable[Obstacle]) -> list[list[int]]:
    """The starts of *runs* that none of *obstacles* forbids, in runs as before."""
    for obstacle in obstacles:
        runs = obstacle.spared(runs)
    return runs


# --- what stands while a finder does ----------------------------------------------------------


def taken(
    calendar: CollectiveCalendar, claims: Iterable[Claim], counted: Iterable[Counted]
) -> list[Obstacle]:
    """What our own appointments and holds forbid: all that a store is asked under its lock (S1)."""
    found = [*_capped(calendar, counted), *_claimed(calendar, claims)]
    return [obstacle for obstacle in found if obstacle.times]


def standing(
    calendar: CollectiveCalendar, availability: Mapping[str, Availability], now: int
) -> list[Obstacle]:
    """All else that forbids starts besides opening hours, those that forbid much first."""
    found = [
        *_too_soon(calendar, now),
        *_too_late(calendar, now),
        *_away(calendar),
        *_busy(calendar, availability),
        *_unknown(calendar, availability, OnUnknown.CLOSED),
    ]
    return [obstacle for obstacle in found if obstacle.times]


def doubts(
    calendar: CollectiveCalendar, availability: Mapping[str, Availability]
) -> list[Obstacle]:
    """What would forbid a start, did its member not fail open: the slot is unverified (F3)."""
    return [each for each in _unknown(calendar, availability, OnUnknown.OPEN) if each.times]


def _too_soon(calendar: CollectiveCalendar, now: int) -> Iterator[Obstacle]:
    """Notice (N1): in elapsed time, inclusive; and in local dates of the calendar's zone."""
    earliest = min(now + in_microseconds(calendar.notice), END)
    yield Obstacle(What.NOTICE, None, IntervalSet.from_microseconds([BEGINNING], [earliest]))
    if calendar.notice_days:
        today = local_day(calendar.timezone, now)
        # From yesterday on, for clocks that go back over midnight show it once more.
        skipped = days(calendar.timezone, today - 1, today + calendar.notice_days - 1)
        yield Obstacle(What.NOTICE, None, skipped.between(now, END))


def _too_late(calendar: CollectiveCalendar, now: int) -> Iterator[Obstacle]:
    """The horizon: the last local date of the calendar's zone on which a slot may start (N2)."""
    if calendar.horizon_days is None:
        return
    today = local_day(calendar.timezone, now)
    allowed = days(calendar.timezone, today - 1, min(today + calendar.horizon_days, _LAST_DAY))
    yield Obstacle(What.HORIZON, None, allowed.complement().between(now, END))


def _capped(calendar: CollectiveCalendar, counted: Iterable[Counted]) -> Iterator[Obstacle]:
    """Local days, ISO weeks and months of the calendar's zone that are full (N3)."""
    starts = {each.id: to_microseconds(each.start) for each in counted}
    caps = (
        (calendar.max_per_day, _day_of, "day"),
        (calendar.max_per_week, _week_of, "week"),
        (calendar.max_per_month, _month_of, "month"),
    )
    for most, period_of, name in caps:
        if most is not None:
            booked = (local_day(calendar.timezone, start) for start in starts.values())
            counts = Counter(map(period_of, booked))
            full = [period for period, count in counts.items() if count >= most]
            times = IntervalSet.union_of(days(calendar.timezone, *period) for period in full)
            yield Obstacle(What.CAP, None, times, detail=f"at most {most} a {name}")


def _day_of(day: int) -> tuple[int, int]:
    return day, day


def _week_of(day: int) -> tuple[int, int]:
    monday = day - to_date(day).weekday()
    return monday, monday + 6


def _month_of(day: int) -> tuple[int, int]:
    first = to_date(day).replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return to_day(first), to_day(following) - 1


def _away(calendar: CollectiveCalendar) -> Iterator[Obstacle]:
    """Time off closes its local dates to a required member, whatever else they ignore (T4)."""
    for member in calendar.members:
        if member.required and member.time_off:
            away = absence(member.time_off, member.timezone)
            yield Obstacle(What.TIME_OFF, member.id, away, lead=in_microseconds(calendar.duration))


def _busy(
    calendar: CollectiveCalendar, availability: Mapping[str, Availability]
) -> Iterator[Obstacle]:
    """Busy time of the members who heed it; tentative counts by the calendar's switch (F2, F4)."""
    lead, lag = _reach(calendar)
    for member in _heeding(calendar):
        known = availability.get(member.id)
        if known is None:
            continue
        own = _PERHAPS_OURS if known.sees_own_copies else ""
        yield Obstacle(What.BUSY, member.id, known.busy, lead, lag, detail=own)
        if known.tentative and calendar.tentative is Tentative.BUSY:
            detail = f"tentative, {own}" if own else "tentative"
            yield Obstacle(What.BUSY, member.id, known.tentative, lead, lag, detail=detail)


def _unknown(
    calendar: CollectiveCalendar, availability: Mapping[str, Availability], policy: OnUnknown
) -> Iterator[Obstacle]:
    """Unknown time of the members who treat it by *policy* (F3)."""
    lead, lag = _reach(calendar)
    for member in _heeding(calendar):
        items = unknown_of(member, availability)
        if items and member.on_unknown is policy:
            times = IntervalSet(item.interval for item in items)
            yield Obstacle(What.UNKNOWN, member.id, times, lead, lag, items)


def unknown_of(member: Member, availability: Mapping[str, Availability]) -> tuple[Unknown, ...]:
    """What is unknown of *member*: all time, if they have a calendar and nobody answered for it."""
    if member.id in availability:
        return availability[member.id].unknown
    if member.calendar is None:
        return ()
    (always,) = ALWAYS
    # Not even the reference to the calendar: such addresses are often secrets.
    return (Unknown(always, Cause.NO_ANSWER),)


def _claimed(calendar: CollectiveCalendar, claims: Iterable[Claim]) -> Iterator[Obstacle]:
    """Exclusive claims on the members whose own claim would be exclusive (F7), by their reach."""
    heeding = {member.id for member in _heeding(calendar)}
    alike: dict[tuple[str, bool, int, int], list[Claim]] = {}
    for claim in claims:
        if claim.exclusive and claim.member in heeding:
            alike.setdefault((claim.member, claim.held, *_reach(calendar, claim)), []).append(claim)
    for (member, held, lead, lag), group in alike.items():
        times = IntervalSet(claim.interval for claim in group)
        what = What.HOLD if held else What.APPOINTMENT
        yield Obstacle(what, member, times, lead, lag, tuple(group))


def _reach(calendar: CollectiveCalendar, claim: Claim | None = None) -> tuple[int, int]:
    """How far a meeting reaches back and forth over starts: `(lead, lag)` (F2).

    In mode `max` each buffer must be free of the other meeting; in mode `sum` of its buffers too.
    """
    before, after = (claim.buffer_before, claim.buffer_after) if claim else (ZERO, ZERO)
    join = max if calendar.buffer_mode is BufferMode.MAX else add
    lead = calendar.duration + join(calendar.buffer_after, before)
    return in_microseconds(lead), in_microseconds(join(calendar.buffer_before, after))


def _heeding(calendar: CollectiveCalendar) -> Iterator[Member]:
    return (member for member in calendar.members if member.heeds_busy)
