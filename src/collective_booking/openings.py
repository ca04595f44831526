"""When everybody is open, and the grid that hangs on it.

Lives here: whose hours count, their windows over a range of starts, what they close, and the
starts that they make.
Must not live here: any other obstacle, or which starts are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from collective_booking.calendars import CollectiveCalendar
from collective_booking.grid import Piece, cell, clock_pieces, loose_pieces, starts, window_pieces
from collective_booking.hours import DateRange, OpeningHours, Windows, absence, windows
from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.localtime import DAY
from collective_booking.moments import in_microseconds, to_datetime
from collective_booking.obstacles import Obstacle
from collective_booking.reasons import What
from collective_booking.settings import Anchor, HoursMode


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whose hours count: a required member who heeds them, or the calendar (None)."""

    who: str | None
    hours: OpeningHours
    timezone: str


def parties(calendar: CollectiveCalendar) -> list[Party]:
    """Whose hours a slot must lie inside, and whose windows anchor the grid (F1, F5, G1)."""
    own = [Party(None, calendar.hours, calendar.timezone)] if calendar.hours else []
    if calendar.hours_mode is HoursMode.REPLACE:
        return own
    members = (member for member in calendar.members if member.heeds_hours)
    return own + [Party(each.id, each.hours, each.timezone) for each in members if each.hours]


@dataclass(frozen=True, slots=True)
class Openings:
    """Everybody's opening hours over a range of starts, and the grid they make there.

    `duration` and `step` are microseconds; `common` is the time in which all of them are open.
    """

    within: Interval
    duration: int
    step: int
    opened: Sequence[tuple[Party, Windows]]
    common: IntervalSet
    anchor: Anchor
    pieces: Sequence[Piece]

    @classmethod
    def around(cls, calendar: CollectiveCalendar, first: int, last: int) -> Openings:
        """For starts from *first* to *last*, both included."""
        duration, step = in_microseconds(calendar.duration), in_microseconds(calendar.step)
        begin, end = first - DAY, last + duration + DAY
        who = parties(calendar)
        rules = dict.fromkeys((party.hours, party.timezone) for party in who)
        found = {rule: windows(*rule, begin, end) for rule in rules}
        common = IntervalSet.intersection_of(map(Windows.merged, found.values()))
        anchor = calendar.anchor if found else Anchor.CLOCK
        if anchor is Anchor.WINDOW:
            pieces = window_pieces(found.values(), common)
        else:
            offset = in_microseconds(calendar.anchor_offset) % step
            pieces = clock_pieces(calendar.timezone, offset, first, last)
        within = Interval(to_datetime(begin), to_datetime(end))
        opened = [(party, found[party.hours, party.timezone]) for party in who]
        return cls(within, duration, step, opened, common, anchor, pieces)

    def starts(self, first: int, last: int) -> Iterator[list[int]]:
        """The instants on the grid from *first* to *last*, both included, in runs that touch."""
        return starts(self.pieces, self.step, first, last)

    def loose_starts(self, first: int, last: int) -> Iterator[list[int]]:
        """The same as far as anybody is open, whoever else is closed then (X2)."""
        loose = self.anchor is Anchor.WINDOW
        pieces = loose_pieces(opened for _, opened in self.opened) if loose else self.pieces
        return starts(pieces, self.step, first, last)

    def cell(self, start: int) -> Interval | None:
        """Between which starts of the grid *start* lies; None if it is one of them."""
        neighbours = cell(self.pieces, self.step, start)
        return Interval(*map(to_datetime, neighbours)) if neighbours else None

    def obstacles(self) -> list[Obstacle]:
        """What each party's hours close."""
        return list(chain.from_iterable(self._closed(*each) for each in self.opened))

    def shut(self) -> Obstacle:
        """The same as one obstacle: what is closed to anybody, and no longer to whom."""
        return Obstacle(What.HOURS, None, self.common.complement(self.within), lead=self.duration)

    def _closed(self, party: Party, opened: Windows) -> Iterator[Obstacle]:
        """The time in which *party* is not *opened*: no slot may run into it (F1).

        What is closed on a date with an override is told apart, for there the override does it.
        """
        shut = opened.merged().complement(self.within)
        dates = [DateRange(day, day) for day, _ in party.hours.overrides]
        dated = absence(dates, party.timezone) if dates else NEVER
        for what, times in (
            (What.HOURS, shut - dated if dated else shut),
            (What.OVERRIDE, shut & dated),
        ):
            if times:
                yield Obstacle(what, party.who, times, lead=self.duration)
