"""At which instants a slot may start, as far as the clock is concerned.

Lives here: anchors and the instants that lie whole intervals after them (G1, G2).
Must not live here: whether anybody is open or free then.

A piece `(begin, until, anchor)` says: from instant *begin* until *until* the grid hangs on
*anchor*, and `t` is on it when `t - anchor` is a whole number of intervals of real time. Busy
times, time off, the window asked for and the viewer's zone have no say, so nothing can shift it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from collective_booking.hours import Windows
from collective_booking.intervals import BEGINNING, IntervalSet
from collective_booking.localtime import days, local_day

Piece = tuple[int, int, int]


def window_pieces(parties: Iterable[Windows]) -> list[Piece]:
    """Anchored at the latest start among the windows, of every party, that contain an instant (G1).

    Instants at which some party has no window belong to no piece.

    >>> morning, late = Windows([0], [100]), Windows([30], [90])
    >>> window_pieces([morning, late])
    [(30, 90, 30)]
    """
    return reduce(_meet, map(_latest, parties))


def clock_pieces(timezone: str, offset: int, first: int, last: int) -> list[Piece]:
    """Anchored at the first instant of each local date of *timezone*, plus *offset* (G2).

    *offset* in microseconds, less than an interval. A date that is shown twice, as where clocks go
    back over midnight, has one anchor.
    """
    pieces: list[Piece] = []
    # Near such a change, dates of the day before and after show within the range as well.
    for day in range(local_day(timezone, first) - 1, local_day(timezone, last) + 2):
        shown = days(timezone, day, day)
        anchor = shown.starts[0] + offset if shown else 0
        pieces += ((s, e, anchor) for s, e in zip(shown.starts, shown.ends, strict=True))
    return sorted(pieces)


def starts(pieces: Iterable[Piece], step: int, first: int, last: int) -> Iterator[list[int]]:
    """The instants on the grid from *first* to *last*, both included.

    Pieces that touch make one list, so that what stands in its way is looked up once.

    >>> list(starts([(30, 70, 30), (70, 90, 70), (95, 99, 95)], 25, 0, 100))
    [[30, 55, 70], [95]]
    """
    run: list[int] = []
    reached = BEGINNING
    for begin, until, anchor in pieces:
        if begin > reached and run:
            yield run
            run = []
        low = max(begin, first)
        run += range(low + (anchor - low) % step, min(until, last + 1), step)
        reached = until
    if run:
        yield run


def cell(pieces: Sequence[Piece], step: int, instant: int) -> tuple[int, int] | None:
    """The neighbours on the grid between which *instant* falls; None if it is on it or in no piece.

    >>> cell([(30, 90, 30)], 20, 65)
    (50, 70)
    """
    for begin, until, anchor in pieces:
        if begin <= instant < until and (instant - anchor) % step:
            low = instant - (instant - anchor) % step
            return low, low + step
    return None


def _latest(windows: Windows) -> list[Piece]:
    """One party's windows as pieces: a window anchors what no later one of its own covers."""
    pieces: list[Piece] = []
    for place, (start, end) in enumerate(zip(windows.starts, windows.ends, strict=True)):
        over = slice(place + 1, bisect_left(windows.starts, end))
        if over.start >= over.stop:
            pieces.append((start, end, start))
            continue
        later = IntervalSet.from_microseconds(windows.starts[over], windows.ends[over])
        own = later.complement().between(start, end)
        pieces += ((begin, until, start) for begin, until in zip(own.starts, own.ends, strict=True))
    return sorted(pieces)


def _meet(one: list[Piece], other: list[Piece]) -> list[Piece]:
    """Where both have a window, the later of their anchors."""
    met: list[Piece] = []
    i = j = 0
    while i < len(one) and j < len(other):
        begin, until = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if begin < until:
            met.append((begin, until, max(one[i][2], other[j][2])))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return met
