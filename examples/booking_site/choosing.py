"""Choosing a time: the four weeks that a page shows, and what can be chosen instead of a lost one.

Lives here: from a request to a `Chooser`, for booking and for moving alike.
Must not live here: how days are made of slots (that is `times`), forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from fastapi import Request

from collective_booking import Appointment, CollectiveCalendar, Interval
from examples.booking_site import times
from examples.booking_site.site import Site, address_of, has_chosen, said_zone, zone_of
from examples.booking_site.times import Day, Sheet, Time

_LATER: Final = timedelta(days=8)
_FEW: Final = 8


@dataclass(frozen=True, slots=True)
class Chooser:
    """A sheet of days with its links: *here* shows other days, *there* takes a time.

    They have the visitor's zone in them, once that is known.
    """

    sheet: Sheet
    first: date
    earlier: date | None
    later: date | None
    here: str
    there: str
    zone: str | None
    zone_is_chosen: bool
    ends: date | None
    moving: bool

    def sheet_from(self, first: date) -> str:
        """Where the four weeks from *first* are."""
        return address_of(self.here, self.zone, first=first)

    def day(self, day: Day) -> str:
        """Where the times of *day* are."""
        return address_of(self.here, self.zone, first=self.first, day=day.date)

    def time(self, time: Time) -> str:
        """Where *time* is taken."""
        return address_of(self.there, self.zone, start=time.code)

    @property
    def told(self) -> str:
        """What is shown, in a sentence for those who cannot see that it has changed."""
        day = self.sheet.chosen
        if day is None:
            return f"No times from {self.sheet.label}."
        what = f"{'other ' if self.moving else ''}time{'' if len(day.times) == 1 else 's'}"
        return f"{len(day.times) or 'No'} {what} on {day.label}, on the clock of {self.sheet.zone}."


def chooser(
    site: Site,
    request: Request,
    calendar: CollectiveCalendar,
    here: str,
    there: str,
    *,
    moving: Appointment | None = None,
    about: datetime | None = None,
) -> Chooser:
    """What *request* asks to see of *calendar*; if it asks for no day, that of the instant *about*.

    The calendar's times are looked up once, for all four weeks.
    """
    zone, now = zone_of(request, calendar.timezone), site.now()
    asked = {name: times.date_of(request.query_params.get(name)) for name in ("first", "day")}
    day = asked["day"]
    if about is not None and not any(asked.values()):
        day = times.today(about, zone)
    first = times.monday_of(asked["first"] or day or times.today(now, zone))
    window = times.window_of(first, zone, now)
    slots = []
    if window is not None:
        slots = site.service.offers(calendar.slug, window, moving=moving.id if moving else None)
        if moving:  # where it is already is no other time
            slots = [slot for slot in slots if slot.start != moving.start]
    earlier, later = times.turned(first, now, zone, calendar.horizon_days)
    sheet = times.sheet_of(slots, zone, first, day)
    ends = times.horizon_of(now, calendar.timezone, calendar.horizon_days)
    said, chosen = said_zone(request), has_chosen(request)
    moves = moving is not None
    return Chooser(sheet, first, earlier, later, here, there, said, chosen, ends, moves)


def around(here: str, zone: str | None, start: datetime, shown: str) -> str:
    """Where *here* shows the day of *start*, which is written on the clock of the zone *shown*."""
    return address_of(here, zone, day=times.today(start, shown))


def nearest(
    site: Site, calendar: CollectiveCalendar, start: datetime, zone: str
) -> list[tuple[Day, Time]]:
    """The few times nearest to *start* that can still be had, each with its day."""
    begin = max(site.now(), start - timedelta(days=1))
    slots = site.service.offers(calendar.slug, Interval(begin, begin + _LATER))
    close = sorted(slots, key=lambda slot: abs(slot.start - start))[:_FEW]
    days = times.by_day(sorted(close), zone)
    return [(Day(day, ()), time) for day, found in days.items() for time in found]
