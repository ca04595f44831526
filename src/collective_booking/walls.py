"""What the clocks on the wall show of some days: local times, as if they were instants.

Lives here: the rows of a window, as they are on the walls of its zone, and how a date is called.
Must not live here: which instant is which local time (that is `localtime`), how it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from collective_booking.hours import DAYS
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import DAY, to_day

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

WallSpan = tuple[int, int]
"""From when to when on the wall of one day, in microseconds from its midnight."""


@dataclass(frozen=True, slots=True)
class Row:
    """One party's time inside a window: `open` by their hours, `busy`, and `unknown`.

    A party is a member, or the calendar itself where it has hours of its own. Times are instants in
    a view, and local times on walls.

    Who is not `required` stands in nobody's way, and is drawn so.

    >>> Row("Ana", open=IntervalSet(), busy=IntervalSet(), unknown=IntervalSet()).required
    True
    """

    name: str
    open: IntervalSet
    busy: IntervalSet
    unknown: IntervalSet
    required: bool = True


class Walls(NamedTuple):
    """What the clocks on the wall show of a view: its rows, and what they have in `common`.

    >>> from collective_booking.localtime import HOUR
    >>> nine_to_five = IntervalSet.from_microseconds([9 * HOUR], [17 * HOUR])
    >>> Walls(rows=(), common=nine_to_five).common.starts
    (32400000000,)
    """

    rows: tuple[Row, ...]
    common: IntervalSet


def on_date(walls: IntervalSet, day: date) -> list[WallSpan]:
    """What *walls* show on local date *day*, in microseconds from its midnight.

    >>> from collective_booking.localtime import HOUR
    >>> night = IntervalSet.from_microseconds([20 * HOUR], [30 * HOUR])
    >>> [(start // HOUR, end // HOUR) for start, end in on_date(night, date(1970, 1, 2))]
    [(0, 6)]
    """
    midnight = to_day(day) * DAY
    part = walls.between(midnight, midnight + DAY)
    return [(s - midnight, e - midnight) for s, e in zip(part.starts, part.ends, strict=True)]


def date_label(day: date) -> str:
    """A date as people say it.

    >>> date_label(date(2026, 11, 23))
    'Mon 23 Nov'
    """
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
