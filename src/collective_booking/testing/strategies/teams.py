"""People, places, prices and whole teams to draw, valid by construction.

Lives here: strategies for members and calendars, for what is known of members' time, and for the
finders that are told all of it.
Must not live here: what is booked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.availability import Availability, Cause, Claim, Counted, Unknown
from collective_booking.calendars import CollectiveCalendar, Ownership
from collective_booking.members import LocationKind, MeetingLocation, Member, OnUnknown
from collective_booking.money import Money
from collective_booking.settings import MAX_MEMBERS, Anchor, BufferMode, HoursMode, Tentative
from collective_booking.slots import SlotFinder
from collective_booking.testing.strategies.times import (
    date_ranges,
    interval_sets,
    intervals,
    minutes,
    opening_hours,
    reused,
    spelled_out,
    starts,
    zone_names,
)

_PEOPLE: Final = ("ana", "ben", "cleo", "dan", "eve", "fay", "gus", "hal")
_EMAILS: Final = ("ana@example.com", "Ana.O'Neill+calls@example.co.uk", "ünï@例え.example")
_PLACES: Final = {
    LocationKind.ADDRESS: "1 Main Street",
    LocationKind.PHONE: "+34 600 000 000",
    LocationKind.VIDEO: "https://meet.example.com/sales",
    LocationKind.CONFERENCE: "google-meet",
    LocationKind.CUSTOM: "We will find each other",
    LocationKind.BOOKER: "",
}
_CURRENCIES: Final = ("EUR", "JPY", "KWD", "UYW")
"""With two decimals in the minor unit, none, three and four."""
_LARGE: Final = (9, 30, MAX_MEMBERS)


# --- people, places, prices ----------------------------------------------------------------------


@reused
def names() -> SearchStrategy[str]:
    """Names of all scripts, as people and calendars have them: one line, never empty."""
    return st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")),
        min_size=1,
        max_size=12,
    )


@reused
def emails() -> SearchStrategy[str]:
    """Addresses, plain ones, long ones, and ones of other scripts."""
    return st.sampled_from(_EMAILS)


@reused
def locations() -> SearchStrategy[MeetingLocation]:
    """Meeting locations of each kind."""
    return st.sampled_from([MeetingLocation(kind, value) for kind, value in _PLACES.items()])


@reused
def money(least: int = 0) -> SearchStrategy[Money]:
    """Amounts of *least* minor units or more, in currencies of all kinds of decimals."""
    amounts = st.integers(least, 10_000) | st.integers(least, 10**9)
    return st.builds(Money, amounts, st.sampled_from(_CURRENCIES))


@reused
def members(id: str | None = None) -> SearchStrategy[Member]:
    """Members with any settings, required or not; the one called *id*, if given."""
    ids = st.sampled_from(_PEOPLE) if id is None else st.just(id)
    return st.builds(lambda who, told: Member(who, **told), ids, _told_of_members())


@reused
def _told_of_members() -> SearchStrategy[dict[str, Any]]:
    """All that makes a member but the id."""
    shared = {
        "timezone": zone_names(),
        "name": st.just("") | names(),
        "email": st.none() | emails(),
        "time_off": st.lists(date_ranges(), max_size=3).map(tuple),
        "required": st.booleans(),
        "ignore_busy": st.booleans(),
        "on_unknown": st.sampled_from(OnUnknown),
        "location": st.none() | locations(),
        "calendar": st.none() | st.just("work.ics"),
    }
    hours = opening_hours()
    needed = {"ignore_hours": st.sampled_from([False]), "hours": hours}
    ignored = {"ignore_hours": st.sampled_from([True]), "hours": st.none() | hours}
    return st.fixed_dictionaries(shared | needed) | st.fixed_dictionaries(shared | ignored)


# --- teams ---------------------------------------------------------------------------------------


@reused
def rosters() -> SearchStrategy[tuple[Member, ...]]:
    """Mostly 2 to 5 members, now and then up to 100; one of them is required at the least."""
    told = st.lists(_told_of_members(), min_size=2, max_size=5)
    first = st.integers(0, len(_PEOPLE) - 1)
    return st.builds(_roster, told, first, st.sampled_from((0, 0, 0, 0, 0, 0, 0, *_LARGE)))


def _roster(told: list[dict[str, Any]], first: int, size: int) -> tuple[Member, ...]:
    ids = (_PEOPLE + _PEOPLE)[first : first + len(told)]
    roster = [Member(who, **each) for who, each in zip(ids, told, strict=True)]
    if not any(member.required for member in roster):
        roster[-1] = replace(roster[-1], required=True)
    # Drawing each of a hundred would leave no room for anything else.
    more = (replace(roster[n % len(ids)], id=f"m{n}") for n in range(len(ids), size))
    return (*roster, *more)


@reused
def calendars() -> SearchStrategy[CollectiveCalendar]:
    """Calendars that use every setting, each of them valid."""
    parts = (_settings(), _grids(), _own_hours(), _prices(), _caps())
    made = st.builds(_calendar, rosters(), _places(), st.tuples(*parts))
    return made.flatmap(spelled_out)


def _calendar(
    roster: tuple[Member, ...], place: int, parts: tuple[dict[str, Any], ...]
) -> CollectiveCalendar:
    owners = ["", *(each.id for each in roster if each.required)]
    settings = {name: value for part in parts for name, value in part.items()}
    return CollectiveCalendar(members=roster, owner=owners[place % len(owners)], **settings)


def _settings() -> SearchStrategy[dict[str, Any]]:
    """The settings that ask nothing of one another."""
    return st.fixed_dictionaries(
        {
            "name": names(),
            "slug": st.sampled_from(["a", "sales-call", "3-2-1"]),
            "timezone": zone_names(),
            "duration": minutes(1),
            "interval": st.none() | minutes(1),
            "buffer_before": minutes(),
            "buffer_after": minutes(),
            "buffer_mode": st.sampled_from(BufferMode),
            "notice": minutes(),
            "notice_days": st.integers(0, 5),
            "horizon_days": st.none() | st.integers(5, 400),  # beyond every notice drawn (N4)
            "look_busy": st.integers(0, 99),
            "tentative": st.sampled_from(Tentative),
            "assign_contact": st.booleans(),
            "pending_blocks": st.booleans(),
            "hold": minutes(1),
            "location": st.none() | locations(),
        }
    )


def _grids() -> SearchStrategy[dict[str, Any]]:
    by_clock = {"anchor": st.just(Anchor.CLOCK), "anchor_offset": minutes()}
    return st.just({"anchor": Anchor.WINDOW}) | st.fixed_dictionaries(by_clock)


def _own_hours() -> SearchStrategy[dict[str, Any]]:
    own = {"hours": opening_hours(), "hours_mode": st.sampled_from(HoursMode)}
    return st.just({}) | st.fixed_dictionaries(own)


def _prices() -> SearchStrategy[dict[str, Any]]:
    """A price, approval, or neither: both would be a mistake (M7)."""
    priced = st.fixed_dictionaries({"price": money(1)})
    return st.sampled_from([{}, {"approval": True}]) | priced


def _caps() -> SearchStrategy[dict[str, Any]]:
    cap = st.none() | st.integers(1, 50)
    return st.fixed_dictionaries({f"max_per_{each}": cap for each in ("day", "week", "month")})


def _places() -> SearchStrategy[int]:
    """Which one of several, counted round and round."""
    return st.integers(0, MAX_MEMBERS)


@reused
def ownerships() -> SearchStrategy[Ownership]:
    """What an ownership policy may answer."""
    return st.builds(Ownership, st.sampled_from(_PEOPLE), st.booleans())


# --- what is known of their time -----------------------------------------------------------------


@reused
def unknowns() -> SearchStrategy[Unknown]:
    """Stretches that nobody can tell of, for each cause, with and without a place."""
    return st.builds(
        Unknown,
        intervals(),
        st.sampled_from(Cause),
        detail=st.just("") | names(),
        source=st.none() | st.just("ana.ics"),
        item=st.none() | st.just("VEVENT"),
        line=st.none() | st.integers(1, 10_000),
        uid=st.none() | names(),
    )


@reused
def availabilities() -> SearchStrategy[Availability]:
    """What a provider may know of one member."""
    return st.builds(
        Availability,
        busy=interval_sets(),
        tentative=interval_sets(),
        unknown=st.lists(unknowns(), max_size=2).map(tuple),
        sees_own_copies=st.booleans(),
    )


@reused
def claims() -> SearchStrategy[Claim]:
    """Members' time that appointments and holds take, with buffers and without."""
    return st.builds(
        Claim,
        names(),
        st.sampled_from(_PEOPLE),
        intervals(),
        buffer_before=minutes(0, 60),
        buffer_after=minutes(0, 60),
        exclusive=st.booleans(),
        held=st.booleans(),
    )


@reused
def counted() -> SearchStrategy[Counted]:
    """What counts to the caps of a calendar."""
    return st.builds(Counted, names(), starts())


@reused
def finders() -> SearchStrategy[SlotFinder]:
    """Finders, told of busy times, claims and counts; now and then something is being moved."""
    made = st.builds(
        _finder,
        calendars(),
        st.lists(st.none() | availabilities(), max_size=4),
        starts(),
        st.lists(claims(), max_size=3).map(tuple),
        st.lists(counted(), max_size=3).map(tuple),
        moving=st.booleans(),
    )
    return made.flatmap(spelled_out)


def _finder(
    calendar: CollectiveCalendar,
    known: list[Availability | None],
    now: datetime,
    taken: tuple[Claim, ...],
    counts: tuple[Counted, ...],
    *,
    moving: bool,
) -> SlotFinder:
    told = zip(calendar.members, known, strict=False)
    return SlotFinder(
        calendar=calendar,
        availability={member.id: each for member, each in told if each is not None},
        now=now,
        claims=taken,
        counted=counts,
        moving=taken[0].id if moving and taken else None,
    )
