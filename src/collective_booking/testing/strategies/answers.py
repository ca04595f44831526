"""Answers of the finder to draw: slots, reasons, explanations, pictures, problems.

Lives here: strategies for what a host shows to people, without a search to make it.
Must not live here: what the answers are about.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collective_booking.errors import Problem
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.reasons import (
    Blockage,
    Explanation,
    NearMiss,
    Reason,
    Release,
    What,
    WindowExplanation,
)
from collective_booking.slots import Slot
from collective_booking.testing.strategies.teams import names
from collective_booking.testing.strategies.times import (
    intervals,
    minutes,
    reused,
    starts,
    zone_names,
)
from collective_booking.views import View
from collective_booking.walls import Row


@reused
def slots() -> SearchStrategy[Slot]:
    """Slots of any length, verified or not."""
    return st.builds(
        lambda time, verified: Slot(time.start, time.end, verified), intervals(), st.booleans()
    )


@reused
def reasons() -> SearchStrategy[Reason]:
    """Reasons of each kind, of members and of the calendar itself."""
    return st.builds(
        Reason,
        st.sampled_from(What),
        who=st.none() | names(),
        interval=st.none() | intervals(),
        claim=st.none() | names(),
        detail=st.just("") | names(),
    )


@reused
def explanations() -> SearchStrategy[Explanation]:
    """Answers for one start, yes and no, with notes and without."""
    noted = st.sampled_from([What.HIDDEN, What.UNKNOWN])
    return st.builds(
        Explanation,
        starts(),
        st.lists(reasons(), max_size=4).map(tuple),
        st.lists(st.builds(Reason, noted, who=st.none() | names()), max_size=2).map(tuple),
    )


@reused
def blockages() -> SearchStrategy[Blockage]:
    """How much one party blocks; never more alone than in all."""
    amounts = st.dictionaries(st.sampled_from(What), minutes(1), min_size=1, max_size=3)
    alone = st.sampled_from([0, 0.5, 1])
    return st.builds(_blockage, st.none() | names(), amounts, minutes(), alone)


def _blockage(
    who: str | None, amounts: dict[What, timedelta], more: timedelta, alone: float
) -> Blockage:
    blocked = max(amounts.values()) + more
    by = sorted(amounts.items(), key=lambda amount: (-amount[1], amount[0]))
    return Blockage(who, blocked, blocked * alone, tuple(by))


@reused
def near_misses() -> SearchStrategy[NearMiss]:
    """Starts that a few members stand in the way of."""
    return st.builds(NearMiss, starts(), st.frozensets(names(), min_size=1, max_size=3))


@reused
def releases() -> SearchStrategy[Release]:
    """Members without whom times would open."""
    return st.builds(Release, st.frozensets(names(), min_size=1, max_size=3), st.integers(1, 500))


@reused
def window_explanations() -> SearchStrategy[WindowExplanation]:
    """What blocks a window, most blocking first."""
    parties = st.lists(blockages(), max_size=4, unique_by=lambda each: each.who)
    found = parties.map(lambda each: tuple(sorted(each, key=Blockage.rank)))
    opening = st.lists(releases(), max_size=2).map(tuple)
    counts = st.integers(0, 500)
    return st.builds(WindowExplanation, intervals(), counts, found, counts, opening)


@reused
def rows() -> SearchStrategy[Row]:
    """One party's time inside some window."""
    return st.builds(_row, intervals(), _told_of_rows())


@reused
def views() -> SearchStrategy[View]:
    """Pictures of a team's time in a window."""

    def made(
        title: str, timezone: str, window: Interval, told: list[tuple[Any, ...]], common: _Parts
    ) -> View:
        drawn = tuple(_row(window, each) for each in told)
        return View(title, timezone, window, drawn, _inside(window, common))

    told = st.lists(_told_of_rows(), max_size=4)
    return st.builds(made, names(), zone_names(), intervals(), told, _parts())


_Parts = list[tuple[int, int]]


def _parts() -> SearchStrategy[_Parts]:
    """Stretches of a window, each from one of its hundredth parts to another."""
    part = st.integers(0, 100)
    return st.lists(st.tuples(part, part), max_size=4) | st.just([(0, 100)])


def _told_of_rows() -> SearchStrategy[tuple[Any, ...]]:
    return st.tuples(names(), _parts(), _parts(), _parts(), st.booleans())


def _row(window: Interval, told: tuple[Any, ...]) -> Row:
    name, *parts, required = told
    opened, busy, unknown = (_inside(window, each) for each in parts)
    return Row(name, opened, busy, unknown, required=required)


def _inside(window: Interval, parts: _Parts) -> IntervalSet:
    hundredth = window.duration / 100
    return IntervalSet(
        Interval(window.start + min(pair) * hundredth, window.start + max(pair) * hundredth)
        for pair in parts
        if pair[0] != pair[1]
    )


@reused
def problems() -> SearchStrategy[Problem]:
    """What may be wrong with a configuration."""
    places = st.sampled_from(["", "slug", "members[3].email"])
    return st.builds(Problem, places, names())
