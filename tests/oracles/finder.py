"""The slot finder's twin, slow and obviously right: it asks about one start, minute by minute.

Lives here: the rules once more, as membership of single minutes, with plain loops and `zoneinfo`.
Must not live here: anything of the finder, of its grid, or of its way to turn hours into windows.

Instants are whole seconds since the epoch; all data but a start must be in whole minutes, so that
nothing changes within a minute. A start may lie within one: asking halfway through every minute
measures the time in which a slot could start.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import chain
from zoneinfo import ZoneInfo

from collective_booking.availability import Availability, Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval
from collective_booking.members import Member, OnUnknown
from collective_booking.reasons import What
from collective_booking.settings import Anchor, BufferMode, HoursMode, Tentative

Refusal = tuple[What, str | None]
Party = tuple[str | None, OpeningHours, str]
"""Who (None is the calendar), their hours, the zone of their wall."""

MINUTE = 60
_ONE_DAY = timedelta(days=1)
_NO_CAUSE = {What.GRID, What.BUFFER}


def seconds(moment: datetime) -> int:
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)
    assert whole == int(whole)
    return int(whole)


def moment_of(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)


# --- walls and hours ------------------------------------------------------------------------------


@cache
def wall(zone: str, minute: int) -> datetime:
    """What the clock on the wall shows in the minute that starts *minute* minutes after 1970."""
    return moment_of(minute * MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def local_date(zone: str, instant: int) -> date:
    return wall(zone, instant // MINUTE).date()


@cache
def groups(hours: OpeningHours, day: date) -> list[tuple[int, int]]:
    """The spans that start on *day*, in minutes from its midnight; overlapping ones unite (T5)."""
    spans = dict(hours.overrides).get(day, hours.week[day.weekday()])  # T4
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


@cache
def minutes_around(zone: str, day: date) -> list[tuple[int, int]]:
    """Every minute near *day*, and the minutes from its midnight that the wall then shows."""
    midnight = datetime(day.year, day.month, day.day)
    middle = seconds(midnight.replace(tzinfo=UTC)) // MINUTE
    return [
        (minute, (wall(zone, minute) - midnight) // timedelta(minutes=1))
        for minute in range(middle - 26 * 60, middle + (48 + 26) * 60)
    ]


@cache
def windows_of(zone: str, day: date, group: tuple[int, int]) -> list[range]:
    """The minutes in which the wall shows a time of *group*, run by run (T3)."""
    runs: list[range] = []
    for minute, shown in minutes_around(zone, day):
        if group[0] <= shown < group[1]:
            if runs and runs[-1].stop == minute:
                runs[-1] = range(runs[-1].start, minute + 1)
            else:
                runs.append(range(minute, minute + 1))
    return runs


@cache
def window_starts(hours: OpeningHours, zone: str, minute: int) -> list[int]:
    """Where the windows start that hold this minute; none where it is closed."""
    today = wall(zone, minute).date()
    return [
        window.start
        for day in (today - _ONE_DAY, today)
        for group in groups(hours, day)
        for window in windows_of(zone, day, group)
        if minute in window
    ]


@cache
def first_instant(zone: str, day: date) -> int:
    """The first instant that shows this local date."""
    return MINUTE * next(
        minute for minute, _ in minutes_around(zone, day) if wall(zone, minute).date() == day
    )


# --- one state ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Oracle:
    calendar: CollectiveCalendar
    availability: dict[str, Availability]
    now: datetime
    claims: tuple[Claim, ...] = ()
    counted: tuple[Counted, ...] = ()
    moving: str | None = None
    _closed: dict[tuple[str | None, int], What | None] = field(default_factory=dict, repr=False)

    # --- what can be asked ------------------------------------------------------------------------

    def refusals(self, start: int) -> set[Refusal]:
        """What refuses this start, and who; nobody where it can be booked."""
        found: set[Refusal] = {(what, None) for what in self.by_calendar(start)}
        found |= self.by_hours(start)
        if not self.on_grid(start):
            found.add((What.GRID, None))
        for member in self.calendar.members:
            found |= {(what, member.id) for what in self.by_time_off(member, start)}
            for what, meets in self.by_busy(member, start):
                found.add((what if meets else What.BUFFER, member.id))
            if member.on_unknown is OnUnknown.CLOSED and self.in_doubt(member, start):
                found.add((What.UNKNOWN, member.id))
        return found

    def accepts(self, start: int) -> bool:
        return self.on_grid(start) and not self.refusals(start)

    def doubtful(self, start: int) -> set[str]:
        """The members who are assumed to be free though nobody can tell (F3)."""
        return {
            member.id
            for member in self.calendar.members
            if member.on_unknown is OnUnknown.OPEN and self.in_doubt(member, start)
        }

    def blocked(self, window: Interval) -> dict[Refusal, set[int]]:
        """The minutes of *window* in which no slot can start, grid or no grid, by what and whom.

        A buffer is put down to what it keeps apart from.
        """
        found: dict[Refusal, set[int]] = {}
        for minute in range(seconds(window.start) // MINUTE, seconds(window.end) // MINUTE):
            start = minute * MINUTE + MINUTE // 2
            causes = {each for each in self.refusals(start) if each[0] not in _NO_CAUSE}
            for member in self.calendar.members:
                causes |= {(what, member.id) for what, _ in self.by_busy(member, start)}
            for cause in causes:
                found.setdefault(cause, set()).add(minute)
        return found

    def blockers(self, start: int) -> set[str]:
        """The members who alone stand in the way of *start*, as a near miss has them (X2).

        Nobody where the calendar itself refuses it, where it suits everyone, and off the grid that
        whoever has a window then makes.
        """
        refusals = self.refusals(start)
        if not self.on_loose_grid(start) or any(who is None for _, who in refusals):
            return set()
        return {who for _, who in refusals if who is not None}

    def on_loose_grid(self, start: int) -> bool:
        openings = [opening for party in self.openings(start) for opening in party]
        if self.calendar.anchor is Anchor.CLOCK or not self.parties():
            return (start - self.clock_anchor(start)) % self.step == 0
        return bool(openings) and (start - MINUTE * max(openings)) % self.step == 0

    # --- the calendar's own word ------------------------------------------------------------------

    def by_calendar(self, start: int) -> Iterator[What]:
        calendar, now = self.calendar, seconds(self.now)
        today, day = (local_date(calendar.timezone, instant) for instant in (now, start))
        if start < now + calendar.notice.total_seconds():  # N1
            yield What.NOTICE
        if calendar.notice_days and day < today + calendar.notice_days * _ONE_DAY:  # N1
            yield What.NOTICE
        if calendar.horizon_days is not None and day > today + calendar.horizon_days * _ONE_DAY:
            yield What.HORIZON  # N2
        others = [
            local_date(calendar.timezone, seconds(each.start))
            for each in self.counted
            if each.id != self.moving  # F6
        ]
        same_day = [other for other in others if other == day]
        same_week = [other for other in others if other.isocalendar()[:2] == day.isocalendar()[:2]]
        same_month = [o for o in others if (o.year, o.month) == (day.year, day.month)]
        for cap, counting in (
            (calendar.max_per_day, same_day),
            (calendar.max_per_week, same_week),
            (calendar.max_per_month, same_month),
        ):
            if cap is not None and len(counting) >= cap:  # N3
                yield What.CAP

    # --- hours and grid ---------------------------------------------------------------------------

    def parties(self) -> list[Party]:
        """Everybody whose hours count (F1, F5)."""
        calendar, found = self.calendar, list[Party]()
        if calendar.hours is not None:
            found.append((None, calendar.hours, calendar.timezone))
        if calendar.hours_mode is HoursMode.INTERSECT:
            for member in calendar.members:
                if member.required and not member.ignore_hours:
                    assert member.hours is not None
                    found.append((member.id, member.hours, member.timezone))
        return found

    def by_hours(self, start: int) -> set[Refusal]:
        found = set()
        for party in self.parties():
            for minute in self.minutes_of(start):
                if what := self.closed(party, minute):
                    found.add((what, party[0]))
        return found

    def closed(self, party: Party, minute: int) -> What | None:
        """What closes this minute to *party*, if anything does; remembered, for many ask."""
        who, hours, zone = party
        if (who, minute) not in self._closed:
            dated = wall(zone, minute).date() in dict(hours.overrides)
            closed = What.OVERRIDE if dated else What.HOURS
            self._closed[who, minute] = None if window_starts(hours, zone, minute) else closed
        return self._closed[who, minute]

    def openings(self, start: int) -> list[list[int]]:
        """For each party, where its windows start that *start* lies in."""
        return [window_starts(party[1], party[2], start // MINUTE) for party in self.parties()]

    def on_grid(self, start: int) -> bool:
        openings = self.openings(start)
        if not all(openings):
            return True  # the reason is hours, and the grid is not asked
        if self.calendar.anchor is Anchor.CLOCK or not openings:  # G2
            anchor = self.clock_anchor(start)
        else:  # G1
            anchor = MINUTE * max(chain.from_iterable(openings))
        return (start - anchor) % self.step == 0

    @property
    def step(self) -> int:
        return int(self.calendar.step.total_seconds())

    def clock_anchor(self, start: int) -> int:
        zone = self.calendar.timezone
        first = first_instant(zone, wall(zone, start // MINUTE).date())
        return first + int(self.calendar.anchor_offset.total_seconds())

    # --- members ----------------------------------------------------------------------------------

    def by_time_off(self, member: Member, start: int) -> set[What]:
        if not member.required:
            return set()
        for minute in self.minutes_of(start):
            today = wall(member.timezone, minute).date()
            if any(away.first <= today <= away.last for away in member.time_off):
                return {What.TIME_OFF}
        return set()

    def by_busy(self, member: Member, start: int) -> set[tuple[What, bool]]:
        """What takes the member's time, and whether it meets the slot itself or only a buffer."""
        if not member.required or member.ignore_busy:
            return set()
        found = set()
        told = self.availability.get(member.id, Availability())
        slot, padded = self.minutes_of(start), self.padded_minutes_of(start)
        tentative = told.tentative if self.calendar.tentative is Tentative.BUSY else ()  # F4
        for stretch in (*told.busy, *tentative):
            if share(minutes_in(stretch), padded):
                found.add((What.BUSY, share(minutes_in(stretch), slot)))
        for claim in self.claims:
            if claim.member != member.id or claim.id == self.moving or not claim.exclusive:
                continue  # F6, F7
            core = minutes_in(claim.interval)
            buffered = minutes_in(claim.interval, claim.buffer_before, claim.buffer_after)
            if self.calendar.buffer_mode is BufferMode.SUM:  # F2
                blocks = share(buffered, padded)
            else:
                blocks = share(core, padded) or share(buffered, slot)
            if blocks:
                what = What.HOLD if claim.held else What.APPOINTMENT
                found.add((what, share(core, slot)))
        return found

    def in_doubt(self, member: Member, start: int) -> bool:
        if not member.required or member.ignore_busy:
            return False
        if member.id not in self.availability:
            return member.calendar is not None  # without one there is nothing to look up
        return any(
            share(minutes_in(each.interval), self.padded_minutes_of(start))
            for each in self.availability[member.id].unknown
        )

    # --- minutes ----------------------------------------------------------------------------------

    def minutes_of(self, start: int) -> range:
        """The minutes that a slot from *start* touches."""
        end = start + int(self.calendar.duration.total_seconds())
        return range(start // MINUTE, -(-end // MINUTE))

    def padded_minutes_of(self, start: int) -> range:
        """The same with the slot's own buffers (F2)."""
        before = int(self.calendar.buffer_before.total_seconds())
        after = int((self.calendar.duration + self.calendar.buffer_after).total_seconds())
        return range((start - before) // MINUTE, -(-(start + after) // MINUTE))


def minutes_in(
    stretch: Interval, before: timedelta = timedelta(), after: timedelta = timedelta()
) -> range:
    start, end = seconds(stretch.start - before), seconds(stretch.end + after)
    assert start % MINUTE == end % MINUTE == 0
    return range(start // MINUTE, end // MINUTE)


def share(some: range, others: range) -> bool:
    return any(minute in others for minute in some)
