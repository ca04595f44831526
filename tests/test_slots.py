"""What the finder answers, and how it reads to the people who ask it."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import CollectiveCalendar
from collective_booking.errors import (
    NaiveDatetimeError,
    OutOfRangeError,
    UnknownMemberError,
    WrongTypeError,
)
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member, OnUnknown
from collective_booking.reasons import What
from collective_booking.settings import Anchor
from collective_booking.slots import Slot, SlotFinder

OFFICE = OpeningHours.parse("Mon-Fri 09:00-17:00", overrides={"2026-03-04": ["12:00-14:00"]})
ANA = Member("ana", timezone="UTC", hours=OFFICE)
BEN = Member("ben", timezone="UTC", hours=OFFICE)
CALENDAR = CollectiveCalendar(
    name="Sales call",
    slug="sales-call",
    timezone="UTC",
    duration=timedelta(minutes=30),
    members=(ANA, BEN),
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOON, ONE = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 13, tzinfo=UTC)
LUNCH = Interval(NOON, ONE)
MONDAY = CALENDAR.window(date(2026, 3, 2), date(2026, 3, 2))
MARCH = CALENDAR.window(date(2026, 3, 1), date(2026, 3, 31))


def finder(calendar: CollectiveCalendar = CALENDAR, now: datetime = NOW, **told: Any) -> SlotFinder:
    return SlotFinder(calendar=calendar, now=now, **told)


def with_ben(**changes: Any) -> CollectiveCalendar:
    told: dict[str, Any] = {"timezone": "UTC", "hours": OFFICE}
    return CALENDAR.replace_member(Member("ben", **told | changes))


# --- what is refused at the door ------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["accepts", "explain", "admission", "verifies"])
def test_a_start_without_a_zone_is_refused_rather_than_guessed(ask: str) -> None:
    """Nobody knows which instant a naive time means (T1)."""
    with pytest.raises(NaiveDatetimeError, match="2026-03-02T12:00:00 has no time zone"):
        getattr(finder(), ask)(datetime(2026, 3, 2, 12))


@pytest.mark.parametrize("start", [date(2026, 3, 2), "2026-03-02T12:00Z", None])
@pytest.mark.parametrize("ask", ["accepts", "explain", "admission", "verifies"])
def test_a_start_that_is_no_datetime_is_refused(ask: str, start: Any) -> None:
    """A date would silently be a midnight, and a text an AttributeError somewhere below."""
    with pytest.raises(WrongTypeError, match="start must be an aware datetime, not"):
        getattr(finder(), ask)(start)


@pytest.mark.parametrize("only", ["busy", What.BUSY, ["busy"], 5, [None]], ids=repr)
def test_kinds_of_reason_are_asked_about_as_a_collection(only: Any) -> None:
    """The letters of a word are kinds of nothing: whatever is asked would be admitted (S1)."""
    with pytest.raises(WrongTypeError, match="only must be a"):
        finder().admission(NOON, only=only)


def test_the_current_time_needs_a_zone() -> None:
    """Notice is counted from it (N1, N6)."""
    with pytest.raises(NaiveDatetimeError):
        finder(now=datetime(2026, 3, 1))
    with pytest.raises(WrongTypeError, match="now must be an aware datetime, not date"):
        finder(now=date(2026, 3, 1))  # type: ignore[arg-type]


def test_busy_times_of_a_stranger_are_a_mistake_of_the_host() -> None:
    """To drop them would offer times in which a member, wrongly spelt, is busy."""
    with pytest.raises(UnknownMemberError, match="'bem' is no member") as caught:
        finder(availability={"ana": Availability(), "bem": Availability()})

    assert caught.value.member == "bem"
    assert caught.value.roster == ("ana", "ben")


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"calendar": {"name": "Sales call"}}, "calendar must be a CollectiveCalendar"),
        ({"availability": [LUNCH]}, "availability must be a mapping"),
        ({"availability": {"ben": IntervalSet([LUNCH])}}, "availability of 'ben' must be"),
        ({"claims": [("appointment-1", "ben")]}, "one of claims must be a Claim"),
        ({"claims": 3}, "claims must be a sequence"),
        ({"counted": [NOON]}, "one of counted must be a Counted"),
        ({"now": "today"}, "now must be an aware datetime"),
        ({"moving": 17}, "moving must be the id of an appointment"),
    ],
)
def test_a_slip_of_the_host_is_named_where_it_happens(told: dict[str, Any], named: str) -> None:
    """A provider that hands over the wrong thing is the likeliest mistake there is."""
    arguments: dict[str, Any] = {"calendar": CALENDAR, "now": NOW} | told

    with pytest.raises(WrongTypeError, match=named):
        SlotFinder(**arguments)


def test_a_start_is_verified_unless_a_calendar_was_assumed_to_be_free() -> None:
    """What is booked on an assumption says so for ever (F3)."""
    gap = Availability(unknown=(Unknown(LUNCH, Cause.SERVICE),))
    ana = CALENDAR.primary_owner
    calendar = CALENDAR.replace_member(replace(ana, on_unknown=OnUnknown.OPEN))
    doubtful = finder(calendar, availability={"ana": gap})

    assert not doubtful.verifies(NOON)
    assert doubtful.accepts(NOON)
    assert doubtful.verifies(NOON + timedelta(hours=2))
    assert finder().verifies(NOON)


@pytest.mark.parametrize("now", [datetime.min, datetime.max])
def test_the_edge_of_time_is_no_current_time(now: datetime) -> None:
    """A default such as datetime.min would else end in an error about something else."""
    with pytest.raises(OutOfRangeError, match="stay within 1900-01-17 to 2199-12-16"):
        finder(now=now.replace(tzinfo=UTC))


def test_the_picture_shows_the_hours_that_count() -> None:
    """In mode replace the members' own hours do not, and green where nobody is open confuses."""
    shop = OpeningHours.parse("Mon 18:00-20:00")
    replaced = CALENDAR.with_settings(hours=shop, hours_mode="replace")

    view = finder(replaced).view(MONDAY)

    assert [row.name for row in view.rows] == ["opening hours", "ana", "ben"]
    assert view.rows[0].open == view.common
    assert view.rows[1].open == IntervalSet([MONDAY])


def test_the_picture_shows_no_busy_time_that_does_not_count() -> None:
    """Who ignores busy time is busy in the picture nowhere, for it would cross the green."""
    lunch = Availability(busy=IntervalSet([LUNCH]))

    ignoring = finder(with_ben(ignore_busy=True), availability={"ben": lunch}).view(MONDAY)
    optional = finder(with_ben(required=False), availability={"ben": lunch}).view(MONDAY)

    assert not ignoring.rows[1].busy
    assert optional.rows[1].busy == IntervalSet([LUNCH])
    assert not optional.rows[1].required


@pytest.mark.parametrize("ask", ["offers", "iter_offers", "explain_window", "view"])
def test_a_window_has_two_ends(ask: str) -> None:
    """A start where a window is asked for would be half a question."""
    with pytest.raises(WrongTypeError, match="window must be an Interval"):
        getattr(finder(), ask)(NOON)


def test_what_the_host_changes_afterwards_changes_no_answer() -> None:
    """A value that has been made stays what it was."""
    known = {"ben": Availability()}
    made = finder(availability=known)

    known["ben"] = Availability(busy=IntervalSet([MONDAY]))

    assert made.view(MONDAY).rows[1].busy == IntervalSet()
    assert made.accepts(NOON)


@pytest.mark.parametrize("year", [1899, 2200])
def test_what_cannot_be_computed_is_refused(year: int) -> None:
    """Zones are known for the years 1900 to 2199; beyond, an answer would be made up."""
    then = datetime(year, 6, 1, tzinfo=UTC)
    window = Interval(then, then + timedelta(days=1))

    for ask in (
        lambda: finder().accepts(then),
        lambda: finder().explain(then),
        lambda: finder().offers(window),
        lambda: finder().explain_window(window),
    ):
        with pytest.raises(OutOfRangeError, match="stay within 1900-01-17 to 2199-12-16"):
            ask()


# --- offers ---------------------------------------------------------------------------------------


def test_a_slot_knows_its_end_and_is_in_utc() -> None:
    """What is offered can be stored and sent as it is."""
    berlin = CALENDAR.with_settings(timezone="Europe/Berlin")

    first = finder(berlin).offers(MONDAY)[0]

    assert first == Slot(
        datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    )
    assert first.start.tzinfo is UTC


def test_the_first_ten_of_two_centuries_are_found_at_once() -> None:
    """A lazy search looks no further than it must; this would otherwise take minutes."""
    long = Interval(datetime(1950, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC))

    found = list(islice(finder().iter_offers(long), 10))

    assert [slot.start.hour for slot in found[::2]] == [9, 10, 11, 12, 13]
    assert found[0].start == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_no_start_is_lost_or_doubled_where_the_search_looks_further() -> None:
    """It looks in ever longer ranges; where one ends, the next begins (L1)."""
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    weeks = Interval(nine, nine + timedelta(weeks=30))
    days = [Interval(nine + timedelta(n), nine + timedelta(n + 1)) for n in range(210)]

    offered = finder().offers(weeks)

    assert offered == [slot for day in days for slot in finder().offers(day)]
    assert offered == list(finder().iter_offers(weeks))
    assert len(offered) == len(set(offered)) == 150 * 16 - 12


def test_a_meeting_may_last_for_days() -> None:
    """Two days on end fit into a week round the clock, and not into its end (F1)."""
    week = OpeningHours.parse("Mon-Fri 00:00-24:00")
    calendar = CollectiveCalendar(
        name="Retreat",
        slug="retreat",
        timezone="UTC",
        duration=timedelta(days=2),
        interval=timedelta(hours=12),
        members=tuple(Member(who, timezone="UTC", hours=week) for who in ("ana", "ben")),
    )
    thursday, friday = datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)

    offered = finder(calendar).offers(MARCH)

    assert [slot.start for slot in offered if slot.start < friday][-1] == thursday
    assert next(slot.start for slot in offered if slot.start >= friday).weekday() == 0
    assert finder(calendar).accepts(thursday)
    assert not finder(calendar).accepts(friday)
    assert [reason.what for reason in finder(calendar).explain(friday).reasons] == [What.HOURS] * 2


def test_each_of_forty_members_is_heard() -> None:
    """However many are looked up together, none is looked over (F1)."""
    half = timedelta(minutes=30)
    crowd = tuple(Member(f"m{n}", timezone="UTC", hours=OFFICE) for n in range(40))
    calendar = CALENDAR.with_settings(name="All hands")
    for member in crowd:
        calendar = calendar.add_member(member)
    everyone = finder(calendar).offers(MARCH)[:41]
    assert len(everyone) == 41

    busy = {
        member.id: Availability(IntervalSet([Interval(slot.start, slot.start + half)]))
        for member, slot in zip(crowd, everyone, strict=False)
    }

    assert finder(calendar, availability=busy).offers(MARCH)[0] == everyone[40]


def test_a_slot_may_run_over_the_end_of_the_window() -> None:
    """The window selects starts, and never clips a slot (L1)."""
    window = Interval(NOON, NOON + timedelta(microseconds=1))

    assert finder().offers(window) == [Slot(NOON, NOON + timedelta(minutes=30))]


def test_nobodys_hours_leave_the_grid_to_the_clock() -> None:
    """Where all ignore hours, there is no window to hang the grid on (G1, G2)."""
    anytime = tuple(Member(who, timezone="UTC", ignore_hours=True) for who in ("ana", "ben"))
    calendar = CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone="Asia/Kathmandu",  # 5:45 ahead
        duration=timedelta(hours=1),
        members=anytime,
    )

    offered = finder(calendar).offers(calendar.window(date(2026, 3, 2), date(2026, 3, 2)))

    assert len(offered) == 24
    assert offered[0].start == datetime(2026, 3, 1, 18, 15, tzinfo=UTC)


def test_looking_busy_hides_about_the_share_that_it_says() -> None:
    """20 percent hidden is near 20 percent, and the same ones whenever one looks (N5)."""
    all_slots = finder().offers(MARCH)
    shown = finder(CALENDAR.with_settings(look_busy=20)).offers(MARCH)
    later = finder(CALENDAR.with_settings(look_busy=20), now=NOW + timedelta(days=3)).offers(MARCH)
    other = finder(CALENDAR.with_settings(look_busy=20, slug="support-call")).offers(MARCH)

    hidden = set(all_slots) - set(shown)

    assert len(all_slots) * 0.12 < len(hidden) < len(all_slots) * 0.28
    assert set(later) <= set(shown)
    assert hidden != set(all_slots) - set(other)


def test_a_hidden_start_is_a_yes_with_a_note() -> None:
    """Who knows the time, from a mail or an old page, books it (N5)."""
    seeing = finder(CALENDAR.with_settings(look_busy=50))
    hidden = min(set(finder().offers(MARCH)) - set(seeing.offers(MARCH))).start

    told = seeing.explain(hidden)

    assert seeing.accepts(hidden)
    assert told.accepted
    assert told.verified
    assert [note.what for note in told.notes] == [What.HIDDEN]
    assert str(told) == (
        f"{hidden:%Y-%m-%dT%H:%M:%SZ} can be booked:\n"
        "  this time is left out of listings to look busy"
    )


# --- explanations ---------------------------------------------------------------------------------


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
    calendar = CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone="America/New_York",
        duration=timedelta(minutes=30),
        members=people,
        **{cap: 1},  # type: ignore[arg-type]  # a name that varies
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


# --- moving, and the store's question -------------------------------------------------------------


def test_an_appointment_may_move_into_its_own_time() -> None:
    """11:30 to 12:30 moved by a quarter of an hour meets nobody but itself (F6)."""
    calendar = CALENDAR.with_settings(
        duration=timedelta(hours=1), interval=timedelta(minutes=15), max_per_day=1
    )
    own = Interval(NOON - timedelta(minutes=30), NOON + timedelta(minutes=30))
    state: dict[str, Any] = {
        "claims": tuple(Claim("call-7", who, own) for who in ("ana", "ben")),
        "counted": (Counted("call-7", own.start),),
    }
    start = own.start + timedelta(minutes=15)

    assert not finder(calendar, **state).accepts(start)
    assert finder(calendar, **state, moving="call-7").accepts(start)
    assert finder(calendar, moving="call-7").admission(start)(*state.values()) == ()


def test_a_store_asks_with_what_it_reads_under_its_lock() -> None:
    """Whatever was claimed since the listing refuses; what was released does not (S1)."""
    taken, free = (Claim("call-7", "ana", LUNCH),), ()

    assert [reason.what for reason in finder(claims=free).admission(NOON)(taken, ())] == [
        What.APPOINTMENT
    ]
    assert finder(claims=taken).admission(NOON)(free, ()) == ()
    assert finder(claims=taken).explain(NOON).blockers == {"ana"}


# --- clocks that go back over midnight ------------------------------------------------------------


def st_johns(**settings: Any) -> CollectiveCalendar:
    """On 2006-10-29, a minute past midnight, the clocks there went back to 23:01."""
    people = tuple(Member(who, timezone="UTC", ignore_hours=True) for who in ("ana", "ben"))
    return CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone="America/St_Johns",
        duration=timedelta(minutes=30),
        members=people,
        **settings,
    )


def test_a_date_that_shows_for_one_minute_before_its_time_is_listed_wherever_one_looks() -> None:
    """A window that ends, or begins, in the hour shown again saw one of the two dates only (L1)."""
    night = finder(st_johns(), now=datetime(2006, 10, 1, tzinfo=UTC))
    two = datetime(2006, 10, 29, 2, tzinfo=UTC)
    half = timedelta(minutes=30)

    before, after = Interval(two, two + 1.5 * half), Interval(two + half, two + 4 * half)

    assert [slot.start for slot in night.offers(before)] == [two, two + half]
    assert [slot.start for slot in night.offers(after)] == [two + n * half for n in (1, 2, 3)]
    assert all(night.accepts(two + n * half) for n in range(4))


def test_the_past_is_too_soon_and_not_too_far_ahead() -> None:
    """Whoever follows an old link must not be told to come back earlier (N1, N2)."""
    calendar = CALENDAR.with_settings(horizon_days=7)
    last_month = NOON - timedelta(days=28)

    assert [each.what for each in finder(calendar).explain(last_month).reasons] == [What.NOTICE]


def test_yesterday_shown_again_is_no_tomorrow() -> None:
    """With one day's notice at 00:00, 23:30 of the day before is too soon, though it is to come."""
    now = datetime(2006, 10, 29, 2, 30, tzinfo=UTC)
    night = finder(st_johns(notice_days=1), now=now)
    again = now + timedelta(minutes=30)
    tomorrow = datetime(2006, 10, 30, tzinfo=ZoneInfo("America/St_Johns"))

    assert again.astimezone(ZoneInfo("America/St_Johns")).day == 28
    assert [reason.what for reason in night.explain(again).reasons] == [What.NOTICE]
    assert not night.accepts(tomorrow - timedelta(minutes=30))
    assert night.accepts(tomorrow)


# --- values ---------------------------------------------------------------------------------------


def test_answers_can_be_stored_compared_and_counted() -> None:
    """Slots and explanations travel: through queues, caches and sets."""
    full = finder(availability={"ana": Availability(IntervalSet([LUNCH]))})

    for value in (full.offers(MONDAY)[0], full.explain(NOON), full.explain_window(MONDAY)):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
        assert len({value, copy.copy(value)}) == 1


def test_a_finder_is_a_value_too() -> None:
    """It can be sent to where the question is asked, and answers the same there."""
    full = finder(
        availability={"ana": Availability(IntervalSet([LUNCH]))},
        claims=(Claim("call-7", "ben", LUNCH), Claim("call-9", "ana", LUNCH)),
        moving="call-9",
    )

    for twin in (pickle.loads(pickle.dumps(full)), copy.deepcopy(full)):
        assert twin == full
        assert twin.offers(MONDAY) == full.offers(MONDAY)
    assert full != finder()
    assert "sales-call" in repr(full)
    assert "Obstacle" not in repr(full)


def test_slots_sort_by_start() -> None:
    offered = finder().offers(MONDAY)

    assert sorted({*offered}) == offered


@pytest.mark.parametrize(
    ("known", "detail"),
    [
        (Availability(busy=IntervalSet([LUNCH])), "perhaps our own copy of an appointment"),
        (
            Availability(tentative=IntervalSet([LUNCH])),
            "tentative, perhaps our own copy of an appointment",
        ),
    ],
)
def test_busy_time_that_may_be_our_own_copy_says_so(known: Availability, detail: str) -> None:
    """A free/busy service cannot tell; nothing is taken off what it says (F6)."""
    blind = replace(known, sees_own_copies=True)

    for moving in (None, "call-7"):
        asked = finder(availability={"ana": blind}, moving=moving)
        (reason,) = asked.explain(NOON).reasons
        assert (reason.what, reason.detail) == (What.BUSY, detail)
