"""Whom one would have to do without: near misses of a finder, as a host asks for them (X2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.errors import WrongTypeError
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.reasons import NearMiss
from collective_booking.settings import Anchor
from collective_booking.slots import SlotFinder

MONDAY = Interval.from_isoformat("2026-03-02T00:00Z/2026-03-03T00:00Z")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


def member(id: str, hours: str) -> Member:
    return Member(id, timezone="UTC", hours=OpeningHours.parse(hours))


def finder(*members: Member, busy: str = "", **settings: Any) -> SlotFinder:
    told: dict[str, Any] = {"name": "Call", "slug": "call", "timezone": "UTC"}
    told |= {"duration": timedelta(hours=1), "members": members}
    known = {"ben": Availability(busy=IntervalSet.from_isoformat(busy))} if busy else {}
    calendar = CollectiveCalendar(**told | settings)
    return SlotFinder(calendar=calendar, availability=known, now=at(0))


def misses(asked: SlotFinder) -> list[tuple[int, list[str]]]:
    return [(each.start.hour, sorted(each.blockers)) for each in asked.near_misses(MONDAY)]


def test_the_fewest_blockers_come_first() -> None:
    """Whoever reads only the first lines sees what is easiest to mend."""
    three = (member("ana", "Mon 09:00-11:00"), member("ben", "Mon 09:00-12:00"))
    told = finder(*three, member("cleo", "Mon 10:00-13:00"))

    assert misses(told) == [
        (9, ["cleo"]),
        (11, ["ana"]),
        (12, ["ana", "ben"]),
    ]


def test_what_suits_everyone_is_no_near_miss() -> None:
    told = finder(member("ana", "Mon 09:00-11:00"), member("ben", "Mon 09:00-11:00"))

    assert misses(told) == []
    assert told.explain_window(MONDAY).releases == ()


def test_what_the_calendar_itself_refuses_nobody_can_mend() -> None:
    """Notice, horizon, caps and its own hours: no member's absence opens them."""
    own = OpeningHours.parse("Mon 10:00-12:00")
    told = finder(
        member("ana", "Mon 09:00-13:00"),
        member("ben", "Mon 09:00-13:00"),
        busy="2026-03-02T09:00Z/2026-03-02T13:00Z",
        hours=own,
    )

    assert misses(told) == [(10, ["ben"]), (11, ["ben"])]


def test_doing_without_somebody_does_not_move_the_grid() -> None:
    """Ben opens at 9:30 and so do the starts, also those at which he is busy."""
    told = finder(
        member("ana", "Mon 09:00-12:00"),
        member("ben", "Mon 09:30-12:00"),
        busy="2026-03-02T09:30Z/2026-03-02T12:00Z",
    )

    found = [miss.start for miss in told.near_misses(MONDAY) if miss.blockers == {"ben"}]
    assert found == [at(9), at(9, 30), at(10, 30)]


def test_by_the_clock_starts_are_there_when_all_are_closed() -> None:
    """The grid of anchor `clock` is that of the day; everybody is in the way at night."""
    two = (member("ana", "Mon 09:00-10:00"), member("ben", "Mon 09:00-10:00"))
    told = finder(*two, anchor=Anchor.CLOCK)

    assert len(told.near_misses(MONDAY)) == 23
    assert {len(miss.blockers) for miss in told.near_misses(MONDAY)} == {2}


@pytest.mark.parametrize("window", [None, "2026-03-02", at(9)])
def test_a_window_is_an_interval(window: Any) -> None:
    with pytest.raises(WrongTypeError, match="window must be an Interval"):
        finder(member("ana", "Mon 09:00-10:00"), member("ben", "Mon 09:00-10:00")).near_misses(
            window
        )


def test_a_near_miss_reads_as_a_sentence() -> None:
    miss = NearMiss(at(9), frozenset({"cleo", "ana"}))

    assert str(miss) == "2026-03-02T09:00:00Z would suit all but ana and cleo"
