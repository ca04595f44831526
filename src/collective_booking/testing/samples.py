"""A team, its week, and what was booked in it: values that tests begin with.

Lives here: Ana, Ben and their calendar; appointments and holds of it, by default Kim's, at ten.
Must not live here: ports, and anything drawn at random.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from collective_booking.appointments import Appointment, Contact, Status, booked
from collective_booking.calendars import CollectiveCalendar
from collective_booking.holds import Hold
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.money import Money
from collective_booking.snapshots import Snapshot

HOST: Final = "booking.example.com"
SECRET: Final = b"a secret for tests alone"
EUROS: Final = Money(5000, "EUR")
OFFICE_HOURS: Final = OpeningHours.parse("Mon-Fri 09:00-17:00")
NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)  # a Monday, before anybody opens
MONDAY: Final = Interval(NOW, NOW + timedelta(hours=14))
KIM: Final = Contact("Kim Lee", "kim@example.com")
LOU: Final = Contact("Lou Ray", "lou@example.com")


def at(clock: str, day: int = 23) -> datetime:
    """A time in November 2026, in UTC.

    >>> at("09:30").isoformat()
    '2026-11-23T09:30:00+00:00'
    """
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def slot(start: str, end: str) -> Interval:
    """A stretch of that Monday."""
    return Interval(at(start), at(end))


def member(id: str, **changes: Any) -> Member:
    """A member with an address and a calendar, who is in the office from 9 to 17."""
    told: dict[str, Any] = {
        "timezone": "UTC",
        "hours": OFFICE_HOURS,
        "email": f"{id}@example.com",
        "calendar": f"{id}.ics",
    }
    return Member(id, **told | changes)


ANA: Final = member("ana")
BEN: Final = member("ben")
CLEO: Final = member("cleo")
DAN: Final = member("dan")


def calendar(*members: Member, **changes: Any) -> CollectiveCalendar:
    """A calendar of hourly calls, by default of Ana, who owns it, and Ben."""
    told: dict[str, Any] = {
        "name": "Sales call",
        "slug": "sales-call",
        "timezone": "UTC",
        "duration": timedelta(hours=1),
        "members": members or (ANA, BEN),
    }
    return CollectiveCalendar(**told | changes)


def appointment(status: Status = Status.CONFIRMED, **changes: Any) -> Appointment:
    """The first version of Kim's call on that Monday at ten, or at *start*, of `calendar()`."""
    told = _details(changes) | {"id": "a1", "status": status} | changes
    told.setdefault("uid", f"{told['id']}@{HOST}")
    return booked(Appointment(**told), NOW)


def hold(**changes: Any) -> Hold:
    """Kim's hold of that Monday at ten, or of *start*, for ten minutes."""
    told = {"id": "h1", "made": NOW, "expires": NOW + timedelta(minutes=10)}
    return Hold(**_details(changes) | told | changes)


def _details(changes: dict[str, Any]) -> dict[str, Any]:
    """What holds and appointments have in common; takes *start* out of *changes*."""
    snapshot = changes.get("snapshot", Snapshot(calendar=calendar(), version=1, owner="ana"))
    return {
        "tenant": "default",
        "snapshot": snapshot,
        "slot": snapshot.slot(changes.pop("start", at("10:00"))),
        "contact": KIM,
        "title": "Sales call",
    }
