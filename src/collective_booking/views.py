"""A window of time as a picture: who is open, busy or unknown, and what suits everyone.

Lives here: the rows a picture is made of, and the picture as SVG.
Must not live here: how the rows come about (that is `slots`), terminals, files.
"""

from __future__ import annotations

from dataclasses import dataclass

from collective_booking.intervals import Interval, IntervalSet


@dataclass(frozen=True, slots=True)
class Row:
    """One member's time inside a window: `open` by their hours, `busy`, and `unknown`."""

    name: str
    open: IntervalSet
    busy: IntervalSet
    unknown: IntervalSet


@dataclass(frozen=True, slots=True)
class View:
    """What a finder sees of a window: a row a member, and the time covered by what it offers.

    `timezone` is the calendar's; days are drawn as its walls show them.
    """

    title: str
    timezone: str
    window: Interval
    rows: tuple[Row, ...]
    common: IntervalSet
