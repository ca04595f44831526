"""Views: what the clock on the wall shows of a window, and the hours of it worth drawing."""

from __future__ import annotations

from datetime import date

import pytest

from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.localtime import HOUR, MINUTE
from collective_booking.walls import Row, on_date
from tests.windows import MORNING, WEEK, row, view


def test_a_doubled_hour_is_shown_over_itself() -> None:
    """The wall has 24 hours for 25, so 02:00 to 03:00 stands for both (T3)."""
    night = Interval.from_isoformat("2026-10-24T22:00Z/2026-10-25T23:00Z")
    once, again = (
        IntervalSet.from_isoformat(f"2026-10-25T{hour}:00Z/2026-10-25T{hour}:30Z")
        for hour in ("00", "01")
    )
    seen = view(timezone="Europe/Berlin", window=night)

    assert on_date(seen.on_walls(once), date(2026, 10, 25)) == [(2 * HOUR, 2 * HOUR + 30 * MINUTE)]
    assert seen.on_walls(once) == seen.on_walls(again) == seen.on_walls(once | again)


def test_a_skipped_hour_stays_empty() -> None:
    """Nobody is open then, and nobody is busy (T3)."""
    night = Interval.from_isoformat("2026-03-28T23:00Z/2026-03-29T22:00Z")
    seen = view(timezone="Europe/Berlin", window=night)

    shown = on_date(seen.on_walls(IntervalSet([night])), date(2026, 3, 29))

    assert shown == [(0, 2 * HOUR), (3 * HOUR, 24 * HOUR)]


def test_a_date_that_never_was_is_shown_as_empty() -> None:
    """Apia went from the 29th to the 31st; the picture keeps the gap."""
    days = Interval.from_isoformat("2011-12-29T12:00Z/2011-12-31T12:00Z")
    seen = view(row("Ana", IntervalSet([days])), timezone="Pacific/Apia", window=days)

    assert date(2011, 12, 30) in seen.dates()
    assert on_date(seen.on_walls(IntervalSet([days])), date(2011, 12, 30)) == []
    assert seen.day_label(date(2011, 12, 30)) == "Fri 30 Dec 0m"


@pytest.mark.parametrize(
    ("opened", "hours"),
    [
        (MORNING, (9, 12)),
        (IntervalSet.from_isoformat("2026-11-23T09:10Z/2026-11-23T11:50Z"), (9, 12)),
        (IntervalSet.from_isoformat("2026-11-23T22:00Z/2026-11-24T02:00Z"), (0, 24)),
        (NEVER, (0, 24)),
        (IntervalSet([WEEK]), (0, 24)),
    ],
)
def test_the_hours_drawn_are_those_in_which_somebody_opens(
    opened: IntervalSet, hours: tuple[int, int]
) -> None:
    """Nights would take two thirds of the picture."""
    assert view(row("Ana", opened)).hours() == hours


def test_who_never_closes_has_no_say_in_the_hours_drawn() -> None:
    """One member who ignores hours must not squeeze everybody else's days."""
    always = row("Ben", IntervalSet([WEEK]))
    optional = Row("Cleo", IntervalSet([WEEK]) - MORNING, NEVER, NEVER, required=False)

    assert view(row("Ana"), always, optional).hours() == (9, 12)


def test_time_off_gives_no_say_in_the_hours_drawn_either() -> None:
    """Who never closes but on one date would have every night drawn."""
    tuesday = IntervalSet.from_isoformat("2026-11-23T23:00Z/2026-11-24T23:00Z")

    assert view(row("opening hours"), row("Ana", IntervalSet([WEEK]) - tuesday)).hours() == (9, 12)
