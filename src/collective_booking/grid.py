"""At which instants a slot may start, as far as the clock is concerned.

Lives here: anchors and the instants that lie whole intervals after them (G1, G2).
Must not live here: whether anybody is open or free then.

A piece `(begin, until, anchor)` says: from instant *begin* until *until* the grid hangs on
*anchor*, and `t` is on it when `t - anchor` is a whole number of intervals of real time. Busy
times, time off, the window asked for and the viewer's zone have no say, so nothing can shift it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from operator import le

from collective_booking.hours import Windows
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import days, local_day
from collective_booking.moments import BEGINNING, END

Piece = tuple[int, int, int]


def window_pieces(parties: Iterable[Windows], common: IntervalSet) -> list[Piece]:
    """Anchored at the latest start among the windows, of every party, that contain an instant (G1).

    *common* is the time in which all of them have one; other instants belong to no piece.

    >>> morning, late = Windows([0], [100]), Windows([30], [90])
    >>> window_pieces([morning, late], morning.merged() & late.merged())
    [(30, 90, 30)]
    """
    own = [_anchors(windows) for windows in parties]
    begins = sorted({begin for party, _ in own for begin in party})
    pieces: list[Piece] = []
    for first, last in zip(common.starts, common.ends, strict=True):
        inner = begins[bisect_right(begins, first) : bisect_left(begins, last)]
        for begin, until in pairwise((first, *inner, last)):
            latest = max(anchors[bisect_right(party, begin) - 1] for party, anchors in own)
            pieces.append((begin, until, latest))
    return pieces


def loose_pieces(parties: Iterable[Windows]) -> list[Piece]:
    """The same as far as anybody at all has a window, whoever else is closed then (X2).

    >>> morning, late = Windows([0], [100]), Windows([30], [120])
    >>> loose_pieces([morning, late])
    [(0, 30, 0), (30, 100, 30), (100, 120, 30)]
    """
    windows = sorted(
        {each for party in parties for each in zip(party.starts, party.ends, strict=True)}
    )
    bounds = sorted({bound for window in windows for bound in window})
    pieces: list[Piece] = []
    latest: list[tuple[int, int]] = []  # a heap of the windows begun, the last one on top
    waiting = iter([*windows, (END, END)])
    ahead = next(waiting)
    for begin, until in pairwise(bounds):
        while ahead[0] <= begin:
            heappush(latest, (-ahead[0], ahead[1]))
            ahead = next(waiting)
        while latest and latest[0][1] <= begin:
            heappop(latest)
        if latest:
            pieces.append((begin, until, -latest[0][0]))
    return pieces


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
    """The stretch around *instant* in which no start is on the grid, from the one before it.

    It ends at the next start, or where the piece ends. None if *instant* is on the grid or in no
    piece.

    >>> cell([(30, 90, 30)], 20, 65), cell([(30, 90, 30)], 20, 85)
    ((50, 70), (70, 90))
    """
    for begin, until, anchor in pieces:
        if begin <= instant < until and (past := (instant - anchor) % step):
            return max(instant - past, begin), min(instant - past + step, until)
    return None


def _anchors(windows: Windows) -> tuple[Sequence[int], Sequence[int]]:
    """From which instants on one party's anchor is which, as long as it has a window at all."""
    starts, ends = windows.starts, windows.ends
    if all(map(le, ends, starts[1:])):
        return starts, starts
    # Windows of different dates may overlap; then each anchors what no later one covers.
    owned: list[tuple[int, int]] = []
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        over = slice(place + 1, bisect_left(starts, end))
        later = IntervalSet.from_microseconds(starts[over], ends[over])
        owned += ((begin, start) for begin in later.complement().between(start, end).starts)
    owned.sort()
    return [begin for begin, _ in owned], [anchor for _, anchor in owned]
