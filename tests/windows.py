"""A week, its rows, and views of it."""

from __future__ import annotations

from typing import Final

from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.views import View
from collective_booking.walls import Row

WEEK: Final = Interval.from_isoformat("2026-11-23T00:00Z/2026-11-30T00:00Z")
MORNING: Final = IntervalSet.from_isoformat("2026-11-23T09:00Z/2026-11-23T12:00Z")
CALL: Final = IntervalSet.from_isoformat("2026-11-23T10:00Z/2026-11-23T10:30Z")


def view(
    *rows: Row,
    title: str = "Sales call",
    timezone: str = "UTC",
    window: Interval = WEEK,
    common: IntervalSet = NEVER,
) -> View:
    return View(title, timezone, window, rows, common)


def row(name: str, opened: IntervalSet = MORNING, busy: IntervalSet = NEVER) -> Row:
    return Row(name, opened, busy, NEVER)
