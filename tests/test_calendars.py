"""The calendar that members form, and its owner: valid by construction, changed by methods."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from collective_booking.calendars import CollectiveCalendar, Ownership, decide_ownership
from collective_booking.errors import (
    ConfigurationError,
    DuplicateMemberError,
    InvalidValueError,
    OptionalOwnerError,
    OutOfRangeError,
    PrimaryOwnerRemovalError,
    RosterSizeError,
    UnknownMemberError,
    WrongTypeError,
)
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import Interval
from collective_booking.members import LocationKind, MeetingLocation, Member
from collective_booking.money import Money
from collective_booking.settings import MAX_MEMBERS, Anchor, BufferMode, HoursMode

OFFICE: Final = OpeningHours.parse("Mon-Fri 09:00-17:00")
ANA: Final = Member("ana", timezone="Europe/Madrid", hours=OFFICE)
BEN: Final = Member("ben", timezone="Europe/Berlin", hours=OFFICE)
CLEO: Final = Member("cleo", timezone="Europe/Paris", hours=OFFICE)
OPTIONAL_DAN: Final = Member("dan", timezone="Europe/Paris", hours=OFFICE, required=False)

SLOT: Final = Interval(
    datetime(2026, 11, 23, 10, tzinfo=UTC), datetime(2026, 11, 23, 11, tzinfo=UTC)
)
VIDEO: Final = MeetingLocation(LocationKind.VIDEO, "https://meet.example.com/sales")
OFFICE_PLACE: Final = MeetingLocation(LocationKind.ADDRESS, "1 Main Street")


def a_calendar(**changes: Any) -> CollectiveCalendar:
    """Ana and Ben's sales call, or what *changes* make of it."""
    settings: dict[str, Any] = {
        "name": "Sales call",
        "slug": "sales-call",
        "timezone": "Europe/London",
        "duration": timedelta(minutes=30),
        "members": (ANA, BEN),
    }
    return CollectiveCalendar(**(settings | changes))


def crowd(size: int) -> tuple[Member, ...]:
    return tuple(replace(ANA, id=f"member-{number}", name="") for number in range(size))


def problems_of(**changes: Any) -> list[str]:
    """What is wrong with the sales call after *changes*, as its user reads it."""
    with pytest.raises(ConfigurationError) as caught:
        a_calendar(**changes)
    return list(map(str, caught.value.problems))


# --- locations -----------------------------------------------------------------------------------


def test_a_calendar_meets_where_it_says_else_where_its_owner_does() -> None:
    """A team that has not said where follows its owner, also to the next one."""
    ben = replace(BEN, location=OFFICE_PLACE)
    calendar = a_calendar(members=(ANA, ben))

    assert calendar.effective_location is None
    assert calendar.location_under("ben") == OFFICE_PLACE
    assert calendar.make_owner("ben").effective_location == OFFICE_PLACE
    assert calendar.make_owner("ben").with_settings(location=VIDEO).effective_location == VIDEO


# --- the roster ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 100])
def test_two_to_a_hundred_people_form_a_calendar(size: int) -> None:
    """The limits belong to what is allowed (O1)."""
    assert len(a_calendar(members=crowd(size)).members) == size


@pytest.mark.parametrize("size", [0, 1, 101])
def test_fewer_or_more_people_do_not(size: int) -> None:
    """One person alone is no collective, and beyond a hundred nobody meets (O1)."""
    assert f"members: must be 2 to 100 people, not {size}" in problems_of(members=crowd(size))


def test_nobody_is_on_a_roster_twice() -> None:
    """Twice the same person would be invited twice and count twice (O1)."""
    assert problems_of(members=(ANA, BEN, ANA)) == ["members[2].id: 'ana' is members[0] already"]
    with pytest.raises(DuplicateMemberError):
        a_calendar().add_member(ANA)


def test_the_first_required_member_owns_a_calendar_unless_another_is_chosen() -> None:
    """Somebody is always responsible, also where nobody thought of it (O2)."""
    assert a_calendar(members=(OPTIONAL_DAN, BEN, ANA)).owner == "ben"
    assert a_calendar(owner="ben").primary_owner == BEN


def test_an_owner_is_a_required_member() -> None:
    """An owner who need not come, or does not exist, owns nothing (O2)."""
    team = (ANA, BEN, OPTIONAL_DAN)

    assert problems_of(members=team, owner="bem") == [
        "owner: 'bem' is no member; the members are ana, ben, dan; did you mean 'ben'?"
    ]
    assert problems_of(members=team, owner="dan") == [
        "owner: 'dan' is optional: make them required, or name another"
    ]
    assert problems_of(members=(OPTIONAL_DAN, replace(ANA, required=False))) == [
        "members: must have one who is required, to be the primary owner"
    ]


def test_the_owner_stays_until_another_is_made_owner() -> None:
    """New members come and go; the responsible person does not change by it (O2)."""
    calendar = a_calendar().add_member(CLEO).make_owner("ben")

    assert calendar.owner == "ben"
    assert ANA in calendar.members
    assert calendar.remove_member("ana").add_member(ANA).owner == "ben"


def test_the_owner_is_not_removed_before_another_takes_over() -> None:
    """Else the calendar's bookings would belong to nobody (O3)."""
    calendar = a_calendar().add_member(CLEO)

    with pytest.raises(PrimaryOwnerRemovalError) as caught:
        calendar.remove_member("ana")

    assert (caught.value.calendar, caught.value.owner) == ("sales-call", "ana")
    assert calendar.make_owner("ben").remove_member("ana").members == (BEN, CLEO)


def test_a_roster_does_not_shrink_below_two_nor_grow_beyond_a_hundred() -> None:
    """The limits hold for every change, not only for the first version (O1, O3)."""
    with pytest.raises(RosterSizeError):
        a_calendar().remove_member("ben")
    with pytest.raises(RosterSizeError):
        a_calendar(members=crowd(MAX_MEMBERS)).add_member(ANA)


def test_a_member_is_replaced_in_place() -> None:
    """The order of a roster is its owner's, and survives a change of hours."""
    away = replace(ANA, time_off=(DateRange.parse("2026-12-24"),))

    assert a_calendar().replace_member(away).members == (away, BEN)
    with pytest.raises(UnknownMemberError):
        a_calendar().replace_member(CLEO)


def test_the_owner_cannot_become_optional() -> None:
    """Another member can; whoever is responsible comes (O2)."""
    calendar = a_calendar()

    with pytest.raises(OptionalOwnerError):
        calendar.replace_member(replace(ANA, required=False))
    with pytest.raises(OptionalOwnerError):
        calendar.replace_member(replace(BEN, required=False)).make_owner("ben")


def test_a_stranger_can_neither_be_removed_nor_own() -> None:
    """The error names who is there, for the name was probably mistyped."""
    for change in (a_calendar().remove_member, a_calendar().make_owner, a_calendar().member):
        with pytest.raises(UnknownMemberError, match="its members are ana, ben"):
            change("bem")


def test_only_members_join() -> None:
    """An id alone has neither zone nor hours."""
    with pytest.raises(WrongTypeError, match="must be a Member"):
        a_calendar().add_member("cleo")  # type: ignore[arg-type]


# --- settings ------------------------------------------------------------------------------------


def test_settings_may_be_written_as_text_and_as_lists() -> None:
    """A host that reads them from its own database need not convert every one."""
    calendar = a_calendar(
        members=[ANA, BEN],
        buffer_mode="sum",
        anchor="clock",
        hours=OFFICE,
        hours_mode="replace",
    )

    assert calendar.members == (ANA, BEN)
    assert calendar.buffer_mode is BufferMode.SUM
    assert calendar.anchor is Anchor.CLOCK
    assert calendar.hours_mode is HoursMode.REPLACE


def test_starts_are_a_duration_apart_unless_an_interval_is_set() -> None:
    """Who makes the meeting longer does not want its starts to stay close together."""
    longer = a_calendar().with_settings(duration=timedelta(hours=1))

    assert longer.step == timedelta(hours=1)
    assert longer.with_settings(interval=timedelta(minutes=15)).step == timedelta(minutes=15)


def test_everything_wrong_with_a_calendar_is_told_at_once() -> None:
    """Whoever fills in a form twice does not fill it in a third time."""
    assert problems_of(
        name=" ",
        slug="Sales Call!",
        timezone="London",
        duration=timedelta(seconds=90),
        members=(ANA, "ben", None),
        interval=timedelta(),
        buffer_before=timedelta(minutes=-5),
        buffer_after=5,
        buffer_mode="add",
        notice=timedelta(days=4_000),
        notice_days=-1,
        horizon_days=True,
        max_per_day=0,
        look_busy=100,
        hold=timedelta(),
        price=50,
    ) == [
        "name: must not be empty",
        (
            "slug: 'Sales Call!' cannot stand in a web address: use lower-case letters, digits and "
            "single hyphens, at most 100 in all, such as 'sales-call'"
        ),
        (
            "timezone: there is no time zone 'London': did you mean Europe/London? "
            "(names look like 'Europe/Madrid')"
        ),
        "duration: must be in whole minutes, not 1m30s",
        "members[1]: must be a Member, not str: 'ben'",
        "members[2]: must be a Member, not NoneType: None",
        "interval: must be 1m or more, not 0m",
        "buffer_before: must be 0m or more, not -5m",
        "buffer_after: must be a timedelta, not int: 5",
        "buffer_mode: must be one of 'max', 'sum', not 'add'",
        "notice: must be 3660d or less, not 4000d",
        "notice_days: must be 0 to 3660, not -1",
        "horizon_days: must be a whole number, not True",
        "max_per_day: must be 1 or more, not 0",
        "look_busy: must be 0 to 99, not 100",
        "hold: must be 1m or more, not 0m",
        "price: must be Money, not int: 50",
    ]


@pytest.mark.parametrize(
    ("slug", "proposed"),
    [
        ("Ärger & Co", "arger-co"),
        ("sales--call", "sales-call"),
        ("-sales", "sales"),
        ("sales_call\n", "sales-call"),
        ("営業", "sales-call"),
        ("a" * 101, "a" * 100),
        ("", "sales-call"),
    ],
)
def test_a_slug_that_is_none_is_answered_with_one(slug: str, proposed: str) -> None:
    """What a person typed is nearly always one step from what works (O4)."""
    [problem] = problems_of(slug=slug)

    assert problem.endswith(f"such as {proposed!r}")
    assert a_calendar(slug=proposed).slug == proposed


def test_a_name_fits_on_one_line() -> None:
    """Names go into the headers of mails and the lines of calendar files."""
    for name in ("Sales\r\nBcc: eve@example.com", "Sales\N{LINE SEPARATOR}call", "\ud800"):
        assert problems_of(name=name)[0].startswith("name: must be one line without control")
    assert problems_of(name="x" * 201) == ["name: must have at most 200 characters, not 201"]
    assert a_calendar(name="Verkauf 👩‍👩‍👧 مبيعات").name.startswith("Verkauf")


def test_a_notice_longer_than_the_horizon_is_a_mistake() -> None:
    """Else the page would stay empty for ever and nobody would know why (N4)."""
    assert problems_of(notice=timedelta(days=5), horizon_days=2) == [
        "notice: 5d is never met within horizon_days 2: shorten the notice or widen the horizon"
    ]
    assert problems_of(notice_days=3, horizon_days=2) == [
        "notice_days: must be at most horizon_days, 2"
    ]
    # Asked at midnight, the end of the last date is three days away.
    a_calendar(notice=timedelta(days=3) - timedelta(minutes=1), horizon_days=2)
    a_calendar(notice_days=2, horizon_days=2)


def test_settings_that_contradict_each_other_are_mistakes() -> None:
    """Ignoring one of them silently would be a guess at which one was meant."""
    price = Money(5000, "EUR")

    assert problems_of(hours_mode="replace") == [
        "hours: are missing: hours_mode 'replace' puts them in the members' place"
    ]
    assert problems_of(anchor_offset=timedelta(minutes=5)) == [
        "anchor_offset: only shifts the grid of anchor 'clock': set that too"
    ]
    assert problems_of(price=price, approval=True) == [
        "price: cannot be combined with approval: drop one of the two"
    ]
    assert problems_of(price=Money(0, "EUR")) == [
        "price: must be more than nothing: leave it out where a meeting is free"
    ]


def test_other_settings_make_another_calendar() -> None:
    """The one at hand never changes under somebody else's feet."""
    calendar = a_calendar()
    busier = calendar.with_settings(look_busy=20, buffer_mode="sum")

    assert (calendar.look_busy, busier.look_busy) == (0, 20)
    assert busier.buffer_mode is BufferMode.SUM


def test_the_roster_is_no_setting() -> None:
    """Its rules depend on what was before, so it has methods of its own."""
    with pytest.raises(ConfigurationError) as caught:
        a_calendar().with_settings(members=(ANA, CLEO), owner="cleo", duratoin=timedelta())

    assert list(map(str, caught.value.problems)) == [
        "members: use add_member, remove_member or replace_member",
        "owner: use make_owner",
        "duratoin: is no setting; did you mean 'duration'?",
    ]


# --- what else one asks of it --------------------------------------------------------------------


def test_a_window_of_dates_is_the_calendars_own() -> None:
    """The last date belongs to it, on the clock of the calendar, not of the viewer (N2)."""
    berlin = a_calendar(timezone="Europe/Berlin")
    day = date(2026, 4, 9)

    assert berlin.window(day, day).isoformat() == "2026-04-08T22:00:00Z/2026-04-09T22:00:00Z"


def test_a_date_without_a_local_midnight_still_has_a_window() -> None:
    """In Cairo the clocks skip from midnight to one; the day is 23 hours long (N2)."""
    cairo = a_calendar(timezone="Africa/Cairo")
    day = date(2026, 4, 24)

    assert cairo.window(day, day).duration == timedelta(hours=23)


def test_dates_that_cannot_be_are_refused() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    samoa = a_calendar(timezone="Pacific/Apia")
    skipped = date(2011, 12, 30)

    with pytest.raises(InvalidValueError, match="Pacific/Apia went without it"):
        samoa.window(skipped, skipped)
    with pytest.raises(InvalidValueError, match="put the earlier date first"):
        samoa.window(date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(OutOfRangeError):
        samoa.window(date(1226, 1, 1), date(1226, 1, 1))
    with pytest.raises(WrongTypeError):
        samoa.window(datetime(2026, 1, 2, tzinfo=UTC), date(2026, 1, 3))


def test_a_calendar_is_told_in_one_line() -> None:
    """Thirty fields and a hundred members help nobody who looks at a log."""
    assert repr(a_calendar(owner="ben")) == (
        "<CollectiveCalendar 'sales-call': 30m with ana, ben (owner)>"
    )
    assert repr(a_calendar(members=crowd(8))).endswith("member-4 and 3 more>")
    assert str(a_calendar()) == "Sales call"


def test_calendars_travel_and_compare() -> None:
    """They go to worker processes and into caches."""
    calendar = a_calendar(price=Money(5000, "EUR"), location=VIDEO)

    assert pickle.loads(pickle.dumps(calendar)) == calendar
    assert len({calendar, a_calendar(price=Money(5000, "EUR"), location=VIDEO)}) == 1


# --- who owns a new appointment ------------------------------------------------------------------


def test_new_appointments_belong_to_the_primary_owner() -> None:
    """And so does their contact, unless the calendar says otherwise (O5)."""
    unassigned = a_calendar(owner="ben", assign_contact=False)

    assert decide_ownership(a_calendar(), SLOT) == Ownership("ana", assign_contact=True)
    assert decide_ownership(unassigned, SLOT) == Ownership("ben", assign_contact=False)


def test_a_host_can_bring_a_policy_of_its_own() -> None:
    """Here the members take turns by the day of the year (O5)."""

    def in_turns(calendar: CollectiveCalendar, slot: Interval) -> Ownership:
        required = [member.id for member in calendar.members if member.required]
        turn = slot.start.timetuple().tm_yday % len(required)
        return Ownership(required[turn], assign_contact=calendar.assign_contact)

    tomorrow = Interval(SLOT.start + timedelta(days=1), SLOT.end + timedelta(days=1))
    owners = [decide_ownership(a_calendar(), slot, in_turns).owner for slot in (SLOT, tomorrow)]

    assert owners == ["ben", "ana"]


def test_a_policy_cannot_name_just_anybody() -> None:
    """A mistake in a host's round is told where it happens, not in a strange invitation (O2)."""
    calendar = a_calendar().add_member(OPTIONAL_DAN)

    with pytest.raises(UnknownMemberError):
        decide_ownership(calendar, SLOT, lambda *_: Ownership("eve", assign_contact=True))
    with pytest.raises(OptionalOwnerError):
        decide_ownership(calendar, SLOT, lambda *_: Ownership("dan", assign_contact=True))
