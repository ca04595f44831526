"""portion, as the question reads: everybody's hours less their busy time, then what all share."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

import portion

from benchmarks.work import Pair, Person, Work
from benchmarks.zones import as_datetimes, open_starts, opened_by


def answer(work: Work) -> list[tuple[datetime, datetime]]:
    hours = opened_by(work)
    free = (_free(each, hours[each.zone, each.week], work) for each in work.people)
    return as_datetimes(on_grid(reduce(and_, free), work), work.duration)


def on_grid(free: Any, work: Work) -> list[int]:
    """The starts on the grid that lie in *free*."""
    starts = open_starts(work)
    return [
        start
        for piece in free
        for start in starts[bisect_left(starts, piece.lower) : bisect_right(starts, piece.upper)]
        if start in piece  # whose bounds may be open
    ]


def _free(person: Person, hours: list[Pair], work: Work) -> Any:
    """When a meeting can start for *person*."""
    back, forth = work.duration + work.after, work.before
    startable = (portion.closed(start, end - work.duration) for start, end in hours)
    taken = (portion.open(start - back, end + forth) for start, end in person.busy)
    return portion.Interval(*startable) - portion.Interval(*taken)
