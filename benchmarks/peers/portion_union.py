"""portion at its best: everybody's busy time as one union, which forgets whose it is."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import and_

import portion

from benchmarks.peers.portion import on_grid
from benchmarks.work import Work
from benchmarks.zones import as_datetimes, opened


def answer(work: Work) -> list[tuple[datetime, datetime]]:
    back, forth = work.duration + work.after, work.before
    hours = (
        portion.Interval(*(portion.closed(start, end - work.duration) for start, end in pairs))
        for pairs in opened(work)
    )
    taken = (
        portion.open(start - back, end + forth)
        for person in work.people
        for start, end in person.busy
    )
    free = reduce(and_, hours) - portion.Interval(*taken)
    return as_datetimes(on_grid(free, work), work.duration)
