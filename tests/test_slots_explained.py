"""Why a start is not offered, and what one could do about it, as it reads to who asks (X1, X2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member, OnUnknown
from collective_booking.reasons import What
from collective_booking.settings import Anchor
from collective_booking.slots import SlotFinder
from tests.sales_calls import CALENDAR, LUNCH, MONDAY, NOON, OFFICE, ONE, finder, with_ben


def told(start: datetime, finder: SlotFinder) -> list[str]:
    return [str(reason) for reason in finder.explain(start).reasons]


def test_a_free_start_has_nothing_to_explain() -> None:
    answer = finder().explain(NOON)

    assert answer.accepted
    assert answer.verified
    assert str(answer) == "2026-03-02T12:00:00Z can be booked"


def test_a_weekend_is_explained_by_the_whole_of_it() -> None:
    """ "Closed from Friday evening to Monday morning" is an answer; "closed now" is not (X1)."""
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)
    long_weekend = with_ben(hours=OpeningHours.parse("Tue-Thu 10:00-16:00"))

    assert told(saturday, finder(long_weekend)) == [
        "ana is outside opening hours (2026-03-06T17:00:00Z/2026-03-09T09:00:00Z)",
        "ben is outside opening hours (2026-03-05T16:00:00Z/2026-03-10T10:00:00Z)",
    ]


def test_hours_of_a_special_date_are_told_from_weekly_ones() -> None:
    """Whoever wonders about that Wednesday must look at its override, not at the week (X1)."""
    morning = datetime(2026, 3, 4, 10, tzinfo=UTC)
    early = datetime(2026, 3, 3, 8, tzinfo=UTC)
    over_midnight = datetime(2026, 3, 3, 23, 45, tzinfo=UTC)

    assert [reason.what for reason in finder().explain(morning).reasons] == [What.OVERRIDE] * 2
    assert [reason.what for reason in finder().explain(early).reasons] == [What.HOURS] * 2
    assert {reason.what for reason in finder().explain(over_midnight).reasons} == {
        What.HOURS,
        What.OVERRIDE,
    }
    assert told(morning, finder())[0] == (
        "ana is outside the hours set for that date (2026-03-04T00:00:00Z/2026-03-04T12:00:00Z)"
    )


def test_the_calendars_own_hours_close_it_in_nobodys_name() -> None:
    late = CALENDAR.with_settings(hours=OpeningHours.parse("daily 14:00-15:00"))

    (reason,) = finder(late).explain(NOON).reasons

    assert (reason.what, reason.who) == (What.HOURS, None)
    assert str(reason).startswith("this time is outside opening hours")


def test_busy_time_is_told_from_its_buffer() -> None:
    """ "Too close to something else" sends you elsewhere than "busy" does (F2)."""
    calendar = CALENDAR.with_settings(buffer_after=timedelta(minutes=15))
    lunch = finder(calendar, availability={"ana": Availability(IntervalSet([LUNCH]))})

    assert told(NOON, lunch) == ["ana is busy (2026-03-02T12:00:00Z/2026-03-02T13:00:00Z)"]
    assert told(NOON - timedelta(minutes=30), lunch) == [
        "ana is too close to something else (2026-03-02T12:00:00Z/2026-03-02T13:00:00Z)"
    ]
    assert told(NOON - timedelta(minutes=60), lunch) == []


def test_tentative_time_says_that_it_is() -> None:
    """A maybe can be talked about (F4)."""
    maybe = finder(availability={"ana": Availability(tentative=IntervalSet([LUNCH]))})

    assert told(NOON, maybe) == [
        "ana is busy (tentative, 2026-03-02T12:00:00Z/2026-03-02T13:00:00Z)"
    ]


def test_every_appointment_in_the_way_is_named() -> None:
    """Two that overlap are two reasons, with the ids that a host can look up (F7)."""
    first = Claim("call-7", "ben", LUNCH)
    second = Claim("hold-9", "ben", Interval(NOON, NOON + timedelta(minutes=45)), held=True)
    third = Claim("call-8", "ben", Interval(NOON - timedelta(minutes=5), NOON))
    crowded = finder(claims=(first, second, third))

    assert told(NOON, crowded) == [
        "ben has another appointment (call-7, 2026-03-02T12:00:00Z/2026-03-02T13:00:00Z)",
        "ben is held for somebody else (hold-9, 2026-03-02T12:00:00Z/2026-03-02T12:45:00Z)",
    ]


def test_appointments_apart_are_each_named_once() -> None:
    """A long slot meets one at its start and one at its end (F7)."""
    calendar = CALENDAR.with_settings(duration=timedelta(hours=2))
    first = Interval(NOON, NOON + timedelta(minutes=20))
    second = Interval(ONE, ONE + timedelta(minutes=20))
    claims = (Claim("call-7", "ben", first), Claim("call-8", "ben", second))

    reasons = finder(calendar, claims=claims).explain(NOON - timedelta(hours=1)).reasons

    assert [(each.claim, each.interval) for each in reasons] == [("call-7", first)]
    reasons = finder(calendar, claims=claims).explain(NOON - timedelta(minutes=30)).reasons
    assert [each.claim for each in reasons if each.claim] == ["call-7", "call-8"]


def test_unknown_time_keeps_its_distance_like_busy_time() -> None:
    """A meeting that may be there may need its buffer too (F2, F3)."""
    calendar = CALENDAR.with_settings(
        buffer_before=timedelta(minutes=15), buffer_after=timedelta(minutes=15)
    )
    blind = {"ben": Availability(unknown=(Unknown(LUNCH, Cause.SERVICE),))}

    offered = finder(calendar, availability=blind).offers(
        Interval(NOON - timedelta(hours=1), ONE + timedelta(hours=1))
    )

    assert [slot.start for slot in offered] == [
        NOON - timedelta(minutes=60),
        ONE + timedelta(minutes=30),
    ]


def test_a_shared_claim_meets_any_other() -> None:
    """A guest of two meetings keeps neither from taking place (F7)."""
    shared = Claim("call-7", "ben", LUNCH, exclusive=False)

    assert finder(claims=(shared,)).accepts(NOON)
    assert finder(with_ben(required=False), claims=(Claim("call-7", "ben", LUNCH),)).accepts(NOON)


def test_unknown_time_is_named_with_its_cause() -> None:
    """The host must learn which file to repair (F3)."""
    torn = Unknown(LUNCH, Cause.UNREADABLE, source="ben.ics", line=14)
    blind = finder(availability={"ben": Availability(unknown=(torn,))})

    (reason,) = blind.explain(NOON).reasons
    assert (reason.what, reason.who, reason.interval) == (What.UNKNOWN, "ben", LUNCH)
    assert reason.detail == "unreadable (ben.ics, line 14)"
    assert blind.accepts(ONE)


def test_a_calendar_that_nobody_asked_is_unknown_and_not_free() -> None:
    """Silence is no permission; a member without a calendar has none to be silent (F3)."""
    asked = with_ben(calendar="ben.ics")

    assert told(NOON, finder(asked)) == ["ben cannot be looked up (no answer)"]
    assert finder(asked, availability={"ben": Availability()}).accepts(NOON)
    assert finder(CALENDAR).accepts(NOON)


def test_a_start_that_had_to_be_assumed_says_so() -> None:
    """Booked on an assumption, an appointment stays unverified (F3)."""
    open_ben = with_ben(calendar="ben.ics", on_unknown=OnUnknown.OPEN)

    answer = finder(open_ben).explain(NOON)

    assert answer.accepted
    assert not answer.verified
    assert str(answer) == (
        "2026-03-02T12:00:00Z can be booked:\n  ben cannot be looked up (no answer)"
    )
    assert not any(slot.verified for slot in finder(open_ben).offers(MONDAY))


def test_who_ignores_busy_time_is_not_looked_up_either() -> None:
    """What would not block when known does not block unknown (F3, F5)."""
    easy = with_ben(calendar="ben.ics", ignore_busy=True)

    assert finder(easy).explain(NOON).accepted
    assert finder(easy).explain(NOON).verified


def test_time_off_takes_no_buffer() -> None:
    """Holidays begin at midnight, not a buffer before (T4)."""
    holiday = DateRange(date(2026, 3, 3), date(2026, 3, 3))
    night = OpeningHours.parse("daily 00:00-24:00")
    people = (
        Member("ana", timezone="UTC", hours=night, time_off=(holiday,)),
        Member("ben", timezone="UTC", hours=night),
    )
    calendar = CollectiveCalendar(
        name="Night call",
        slug="night-call",
        timezone="UTC",
        duration=timedelta(minutes=30),
        buffer_before=timedelta(minutes=30),
        buffer_after=timedelta(minutes=30),
        members=people,
    )
    midnight = datetime(2026, 3, 3, tzinfo=UTC)

    assert finder(calendar).accepts(midnight - timedelta(minutes=30))
    assert not finder(calendar).accepts(midnight)
    assert not finder(calendar).accepts(midnight + timedelta(hours=23, minutes=30))
    assert finder(calendar).accepts(midnight + timedelta(hours=24))


def test_a_start_off_the_grid_shows_its_neighbours() -> None:
    """So whoever asks sees by how much it was missed (X1)."""
    (reason,) = finder().explain(NOON + timedelta(minutes=10)).reasons

    assert reason.interval == Interval(NOON, NOON + timedelta(minutes=30))
    assert str(reason).startswith("this time is not one of the times that are offered")


@pytest.mark.parametrize("anchor", list(Anchor))
def test_where_nobody_is_open_the_grid_is_not_asked(anchor: Anchor) -> None:
    """Sunday 12:10 is closed; that it is no round time either is beside the point (G1)."""
    sunday = datetime(2026, 3, 8, 12, 10, tzinfo=UTC)
    calendar = CALENDAR.with_settings(anchor=anchor)

    assert {reason.what for reason in finder(calendar).explain(sunday).reasons} == {What.HOURS}


@pytest.mark.parametrize(
    ("cap", "until", "detail"),
    [
        ("max_per_day", date(2026, 3, 2), "at most 1 a day"),
        ("max_per_week", date(2026, 3, 8), "at most 1 a week"),
        ("max_per_month", date(2026, 3, 31), "at most 1 a month"),
    ],
)
def test_a_full_period_is_closed_to_its_last_minute(cap: str, until: date, detail: str) -> None:
    """Days, ISO weeks and months of the calendar's zone (N3)."""
    everyday = OpeningHours.parse("daily 00:00-24:00")
    people = tuple(Member(who, timezone="UTC", hours=everyday) for who in ("ana", "ben"))
    capped: dict[str, Any] = {cap: 1}
    calendar = CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone="America/New_York",
        duration=timedelta(minutes=30),
        members=people,
        **capped,
    )
    full = finder(calendar, counted=(Counted("call-7", NOON),))
    end = calendar.window(until, until).end

    (reason,) = full.explain(end - timedelta(minutes=30)).reasons

    assert (reason.what, reason.who, reason.detail) == (What.CAP, None, detail)
    assert reason.interval is not None
    assert reason.interval.end == end
    assert full.accepts(end)


def test_a_booking_told_twice_counts_once() -> None:
    """Two sources may tell of the same appointment; ids tell them apart (N3)."""
    calendar = CALENDAR.with_settings(max_per_day=2)
    twice = (Counted("call-7", NOON), Counted("call-7", NOON))

    assert finder(calendar, counted=twice).accepts(ONE)
    assert not finder(calendar, counted=(*twice, Counted("call-8", ONE))).accepts(ONE)


def test_a_window_is_explained_by_who_blocks_most_alone_first() -> None:
    """Whoever blocks alone is the one to talk to (X2)."""
    lunch = Availability(IntervalSet([Interval(NOON, NOON + timedelta(hours=3))]))
    told = finder(
        with_ben(hours=OpeningHours.parse("Mon 09:00-16:00")), availability={"ana": lunch}
    )

    explained = told.explain_window(Interval(NOON - timedelta(hours=3), ONE + timedelta(hours=4)))

    assert str(explained) == (
        "2026-03-02T09:00:00Z/2026-03-02T17:00:00Z: 8 starts\n"
        "  ana blocks 4h, 3h30m of it alone (busy 3h30m, hours 30m)\n"
        "  ben blocks 1h30m, 1h of it alone (hours 1h30m)\n"
        "  without ana, 6 more starts\n"
        "  without ben, 2 more starts"
    )


def test_much_that_others_block_too_counts_less_than_little_alone() -> None:
    """Ana's long morning would open nothing, ben's half hour would (X2)."""
    morning = Interval(NOON - timedelta(hours=3), NOON)
    short = Interval(ONE, ONE + timedelta(minutes=30))
    busy = {
        "ana": Availability(IntervalSet([morning])),
        "ben": Availability(IntervalSet([short])),
    }
    calendar = CALENDAR.with_settings(hours=OpeningHours.parse("Mon 12:00-17:00"))

    explained = finder(calendar, availability=busy).explain_window(
        Interval(morning.start, short.end)
    )

    assert [each.who for each in explained.blockages] == ["ben", None, "ana"]
    assert [each.alone for each in explained.blockages][1:] == [timedelta()] * 2


def test_a_full_day_is_measured_as_a_full_day() -> None:
    """Not a microsecond more: amounts are shown, compared and added (X2)."""
    calendar = CALENDAR.with_settings(max_per_day=1)
    week = Interval(MONDAY.start - timedelta(days=1), MONDAY.end + timedelta(days=1))

    explained = finder(calendar, counted=(Counted("call-7", NOON),)).explain_window(week)

    by = {each.who: dict(each.by) for each in explained.blockages}
    assert by[None] == {What.CAP: timedelta(days=1)}


def test_what_keeps_a_time_from_a_booker_names_nobody() -> None:
    """Not a member, not an id of an appointment, not a calendar's file (X1)."""
    names = ("Ana Ferreira", "Ben Okafor")
    people = tuple(
        Member(who, timezone="UTC", hours=OFFICE, name=name, calendar=f"{who}.ics")
        for who, name in zip(("a.ferreira", "b.okafor"), names, strict=True)
    )
    calendar = CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone="UTC",
        duration=timedelta(minutes=30),
        members=people,
    )
    taken = finder(calendar, claims=(Claim("call-7", "b.okafor", LUNCH),))

    read = taken.explain(NOON + timedelta(minutes=10)).for_booker()

    assert read == (
        "This time is not available.",
        "This is not one of the times that are offered.",
    )
