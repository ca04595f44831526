"""What is kept for ever when time is taken, and what a move asks of today's calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collective_booking.errors import UnknownMemberError
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.snapshots import Snapshot
from tests.bookings import ANA, BEN, CLEO, at, calendar, member


def test_an_owner_who_is_no_member_is_refused() -> None:
    with pytest.raises(UnknownMemberError):
        Snapshot(calendar=calendar(), version=1, owner="zoe")


def test_the_location_is_the_calendars_else_the_owners() -> None:
    """A5."""
    room = MeetingLocation(LocationKind.ADDRESS, "Room 1")
    link = MeetingLocation(LocationKind.VIDEO, "https://meet.example.com/ana")
    ana = member("ana", location=link)

    assert Snapshot(calendar=calendar(ana, BEN), version=1, owner="ana").location == link
    both = calendar(ana, BEN, location=room)
    assert Snapshot(calendar=both, version=1, owner="ana").location == room
    assert Snapshot(calendar=calendar(), version=1, owner="ana").location is None


def test_a_move_asks_for_todays_hours_and_yesterdays_people() -> None:
    """A3: hours, grid, notice and caps as they are now; roster, duration, buffers as booked."""
    mornings = OpeningHours.parse("Mon-Fri 09:00-12:00")
    away = (DateRange(at("00:00", 30).date(), at("00:00", 30).date()),)
    then = calendar(ANA, BEN, CLEO, buffer_after=timedelta(minutes=15))
    now = calendar(
        member("ana", hours=mornings, time_off=away, timezone="Europe/Madrid", required=True),
        member("ben", hours=None, ignore_hours=True, required=False),
        timezone="Europe/Berlin",
        duration=timedelta(minutes=30),
        notice=timedelta(hours=4),
        max_per_day=3,
    )

    asked = Snapshot(calendar=then, version=1, owner="ana").moving_under(now)

    ana, ben, cleo = asked.members
    assert (ana.hours, ana.timezone, ana.time_off) == (mornings, "Europe/Madrid", away)
    assert (ben.hours, ben.required) == (BEN.hours, True)  # today they ignore hours; this may not
    assert cleo == CLEO  # who left keeps the hours they had
    assert (asked.duration, asked.buffer_after) == (then.duration, then.buffer_after)
    assert (asked.timezone, asked.notice, asked.max_per_day) == (now.timezone, now.notice, 3)
    assert asked.step == now.step
