"""What stands in the way of a start, how far it reaches, and what it is called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.availability import Availability, Claim, Counted
from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member, OnUnknown
from collective_booking.moments import to_datetime, to_microseconds
from collective_booking.obstacles import Obstacle, doubts, standing, taken
from collective_booking.reasons import What
from collective_booking.settings import BufferMode
from tests.strategies import small_sets

OFFICE = OpeningHours.parse("Mon-Fri 09:00-17:00")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LUNCH = Interval(NOON, NOON + timedelta(hours=1))
NOW = to_microseconds(datetime(2026, 3, 1, 18, tzinfo=UTC))
MINUTE = 60 * 10**6


def member(name: str, **changes: Any) -> Member:
    told: dict[str, Any] = {"timezone": "UTC", "hours": OFFICE}
    return Member(name, **told | changes)


def calendar_of(*members: Member, **settings: Any) -> CollectiveCalendar:
    told: dict[str, Any] = {"duration": timedelta(minutes=30), "timezone": "UTC"}
    return CollectiveCalendar(name="Call", slug="call", members=members, **told | settings)


def known(calendar: CollectiveCalendar, **told: Any) -> list[Obstacle]:
    state: dict[str, Any] = {"availability": {}, "now": NOW, "claims": (), "counted": ()} | told
    theirs = standing(calendar, state["availability"], state["now"])
    return [*theirs, *taken(calendar, state["claims"], state["counted"])]


ANA, BEN = member("ana"), member("ben")

# --- one obstacle ---------------------------------------------------------------------------------

obstacles = st.builds(
    Obstacle, st.just(What.BUSY), st.just("ana"), small_sets(), st.integers(1, 6), st.integers(0, 6)
)
small = st.integers(-10, 40)


def forbids(obstacle: Obstacle, start: int) -> list[int]:
    """The predicate as it stands in the room's first lines: which stretches forbid this start."""
    bounds = zip(obstacle.times.starts, obstacle.times.ends, strict=True)
    return [n for n, (s, e) in enumerate(bounds) if s - obstacle.lead < start < e + obstacle.lag]


@given(obstacles, st.integers(0, 20))
def test_contacts_are_the_stretches_that_forbid_some_start(obstacle: Obstacle, length: int) -> None:
    for first in range(-10, 40):
        found = obstacle.contacts(first, first + length)

        meant = {n for start in range(first, first + length + 1) for n in forbids(obstacle, start)}
        assert set(found) == meant


@given(obstacles, st.integers(0, 6))
def test_an_obstacle_covers_where_one_stretch_forbids_every_start(
    obstacle: Obstacle, length: int
) -> None:
    for first in range(-10, 40):
        alone = [set(forbids(obstacle, start)) for start in range(first, first + length + 1)]

        assert obstacle.covers(first, first + length) == bool(set.intersection(*alone))


@given(obstacles, small, st.integers(1, 5))
def test_there_is_a_reason_for_each_stretch_that_forbids(
    obstacle: Obstacle, start: int, duration: int
) -> None:
    reasons = list(obstacle.reasons(start, duration))

    assert [reason.interval for reason in reasons] == [
        Interval(to_datetime(obstacle.times.starts[n]), to_datetime(obstacle.times.ends[n]))
        for n in forbids(obstacle, start)
    ]
    for reason in reasons:
        slot = Interval(to_datetime(start), to_datetime(start + duration))
        assert reason.interval is not None
        assert (reason.what is What.BUSY) == reason.interval.overlaps(slot)


@given(small_sets(), st.integers(0, 3), st.integers(0, 3), small, st.integers(1, 15))
def test_what_is_forbidden_is_measured_as_time(
    times: IntervalSet, lead: int, lag: int, first: int, length: int
) -> None:
    """Amounts are of time and not of instants; here everything is even, so each half is whole."""
    doubled = IntervalSet.from_microseconds(
        (2 * start for start in times.starts), (2 * end for end in times.ends)
    )
    obstacle = Obstacle(What.BUSY, "ana", doubled, 2 * lead or 1, 2 * lag)
    bounds = list(zip(times.starts, times.ends, strict=True))
    middles = [n + 0.5 for n in range(first, first + length)]

    measured = obstacle.forbidden(2 * first, 2 * (first + length)).total

    assert measured == timedelta(microseconds=2) * sum(
        any(s - lead < middle < e + lag for s, e in bounds) for middle in middles
    )


# --- what stands ----------------------------------------------------------------------------------


def test_nothing_stands_in_the_way_but_the_past() -> None:
    (past,) = known(calendar_of(ANA, BEN))

    assert past.what is What.NOTICE
    assert past.covers(0, NOW - 1)
    assert not past.contacts(NOW, NOW)


def test_notice_ends_where_it_is_kept() -> None:
    """It is inclusive: the start at `now + notice` is fine (N1)."""
    (notice,) = known(calendar_of(ANA, BEN, notice=timedelta(hours=2)))
    kept = NOW + 120 * MINUTE

    assert notice.contacts(kept - 1, kept - 1)
    assert not notice.contacts(kept, kept)


def test_the_horizon_begins_with_the_first_instant_of_the_next_date() -> None:
    """Its own last microsecond is still on offer (N2)."""
    (_, horizon) = known(calendar_of(ANA, BEN, horizon_days=2))
    beyond = to_microseconds(datetime(2026, 3, 4, tzinfo=UTC))

    assert horizon.what is What.HORIZON
    assert not horizon.contacts(beyond - 1, beyond - 1)
    assert horizon.contacts(beyond, beyond)


def test_a_cap_spares_the_days_around() -> None:
    """N3."""
    counted = (Counted("call-7", NOON),)
    (_, cap) = known(calendar_of(ANA, BEN, max_per_day=1), counted=counted)
    day = to_microseconds(datetime(2026, 3, 2, tzinfo=UTC))

    assert [bool(cap.contacts(t, t)) for t in (day - 1, day, day + 1440 * MINUTE)] == [
        False,
        True,
        False,
    ]
    assert known(calendar_of(ANA, BEN, max_per_day=2), counted=counted)[1:] == []


@pytest.mark.parametrize(
    ("mode", "lead", "lag"), [(BufferMode.MAX, 40, 15), (BufferMode.SUM, 45, 20)]
)
def test_how_far_a_claim_reaches(mode: BufferMode, lead: int, lag: int) -> None:
    """Back by the new slot, its buffer after and the claim's before; forth by the others (F2)."""
    calendar = calendar_of(
        ANA,
        BEN,
        buffer_before=timedelta(minutes=5),
        buffer_after=timedelta(minutes=5),
        buffer_mode=mode,
    )
    taken = Claim("call-7", "ana", LUNCH, timedelta(minutes=10), timedelta(minutes=15))

    (_, claim) = known(calendar, claims=(taken,))

    assert (claim.lead, claim.lag) == (lead * MINUTE, lag * MINUTE)


@pytest.mark.parametrize(
    "unasked",
    [
        member("ben", required=False),
        member("ben", ignore_busy=True),
    ],
    ids=["optional", "ignoring"],
)
def test_who_does_not_heed_busy_time_is_never_in_the_way(unasked: Member) -> None:
    """Not by busy time, not by claims, not by what is unknown (F5, F7)."""
    calendar = calendar_of(ANA, BEN).replace_member(unasked)
    busy = Availability(IntervalSet([LUNCH]), IntervalSet([LUNCH]))

    found = known(calendar, availability={"ben": busy}, claims=(Claim("call-7", "ben", LUNCH),))

    assert [each.who for each in found] == [None]
    assert doubts(calendar, {}) == []


def test_time_off_stands_whatever_else_is_ignored_but_not_for_guests() -> None:
    """T4."""
    away = (DateRange(date(2026, 3, 2), date(2026, 3, 2)),)
    easy = member("ben", time_off=away, ignore_busy=True, ignore_hours=True)
    guest = member("ben", time_off=away, required=False)

    (_, off) = known(calendar_of(ANA, easy))

    assert (off.what, off.who, off.lead, off.lag) == (What.TIME_OFF, "ben", 30 * MINUTE, 0)
    assert len(known(calendar_of(ANA, guest))) == 1


def test_what_is_unknown_is_an_obstacle_or_a_doubt() -> None:
    """By the member's policy, and never both (F3)."""
    closed, open_ = member("ana", calendar="a.ics"), member("ben", calendar="b.ics")
    calendar = calendar_of(closed, member("cleo"))
    relaxed = calendar.add_member(
        Member("ben", timezone="UTC", hours=OFFICE, calendar="b.ics", on_unknown=OnUnknown.OPEN)
    )

    assert [each.who for each in known(relaxed)] == [None, "ana"]
    assert [each.who for each in doubts(relaxed, {})] == ["ben"]
    assert doubts(calendar_of(closed, open_), {}) == []
