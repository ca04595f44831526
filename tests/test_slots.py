"""What the finder offers and accepts, and what it refuses at its door."""

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
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member, OnUnknown
from collective_booking.reasons import What
from collective_booking.slots import Slot, SlotFinder
from tests.sales_calls import CALENDAR, LUNCH, MARCH, MONDAY, NOON, NOW, OFFICE, finder, with_ben

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
