"""Where the laws draw their examples from.

Lives here: strategies, each named after what it draws, and the models that results are read into.
Must not live here: laws.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.hours import DAYS, DateRange, OpeningHours, Span
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.moments import BEGINNING, END, to_datetime

# --- time -----------------------------------------------------------------------------------------

LAST: Final = 24
"""Small instants are 0 to this: so few that boundaries often meet, and a model can count them."""

ZONES: Final = (
    UTC,
    timezone(timedelta(hours=-9, minutes=-30)),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),  # its clocks change by half an hour
    ZoneInfo("Pacific/Apia"),  # a whole day is missing
)


def moments() -> SearchStrategy[datetime]:
    """Aware datetimes of many zones, skipped and repeated wall times among them."""
    years = datetime(1990, 1, 1), datetime(2040, 1, 1)
    return st.datetimes(*years, timezones=st.sampled_from(ZONES))


def small_instants() -> SearchStrategy[int]:
    """Microseconds since the epoch that a model can count."""
    return st.integers(0, LAST)


def instants() -> SearchStrategy[int]:
    """Microseconds since the epoch: crowded, or at the ends of time, or anywhere."""
    crowded = st.integers(0, LAST)
    edges = st.integers(BEGINNING, BEGINNING + 4) | st.integers(END - 4, END)
    return crowded | edges | st.integers(BEGINNING, END)


def intervals(instants: SearchStrategy[int] | None = None) -> SearchStrategy[Interval]:
    """Intervals between any two of *instants*."""
    return _stretches(instants).map(lambda pair: Interval(*map(to_datetime, pair)))


def interval_sets(instants: SearchStrategy[int] | None = None) -> SearchStrategy[IntervalSet]:
    """Sets of time made of a few stretches between *instants*, the empty one and all time too."""
    return st.lists(_stretches(instants), max_size=6).map(
        lambda pairs: IntervalSet.from_microseconds(
            (start for start, _ in pairs), (end for _, end in pairs)
        )
    )


def small_intervals() -> SearchStrategy[Interval]:
    """Intervals that a model can count."""
    return intervals(small_instants())


def small_sets() -> SearchStrategy[IntervalSet]:
    """Sets of time that a model can count."""
    return interval_sets(small_instants())


def paddings() -> SearchStrategy[timedelta]:
    """Small durations of zero or more; now and then one that reaches past the ends of time."""
    small = st.integers(0, 6).map(lambda microseconds: timedelta(microseconds=microseconds))
    return small | st.just(timedelta.max)


def small_paddings() -> SearchStrategy[timedelta]:
    """Durations of zero or more that a model can count."""
    return st.integers(0, 6).map(lambda microseconds: timedelta(microseconds=microseconds))


def _stretches(instants_of: SearchStrategy[int] | None) -> SearchStrategy[tuple[int, int]]:
    bound = instants() if instants_of is None else instants_of
    return st.tuples(bound, bound).filter(lambda p: p[0] != p[1]).map(lambda p: (min(p), max(p)))


# --- wall clocks and hours ------------------------------------------------------------------------

CHANGES: Final = (
    ("Europe/Berlin", datetime(2026, 3, 29, 1)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1)),
    ("America/New_York", datetime(2026, 3, 8, 7)),
    ("America/New_York", datetime(2026, 11, 1, 6)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15)),  # by half an hour
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30)),
    ("Asia/Kathmandu", datetime(1985, 12, 31, 18, 30)),  # once, by a quarter
    ("Asia/Kathmandu", datetime(2026, 6, 1)),  # none any more
    ("Pacific/Apia", datetime(2011, 12, 30, 10)),  # 30 December is missing
    ("Pacific/Kwajalein", datetime(1969, 9, 30, 13)),  # nearly all of 30 September comes twice
    ("Africa/Casablanca", datetime(2026, 2, 15, 2)),  # for Ramadan
    ("Africa/Casablanca", datetime(2026, 3, 22, 2)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22)),  # 24 April has no midnight
    ("Africa/Cairo", datetime(2026, 10, 29, 21)),
    ("Pacific/Chatham", datetime(2026, 4, 4, 14)),
    ("Pacific/Chatham", datetime(2026, 9, 26, 14)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1)),  # by two hours
    ("Antarctica/Troll", datetime(2026, 10, 25, 1)),
    ("America/St_Johns", datetime(2006, 4, 2, 3, 31)),  # at 00:01
    ("America/St_Johns", datetime(2006, 10, 29, 2, 31)),  # at 00:01, so 28 October comes back
    ("America/St_Johns", datetime(1988, 10, 30, 1, 31)),  # and here by two hours
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2)),  # at midnight
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3)),
    ("America/Havana", datetime(2026, 3, 8, 5)),
    ("America/Havana", datetime(2026, 11, 1, 5)),
    ("America/Recife", datetime(2000, 10, 11)),  # there and back within a week
    ("Asia/Gaza", datetime(2040, 10, 23)),
)
"""Zones, and about when in UTC their clocks change: in all the ways there are."""


def changes() -> SearchStrategy[tuple[str, datetime]]:
    """A zone, and a moment of UTC at which something happens to its clocks."""
    return st.sampled_from(CHANGES).map(lambda change: (change[0], change[1].replace(tzinfo=UTC)))


@st.composite
def ranges_around(draw: st.DrawFn, moment: datetime) -> tuple[datetime, datetime]:
    """A range of up to two days that begins up to two days from *moment*, seldom at a minute."""
    ticks = st.sampled_from([0, 0, 1, 30_000_000])
    first = moment + timedelta(minutes=draw(st.integers(-2880, 2880)), microseconds=draw(ticks))
    length = timedelta(minutes=draw(st.integers(1, 2880)), microseconds=draw(ticks))
    return first, first + length


def spans() -> SearchStrategy[Span]:
    """Minutes of opening hours: within the day, over midnight, to midnight, round the clock."""
    # Whole hours, so that spans often touch.
    starts = st.integers(0, 23).map(lambda hour: hour * 60) | st.integers(0, 1439)
    lengths = st.integers(1, 24).map(lambda hours: hours * 60) | st.integers(1, 1440)
    anywhere = st.tuples(starts, lengths).map(lambda pair: (pair[0], pair[0] + pair[1]))
    to_midnight = st.integers(0, 1439).map(lambda start: (start, 1440))
    of_the_night = st.sampled_from([(0, 1440), (90, 150), (0, 1), (0, 60), (1380, 1440), (1, 1441)])
    return anywhere | to_midnight | of_the_night


def opening_hours(around: date = date(2026, 3, 8)) -> SearchStrategy[OpeningHours]:
    """Any hours; overrides, should there be some, are of dates near to *around*."""
    some = st.lists(spans(), max_size=3).map(tuple)
    dates = st.integers(-3, 3).map(lambda days: around + timedelta(days=days))
    return st.builds(
        OpeningHours,
        st.lists(some, min_size=len(DAYS), max_size=len(DAYS)).map(tuple),
        st.lists(st.tuples(dates, some), max_size=3).map(tuple),
    )


def date_ranges(around: date) -> SearchStrategy[DateRange]:
    """Some local dates in a row, near to *around*."""
    days = st.integers(-3, 3).map(lambda distance: around + timedelta(days=distance))
    return st.tuples(days, days).map(lambda pair: DateRange(min(pair), max(pair)))
