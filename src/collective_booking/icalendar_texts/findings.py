"""What has been found in a calendar so far, clipped to the window asked for.

Lives here: the piles of busy, tentative and unknown time, and how they become an `Availability`.
Must not live here: how anything is found.
"""

from __future__ import annotations

from enum import Enum

from collective_booking.availability import Availability, Unknown
from collective_booking.icalendar_texts.limits import Unreadable
from collective_booking.icalendar_texts.lines import Component
from collective_booking.intervals import Interval, IntervalSet


class Standing(Enum):
    """What an item makes of its time (F4)."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"


class Findings:
    """Stretches of time by their standing, and doubts; everything outside the window is dropped."""

    def __init__(self, window: Interval, source: str | None = None) -> None:
        self.window = window
        self.source = source
        self.start: int = window.bounds[0]
        self.end: int = window.bounds[1]
        self._taken: dict[Standing, tuple[list[int], list[int]]] = {
            Standing.BUSY: ([], []),
            Standing.TENTATIVE: ([], []),
        }
        self._doubts: dict[
            tuple[Component | None, str], tuple[Unreadable, list[int], list[int]]
        ] = {}

    def take(self, standing: Standing, start: int, end: int) -> None:
        """Note that `[start, end)` is busy or tentative; of free and of empty time, nothing."""
        start, end = max(start, self.start), min(end, self.end)
        if start < end and standing is not Standing.FREE:
            starts, ends = self._taken[standing]
            starts.append(start)
            ends.append(end)

    def doubt(
        self,
        component: Component | None,
        reason: Unreadable,
        start: int | None = None,
        end: int | None = None,
    ) -> None:
        """Note that nobody can tell about `[start, end)`; without one of them, it is open there."""
        start = self.start if start is None else max(start, self.start)
        end = self.end if end is None else min(end, self.end)
        if start < end:
            _, starts, ends = self._doubts.setdefault((component, reason.detail), (reason, [], []))
            starts.append(start)
            ends.append(end)

    def taken(self, standing: Standing) -> IntervalSet:
        """All time of that *standing*."""
        return IntervalSet.from_microseconds(*self._taken[standing])

    def availability(self) -> Availability:
        """Everything found; one `Unknown` for each stretch and reason."""
        unknown = [
            self._unknown(interval, component, reason)
            for (component, _), (reason, starts, ends) in self._doubts.items()
            for interval in IntervalSet.from_microseconds(starts, ends)
        ]
        unknown.sort(key=lambda each: (each.interval, each.line or 0))
        return Availability(
            self.taken(Standing.BUSY), self.taken(Standing.TENTATIVE), tuple(unknown)
        )

    def _unknown(
        self, interval: Interval, component: Component | None, reason: Unreadable
    ) -> Unknown:
        line = reason.line
        if component is None:
            return Unknown(interval, reason.cause, reason.detail, self.source, line=line)
        return Unknown(
            interval,
            reason.cause,
            reason.detail,
            self.source,
            component.name,
            component.line if line is None else line,
            component.uid(),
        )
