"""Moments and hours to draw: where clocks change, over midnight, on the edges.

Lives here: strategies for stretches of time and for what people write of their week.
Must not live here: people, and what is booked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.hours import DAYS, DateRange, OpeningHours, Span
from collective_booking.intervals import ALWAYS, NEVER, Interval, IntervalSet

CHANGES: Final = tuple(
    (zone, datetime.fromisoformat(moment))
    for zone, moment in (
        ("Europe/Berlin", "2026-03-29T01:00Z"),
        ("Europe/Berlin", "2026-10-25T01:00Z"),
        ("America/New_York", "2026-03-08T07:00Z"),
        ("America/New_York", "2026-11-01T06:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00Z"),  # by half an hour
        ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
        ("Asia/Kathmandu", "1985-12-31T18:30Z"),  # once, by a quarter
        ("Asia/Kathmandu", "2026-06-01T00:00Z"),  # none any more
        ("Pacific/Apia", "2011-12-30T10:00Z"),  # 30 December is missing
        ("Pacific/Kwajalein", "1969-09-30T13:00Z"),  # nearly all of 30 September comes twice
        ("Africa/Casablanca", "2026-02-15T02:00Z"),  # for Ramadan
        ("Africa/Casablanca", "2026-03-22T02:00Z"),
        ("Africa/Cairo", "2026-04-23T22:00Z"),  # 24 April has no midnight
        ("Africa/Cairo", "2026-10-29T21:00Z"),
        ("Pacific/Chatham", "2026-04-04T14:00Z"),
        ("Pacific/Chatham", "2026-09-26T14:00Z"),
        ("Antarctica/Troll", "2026-03-29T01:00Z"),  # by two hours
        ("Antarctica/Troll", "2026-10-25T01:00Z"),
        ("America/St_Johns", "2006-04-02T03:31Z"),  # at 00:01
        ("America/St_Johns", "2006-10-29T02:31Z"),  # at 00:01, so 28 October comes back
        ("America/St_Johns", "1988-10-30T01:31Z"),  # and here by two hours
        ("America/Sao_Paulo", "2018-02-18T02:00Z"),  # at midnight
        ("America/Sao_Paulo", "2018-11-04T03:00Z"),
        ("America/Havana", "2026-03-08T05:00Z"),
        ("America/Havana", "2026-11-01T05:00Z"),
        ("America/Recife", "2000-10-11T00:00Z"),  # there and back within a week
        ("Asia/Gaza", "2040-10-23T00:00Z"),
    )
)
"""Zones, and about when in UTC their clocks change: in all the ways there are."""

ZONE_NAMES: Final = ("UTC", *dict.fromkeys(zone for zone, _ in CHANGES))

_OFFSETS: Final = (
    UTC,
    timezone(timedelta(hours=-9, minutes=-30)),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Pacific/Apia"),
)


S = TypeVar("S", bound=SearchStrategy[Any])
T = TypeVar("T")
P = ParamSpec("P")


def reused(strategy: Callable[P, S]) -> Callable[P, S]:
    """Let *strategy* answer with the same one each time it is asked the same.

    Hypothesis looks a strategy through before it draws from it the first time. Within a strategy
    that is drawn from a thousand times, that would be most of the work.
    """
    return cast("Callable[P, S]", lru_cache(maxsize=512)(strategy))


def spelled_out(made: T) -> SearchStrategy[T]:
    """*made* alone; where an example fails, it is printed field by field, and can be pasted."""
    told = {each.name: getattr(made, each.name) for each in fields(cast("Any", made)) if each.init}
    return st.builds(type(made), **{name: st.just(value) for name, value in told.items()})


# --- instants and stretches -----------------------------------------------------------------------


@reused
def zone_names() -> SearchStrategy[str]:
    """Names of zones whose clocks change in all the ways there are, and of some that never do."""
    return st.sampled_from(ZONE_NAMES)


@reused
def changes() -> SearchStrategy[tuple[str, datetime]]:
    """A zone, and a moment of UTC at which something happens to its clocks."""
    return st.sampled_from(CHANGES)


@reused
def moments() -> SearchStrategy[datetime]:
    """Aware datetimes of many zones, skipped and repeated wall times among them."""
    first, last = (datetime(year, 1, 1) for year in (1990, 2040))  # noqa: DTZ001  # on the wall
    return st.datetimes(first, last, timezones=st.sampled_from(_OFFSETS))


@reused
def starts() -> SearchStrategy[datetime]:
    """Whole minutes in UTC, as meetings begin: most within two days of a change of some clock."""
    near = st.tuples(changes(), st.integers(-2880, 2880)).map(
        lambda drawn: drawn[0][1] + timedelta(minutes=drawn[1])
    )
    return near | st.integers(0, 60 * 24 * 365 * 50).map(
        lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    )


@reused
def minutes(least: int = 0, most: int = 5_000) -> SearchStrategy[timedelta]:
    """Lengths of whole minutes, from *least* to *most* of them."""
    return st.integers(least, most).map(lambda count: timedelta(minutes=count))


@reused
def intervals(moments: SearchStrategy[datetime] | None = None) -> SearchStrategy[Interval]:
    """Intervals between any two of *moments*; by default like meetings, an absence among them."""
    if moments is None:
        lengths = minutes(1, 180) | minutes(1, 30_000)
        return st.builds(lambda start, length: Interval(start, start + length), starts(), lengths)
    return (
        st.tuples(moments, moments)
        .filter(lambda pair: pair[0] != pair[1])
        .map(lambda pair: Interval(min(pair), max(pair)))
    )


@reused
def interval_sets(moments: SearchStrategy[datetime] | None = None) -> SearchStrategy[IntervalSet]:
    """Sets of time made of a few intervals between *moments*; by default also all time."""
    some = st.lists(intervals(moments), max_size=6).map(IntervalSet)
    return some | st.sampled_from([NEVER, ALWAYS]) if moments is None else some


# --- what people write of their week --------------------------------------------------------------


@reused
def dates() -> SearchStrategy[date]:
    """Dates of a few years, so that ranges and overrides often meet."""
    return st.dates(date(2025, 1, 1), date(2027, 12, 31))


@reused
def date_ranges(around: date | None = None) -> SearchStrategy[DateRange]:
    """Some local dates in a row, such as time off; within three days of *around*, if given."""
    if around is None:
        lengths = st.integers(0, 20).map(lambda days: timedelta(days=days))
        return st.builds(lambda first, length: DateRange(first, first + length), dates(), lengths)
    days = _near(around)
    return st.tuples(days, days).map(lambda pair: DateRange(min(pair), max(pair)))


@reused
def spans() -> SearchStrategy[Span]:
    """Minutes of opening hours: within the day, over midnight, to midnight, round the clock."""
    # Whole hours, so that spans often touch.
    begins = st.integers(0, 23).map(lambda hour: hour * 60) | st.integers(0, 1439)
    lengths = st.integers(1, 24).map(lambda hours: hours * 60) | st.integers(1, 1440)
    anywhere = st.tuples(begins, lengths).map(lambda pair: (pair[0], pair[0] + pair[1]))
    to_midnight = st.integers(0, 1439).map(lambda start: (start, 1440))
    of_the_night = st.sampled_from([(0, 1440), (90, 150), (0, 1), (0, 60), (1380, 1440), (1, 1441)])
    return anywhere | to_midnight | of_the_night


@reused
def opening_hours(around: date | None = None) -> SearchStrategy[OpeningHours]:
    """Any hours, never open among them; overrides are within three days of *around*, if given."""
    rules = st.lists(st.tuples(_weekdays(), spans()), max_size=4)
    overridden = dates() if around is None else _near(around)
    some = st.lists(spans(), max_size=2).map(tuple)
    return st.builds(
        lambda rules, overrides: OpeningHours(_week(rules), tuple(overrides)),
        rules,
        st.lists(st.tuples(overridden, some), max_size=3),
    )


def _weekdays() -> SearchStrategy[frozenset[int]]:
    """Days of the week from Monday, 0, on: those that people write most, and any others."""
    written = st.sampled_from(
        [range(5), range(7), [4, 5, 6, 0], [5, 6], *([day] for day in range(7))]
    )
    return written.map(frozenset) | st.frozensets(st.integers(0, 6), max_size=7)


def _week(rules: list[tuple[frozenset[int], Span]]) -> tuple[tuple[Span, ...], ...]:
    return tuple(tuple(span for days, span in rules if day in days) for day in range(len(DAYS)))


def _near(around: date) -> SearchStrategy[date]:
    return st.integers(-3, 3).map(lambda days: around + timedelta(days=days))
