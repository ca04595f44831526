"""What is kept for ever when time is taken: the calendar as it was, and who owns what comes of it.

Lives here: `Snapshot`, whose time it claims, and by which calendar a move is judged today.
Must not live here: how a hold or an appointment goes on; whether a time is free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from collective_booking.availability import Claim
from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import (
    MAX_NAME,
    Rules,
    count,
    instance_of,
    optional,
    text,
    yes_or_no,
)
from collective_booking.intervals import Interval
from collective_booking.members import EMAIL, MeetingLocation, Member
from collective_booking.moments import to_datetime, to_microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a hold or an appointment keeps for ever: its calendar as it was, and who owns it (A1).

    Roster, duration, buffers, price and `pending_blocks` are those of `calendar`, which is the
    stored `version`. `organizer` is an address that the host set, or None: then it is the owner's.

    Raises:
        UnknownMemberError: the owner is not on the roster.

    >>> from collective_booking.testing.samples import at, calendar
    >>> snapshot = Snapshot(calendar=calendar(), version=3, owner="ben")
    >>> print(snapshot.slot(at("10:00")))
    2026-11-23T10:00:00Z/2026-11-23T11:00:00Z
    >>> [claim.member for claim in snapshot.claims("a1", snapshot.slot(at("10:00")))]
    ['ana', 'ben']
    >>> snapshot.location is None  # neither the calendar nor Ben says where
    True
    """

    calendar: CollectiveCalendar
    version: int
    owner: str
    organizer: str | None = None
    assign_contact: bool = True

    def __post_init__(self) -> None:
        SNAPSHOT_RULES.settle(self, "the snapshot")
        self.calendar.member(self.owner)

    @property
    def location(self) -> MeetingLocation | None:
        """Where it meets, as long as nobody chooses another place (A5)."""
        return self.calendar.location_under(self.owner)

    def slot(self, start: datetime) -> Interval:
        """The time an appointment takes that starts at *start*: its duration, without buffers.

        Raises:
            NaiveDatetimeError: *start* has no time zone.
        """
        begin = to_datetime(to_microseconds(start, "start"))
        return Interval(begin, begin + self.calendar.duration)

    def claims(self, id: str, slot: Interval, *, held: bool = False) -> tuple[Claim, ...]:
        """The time of every member that the hold or appointment *id* takes (F7).

        Whoever does not heed busy time is claimed too, though not for this one alone.

        >>> from collective_booking.testing.samples import ANA, BEN, calendar, member, slot
        >>> team = calendar(ANA, BEN, member("cleo", required=False))
        >>> claims = Snapshot(calendar=team, version=1, owner="ana").claims(
        ...     "a1", slot("10:00", "11:00")
        ... )
        >>> [(claim.member, claim.exclusive) for claim in claims]
        [('ana', True), ('ben', True), ('cleo', False)]
        """
        before, after = self.calendar.buffer_before, self.calendar.buffer_after
        return tuple(
            Claim(id, member.id, slot, before, after, exclusive=member.heeds_busy, held=held)
            for member in self.calendar.members
        )

    def moving_under(self, current: CollectiveCalendar) -> CollectiveCalendar:
        """The calendar by which an appointment of this snapshot is moved today (A3).

        Roster, flags, duration, buffers, location and price are the snapshot's; hours, mode, grid,
        zone, notice, horizon and caps those of *current*; a member's hours and time off are
        today's, as long as they are still on the roster.

        >>> from datetime import timedelta
        >>> from collective_booking.testing.samples import ANA, CLEO, calendar
        >>> hour = timedelta(hours=1)
        >>> today = calendar(ANA, CLEO, duration=2 * hour, notice=hour)
        >>> Snapshot(calendar=calendar(), version=1, owner="ana").moving_under(today)
        <CollectiveCalendar 'sales-call': 1h with ana (owner), ben>
        >>> Snapshot(calendar=calendar(), version=1, owner="ana").moving_under(today).notice == hour
        True
        """
        today = {member.id: member for member in current.members}
        return replace(
            self.calendar,
            timezone=current.timezone,
            interval=current.step,
            members=tuple(_as_of_today(each, today.get(each.id)) for each in self.calendar.members),
            **{name: getattr(current, name) for name in _TODAYS},
        )


_TODAYS: Final = (
    "notice",
    "notice_days",
    "horizon_days",
    "anchor",
    "anchor_offset",
    "hours",
    "hours_mode",
    "max_per_day",
    "max_per_week",
    "max_per_month",
    "look_busy",
    "tentative",
)


def _as_of_today(then: Member, now: Member | None) -> Member:
    if now is None:
        return then
    if now.hours is None:  # today they ignore hours; this appointment may not
        return replace(then, time_off=now.time_off)
    return replace(then, timezone=now.timezone, hours=now.hours, time_off=now.time_off)


SNAPSHOT_RULES: Final = Rules(
    {
        "calendar": instance_of(CollectiveCalendar, "a CollectiveCalendar"),
        "version": count(1),
        "owner": text(MAX_NAME),
        "organizer": optional(EMAIL),
        "assign_contact": yes_or_no,
    },
    {},
)
