"""Small calendars as text, and what is read from them.

Lives here: what several tests of the adapter write again and again.
Must not live here: tests.
"""

from __future__ import annotations

from typing import Final

from collective_booking.adapters import ics
from collective_booking.availability import Availability
from collective_booking.intervals import Interval, IntervalSet

BERLIN: Final = "Europe/Berlin"
MARCH: Final = Interval.from_isoformat("2026-03-01T00:00Z/2026-04-01T00:00Z")
"""In Berlin the clocks change on the 29th, from 02:00 to 03:00, and until then it is UTC+1."""
YEAR: Final = Interval.from_isoformat("2026-01-01T00:00Z/2027-01-01T00:00Z")


def event(*lines: str, uid: str = "1") -> str:
    """A VEVENT of these lines, with a UID."""
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def calendar(*parts: str) -> str:
    """A VCALENDAR of these components and lines."""
    return "\n".join(["BEGIN:VCALENDAR", *parts, "END:VCALENDAR", ""])


def known(
    *parts: str, window: Interval = MARCH, timezone: str = BERLIN, address: str | None = None
) -> Availability:
    """What is known of a calendar of these components and lines."""
    return ics.read(calendar(*parts), window, timezone=timezone, address=address, source="a.ics")


def busy(*parts: str, window: Interval = MARCH, timezone: str = BERLIN) -> IntervalSet:
    """The busy time of such a calendar, of which everything is known and nothing is tentative."""
    found = known(*parts, window=window, timezone=timezone)
    assert not found.unknown
    assert not found.tentative
    return found.busy


def times(*intervals: str) -> IntervalSet:
    """A set of time, from texts such as `2026-03-02T09:00Z/2026-03-02T10:00Z`.

    Shorter, as most tests live in one month: `02 09:00-10:00` in March 2026, UTC.
    """
    return IntervalSet(map(_interval, intervals))


def _interval(text: str) -> Interval:
    if "/" in text:
        return Interval.from_isoformat(text)
    day, span = text.split()
    start, end = span.split("-")
    return Interval.from_isoformat(f"2026-03-{day}T{start}Z/2026-03-{day}T{end}Z")
