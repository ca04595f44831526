"""Where the laws draw their examples from, where that is not what hosts draw from too.

Lives here: strategies that crowd examples together, so that boundaries meet and a model can count
them; and the models that results are read into.
Must not live here: laws, and what `collective_booking.testing.strategies` draws.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.intervals import Interval, IntervalSet
from collective_booking.moments import BEGINNING, END, to_datetime
from collective_booking.testing import strategies as kit

LAST: Final = 24
"""Small instants are 0 to this: so few that boundaries often meet, and a model can count them."""


def small_instants() -> SearchStrategy[int]:
    """Microseconds since the epoch that a model can count."""
    return st.integers(0, LAST)


def instants() -> SearchStrategy[int]:
    """Microseconds since the epoch: crowded, or at the ends of time, or anywhere."""
    crowded = st.integers(0, LAST)
    edges = st.integers(BEGINNING, BEGINNING + 4) | st.integers(END - 4, END)
    return crowded | edges | st.integers(BEGINNING, END)


def intervals() -> SearchStrategy[Interval]:
    """Intervals between any two instants."""
    return kit.intervals(_MOMENTS)


def interval_sets() -> SearchStrategy[IntervalSet]:
    """Sets of time made of a few stretches between instants, the empty one and all time too."""
    return kit.interval_sets(_MOMENTS)


def small_intervals() -> SearchStrategy[Interval]:
    """Intervals that a model can count."""
    return kit.intervals(_SMALL_MOMENTS)


def small_sets() -> SearchStrategy[IntervalSet]:
    """Sets of time that a model can count."""
    return kit.interval_sets(_SMALL_MOMENTS)


_MOMENTS: Final = instants().map(to_datetime)
_SMALL_MOMENTS: Final = small_instants().map(to_datetime)


def paddings() -> SearchStrategy[timedelta]:
    """Small durations of zero or more; now and then one that reaches past the ends of time."""
    return small_paddings() | st.just(timedelta.max)


def small_paddings() -> SearchStrategy[timedelta]:
    """Durations of zero or more that a model can count."""
    return st.integers(0, 6).map(lambda microseconds: timedelta(microseconds=microseconds))


@st.composite
def ranges_around(draw: st.DrawFn, moment: datetime) -> tuple[datetime, datetime]:
    """A range of up to two days that begins up to two days from *moment*, seldom at a minute."""
    ticks = st.sampled_from([0, 0, 1, 30_000_000])
    first = moment + timedelta(minutes=draw(st.integers(-2880, 2880)), microseconds=draw(ticks))
    length = timedelta(minutes=draw(st.integers(1, 2880)), microseconds=draw(ticks))
    return first, first + length
