"""Whose hours count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import OpeningHours
from collective_booking.members import Member
from collective_booking.openings import parties
from collective_booking.settings import HoursMode

OFFICE = OpeningHours.parse("Mon-Fri 09:00-17:00")


def member(name: str, **changes: Any) -> Member:
    told: dict[str, Any] = {"timezone": "UTC", "hours": OFFICE}
    return Member(name, **told | changes)


def calendar_of(*members: Member, **settings: Any) -> CollectiveCalendar:
    told: dict[str, Any] = {"duration": timedelta(minutes=30), "timezone": "UTC"}
    return CollectiveCalendar(name="Call", slug="call", members=members, **told | settings)


ANA, BEN = member("ana"), member("ben")


def test_the_hours_of_required_members_and_of_the_calendar_count() -> None:
    """F1, F5."""
    people = ANA, member("ben", required=False), member("cleo", ignore_hours=True)

    assert [each.who for each in parties(calendar_of(*people))] == ["ana"]
    assert [each.who for each in parties(calendar_of(*people, hours=OFFICE))] == [None, "ana"]


def test_hours_that_replace_count_alone() -> None:
    """F1."""
    calendar = calendar_of(ANA, BEN, hours=OFFICE, hours_mode=HoursMode.REPLACE)

    assert [each.who for each in parties(calendar)] == [None]
