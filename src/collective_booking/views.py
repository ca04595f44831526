"""A window of time as people look at it: who is open, busy or unknown, and what suits everyone.

Lives here: a view, and which dates and hours of it are worth drawing.
Must not live here: how its rows come about (that is `slots`), how they are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from collective_booking.drawing import Sheet, svg_of
from collective_booking.durations import format_amount
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.localtime import DAY, HOUR, days, offsets, to_date, to_day
from collective_booking.moments import to_microseconds
from collective_booking.walls import Row, Walls, date_label, on_date


@dataclass(frozen=True, slots=True)
class View:
    """What a finder sees of a window: a row a party, and the time covered by what it offers.

    `timezone` is the calendar's; days are drawn as its walls show them, and so they are in any
    other zone that is put in its place. A notebook shows a view as its picture.

    >>> morning = IntervalSet.from_isoformat("2026-11-23T08:00Z/2026-11-23T12:00Z")
    >>> monday = Interval.from_isoformat("2026-11-23T00:00Z/2026-11-24T00:00Z")
    >>> row = Row("Ana", open=morning, busy=IntervalSet(), unknown=IntervalSet())
    >>> view = View("Sales call", "Europe/Madrid", monday, (row,), common=morning)
    >>> view.hours(), view.to_svg()[:4]
    ((9, 13), '<svg')
    >>> [f"{day:%d %b}" for day in view.dates()]  # that day of UTC ends at one in Madrid
    ['23 Nov', '24 Nov']

    On the walls, times are what is read there, only written as if they were in UTC.

    >>> print(view.walls().common, view.on_walls(morning) == view.walls().common)
    2026-11-23T09:00:00Z/2026-11-23T13:00:00Z True
    """

    title: str
    timezone: str
    window: Interval
    rows: tuple[Row, ...]
    common: IntervalSet

    @property
    def suits(self) -> str:
        """Whom the common time suits: optional members are not asked (F5).

        >>> window = Interval.from_isoformat("2026-11-23T00:00Z/2026-11-24T00:00Z")
        >>> ben = Row("Ben", IntervalSet(), IntervalSet(), IntervalSet(), required=False)
        >>> View("Sales call", "Europe/Madrid", window, (ben,), IntervalSet()).suits
        'all required'
        """
        return "everyone" if all(row.required for row in self.rows) else "all required"

    def dates(self) -> list[date]:
        """The local dates that the window touches, in order."""
        touched = self.on_walls(IntervalSet([self.window])).span
        assert touched is not None  # a window is never empty
        first, end = touched.bounds
        return [to_date(day) for day in range(first // DAY, (end - 1) // DAY + 1)]

    def hours(self) -> tuple[int, int]:
        """The hours of the day worth drawing, such as `(8, 20)`: in which somebody opens.

        Who is not required, or open around the clock, has no say in it.
        """
        whole = IntervalSet([self.window])
        needed = (row.open for row in self.rows if row.required)
        told = [times for times in needed if times != whole and not _around_the_clock(times)]
        opened = self.on_walls(IntervalSet.union_of([*(told or [whole]), self.common]))
        spans = [span for day in self.dates() for span in on_date(opened, day)]
        first = min((start for start, _ in spans), default=0)
        last = max((end for _, end in spans), default=DAY)
        return first // HOUR, -(-last // HOUR)

    def on_walls(self, times: IntervalSet) -> IntervalSet:
        """What the clocks on the wall show during *times*: local times as if they were instants."""
        first, last = to_microseconds(self.window.start), to_microseconds(self.window.end)
        shown: tuple[list[int], list[int]] = ([], [])
        for begin, until, ahead in offsets(self.timezone, first, last):
            part = times.between(begin, until)
            shown[0].extend(start + ahead for start in part.starts)
            shown[1].extend(end + ahead for end in part.ends)
        return IntervalSet.from_microseconds(*shown)

    def walls(self) -> Walls:
        """All that there is to draw, as the clocks on the wall show it."""
        on = self.on_walls
        rows = (
            replace(row, open=on(row.open), busy=on(row.busy), unknown=on(row.unknown))
            for row in self.rows
        )
        return Walls(tuple(rows), on(self.common))

    def day_label(self, day: date) -> str:
        """A date as people say it; with its length where clocks change, which no hours show.

        >>> monday = Interval.from_isoformat("2026-11-23T00:00Z/2026-11-24T00:00Z")
        >>> view = View("Sales call", "Europe/Madrid", monday, (), IntervalSet())
        >>> view.day_label(date(2026, 10, 24)), view.day_label(date(2026, 10, 25))
        ('Sat 24 Oct', 'Sun 25 Oct 25h')
        """
        length = days(self.timezone, to_day(day), to_day(day)).total
        if length == timedelta(days=1):
            return date_label(day)
        return f"{date_label(day)} {format_amount(length)}"

    def to_svg(self) -> str:
        """The picture as an SVG document: a text that can stand in a page or in a file."""
        sheet = Sheet(
            title=self.title,
            timezone=self.timezone,
            of=(self.title, self.window, self.timezone),
            days={day: self.day_label(day) for day in self.dates()},
            hours=self.hours(),
            walls=self.walls(),
            suits=self.suits,
        )
        return svg_of(sheet)

    def _repr_html_(self) -> str:
        """The picture, for notebooks."""
        return self.to_svg()


def _around_the_clock(times: IntervalSet) -> bool:
    """Whether *times* hold a day and a night on end, and so any hour that could be drawn."""
    return any(end - start >= DAY for start, end in zip(times.starts, times.ends, strict=True))
