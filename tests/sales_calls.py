"""Ana and Ben's sales call, and a finder over it: what the tests of the finder have in common."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.slots import SlotFinder

OFFICE: Final = OpeningHours.parse("Mon-Fri 09:00-17:00", overrides={"2026-03-04": ["12:00-14:00"]})
ANA: Final = Member("ana", timezone="UTC", hours=OFFICE)
BEN: Final = Member("ben", timezone="UTC", hours=OFFICE)
CALENDAR: Final = CollectiveCalendar(
    name="Sales call",
    slug="sales-call",
    timezone="UTC",
    duration=timedelta(minutes=30),
    members=(ANA, BEN),
)
NOW: Final = datetime(2026, 3, 1, tzinfo=UTC)
NOON, ONE = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 13, tzinfo=UTC)
LUNCH: Final = Interval(NOON, ONE)
MONDAY: Final = CALENDAR.window(date(2026, 3, 2), date(2026, 3, 2))
MARCH: Final = CALENDAR.window(date(2026, 3, 1), date(2026, 3, 31))


def finder(calendar: CollectiveCalendar = CALENDAR, now: datetime = NOW, **told: Any) -> SlotFinder:
    """Offers *calendar* at *now*, by what else is *told* of it."""
    return SlotFinder(calendar=calendar, now=now, **told)


def with_ben(**changes: Any) -> CollectiveCalendar:
    """The same call, with another Ben."""
    told: dict[str, Any] = {"timezone": "UTC", "hours": OFFICE}
    return CALENDAR.replace_member(Member("ben", **told | changes))
