"""Where the laws of calendars draw their examples from.

Lives here: strategies for members, locations, prices and whole calendars, valid by construction.
Must not live here: laws, and documents that are wrong on purpose.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import DAYS, DateRange, OpeningHours
from collective_booking.members import LocationKind, MeetingLocation, Member, OnUnknown
from collective_booking.money import Money
from collective_booking.settings import Anchor, BufferMode, HoursMode, Tentative

IDS: Final = tuple("abcdefgh")
"""So few that sequences of changes meet the same people again."""

ZONE_NAMES: Final = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")

VALUES: Final = {
    LocationKind.ADDRESS: "1 Main Street",
    LocationKind.PHONE: "+34 600 000 000",
    LocationKind.VIDEO: "https://meet.example.com/sales",
    LocationKind.CONFERENCE: "google-meet",
    LocationKind.CUSTOM: "We will find each other",
    LocationKind.BOOKER: "",
}
"""One location of each kind."""


def minutes(least: int = 0) -> SearchStrategy[timedelta]:
    """Lengths of whole minutes."""
    return st.integers(least, 5_000).map(lambda count: timedelta(minutes=count))


def dates() -> SearchStrategy[date]:
    """Dates of a few years, so that ranges and overrides often meet."""
    return st.dates(date(2025, 1, 1), date(2027, 12, 31))


def date_ranges() -> SearchStrategy[DateRange]:
    """Ranges of local dates, such as time off."""
    return st.builds(
        lambda first, length: DateRange(first, first + timedelta(days=length)),
        dates(),
        st.integers(0, 20),
    )


def times() -> SearchStrategy[str]:
    """Texts like `09:00-17:00`; some run past midnight, some end at 24:00."""
    starts = st.sampled_from(["00:00", "09:00", "09:15", "13:00", "22:30", "23:59"])
    ends = st.sampled_from(["00:01", "02:30", "09:00", "13:00", "17:45", "24:00"])
    return st.builds("{}-{}".format, starts, ends)


def opening_hours() -> SearchStrategy[OpeningHours]:
    """Weekly hours with overrides; never open, and closed dates, among them."""
    rules = st.builds("{} {}".format, st.sampled_from(DAYS), times())
    dated = st.dictionaries(dates().map(str), st.lists(times(), max_size=2), max_size=3)
    return st.builds(
        lambda rules, overrides: OpeningHours.parse(*rules, overrides=overrides),
        st.lists(rules, max_size=4),
        dated,
    )


def locations() -> SearchStrategy[MeetingLocation]:
    """One of each kind."""
    return st.sampled_from([MeetingLocation(kind, value) for kind, value in VALUES.items()])


def names() -> SearchStrategy[str]:
    """Names of all scripts, as people have them."""
    return st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")),
        min_size=1,
        max_size=12,
    )


@st.composite
def members(draw: DrawFn, id: str | None = None) -> Member:
    """Members with any settings, required or not."""
    ignores_hours = draw(st.booleans())
    hours = st.none() | opening_hours() if ignores_hours else opening_hours()
    return Member(
        draw(st.sampled_from(IDS)) if id is None else id,
        timezone=draw(st.sampled_from(ZONE_NAMES)),
        name=draw(st.just("") | names()),
        email=draw(st.none() | st.just("ana@example.com")),
        hours=draw(hours),
        time_off=tuple(draw(st.lists(date_ranges(), max_size=3))),
        required=draw(st.booleans()),
        ignore_busy=draw(st.booleans()),
        ignore_hours=ignores_hours,
        on_unknown=draw(st.sampled_from(OnUnknown)),
        location=draw(st.none() | locations()),
        calendar=draw(st.none() | st.just("work")),
    )


def people() -> SearchStrategy[Member]:
    """Members of whom only the id matters, and whether they are required."""
    return st.builds(
        Member,
        st.sampled_from(IDS),
        timezone=st.just("UTC"),
        ignore_hours=st.just(True),
        required=st.booleans(),
    )


def teams() -> SearchStrategy[CollectiveCalendar]:
    """Calendars of which only the roster matters."""
    roster = st.lists(people(), min_size=2, max_size=5, unique_by=lambda member: member.id)
    return roster.filter(lambda team: any(member.required for member in team)).map(
        lambda team: CollectiveCalendar(
            name="Call",
            slug="call",
            timezone="UTC",
            duration=timedelta(minutes=30),
            members=tuple(team),
        )
    )


@st.composite
def rosters(draw: DrawFn) -> tuple[Member, ...]:
    """2 to 5 members, one of them required at the least."""
    ids = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=5, unique=True))
    roster = [draw(members(each)) for each in ids]
    if not any(member.required for member in roster):
        roster[-1] = draw(members(ids[-1]).filter(lambda member: member.required))
    return tuple(roster)


@st.composite
def calendars(draw: DrawFn) -> CollectiveCalendar:
    """Calendars that use every setting."""
    roster = draw(rosters())
    hours = draw(st.none() | opening_hours())
    horizon = draw(st.none() | st.integers(5, 400))
    anchor = draw(st.sampled_from(Anchor))
    approval = draw(st.booleans())
    price = st.builds(Money, st.integers(1, 10**6), st.sampled_from(["EUR", "JPY", "KWD"]))
    caps: dict[str, Any] = {
        f"max_per_{period}": draw(st.none() | st.integers(1, 50))
        for period in ("day", "week", "month")
    }
    return CollectiveCalendar(
        name=draw(names()),
        slug=draw(st.sampled_from(["a", "sales-call", "3-2-1"])),
        timezone=draw(st.sampled_from(ZONE_NAMES)),
        duration=draw(minutes(1)),
        members=roster,
        interval=draw(st.none() | minutes(1)),
        buffer_before=draw(minutes()),
        buffer_after=draw(minutes()),
        buffer_mode=draw(st.sampled_from(BufferMode)),
        notice=draw(minutes()),
        notice_days=draw(st.integers(0, 5)),
        horizon_days=horizon,
        anchor=anchor,
        anchor_offset=draw(minutes()) if anchor is Anchor.CLOCK else timedelta(),
        hours=hours,
        hours_mode=draw(st.sampled_from(HoursMode)) if hours else HoursMode.INTERSECT,
        owner=draw(st.sampled_from(["", *(each.id for each in roster if each.required)])),
        look_busy=draw(st.integers(0, 99)),
        tentative=draw(st.sampled_from(Tentative)),
        assign_contact=draw(st.booleans()),
        approval=approval,
        pending_blocks=draw(st.booleans()),
        hold=draw(minutes(1)),
        location=draw(st.none() | locations()),
        price=None if approval else draw(st.none() | price),
        **caps,
    )
