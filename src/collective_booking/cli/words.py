"""How times and people are put: local times, zones, amounts, lists of names.

Lives here: text that tables, pictures and messages share.
Must not live here: layout, colours, what is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from collective_booking.intervals import Interval
from collective_booking.localtime import MINUTE, offset_at, offsets, zone
from collective_booking.moments import BEGINNING, END, to_datetime, to_microseconds
from collective_booking.walls import date_label

NAMED: Final = 6
"""How many people a sentence names before it counts the others."""


class Clock:
    """The clock on the wall of one zone, and how its times are written."""

    def __init__(self, timezone: str) -> None:
        self.timezone = timezone
        self.zone: ZoneInfo = zone(timezone)

    def local(self, moment: datetime) -> datetime:
        """*moment* as this clock shows it."""
        return moment.astimezone(self.zone)

    def time(self, moment: datetime) -> str:
        """The time of day; where the clock shows it twice that day, with its offset.

        >>> Clock("Europe/Berlin").time(datetime.fromisoformat("2026-10-25T01:30Z"))
        '02:30+01:00'
        """
        local = self.local(moment)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        written = local.isoformat(timespec="seconds")
        return written[11:19].removesuffix(":00") + written[19:] * twice

    def day(self, moment: datetime) -> str:
        """The local date."""
        return date_label(self.local(moment).date())

    def moment(self, moment: datetime) -> str:
        """Date and time."""
        return f"{self.day(moment)} {self.time(moment)}"

    def span(self, interval: Interval, near: datetime) -> str:
        """From when to when; without the date where all of it is on the date of *near*.

        >>> nine = datetime.fromisoformat("2026-11-23T09:00Z")
        >>> Clock("Europe/Madrid").span(Interval(nine, nine + timedelta(hours=1)), nine)
        '10:00–11:00'
        """
        start, end, day = (self.local(each) for each in (interval.start, interval.end, near))
        midnight = not (end.hour or end.minute or end.second)
        last = (end - timedelta(days=1)).date() if midnight and end > start else end.date()
        until = "24:00" if midnight and last != end.date() else self.time(interval.end)
        if start.date() == last == day.date():
            return f"{self.time(interval.start)}–{until}"
        if start.date() == last:
            return f"{date_label(last)} {self.time(interval.start)}–{until}"
        return f"{self.moment(interval.start)} – {date_label(last)} {until}"

    def stretch(self, interval: Interval, near: datetime) -> str:
        """The same, where an end may lie beyond all time."""
        start, end = known_ends(interval)
        if start and end:
            return self.span(interval, near)
        if start:
            return f"from {self.moment(start)}"
        return f"until {self.moment(end)}" if end else ""

    def label(self, window: Interval) -> str:
        """The zone and how far it is ahead of UTC, also where that changes during *window*.

        >>> Clock("Asia/Kathmandu").label(Interval.from_isoformat("2026-11-23T00Z/2026-11-24T00Z"))
        'Asia/Kathmandu (UTC+5:45)'
        """
        first, last = window.bounds
        (_, _, ahead), *later = offsets(self.timezone, first, last)
        changes = "".join(
            f", from {self.day(to_datetime(start))} {_utc(now)}" for start, _, now in later
        )
        return f"{self.timezone} ({_utc(ahead)}{changes})"

    def offset(self, moment: datetime) -> int:
        """How far ahead of UTC it is at *moment*, to compare with other clocks."""
        return offset_at(self.timezone, to_microseconds(moment))


def _utc(ahead: int) -> str:
    hours, minutes = divmod(abs(ahead) // MINUTE, 60)
    sign = "-" if ahead < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "") if ahead else "UTC"


def known_ends(interval: Interval) -> tuple[datetime | None, datetime | None]:
    """The start and the end; None for one that lies beyond all time.

    >>> nine = datetime.fromisoformat("2026-11-23T09:00Z")
    >>> known_ends(Interval(to_datetime(BEGINNING), nine))[0] is None
    True
    """
    return (
        interval.start if to_microseconds(interval.start) > BEGINNING else None,
        interval.end if to_microseconds(interval.end) < END else None,
    )


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number and its noun.

    >>> counted(1, "time"), counted(2, "time")
    ('1 time', '2 times')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def people(names: Sequence[str]) -> str:
    """Who, as a sentence lists them; of many, the first few and how many more.

    >>> people(["Ana", "Ben", "Chen"])
    'Ana, Ben and Chen'
    """
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
