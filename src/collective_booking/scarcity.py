"""What makes times scarce: who blocks how much of a window, and whom one would have to do without.

Lives here: blockages, near misses, and the minimal sets of members without whom more opens (X2).
Must not live here: what stands in the way of a start (that is `obstacles`), whose grid it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain

from collective_booking.intervals import IntervalSet
from collective_booking.moments import to_datetime
from collective_booking.obstacles import Obstacle, left_of
from collective_booking.openings import Openings
from collective_booking.reasons import Blockage, NearMiss, Release, What


def blockages(obstacles: Sequence[Obstacle], first: int, last: int) -> tuple[Blockage, ...]:
    """How much of `[first, last)` each party's obstacles forbid, most blocking first."""
    kinds: dict[str | None, dict[What, list[IntervalSet]]] = {}
    for each in obstacles:
        if forbidden := each.forbidden(first, last):
            kinds.setdefault(each.who, {}).setdefault(each.what, []).append(forbidden)
    whole = {who: IntervalSet.union_of(chain(*by.values())) for who, by in kinds.items()}
    shared = IntervalSet.at_least(2, whole.values())
    found = [
        Blockage(who, blocked.total, (blocked - shared).total, _amounts(kinds[who]))
        for who, blocked in whole.items()
    ]
    return tuple(sorted(found, key=Blockage.rank))


def _amounts(by: Mapping[What, list[IntervalSet]]) -> tuple[tuple[What, timedelta], ...]:
    amounts = [(what, IntervalSet.union_of(sets).total) for what, sets in by.items()]
    return tuple(sorted(amounts, key=lambda amount: (-amount[1], amount[0])))


def near_misses(
    hours: Openings, obstacles: Iterable[Obstacle], first: int, last: int
) -> list[NearMiss]:
    """The starts from *first* to *last* that members alone block, fewest blockers first (X2).

    They are on the grid of the full roster: doing without somebody never moves it.
    """
    own: dict[str | None, list[Obstacle]] = {None: []}
    for each in obstacles:
        own.setdefault(each.who, []).append(each)
    runs = left_of(list(hours.loose_starts(first, last)), own.pop(None))
    blockers: dict[int, set[str]] = {start: set() for run in runs for start in run}
    for who, theirs in own.items():
        left = {start for run in left_of(runs, theirs) for start in run}
        for start in blockers.keys() - left:
            blockers[start].add(str(who))
    found = [(start, frozenset(who)) for start, who in blockers.items() if who]
    ranked = sorted(found, key=lambda each: (len(each[1]), each[0]))
    return [NearMiss(to_datetime(start), who) for start, who in ranked]


def releases(misses: Sequence[NearMiss]) -> tuple[Release, ...]:
    """The minimal sets of members without whom a start opens, the smallest and richest first.

    No set contains another one. *misses* come with the fewest blockers first.

    >>> at = to_datetime
    >>> ana, ben, both = frozenset({"ana"}), frozenset({"ben"}), frozenset({"ana", "ben"})
    >>> misses = [NearMiss(at(0), ana), NearMiss(at(1), ana), NearMiss(at(2), both)]
    >>> [str(each) for each in releases(misses)]
    ['without ana, 2 more starts']
    """
    minimal: list[frozenset[str]] = []
    for blockers in dict.fromkeys(miss.blockers for miss in misses):
        if not any(kept <= blockers for kept in minimal):
            minimal.append(blockers)
    found = [Release(kept, sum(miss.blockers <= kept for miss in misses)) for kept in minimal]
    return tuple(
        sorted(found, key=lambda each: (len(each.members), -each.starts, sorted(each.members)))
    )
