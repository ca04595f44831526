"""intervaltree: a tree of each member's busy time, asked about the starts all are open for."""

from __future__ import annotations

from datetime import datetime

from intervaltree import IntervalTree

from benchmarks.work import Work
from benchmarks.zones import as_datetimes, open_starts


def answer(work: Work) -> list[tuple[datetime, datetime]]:
    trees = [IntervalTree.from_tuples(person.busy) for person in work.people]
    back, forth = work.before, work.duration + work.after
    free = open_starts(work)
    for tree in trees:
        free = [start for start in free if not tree.overlaps(start - back, start + forth)]
    return as_datetimes(free, work.duration)
