"""Where the grid of starts hangs, and which instants lie on it (G1, G2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collective_booking.grid import Piece, cell, clock_pieces, starts, window_pieces
from collective_booking.hours import OpeningHours, Windows, windows
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import DAY, MINUTE
from collective_booking.moments import to_microseconds

LAST = 30
"""Small instants are 0 to this: so few that windows often meet, and a model can count them."""


def some_windows() -> st.SearchStrategy[Windows]:
    stretch = st.tuples(st.integers(0, LAST), st.integers(1, 12)).map(lambda p: (p[0], sum(p)))
    return st.lists(stretch, max_size=5).map(
        lambda pairs: Windows([s for s, _ in sorted(pairs)], [e for _, e in sorted(pairs)])
    )


def anchor_of(parties: list[Windows], instant: int) -> int | None:
    """The rule as it stands: the latest start among the windows that contain the instant (G1)."""
    holding = [
        [s for s, e in zip(each.starts, each.ends, strict=True) if s <= instant < e]
        for each in parties
    ]
    return max(max(each) for each in holding) if all(holding) else None


def pieces_of(parties: Sequence[Windows]) -> list[Piece]:
    """The pieces that the windows of all *parties* make together."""
    return window_pieces(parties, IntervalSet.intersection_of(each.merged() for each in parties))


@given(st.lists(some_windows(), min_size=1, max_size=3))
def test_an_anchor_is_the_latest_start_of_the_windows_around(parties: list[Windows]) -> None:
    pieces = pieces_of(parties)

    for instant in range(LAST + 13):
        found = [anchor for begin, until, anchor in pieces if begin <= instant < until]
        expected = anchor_of(parties, instant)
        assert found == ([] if expected is None else [expected])


@given(some_windows(), st.integers(1, 7), st.integers(0, LAST), st.integers(0, LAST))
def test_starts_are_whole_intervals_after_their_anchor(
    party: Windows, step: int, first: int, length: int
) -> None:
    pieces, last = pieces_of([party]), first + length

    listed = [start for run in starts(pieces, step, first, last) for start in run]

    assert listed == [
        instant
        for instant in range(first, last + 1)
        if (anchor := anchor_of([party], instant)) is not None and (instant - anchor) % step == 0
    ]
    for instant in range(first, last + 1):
        inside = anchor_of([party], instant) is not None
        assert (cell(pieces, step, instant) is None) == (instant in listed or not inside)


@given(some_windows(), st.integers(1, 7))
def test_runs_never_touch(party: Windows, step: int) -> None:
    """Each run is looked up once, so what touches must be one."""
    pieces = pieces_of([party])

    runs = list(starts(pieces, step, 0, LAST))

    assert all(runs)
    for run, following in pairwise(runs):
        between = range(run[-1], following[0])
        assert any(anchor_of([party], instant) is None for instant in between)


def test_an_instant_between_two_starts_is_in_the_cell_between_them() -> None:
    pieces: list[Piece] = [(30, 90, 30)]

    assert [cell(pieces, 20, instant) for instant in (29, 30, 31, 49, 50, 90)] == [
        None,
        None,
        (30, 50),
        (30, 50),
        None,
        None,
    ]


def on_monday(*rules: str) -> list[Piece]:
    """The pieces of one member's Monday, in minutes after its midnight."""
    monday = to_microseconds(datetime(2026, 3, 2, tzinfo=UTC))
    found = pieces_of([windows(OpeningHours.parse(*rules), "UTC", monday, monday + DAY)])
    begin, until, anchor = ([(each[n] - monday) // MINUTE for each in found] for n in range(3))
    return list(zip(begin, until, anchor, strict=True))


def test_hours_that_overlap_are_one_window() -> None:
    """09:00-12:00 and 11:00-14:00 were one wish, written in two lines (T5)."""
    assert on_monday("Mon 09:00-12:00", "Mon 11:00-14:00") == [(540, 840, 540)]


def test_hours_that_touch_are_two_windows() -> None:
    """Whoever writes 09:00-12:00 and 12:00-14:00 has a shift begin at noon (T5)."""
    assert on_monday("Mon 09:00-12:00", "Mon 12:00-14:00") == [(540, 720, 540), (720, 840, 720)]


def test_a_night_that_reaches_into_the_next_dates_hours_yields_to_them() -> None:
    """The later window anchors while it lasts, the night before and after it (G1)."""
    assert on_monday("Sun 20:00-10:00", "Mon 08:00-09:00") == [
        (-240, 480, -240),
        (480, 540, 480),
        (540, 600, -240),
    ]


def by_clock(timezone: str, first: datetime, last: datetime, offset: int = 0) -> list[Piece]:
    ends = to_microseconds(first), to_microseconds(last)
    return [p for p in clock_pieces(timezone, offset, *ends) if p[1] > ends[0] and p[0] <= ends[1]]


def test_the_clock_starts_anew_with_each_local_date() -> None:
    """Its first instant is not midnight everywhere: Cairo skipped that hour (G2)."""
    change = datetime(2026, 4, 23, 22, tzinfo=UTC)
    midnight = datetime(2026, 4, 22, 22, tzinfo=UTC)

    pieces = by_clock("Africa/Cairo", midnight, change)

    assert [each[2] for each in pieces] == [to_microseconds(midnight), to_microseconds(change)]
    assert [each[0] for each in pieces] == [each[2] for each in pieces]


def test_an_offset_shifts_the_starts_before_it_too() -> None:
    """With 100 minutes and an offset of 50 the first start is 00:50; by 20, it is 00:20 (G2)."""
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    first = to_microseconds(midnight)

    for offset, minutes in ((50, [50, 80]), (20, [20, 50, 80])):
        pieces = by_clock("UTC", midnight, midnight, offset=offset * MINUTE)
        (run,) = starts(pieces, 30 * MINUTE, first, first + 100 * MINUTE)
        assert [(start - first) // MINUTE for start in run][-len(minutes) :] == minutes


def test_a_date_shown_twice_has_one_anchor() -> None:
    """Clocks that go back over midnight show two dates twice, in turns (G2)."""
    change = datetime(2006, 10, 29, 2, 31, tzinfo=UTC)
    hour = timedelta(hours=1)

    pieces = by_clock("America/St_Johns", change - hour, change + hour)

    yesterday, today, again, further = (each[2] for each in pieces)
    assert yesterday == again
    assert today == further == to_microseconds(change) - MINUTE
    assert pieces[1][:2] == (to_microseconds(change) - MINUTE, to_microseconds(change))


def test_a_date_that_never_was_has_no_piece() -> None:
    """In Apia, 31 December 2011 followed on the 29th (G2)."""
    change = datetime(2011, 12, 30, 10, tzinfo=UTC)
    hour = timedelta(hours=1)

    pieces = by_clock("Pacific/Apia", change - hour, change + hour)

    today = to_microseconds(change)
    assert pieces == [(today - DAY, today, today - DAY), (today, today + DAY, today)]
