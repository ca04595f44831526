"""What is taken already: busy times that calendars report, and claims of our own bookings.

Lives here: the plain values in which the outside world tells the finder about members' time.
Must not live here: what follows from them (that is `slots`), or how they are looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from collective_booking.errors import InvalidValueError, ProviderUnavailableError, require
from collective_booking.intervals import NEVER, Interval, IntervalSet
from collective_booking.moments import ZERO, to_datetime, to_microseconds
from collective_booking.wording import on_one_line


class Cause(StrEnum):
    """Why a stretch of somebody's time is unknown (F3).

    >>> from collective_booking import SlotFinder
    >>> from collective_booking.testing.samples import NOW, at, calendar
    >>> finder = SlotFinder(calendar=calendar(), availability={"ben": Availability()}, now=NOW)
    >>> [reason.detail for reason in finder.explain(at("10:00")).reasons]  # nobody told of Ana
    ['no answer']
    """

    NO_ANSWER = "no answer"
    """Nobody said anything about this member."""
    SERVICE = "service failed"
    """The calendar service could not be reached, or refused."""
    UNREADABLE = "unreadable"
    """An item, or a whole file, cannot be read."""
    ZONE = "unknown time zone"
    """An item names a time zone that nobody knows."""
    BUDGET = "too much to read"
    """The limit of size, depth or instances was reached before the end."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A stretch in which somebody may be busy, and why nobody can tell (F3).

    `source` names the file or service, `item` the component (`VEVENT`), `line` its first line
    counted from 1, `uid` its UID; each is None where there is none. Never an event's title.

    >>> start = datetime.fromisoformat("2026-03-02T09:00Z")
    >>> gap = Unknown(Interval(start, start + timedelta(hours=1)), Cause.ZONE, source="ana.ics")
    >>> print(gap)
    unknown time zone (ana.ics)
    """

    interval: Interval
    cause: Cause
    detail: str = ""
    source: str | None = None
    item: str | None = None
    line: int | None = None
    uid: str | None = None

    def __post_init__(self) -> None:
        require("interval", self.interval, Interval, "an Interval")
        require("cause", self.cause, Cause, "a Cause")

    def __str__(self) -> str:
        line = None if self.line is None else f"line {self.line}"
        uid = None if self.uid is None else f"UID {self.uid}"
        place = ", ".join(part for part in (self.source, self.item, line, uid) if part)
        told = f"{self.cause}: {self.detail}" if self.detail else str(self.cause)
        return on_one_line(f"{told} ({place})" if place else told)


@dataclass(frozen=True, slots=True)
class Availability:
    """What a calendar provider knows of one member over a window (F3).

    A stretch that is in none of the three counts as free, so what could not be looked up belongs
    into `unknown`. `tentative` is kept apart because the calendar decides whether it blocks (F4).
    `sees_own_copies` is True of a service that answers free or busy alone, and so cannot tell which
    busy time is a copy of our own appointments; reasons say that it may be one (F6).

    >>> call = IntervalSet.from_isoformat("2026-03-02T09:00Z/2026-03-02T10:00Z")
    >>> lunch = IntervalSet.from_isoformat("2026-03-02T12:00Z/2026-03-02T13:00Z")
    >>> str((Availability(busy=call) | Availability(busy=lunch)).busy.total)
    '2:00:00'
    """

    busy: IntervalSet = NEVER
    tentative: IntervalSet = NEVER
    unknown: tuple[Unknown, ...] = ()
    sees_own_copies: bool = False

    def __post_init__(self) -> None:
        require("sees_own_copies", self.sees_own_copies, bool, "true or false")
        for name in ("busy", "tentative"):
            require(name, getattr(self, name), IntervalSet, "an IntervalSet")
        require("unknown", self.unknown, Sequence, "a sequence of Unknown")
        for each in self.unknown:
            require("what is unknown", each, Unknown, "an Unknown")
        object.__setattr__(self, "unknown", tuple(self.unknown))

    def __or__(self, other: Availability) -> Availability:
        """What two sources know of the same member, together."""
        return Availability.union_of((self, other))

    def within(self, window: Interval) -> Availability:
        """What of it lies inside *window*, as providers answer.

        >>> call = IntervalSet.from_isoformat("2026-03-02T09:00Z/2026-03-02T11:00Z")
        >>> ten = Interval.from_isoformat("2026-03-02T10:00Z/2026-03-02T18:00Z")
        >>> print(*Availability(busy=call).within(ten).busy)
        2026-03-02T10:00:00Z/2026-03-02T11:00:00Z
        """
        inside = IntervalSet([window])
        unknown = tuple(
            replace(gap, interval=stretch)
            for gap in self.unknown
            for stretch in IntervalSet([gap.interval]) & inside
        )
        return replace(
            self, busy=self.busy & inside, tentative=self.tentative & inside, unknown=unknown
        )

    @staticmethod
    def of_failure(window: Interval, failure: Exception) -> Availability:
        """What is known once *failure* was all that came of asking: nothing, all over *window*.

        Only the words of a `ProviderUnavailableError` are kept: those of others may hold addresses
        and keys.

        >>> from collective_booking.testing.samples import MONDAY
        >>> failure = OSError("https://ana:secret@example.com does not answer")
        >>> print(*Availability.of_failure(MONDAY, failure).unknown)
        service failed
        """
        detail = failure.detail if isinstance(failure, ProviderUnavailableError) else ""
        return Availability(unknown=(Unknown(window, Cause.SERVICE, detail),))

    @staticmethod
    def union_of(parts: Iterable[Availability]) -> Availability:
        """What several sources know of the same member, together; what none does is free (F3).

        Where one of them failed, the stretch stays unknown, whatever the others say of it.

        >>> from collective_booking.testing.samples import MONDAY
        >>> free, failed = Availability(), Availability.of_failure(MONDAY, OSError())
        >>> Availability.union_of([free, failed]) == failed, Availability.union_of([]) == free
        (True, True)
        """
        held = tuple(parts)
        return Availability(
            IntervalSet.union_of(part.busy for part in held),
            IntervalSet.union_of(part.tentative for part in held),
            tuple(unknown for part in held for unknown in part.unknown),
            any(part.sees_own_copies for part in held),
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One member's time taken by one of our own appointments or live holds (F7).

    `id` is the appointment's or hold's. The buffers are those it was booked with. An `exclusive`
    claim (a required member who heeds busy time) meets no other exclusive one; a shared one may
    meet any. `held` tells a hold from an appointment.

    Raises:
        InvalidValueError: an empty id or member, or a negative buffer.

    >>> ten = Interval.from_isoformat("2026-03-02T10:00Z/2026-03-02T11:00Z")
    >>> claim = Claim("a1", "ana", ten, buffer_after=timedelta(minutes=15))
    >>> claim.exclusive, claim.held
    (True, False)
    """

    id: str
    member: str
    interval: Interval
    buffer_before: timedelta = timedelta()
    buffer_after: timedelta = timedelta()
    exclusive: bool = True
    held: bool = False

    def __post_init__(self) -> None:
        for name in ("id", "member"):
            _require_name(name, getattr(self, name))
        require("interval", self.interval, Interval, "an Interval")
        for name in ("exclusive", "held"):
            require(name, getattr(self, name), bool, "true or false")
        for name in ("buffer_before", "buffer_after"):
            require(name, getattr(self, name), timedelta, "a timedelta")
            if getattr(self, name) < ZERO:
                raise InvalidValueError(name, getattr(self, name), "a buffer is zero or more")


@dataclass(frozen=True, slots=True)
class Counted:
    """An appointment or live hold that counts to a calendar's caps, by its start (N3).

    Raises:
        InvalidValueError: an empty id.
        NaiveDatetimeError: the start has no time zone.

    >>> Counted("a1", datetime.fromisoformat("2026-03-02T10:00+01:00")).start.isoformat()
    '2026-03-02T09:00:00+00:00'
    """

    id: str
    start: datetime

    def __post_init__(self) -> None:
        _require_name("id", self.id)
        object.__setattr__(self, "start", to_datetime(to_microseconds(self.start, "start")))


def _require_name(name: str, value: object) -> None:
    require(name, value, str, "text")
    if not value:
        raise InvalidValueError(name, value, "it may not be empty")
