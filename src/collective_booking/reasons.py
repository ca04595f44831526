"""Why not? Typed reasons for a refused start, and what blocks a window.

Lives here: the values an explanation is made of, and how they read. Identifiers of members are in
them; what a booker may see never names anyone (X1), and no title of an event is ever kept.
Must not live here: finding out (that is `slots`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from collective_booking.durations import format_amount
from collective_booking.errors import CollectiveBookingError, require
from collective_booking.intervals import Interval
from collective_booking.moments import BEGINNING, END, isoformat
from collective_booking.wording import on_one_line


class What(StrEnum):
    """What refuses a start (X1).

    >>> str(Reason(What.BUSY, "ana"))
    'ana is busy'
    """

    NOTICE = "notice"
    HORIZON = "horizon"
    CAP = "cap"
    HOURS = "hours"
    OVERRIDE = "override"
    GRID = "grid"
    TIME_OFF = "time off"
    BUSY = "busy"
    APPOINTMENT = "other appointment"
    HOLD = "hold"
    BUFFER = "buffer"
    UNKNOWN = "unknown"
    HIDDEN = "hidden"


AFRESH: Final = frozenset(
    {
        What.CAP,
        What.TIME_OFF,
        What.BUSY,
        What.APPOINTMENT,
        What.HOLD,
        What.BUFFER,
        What.UNKNOWN,
    }
)
"""What is asked again of a time that was booked or asked for once: is it still free? (S1)"""

_TOLD: Final[Mapping[What, str]] = {
    What.NOTICE: "is too soon to be booked",
    What.HORIZON: "is too far ahead to be booked",
    What.CAP: "falls in a period that is fully booked",
    What.HOURS: "is outside opening hours",
    What.OVERRIDE: "is outside the hours set for that date",
    What.GRID: "is not one of the times that are offered",
    What.TIME_OFF: "has time off",
    What.BUSY: "is busy",
    What.APPOINTMENT: "has another appointment",
    What.HOLD: "is held for somebody else",
    What.BUFFER: "is too close to something else",
    What.UNKNOWN: "cannot be looked up",
    What.HIDDEN: "is left out of listings to look busy",
}

_PUBLIC: Final[Mapping[What, str]] = {
    What.NOTICE: "This time is too soon to be booked.",
    What.HORIZON: "This time is too far ahead to be booked.",
    What.CAP: "No more bookings are taken around this time.",
    What.GRID: "This is not one of the times that are offered.",
}
_FEW: Final = 3
_NOT_FREE: Final = "This time is not available."


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that refuses a start: what, who, and the stretch of time that does it.

    `who` is a member's id, or None for the calendar itself. `interval` is the busy time, the closed
    stretch, the appointment, the full periods (those that touch are one), the neighbours on the
    grid: what to look at, as far as it was looked up. `claim`
    is the id of our own appointment or hold, if it is one; `detail` says more where there is more.

    >>> print(
    ...     Reason(What.BUSY, "ana", Interval.from_isoformat("2026-03-02T09:00Z/2026-03-02T10:00Z"))
    ... )
    ana is busy (2026-03-02T09:00:00Z/2026-03-02T10:00:00Z)
    """

    what: What
    who: str | None = None
    interval: Interval | None = None
    claim: str | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        require("what", self.what, What, "a What")

    def __str__(self) -> str:
        extras = (self.claim, self.detail, _when(self.interval))
        extra = ", ".join(filter(None, extras))
        told = f"{self.who or 'this time'} {_TOLD[self.what]}"
        return on_one_line(f"{told} ({extra})" if extra else told)

    def for_booker(self) -> str:
        """The reason as the person who wants to book may read it: it names and tells nobody (X1).

        >>> Reason(What.BUSY, "ana").for_booker(), Reason(What.NOTICE).for_booker()
        ('This time is not available.', 'This time is too soon to be booked.')
        """
        return _PUBLIC.get(self.what, _NOT_FREE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one start: yes when there are no `reasons`.

    `notes` do not refuse: a start hidden from listings (N5), or one that is free only because a
    member whose calendar could not be read fails open (F3).

    >>> start = datetime.fromisoformat("2026-03-02T09:00Z")
    >>> answer = Explanation(start, (Reason(What.NOTICE),))
    >>> print(answer)
    2026-03-02T09:00:00Z is refused:
      this time is too soon to be booked
    >>> answer.accepted, answer.for_booker()
    (False, ('This time is too soon to be booked.',))
    """

    start: datetime
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether this start can be booked."""
        return not self.reasons

    @property
    def verified(self) -> bool:
        """Whether nothing had to be assumed about anybody's calendar (F3).

        >>> from collective_booking.testing.samples import NOW
        >>> Explanation(NOW, notes=(Reason(What.UNKNOWN, "ana"),)).verified
        False
        """
        return all(note.what is not What.UNKNOWN for note in self.notes)

    @property
    def blockers(self) -> frozenset[str]:
        """The ids of the members who refuse it; what the calendar itself refuses is nobody's.

        >>> from collective_booking.testing.samples import NOW
        >>> busy, off_grid = Reason(What.BUSY, "ana"), Reason(What.GRID)
        >>> Explanation(NOW, (busy, off_grid)).blockers
        frozenset({'ana'})
        """
        return frozenset(reason.who for reason in self.reasons if reason.who)

    def for_booker(self) -> tuple[str, ...]:
        """The reasons as a booker may read them, each once; they name nobody (X1)."""
        return tuple(dict.fromkeys(reason.for_booker() for reason in self.reasons))

    def __str__(self) -> str:
        answer = "can be booked" if self.accepted else "is refused"
        lines = [f"{isoformat(self.start)} {answer}", *map(str, (*self.reasons, *self.notes))]
        return lines[0] if len(lines) == 1 else ":\n  ".join([lines[0], "\n  ".join(lines[1:])])


@dataclass(frozen=True, slots=True)
class Blockage:
    """How much of a window one member, or the calendar itself (`who` is None), blocks.

    Amounts are time in which no appointment can start: `blocked` in all, `alone` where nobody and
    nothing else blocks it too, `by` parted by what does it (the parts may overlap).

    >>> hour = timedelta(hours=1)
    >>> print(Blockage("ana", blocked=3 * hour, alone=hour, by=((What.BUSY, 3 * hour),)))
    ana blocks 3h, 1h of it alone (busy 3h)
    """

    who: str | None
    blocked: timedelta
    alone: timedelta
    by: tuple[tuple[What, timedelta], ...]

    def __str__(self) -> str:
        parts = ", ".join(f"{what} {format_amount(amount)}" for what, amount in self.by)
        alone = f", {format_amount(self.alone)} of it alone" if self.alone else ""
        return f"{self.who or 'the calendar'} blocks {format_amount(self.blocked)}{alone} ({parts})"

    def rank(self) -> tuple[timedelta, timedelta, str]:
        """To sort by, most blocking first: whoever blocks most alone stands first (X2).

        >>> hour = timedelta(hours=1)
        >>> ana = Blockage("ana", blocked=3 * hour, alone=0 * hour, by=((What.BUSY, 3 * hour),))
        >>> ben = Blockage("ben", blocked=hour, alone=hour, by=((What.BUSY, hour),))
        >>> [each.who for each in sorted([ana, ben], key=Blockage.rank)]
        ['ben', 'ana']
        """
        return -self.alone, -self.blocked, self.who or ""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A start that members alone stand in the way of: without the `blockers` it could be booked.

    >>> print(NearMiss(datetime.fromisoformat("2026-03-02T09:00Z"), frozenset({"ana"})))
    2026-03-02T09:00:00Z would suit all but ana
    """

    start: datetime
    blockers: frozenset[str]

    def __str__(self) -> str:
        return f"{isoformat(self.start)} would suit all but {' and '.join(sorted(self.blockers))}"


@dataclass(frozen=True, slots=True)
class Release:
    """Members without whom times would open, none of whom could be kept: `starts` so many.

    >>> print(Release(frozenset({"ana"}), 3))
    without ana, 3 more starts
    """

    members: frozenset[str]
    starts: int

    def __str__(self) -> str:
        starts = "1 more start" if self.starts == 1 else f"{self.starts} more starts"
        return f"without {' and '.join(sorted(self.members))}, {starts}"


@dataclass(frozen=True, slots=True)
class WindowExplanation:
    """What blocks a window: `offered` starts are left, `blockages` come most blocking first.

    Whoever blocks most *alone* stands first: without them that much time would open. `hidden` more
    starts are free, and left out of listings to look busy (N5). `releases` are the minimal sets of
    members without whom more would be, the smallest first.

    >>> morning = Interval.from_isoformat("2026-03-02T09:00Z/2026-03-02T12:00Z")
    >>> hour = timedelta(hours=1)
    >>> busy = Blockage("ana", blocked=hour, alone=hour, by=((What.BUSY, hour),))
    >>> answer = WindowExplanation(morning, 2, (busy,))
    >>> print(answer)
    2026-03-02T09:00:00Z/2026-03-02T12:00:00Z: 2 starts
      ana blocks 1h, 1h of it alone (busy 1h)
    >>> answer.blockers
    ('ana',)
    """

    window: Interval
    offered: int
    blockages: tuple[Blockage, ...]
    hidden: int = 0
    releases: tuple[Release, ...] = ()

    @property
    def blockers(self) -> tuple[str, ...]:
        """The ids of the members who block anything, most blocking first; not the calendar."""
        return tuple(blockage.who for blockage in self.blockages if blockage.who)

    def __str__(self) -> str:
        count = f"{self.offered or 'no'} start{'' if self.offered == 1 else 's'}"
        count += f", {self.hidden} more hidden to look busy" if self.hidden else ""
        told = (*self.blockages, *self.releases[:_FEW])
        return "\n  ".join([f"{self.window}: {count}", *map(str, told)])


def _when(interval: Interval | None) -> str:
    """The stretch in words; without the side that has no end."""
    if interval is None:
        return ""
    start, end = interval.bounds
    begins, ends = start > BEGINNING, end < END
    if begins and ends:
        return str(interval)
    return f"from {isoformat(interval.start)}" * begins + f"until {isoformat(interval.end)}" * ends


class SlotUnavailableError(CollectiveBookingError, ValueError):
    """A start cannot be booked; `explanation` says by whom and what, `reasons` each of it (X1).

    >>> from collective_booking.testing.samples import NOW
    >>> error = SlotUnavailableError(Explanation(NOW, (Reason(What.BUSY, "ana"),)))
    >>> [str(reason) for reason in error.reasons]
    ['ana is busy']
    >>> error.for_booker()
    ('This time is not available.',)
    """

    def __init__(self, explanation: Explanation) -> None:
        super().__init__(explanation)
        self.explanation = explanation

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything that refuses it, at least one: its explanation's `reasons`."""
        return self.explanation.reasons

    def for_booker(self) -> tuple[str, ...]:
        """The reasons as a booker may read them, each once; they name nobody (X1)."""
        return self.explanation.for_booker()

    def __str__(self) -> str:
        return f"choose another time: {self.explanation}"
