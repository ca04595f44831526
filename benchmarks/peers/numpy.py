"""numpy, as somebody who knows it well writes it: no loop over meetings, slots or days.

The starts that all are open for are few; each busy time strikes the run of them that `searchsorted`
finds, and a running sum says which ones nobody struck.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from benchmarks.work import Work
from benchmarks.zones import as_datetimes, opened

Instants = NDArray[np.int64]


def answer(work: Work) -> list[tuple[datetime, datetime]]:
    hours = opened(work)
    bounds = np.array(list(chain.from_iterable(hours)), dtype=np.int64)
    return free(work, np.sort(bounds[:, 0]), np.sort(bounds[:, 1]), len(hours))


def free(
    work: Work, begins: Instants, ends: Instants, parties: int
) -> list[tuple[datetime, datetime]]:
    """The slots, of the sorted bounds of all opening hours of so many *parties*."""
    starts = _shared_starts(work, begins, ends, parties)
    count = work.meetings
    pairs = chain.from_iterable(person.busy for person in work.people)
    busy = np.fromiter(chain.from_iterable(pairs), np.int64, 2 * count).reshape(count, 2)
    low = np.searchsorted(starts, busy[:, 0] - (work.duration + work.after), side="right")
    high = np.searchsorted(starts, busy[:, 1] + work.before, side="left")
    places = len(starts) + 1
    struck = np.cumsum(np.bincount(low, minlength=places) - np.bincount(high, minlength=places))
    return as_datetimes(starts[struck[:-1] == 0].tolist(), work.duration)


def _shared_starts(work: Work, begins: Instants, ends: Instants, parties: int) -> Instants:
    """The starts on the grid for which all are open, after notice and inside the window."""
    # An instant that `q` ends have passed is in all sets once begin `q + parties - 1` has too.
    begins, ends = begins[parties - 1 :], ends[: len(ends) - parties + 1]
    shared = begins < ends
    begins, ends = begins[shared], ends[shared]
    counts = np.maximum((ends - begins - work.duration) // work.step + 1, 0)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    starts: Instants = np.repeat(begins, counts) + place * work.step
    return starts[(max(work.first, work.now + work.notice) <= starts) & (starts < work.last)]
