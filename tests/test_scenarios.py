"""Pitfalls that booking systems fell into, each with its inputs and what must come out.

Lives here: the acceptance scenarios of finding times, one story each, named for what it protects.
Must not live here: laws, and the corners of single rooms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import CollectiveCalendar
from collective_booking.errors import ConfigurationError, DuplicateMemberError
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member, OnUnknown
from collective_booking.reasons import Reason, Release, What
from collective_booking.settings import Anchor, BufferMode, HoursMode, Tentative
from collective_booking.slots import Slot, SlotFinder

MONDAY = date(2026, 3, 2)
LONG_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)

# --- how these stories are told -------------------------------------------------------------------


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def person(name: str, *rules: str, timezone: str = "Europe/London", **settings: Any) -> Member:
    return Member(name, timezone=timezone, hours=OpeningHours.parse(*rules), **settings)


def team(*members: Member, duration: int, **settings: Any) -> CollectiveCalendar:
    """A calendar in its first member's zone, lengths in minutes; one alone gets an easy twin."""
    if len(members) == 1:
        members = (*members, Member("twin", timezone="UTC", ignore_hours=True))
    for name in {"interval", "buffer_before", "buffer_after", "notice"} & settings.keys():
        settings[name] = minutes(settings[name])
    return CollectiveCalendar(
        name="Sales call",
        slug="sales-call",
        timezone=members[0].timezone,
        duration=minutes(duration),
        members=members,
        **settings,
    )


def finder_of(calendar: CollectiveCalendar, now: datetime = LONG_BEFORE, **told: Any) -> SlotFinder:
    return SlotFinder(calendar=calendar, now=now, **told)


def busy(**times: str) -> dict[str, Availability]:
    """What each member's calendar says: `ana="2026-03-02T12:00Z/2026-03-02T13:00Z"`."""
    return {who: Availability(IntervalSet.from_isoformat(text)) for who, text in times.items()}


def on(calendar: CollectiveCalendar, first: date, last: date | None = None) -> Interval:
    return calendar.window(first, last or first)


def clocks(slots: Iterable[Slot], timezone: str = "UTC") -> list[str]:
    """What the clock on the wall shows when they start."""
    return [f"{slot.start.astimezone(ZoneInfo(timezone)):%H:%M}" for slot in slots]


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def booked(member: str, start: datetime, end: datetime, **settings: Any) -> Claim:
    return Claim("booking-1", member, Interval(start, end), **settings)


# --- intersection and explanation -----------------------------------------------------------------


def test_no_time_in_common_is_no_slot_and_not_no_constraint() -> None:
    # P1, T2: an empty intersection that counts as "unconstrained" offers times that suit nobody.
    calendar = team(person("ana", "Mon 09:00-12:00"), person("ben", "Mon 13:00-17:00"), duration=60)
    finder = finder_of(calendar)

    assert finder.offers(on(calendar, MONDAY)) == []
    assert set(finder.explain_window(on(calendar, MONDAY)).blockers) == {"ana", "ben"}


def test_a_booking_takes_the_time_of_all_its_members_in_every_calendar() -> None:
    # P3, F7: otherwise a member of two teams is booked twice.
    claims = [booked(who, at(10), at(11)) for who in ("ana", "ben", "cleo")]
    calendar = team(person("ben", "Mon 09:00-12:00"), person("dan", "Mon 09:00-12:00"), duration=60)
    finder = finder_of(calendar, claims=tuple(claims))

    assert clocks(finder.offers(on(calendar, MONDAY))) == ["09:00", "11:00"]
    assert not finder.accepts(at(10))
    assert finder.explain(at(10)).reasons == (
        Reason(What.APPOINTMENT, "ben", Interval(at(10), at(11)), claim="booking-1"),
    )


def test_an_explanation_names_the_one_who_blocks() -> None:
    # P4, X1: "no times available" helps nobody to find out whose calendar is full.
    office = "Mon 09:00-17:00"
    calendar = team(
        person("ana", office), person("ben", office), person("cleo", office), duration=60
    )
    finder = finder_of(calendar, availability=busy(cleo="2026-03-02T00:00Z/2026-03-03T00:00Z"))

    assert finder.offers(on(calendar, MONDAY)) == []
    assert {finder.explain(at(hour)).blockers for hour in range(9, 17)} == {frozenset({"cleo"})}
    explained = finder.explain_window(on(calendar, MONDAY))
    assert explained.blockers[0] == "cleo"
    assert explained.releases == (Release(frozenset({"cleo"}), 8),)


def test_two_halves_of_a_team_that_never_meet_all_block() -> None:
    # P5, X2: whoever reads it must see both halves, not the first one only.
    morning, afternoon = "Mon 09:00-12:00", "Mon 13:00-17:00"
    calendar = team(
        person("ana", morning),
        person("ben", morning),
        person("cleo", afternoon),
        person("dan", afternoon),
        duration=60,
    )
    finder = finder_of(calendar)

    assert finder.offers(on(calendar, MONDAY)) == []
    assert set(finder.explain_window(on(calendar, MONDAY)).blockers) == {
        "ana",
        "ben",
        "cleo",
        "dan",
    }
    told = finder.explain_window(on(calendar, MONDAY)).releases
    assert {release.members for release in told} == {
        frozenset({"ana", "ben"}),
        frozenset({"cleo", "dan"}),
    }
    assert finder.explain(at(9)).blockers == {"cleo", "dan"}
    assert finder.explain(at(13)).blockers == {"ana", "ben"}


def test_an_optional_member_never_blocks() -> None:
    # P6, F5: who is merely invited must not decide when the others meet.
    ana, ben = person("ana", "Mon 09:00-12:00"), person("ben", "Mon 09:00-12:00", required=False)
    calendar = team(ana, ben, duration=60)
    finder = finder_of(calendar, availability=busy(ben="2026-03-02T09:00Z/2026-03-02T12:00Z"))

    assert clocks(finder.offers(on(calendar, MONDAY))) == ["09:00", "10:00", "11:00"]
    assert "ben" not in finder.explain_window(on(calendar, MONDAY)).blockers
    assert not any("ben" in finder.explain(at(hour)).blockers for hour in range(24))


def test_a_further_member_moves_the_grid_but_never_adds_common_time() -> None:
    # P7, G1: with anchor `window` the starts may be others; the time that suits all only shrinks.
    two = team(person("ana", "Mon 09:00-12:00"), person("ben", "Mon 09:00-12:00"), duration=60)
    three = two.add_member(person("cleo", "Mon 09:30-12:00"))
    fine = {"interval": minutes(1)}

    assert clocks(finder_of(two).offers(on(two, MONDAY))) == ["09:00", "10:00", "11:00"]
    assert clocks(finder_of(three).offers(on(two, MONDAY))) == ["09:30", "10:30"]
    assert set(finder_of(three.with_settings(**fine)).offers(on(two, MONDAY))) < set(
        finder_of(two.with_settings(**fine)).offers(on(two, MONDAY))
    )


@pytest.mark.parametrize("size", [0, 1, 101])
def test_a_roster_of_fewer_than_2_or_more_than_100_is_refused(size: int) -> None:
    # P8, O1: one person is no team, and the product ends at 100.
    everybody = tuple(person(f"m{number}", "Mon 09:00-12:00") for number in range(101))
    calendar = team(*everybody[:2], duration=60)

    with pytest.raises(ConfigurationError):
        replace(calendar, members=everybody[:size])


def test_a_roster_of_2_and_one_of_100_find_times_and_nobody_is_in_it_twice() -> None:
    # P8, O1.
    everybody = tuple(person(f"m{number}", "Mon 09:00-12:00") for number in range(100))

    for size in (2, 100):
        calendar = team(*everybody[:size], duration=60)
        offered = finder_of(calendar).offers(on(calendar, MONDAY))
        assert clocks(offered) == ["09:00", "10:00", "11:00"]
    with pytest.raises(DuplicateMemberError):
        team(*everybody[:2], duration=60).add_member(everybody[0])


# --- buffers --------------------------------------------------------------------------------------


def test_a_buffer_reaches_into_the_window_from_before_it() -> None:
    # P9, L1: whoever asks from 09:20 on must not be offered the buffer of a 09:00 meeting.
    calendar = team(person("ana", "Mon 09:00-17:00"), duration=15)
    short = booked("ana", at(9), at(9, 15), buffer_after=minutes(30))
    finder = finder_of(calendar, claims=(short,))

    offered = finder.offers(Interval(at(9, 20), at(17)))

    assert clocks(offered)[0] == "09:45"
    assert not finder.accepts(at(9, 30))
    assert [reason.what for reason in finder.explain(at(9, 30)).reasons] == [What.BUFFER]


def test_buffers_do_not_shorten_the_day() -> None:
    # P10, F2: buffers keep meetings apart; the edge of the day is no meeting.
    calendar = team(
        person("ana", "Mon 09:00-17:00"), duration=60, buffer_before=30, buffer_after=30
    )

    offered = clocks(finder_of(calendar).offers(on(calendar, MONDAY)))

    assert (offered[0], offered[-1], len(offered)) == ("09:00", "16:00", 8)


@pytest.mark.parametrize(("mode", "first"), [(BufferMode.MAX, "11:30"), (BufferMode.SUM, "11:45")])
def test_two_buffers_meet_as_the_calendar_says(mode: BufferMode, first: str) -> None:
    # P12, F2: the longer of the two decides, or they add up.
    calendar = team(
        person("ana", "Mon 10:00-17:00"),
        duration=30,
        interval=15,
        buffer_before=15,
        buffer_mode=mode,
    )
    finder = finder_of(calendar, claims=(booked("ana", at(10), at(11), buffer_after=minutes(30)),))

    assert clocks(finder.offers(on(calendar, MONDAY)))[0] == first


def test_an_odd_interval_makes_room_for_the_buffer() -> None:
    # P13, G1: 20 minutes and 5 to breathe are a legal rhythm.
    calendar = team(person("ana", "Mon 10:00-11:10"), duration=20, buffer_after=5, interval=25)

    assert clocks(finder_of(calendar).offers(on(calendar, MONDAY))) == ["10:00", "10:25", "10:50"]


def test_a_buffer_takes_the_next_start_of_a_tight_interval() -> None:
    # P13, F2: the meeting is over at 10:20, its buffer is not.
    calendar = team(person("ana", "Mon 10:00-11:10"), duration=20, buffer_after=5, interval=20)
    taken = booked("ana", at(10), at(10, 20), buffer_after=minutes(5))

    offered = finder_of(calendar, claims=(taken,)).offers(on(calendar, MONDAY))

    assert clocks(offered) == ["10:40"]


def test_buffers_are_kept_around_busy_time_from_outside_too() -> None:
    # P14, F2: somebody else's event is as good a reason to breathe as our own.
    calendar = team(
        person("ana", "Mon 09:00-17:00"), duration=30, buffer_before=30, buffer_after=30
    )
    finder = finder_of(calendar, availability=busy(ana="2026-03-02T12:00Z/2026-03-02T13:00Z"))

    offered = set(clocks(finder.offers(on(calendar, MONDAY))))

    assert offered.isdisjoint({"11:30", "12:00", "12:30", "13:00"})
    assert offered >= {"11:00", "13:30"}


# --- time zones and daylight saving ---------------------------------------------------------------

NEW_YORK = "America/New_York"
FORWARD, BACK = date(2026, 3, 8), date(2026, 11, 1)


def test_hours_follow_the_clock_on_the_wall() -> None:
    # P15, T3: nine o'clock is nine o'clock, in summer and in winter.
    calendar = team(person("ana", "daily 09:00-10:00", timezone=NEW_YORK), duration=60)
    finder = finder_of(calendar)

    assert clocks(finder.offers(on(calendar, date(2026, 10, 30)))) == ["13:00"]
    assert clocks(finder.offers(on(calendar, date(2026, 11, 2)))) == ["14:00"]


@pytest.mark.parametrize(
    ("day", "instants", "walls"),
    [
        (FORWARD, range(5, 10), ["00:00", "01:00", "03:00", "04:00", "05:00"]),
        (BACK, range(4, 11), ["00:00", "01:00", "01:00", "02:00", "03:00", "04:00", "05:00"]),
    ],
)
def test_a_missing_hour_is_not_offered_and_a_doubled_one_is_twice(
    day: date, instants: range, walls: list[str]
) -> None:
    # P17, T3: no gap, no error, and the two 01:00 are told apart by their offset.
    calendar = team(person("ana", "daily 00:00-06:00", timezone=NEW_YORK), duration=60)

    offered = finder_of(calendar).offers(on(calendar, day))

    assert [slot.start for slot in offered] == [at(hour, day=day) for hour in instants]
    assert clocks(offered, NEW_YORK) == walls


@pytest.mark.parametrize(
    ("day", "walls"),
    [
        (FORWARD, ["00:00", "01:30", "04:00"]),
        (BACK, ["00:00", "01:30", "02:00", "03:30"]),
    ],
)
def test_starts_keep_their_distance_when_clocks_change(day: date, walls: list[str]) -> None:
    # P18, G1: steps on the wall would offer two 90-minute slots 60 minutes apart.
    calendar = team(person("ana", "daily 00:00-06:00", timezone=NEW_YORK), duration=90)

    offered = finder_of(calendar).offers(on(calendar, day))

    assert clocks(offered, NEW_YORK) == walls
    assert {late.start - early.start for early, late in pairwise(offered)} == {minutes(90)}


def test_members_meet_at_instants_whatever_weekday_they_call_it() -> None:
    # P20, F1: Tuesday morning in Sydney is Monday afternoon in Los Angeles.
    sydney = person("ana", "Mon-Fri 09:00-17:00", timezone="Australia/Sydney")
    los_angeles = person("ben", "Mon-Fri 09:00-17:00", timezone="America/Los_Angeles")
    day = date(2026, 6, 1)

    offered = finder_of(team(sydney, los_angeles, duration=60)).offers(
        Interval(at(0, day=day), at(0, day=day) + timedelta(days=1))
    )

    assert [slot.start for slot in offered] == [at(23, day=day)]
    walls = [offered[0].start.astimezone(ZoneInfo(each.timezone)) for each in (sydney, los_angeles)]
    assert [f"{wall:%a %H:%M}" for wall in walls] == ["Tue 09:00", "Mon 16:00"]


@pytest.mark.parametrize(
    "rules", [["daily 22:30-02:00"], ["daily 22:30-24:00", "daily 00:00-02:00"]]
)
def test_hours_over_midnight_are_one_stretch_however_written(rules: list[str]) -> None:
    # P23, T4, T5: a slot may run over midnight, where one date's hours touch the next one's.
    calendar = team(person("ana", *rules), duration=60, interval=30)

    offered = finder_of(calendar).offers(Interval(at(12), at(12) + timedelta(days=1)))

    assert clocks(offered, "Europe/London") == [
        "22:30",
        "23:00",
        "23:30",
        "00:00",
        "00:30",
        "01:00",
    ]


def test_the_viewers_zone_never_changes_what_is_offered() -> None:
    # P24: the same week, named from four sides of the earth, holds the same instants.
    calendar = team(person("ana", "Mon-Fri 09:00-17:00", timezone="Europe/Berlin"), duration=60)
    finder, week = finder_of(calendar), on(calendar, date(2026, 3, 23), date(2026, 4, 5))
    seen = [
        finder.offers(Interval(week.start.astimezone(place), week.end.astimezone(place)))
        for place in map(
            ZoneInfo, ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", NEW_YORK)
        )
    ]

    assert len(seen[0]) == 80
    assert all(each == seen[0] for each in seen)


def test_an_override_closes_the_members_own_date() -> None:
    # P25, T4: 5 October is over in Berlin while New York still writes the fifth.
    ana = Member(
        "ana",
        timezone="Europe/Berlin",
        hours=OpeningHours.parse("daily 00:00-24:00", overrides={"2026-10-05": []}),
    )
    calendar = team(ana, person("ben", "daily 00:00-24:00", timezone=NEW_YORK), duration=30)
    finder = finder_of(calendar.with_settings(timezone=NEW_YORK))
    closed = Interval.from_isoformat("2026-10-04T22:00Z/2026-10-05T22:00Z")
    around = Interval(closed.start - timedelta(days=1), closed.end + timedelta(days=1))

    starts = [slot.start for slot in finder.offers(around)]

    assert not any(start in closed for start in starts)
    assert closed.start - minutes(30) in starts
    assert closed.end in starts
    assert [(each.what, each.who) for each in finder.explain(closed.start).reasons] == [
        (What.OVERRIDE, "ana")
    ]


def test_an_override_opens_a_day_only_where_all_are_open() -> None:
    # P26, F1: one member's extra Saturday binds nobody else.
    saturday = {"2026-03-07": ["10:00-12:00"]}
    week = "Mon-Fri 09:00-17:00"
    ana = Member("ana", timezone="UTC", hours=OpeningHours.parse(week, overrides=saturday))
    free, day = person("ben", week, timezone="UTC"), date(2026, 3, 7)
    working = Member(
        "ben",
        timezone="UTC",
        hours=OpeningHours.parse(week, overrides={"2026-03-07": ["11:00-13:00"]}),
    )
    alone, both = team(ana, free, duration=60), team(ana, working, duration=60)

    assert finder_of(alone).offers(on(alone, day)) == []
    assert clocks(finder_of(both).offers(on(both, day))) == ["11:00"]


# --- the grid -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "afternoon"),
    [
        (Anchor.WINDOW, ["12:30", "13:30", "14:30", "15:30", "16:30"]),
        (Anchor.CLOCK, ["13:00", "14:00", "15:00", "16:00"]),
    ],
)
def test_each_window_starts_a_grid_of_its_own_or_the_clock_does(
    anchor: Anchor, afternoon: list[str]
) -> None:
    # P27, G1, G2: after lunch until half past, 12:30 is a good start, unless full hours are wanted.
    hours = "Mon 08:00-12:00", "Mon 12:30-17:30"
    calendar = team(person("ana", *hours), duration=60, anchor=anchor)

    offered = clocks(finder_of(calendar).offers(on(calendar, MONDAY)))

    assert offered == ["08:00", "09:00", "10:00", "11:00", *afternoon]


def test_a_short_busy_time_does_not_shift_the_grid() -> None:
    # P28, G1: five busy minutes cost one start, and move none.
    calendar = team(person("ana", "Mon 10:00-13:00"), duration=30)
    finder = finder_of(calendar, availability=busy(ana="2026-03-02T10:00Z/2026-03-02T10:05Z"))

    assert clocks(finder.offers(on(calendar, MONDAY))) == [
        "10:30",
        "11:00",
        "11:30",
        "12:00",
        "12:30",
    ]


def test_round_the_clock_each_date_starts_its_grid_anew() -> None:
    # P30, T5: a grid of 50 minutes would drift through the week, were the days one window.
    calendar = team(person("ana", "daily 00:00-24:00", timezone="Europe/Berlin"), duration=50)
    finder = finder_of(calendar)

    for days in range(7):
        offered = finder.offers(on(calendar, MONDAY + timedelta(days=days)))
        walls = clocks(offered, "Europe/Berlin")
        assert (len(walls), walls[0], walls[-1]) == (29, "00:00", "23:20")


# --- notice, horizon, caps ------------------------------------------------------------------------


def test_notice_is_inclusive_and_holds_for_direct_bookings() -> None:
    # P31, N1: what is too soon to be listed is too soon to be posted.
    calendar = team(
        person("ana", "daily 00:00-24:00", timezone="UTC"), duration=30, interval=15, notice=120
    )
    finder = finder_of(calendar, now=at(8))

    assert finder.offers(on(calendar, MONDAY))[0].start == at(10)
    assert finder.accepts(at(10))
    assert not finder.accepts(at(9, 45))
    assert [reason.what for reason in finder.explain(at(9, 45)).reasons] == [What.NOTICE]


def test_notice_in_days_counts_dates_and_not_hours() -> None:
    # P33, N1: ten minutes before midnight, one day's notice means tomorrow from opening time on.
    calendar = team(
        person("ana", "daily 09:00-17:00", timezone="Europe/Berlin"), duration=60, notice_days=1
    )
    late = datetime(2026, 3, 2, 23, 50, tzinfo=ZoneInfo("Europe/Berlin"))
    night = person("ben", "daily 00:00-24:00", timezone="Europe/Berlin")
    all_day = replace(calendar, members=(night, calendar.members[1]), owner="ben")

    offered = finder_of(calendar, now=late).offers(on(calendar, MONDAY, date(2026, 3, 3)))
    first = next(finder_of(all_day, now=late).iter_offers(on(calendar, MONDAY, date(2026, 3, 3))))

    assert offered[0].start == at(8, day=date(2026, 3, 3))
    assert len(offered) == 8
    assert first.start == at(23)  # midnight in Berlin


def test_the_last_date_of_a_range_belongs_to_it_in_the_calendars_zone() -> None:
    # P34, N2: "until the ninth" includes the ninth, wherever the booker sits.
    calendar = team(person("ana", "daily 09:00-18:00", timezone="Europe/Berlin"), duration=60)
    day = date(2026, 4, 9)

    offered = finder_of(calendar).offers(on(calendar, day, day))

    assert [slot.start for slot in offered] == [at(hour, day=day) for hour in range(7, 16)]
    seen = [slot.start.astimezone(ZoneInfo("Pacific/Pago_Pago")) for slot in offered]
    assert f"{seen[0]:%d %b %H:%M} to {seen[-1]:%d %b %H:%M}" == "08 Apr 20:00 to 09 Apr 04:00"


def test_the_horizon_is_an_inclusive_date_and_holds_for_direct_bookings() -> None:
    # P34, P35, N2: a direct booking 90 days ahead is refused like any other.
    berlin = person("ana", "daily 09:00-18:00", timezone="Europe/Berlin")
    calendar = team(berlin, duration=60, horizon_days=2)
    finder = finder_of(calendar, now=at(6))

    offered = finder.offers(on(calendar, MONDAY, date(2026, 3, 31)))

    assert offered[-1].start == at(16, day=date(2026, 3, 4))
    assert not finder.accepts(at(9, day=date(2026, 5, 31)))
    assert [each.what for each in finder.explain(at(9, day=date(2026, 5, 31))).reasons] == [
        What.HORIZON
    ]


def test_a_notice_beyond_the_horizon_is_a_mistake_and_not_an_empty_page() -> None:
    # P36, N4: nobody would ever find out why there are no times.
    with pytest.raises(ConfigurationError, match="horizon"):
        team(person("ana", "daily 09:00-18:00"), duration=60, notice=5 * 24 * 60, horizon_days=2)


def test_a_cap_counts_the_days_of_the_calendar() -> None:
    # P37, N3: Tuesday 16:00 in Brisbane is early Tuesday in UTC, and Monday further west.
    brisbane = person("ana", "daily 00:00-24:00", timezone="Australia/Brisbane")
    calendar = team(brisbane, duration=60, max_per_day=1)
    tuesday, wednesday = date(2026, 3, 3), date(2026, 3, 4)
    finder = finder_of(calendar, counted=(Counted("booking-1", at(6, day=tuesday)),))

    assert finder.offers(on(calendar, tuesday)) == []
    assert len(finder.offers(on(calendar, wednesday))) == 24
    assert finder.explain(at(3, day=tuesday)).reasons == (
        Reason(What.CAP, None, on(calendar, tuesday), detail="at most 1 a day"),
    )


def test_a_booking_moves_within_the_day_that_it_fills_itself() -> None:
    # P38, N3, F6: the one being moved does not count against itself.
    calendar = team(person("ana", "Mon 09:00-17:00"), duration=60, max_per_day=1)
    state: dict[str, Any] = {
        "claims": (booked("ana", at(10), at(11)),),
        "counted": (Counted("booking-1", at(10)),),
    }

    assert finder_of(calendar, **state, moving="booking-1").accepts(at(14))
    assert not finder_of(calendar, **state, moving="another").accepts(at(14))


# --- what providers say ---------------------------------------------------------------------------


def test_a_member_whose_calendar_fails_is_unknown_and_not_free() -> None:
    # P39, F3: the failure of a service must not become a double booking.
    calendar = team(person("ana", "Mon 09:00-12:00"), person("ben", "Mon 09:00-12:00"), duration=60)
    failed = Unknown(on(calendar, MONDAY), Cause.SERVICE, detail="timed out")
    finder = finder_of(calendar, availability={"ben": Availability(unknown=(failed,))})

    assert finder.offers(on(calendar, MONDAY)) == []
    assert finder.explain(at(9)).reasons == (
        Reason(What.UNKNOWN, "ben", failed.interval, detail="service failed: timed out"),
    )


def test_a_member_who_fails_open_does_not_stop_the_others_but_marks_the_slot() -> None:
    # P39, F3: offered as without ben's busy times, and said to be unverified.
    ben = person("ben", "Mon 09:00-12:00", on_unknown=OnUnknown.OPEN)
    calendar = team(person("ana", "Mon 09:00-12:00"), ben, duration=60)
    failed = Unknown(on(calendar, MONDAY), Cause.SERVICE)
    finder = finder_of(calendar, availability={"ben": Availability(unknown=(failed,))})

    offered = finder.offers(on(calendar, MONDAY))

    assert clocks(offered) == ["09:00", "10:00", "11:00"]
    assert not any(slot.verified for slot in offered)
    assert finder.explain(at(9)).accepted
    assert not finder.explain(at(9)).verified


def test_an_all_day_event_takes_the_members_own_date() -> None:
    # P40, F4: it blocks from midnight to midnight in Berlin, not in UTC.
    berlin = person("ana", "daily 00:00-24:00", timezone="Europe/Berlin")
    calendar = team(berlin, duration=60)
    day = date(2026, 9, 14)
    finder = finder_of(
        calendar, availability={"ana": Availability(IntervalSet([calendar.window(day, day)]))}
    )

    assert finder.offers(on(calendar, day)) == []
    assert finder.accepts(datetime(2026, 9, 13, 21, tzinfo=UTC))
    assert not finder.accepts(datetime(2026, 9, 13, 22, tzinfo=UTC))
    assert not finder.accepts(datetime(2026, 9, 14, 21, tzinfo=UTC))
    assert finder.accepts(datetime(2026, 9, 14, 22, tzinfo=UTC))


def test_tentative_time_is_busy_unless_the_calendar_says_otherwise() -> None:
    # P40, F4.
    calendar = team(person("ana", "Mon 09:00-12:00"), duration=60)
    maybe = Availability(
        tentative=IntervalSet.from_isoformat("2026-03-02T10:00Z/2026-03-02T11:00Z")
    )
    relaxed = calendar.with_settings(tentative=Tentative.FREE)

    strict, free = (
        finder_of(each, availability={"ana": maybe}).offers(on(calendar, MONDAY))
        for each in (calendar, relaxed)
    )

    assert clocks(strict) == ["09:00", "11:00"]
    assert clocks(free) == ["09:00", "10:00", "11:00"]


@pytest.mark.parametrize(
    "switches",
    [{}, {"ignore_busy": True}, {"ignore_hours": True}],
    ids=["heeding", "busy", "hours"],
)
@pytest.mark.parametrize("mode", list(HoursMode))
def test_time_off_counts_whichever_hours_are_in_force(
    mode: HoursMode, switches: dict[str, bool]
) -> None:
    # P42, T4: away is away, on five local dates, whatever else is ignored or replaced.
    away = DateRange(date(2026, 10, 5), date(2026, 10, 9))
    ana = person("ana", "daily 08:00-20:00", timezone=NEW_YORK, time_off=(away,), **switches)
    calendar = team(
        ana, duration=60, hours=OpeningHours.parse("daily 00:00-24:00"), hours_mode=mode
    )
    finder = finder_of(calendar)

    assert finder.offers(on(calendar, away.first, away.last)) == []
    assert finder.offers(on(calendar, date(2026, 10, 4)))
    assert finder.offers(on(calendar, date(2026, 10, 10)))
    assert What.TIME_OFF in {
        each.what for each in finder.explain(datetime(2026, 10, 7, 16, tzinfo=UTC)).reasons
    }
