"""The types that the front door promises. Checked by mypy, never run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import assert_type

import collective_booking
from collective_booking import (
    Admission,
    Availability,
    Blockage,
    Claim,
    CollectiveCalendar,
    Counted,
    Explanation,
    Interval,
    IntervalSet,
    Member,
    Money,
    OpeningHours,
    Ownership,
    OwnershipPolicy,
    Reason,
    Slot,
    SlotFinder,
    View,
    What,
    WindowExplanation,
    decide_ownership,
    from_dict,
    parse_duration,
    to_dict,
)
from collective_booking.adapters import ics
from collective_booking.ports import CalendarProvider

assert_type(collective_booking.__all__, list[str])

nine, ten = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
morning = Interval(nine, ten)
busy = IntervalSet([morning])

assert_type(busy | busy, IntervalSet)
assert_type(busy & busy, IntervalSet)
assert_type(busy - busy, IntervalSet)
assert_type(busy ^ busy, IntervalSet)
assert_type(busy[0], Interval)
assert_type(busy.total, timedelta)
assert_type(busy.at(nine), Interval | None)
assert_type(IntervalSet.from_pairs([(nine, ten)]), IntervalSet)
assert_type(IntervalSet.from_microseconds([0], [1]), IntervalSet)
busy | {"ana"}  # type: ignore[arg-type]  # a set of time, not any set
Interval("09:00", "10:00")  # type: ignore[arg-type]  # datetimes, for a text has no zone

office = OpeningHours.parse("Mon-Fri 09:00-17:00", overrides={date(2026, 12, 25): []})
ana = Member("ana", timezone="Europe/Madrid", hours=office)
call = CollectiveCalendar(
    name="Call", slug="call", timezone="UTC", duration=timedelta(hours=1), members=(ana, ana)
)
Member("ana", "Europe/Madrid")  # type: ignore[call-arg]  # which is the zone? names say it

assert_type(call.add_member(ana), CollectiveCalendar)
assert_type(call.make_owner("ana"), CollectiveCalendar)
assert_type(call.primary_owner, Member)
assert_type(call.price, Money | None)
assert_type(call.window(date(2026, 3, 2), date(2026, 3, 6)), Interval)
assert_type(to_dict(call), dict[str, object])
assert_type(from_dict({}), CollectiveCalendar)
assert_type(parse_duration("30m"), timedelta)


def in_turn(calendar: CollectiveCalendar, slot: Interval) -> Ownership:
    """A host's own policy: the shape is enough."""
    return Ownership(calendar.members[slot.start.day % 2].id, assign_contact=False)


policy: OwnershipPolicy = in_turn
assert_type(decide_ownership(call, morning, policy), Ownership)

finder = SlotFinder(calendar=call, availability={"ana": Availability(busy=busy)}, now=nine)
SlotFinder(call, {}, nine)  # type: ignore[call-arg]  # too many to tell apart by their place

assert_type(finder.offers(morning), list[Slot])
assert_type(finder.iter_offers(morning), Iterator[Slot])
assert_type(finder.accepts(nine), bool)
assert_type(finder.explain(nine), Explanation)
assert_type(finder.explain(nine).reasons[0].what, What)
assert_type(finder.explain_window(morning), WindowExplanation)
assert_type(finder.explain_window(morning).blockages, tuple[Blockage, ...])
assert_type(finder.admission(nine), Admission)
assert_type(finder.admission(nine, only={What.BUSY, What.CAP}), Admission)
finder.admission(nine, only="busy")  # type: ignore[arg-type]  # its letters are no kinds
assert_type(
    finder.admission(nine)([Claim("a1", "ana", morning)], [Counted("a1", nine)]),
    tuple[Reason, ...],
)
assert_type(finder.view(morning), View)
finder.offers(nine)  # type: ignore[arg-type]  # a window has an end

assert_type(ics.read("", morning, timezone="UTC"), Availability)

provider: CalendarProvider = ics.IcsProvider(host="booking.example.com", feeds=ics.Feeds())
assert_type(provider.availability([ana], morning)["ana"], Availability)
ics.IcsProvider("calendars")  # type: ignore[call-arg]  # whose copies are whose, only the host says
ics.Feeds(stale_for=3600)  # type: ignore[arg-type]  # a length of time, not a number
