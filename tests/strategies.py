"""Where the laws draw their examples from.

Lives here: strategies, each named after what it draws, and the models that results are read into.
Must not live here: laws.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.intervals import BEGINNING, END, Interval, IntervalSet, to_datetime

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
