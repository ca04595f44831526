"""A team that meets its bookers together: its roster and its primary owner.

Lives here: `CollectiveCalendar`, the changes of its roster, and who owns a new appointment.
Must not live here: what a setting may be, anybody's busy time, the search for slots, files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Protocol

from collective_booking.checks import (
    did_you_mean,
)
from collective_booking.durations import format_duration
from collective_booking.errors import (
    ConfigurationError,
    DuplicateMemberError,
    InvalidValueError,
    OptionalOwnerError,
    PrimaryOwnerRemovalError,
    Problem,
    RosterSizeError,
    UnknownMemberError,
    require,
)
from collective_booking.hours import DateRange, OpeningHours
from collective_booking.intervals import Interval
from collective_booking.localtime import local_dates
from collective_booking.members import MeetingLocation, Member
from collective_booking.moments import ZERO
from collective_booking.money import Money
from collective_booking.settings import (
    CALENDAR_RULES,
    MAX_MEMBERS,
    MIN_MEMBERS,
    Anchor,
    BufferMode,
    HoursMode,
    Tentative,
)

_OWN_METHOD: Final = {
    "members": "use add_member, remove_member or replace_member",
    "owner": "use make_owner",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectiveCalendar:
    """A team that meets its bookers together, and the settings under which it is booked.

    Required are `name`, `slug`, `timezone` (whose dates the horizon, the caps and the clock's grid
    follow), `duration` and 2 to 100 `members`. Every length is a `timedelta` of whole minutes.
    An `interval` of None is the duration: ask `step`. `owner` is a member's id; left out, the first
    required member becomes owner, and stays it whatever happens to the roster (O2). `look_busy` is
    a percentage. Enumerations are also read from their text, such as `"sum"`.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> hours = OpeningHours.parse("Mon-Fri 09:00-17:00")
    >>> call = CollectiveCalendar(
    ...     name="Sales call",
    ...     slug="sales-call",
    ...     timezone="Europe/London",
    ...     duration=timedelta(minutes=30),
    ...     members=(
    ...         Member("ana", timezone="Europe/Madrid", hours=hours),
    ...         Member("ben", timezone="Europe/Berlin", hours=hours),
    ...     ),
    ... )
    >>> call.owner, call.make_owner("ben")
    ('ana', <CollectiveCalendar 'sales-call': 30m with ana, ben (owner)>)

    A calendar never changes: what changes it answers with another one.

    >>> weekly = call.with_settings(interval=timedelta(minutes=15), max_per_week=10)
    >>> print(call.step, weekly.step, call.is_capped, weekly.is_capped)
    0:30:00 0:15:00 False True
    >>> call.make_owner("ben").primary_owner == call.member("ben"), call.primary_owner.id
    (True, 'ana')
    """

    name: str
    """What bookers read; also the title of its appointments unless they bring one."""
    slug: str
    """What names it in web addresses and to commands, unique within a tenant (O4)."""
    timezone: str
    """An IANA name; the horizon, caps and the grid of anchor `clock` go by its dates (N2, N3)."""
    duration: timedelta
    """How long a meeting takes."""
    members: tuple[Member, ...]
    """Who meets, in order (O1)."""
    interval: timedelta | None = None
    """How far apart starts are; None means the duration."""
    buffer_before: timedelta = ZERO
    """Kept free before a meeting; no hours are needed for it (F2)."""
    buffer_after: timedelta = ZERO
    """Kept free after a meeting."""
    buffer_mode: BufferMode = BufferMode.MAX
    """What the buffers of two neighbours come to (F2)."""
    notice: timedelta = ZERO
    """How much time has to be left until a start, at least (N1)."""
    notice_days: int = 0
    """How many local dates have to be left until a start; 1 offers nothing more today (N1)."""
    horizon_days: int | None = None
    """How many local dates ahead can be booked, the last one included; None is any number (N2)."""
    anchor: Anchor = Anchor.WINDOW
    """Where the grid of starts begins (G1, G2)."""
    anchor_offset: timedelta = ZERO
    """How far behind midnight the grid of anchor `clock` begins (G2)."""
    hours: OpeningHours | None = None
    """Hours of its own, on the walls of its zone; None puts no constraint (T5)."""
    hours_mode: HoursMode = HoursMode.INTERSECT
    """Whether these hours come on top of the members' or in their place (F1)."""
    owner: str = ""
    """The id of the primary owner; left out, the first required member (O2)."""
    max_per_day: int | None = None
    """How many can be booked on one local date; None is any number (N3)."""
    max_per_week: int | None = None
    """How many in one ISO week, Monday to Sunday (N3)."""
    max_per_month: int | None = None
    """How many in one calendar month (N3)."""
    look_busy: int = 0
    """The share of slots that listings hide, in per cent, 0 to 99 (N5)."""
    tentative: Tentative = Tentative.BUSY
    """What tentative events of its members count as (F4)."""
    assign_contact: bool = True
    """Whether the booker's contact is assigned to the owner (O5)."""
    approval: bool = False
    """Whether a booking is a request until the host approves it (A7)."""
    pending_blocks: bool = True
    """Whether a request keeps its time until then (A7)."""
    hold: timedelta = timedelta(minutes=10)
    """How long a time is kept for whoever is about to book it (M1)."""
    location: MeetingLocation | None = None
    """Where it meets; None means at the owner's (A5)."""
    price: Money | None = None
    """What a booking costs, once for all members; None is nothing (M3)."""

    def __post_init__(self) -> None:
        CALENDAR_RULES.settle(self, "calendar", self.slug)
        first = next(member.id for member in self.members if member.required)
        object.__setattr__(self, "owner", self.owner or first)

    # --- questions ------------------------------------------------------------------------------

    @property
    def step(self) -> timedelta:
        """How far apart starts are: the interval, or the duration where none is set."""
        return self.duration if self.interval is None else self.interval

    @property
    def primary_owner(self) -> Member:
        """The member who owns it (O2)."""
        return self.member(self.owner)

    @property
    def effective_location(self) -> MeetingLocation | None:
        """Where it meets while its primary owner owns what is booked; None where nobody says (A5).

        >>> from collective_booking.testing.samples import BEN, calendar, member
        >>> call = calendar(member("ana", location=MeetingLocation("custom", "Room 4")), BEN)
        >>> call.effective_location.value, call.make_owner("ben").effective_location
        ('Room 4', None)
        """
        return self.location_under(self.owner)

    def location_under(self, owner: str) -> MeetingLocation | None:
        """Where it meets when *owner* owns the appointment: as it says, else at theirs (A5).

        None where neither says anything.

        Raises:
            UnknownMemberError: *owner* is no member.

        >>> from collective_booking.testing.samples import BEN, calendar, member
        >>> call = calendar(member("ana", location=MeetingLocation("custom", "Room 4")), BEN)
        >>> lobby = call.with_settings(location=MeetingLocation("custom", "Lobby"))
        >>> call.location_under("ana").value, lobby.location_under("ana").value
        ('Room 4', 'Lobby')
        """
        return self.location or self.member(owner).location

    @property
    def is_capped(self) -> bool:
        """Whether it takes only so many bookings a day, a week or a month (N3)."""
        return any((self.max_per_day, self.max_per_week, self.max_per_month))

    def touched(self, starts: Interval) -> Interval:
        """The time that slots starting in *starts* touch, with their buffers (F3).

        >>> ten = timedelta(minutes=10)
        >>> ana, ben = (Member(id, timezone="UTC", ignore_hours=True) for id in ("ana", "ben"))
        >>> call = CollectiveCalendar(
        ...     name="Call",
        ...     slug="call",
        ...     timezone="UTC",
        ...     duration=3 * ten,
        ...     buffer_before=ten,
        ...     buffer_after=ten / 2,
        ...     members=(ana, ben),
        ... )
        >>> print(call.touched(Interval.from_isoformat("2026-11-23T09:00Z/2026-11-23T17:00Z")))
        2026-11-23T08:50:00Z/2026-11-23T17:35:00Z
        """
        return starts.pad(self.buffer_before, self.duration + self.buffer_after)

    def member(self, id: str) -> Member:
        """The member with this id.

        Raises:
            UnknownMemberError: there is none.
        """
        for member in self.members:
            if member.id == id:
                return member
        raise UnknownMemberError(self.slug, id, tuple(member.id for member in self.members))

    def window(self, first: date, last: date) -> Interval:
        """From the first instant of date *first* to the last of date *last*, both of its zone (N2).

        Raises:
            InvalidValueError: they are in the wrong order, or the zone skipped all these dates.

        >>> ana, ben = (Member(id, timezone="UTC", ignore_hours=True) for id in ("ana", "ben"))
        >>> call = CollectiveCalendar(
        ...     name="Call",
        ...     slug="call",
        ...     timezone="Europe/Berlin",
        ...     duration=timedelta(minutes=30),
        ...     members=(ana, ben),
        ... )
        >>> print(call.window(date(2026, 10, 25), date(2026, 10, 25)))  # the clocks go back
        2026-10-24T22:00:00Z/2026-10-25T23:00:00Z
        """
        dates = DateRange(first, last)
        span = local_dates(self.timezone, dates.first, dates.last).span
        if span is None:
            advice = f"{self.timezone} went without it, so ask for others too"
            raise InvalidValueError("a range of dates", str(dates), advice)
        return span

    # --- changes: each answers with a new calendar ------------------------------------------------

    def add_member(self, member: Member) -> CollectiveCalendar:
        """With *member* at the end of the roster; the owner stays.

        Raises:
            DuplicateMemberError: they are on it already (O1).
            RosterSizeError: there are 100 already (O1).
            WrongTypeError: *member* is no `Member`.

        >>> from collective_booking.testing.samples import CLEO, calendar
        >>> calendar().add_member(CLEO)
        <CollectiveCalendar 'sales-call': 1h with ana (owner), ben, cleo>
        """
        _a_member(member)
        if any(each.id == member.id for each in self.members):
            raise DuplicateMemberError(self.slug, member.id)
        return self._with_roster((*self.members, member))

    def remove_member(self, id: str) -> CollectiveCalendar:
        """Without the member who has this id.

        Raises:
            UnknownMemberError: there is none.
            PrimaryOwnerRemovalError: they own it; make another member owner first (O3).
            RosterSizeError: only 2 are left (O1).

        >>> from collective_booking.testing.samples import ANA, BEN, CLEO, calendar
        >>> calendar(ANA, BEN, CLEO).make_owner("ben").remove_member("ana")
        <CollectiveCalendar 'sales-call': 1h with ben (owner), cleo>
        """
        leaving = self.member(id)
        if leaving.id == self.owner:
            raise PrimaryOwnerRemovalError(self.slug, leaving.id)
        return self._with_roster(tuple(each for each in self.members if each.id != leaving.id))

    def replace_member(self, member: Member) -> CollectiveCalendar:
        """With *member* in the place of the one who has the same id.

        Raises:
            UnknownMemberError: nobody has.
            OptionalOwnerError: *member* is optional and owns it (O2).
            WrongTypeError: *member* is no `Member`.

        >>> from collective_booking.testing.samples import calendar, member
        >>> changed = calendar().replace_member(member("ben", required=False))
        >>> [(each.id, each.required) for each in changed.members]
        [('ana', True), ('ben', False)]
        """
        old = self.member(_a_member(member).id)
        if old.id == self.owner and not member.required:
            raise OptionalOwnerError(self.slug, member.id)
        return self._with_roster(
            tuple(member if each.id == old.id else each for each in self.members)
        )

    def make_owner(self, id: str) -> CollectiveCalendar:
        """With the member who has this id as primary owner; the former owner stays a member (O2).

        Raises:
            UnknownMemberError: there is none.
            OptionalOwnerError: they are optional.
        """
        chosen = self.member(id)
        if not chosen.required:
            raise OptionalOwnerError(self.slug, chosen.id)
        return replace(self, owner=chosen.id)

    def with_settings(self, **changes: Any) -> CollectiveCalendar:
        """With other settings, named as the fields are; all but the members and the owner.

        Raises:
            ConfigurationError: there is no such setting, or it cannot be so.

        >>> from collective_booking.testing.samples import calendar
        >>> calendar().with_settings(owner="ben")
        Traceback (most recent call last):
        collective_booking.errors.ConfigurationError: ...
          owner: use make_owner
        """
        known = CALENDAR_RULES.readers.keys() - _OWN_METHOD.keys()
        problems = [
            Problem(name, _OWN_METHOD.get(name) or f"is no setting{did_you_mean(name, known)}")
            for name in changes
            if name not in known
        ]
        if problems:
            raise ConfigurationError(f"the change of calendar {self.slug!r}", problems)
        return replace(self, **changes)

    def _with_roster(self, members: tuple[Member, ...]) -> CollectiveCalendar:
        if not MIN_MEMBERS <= len(members) <= MAX_MEMBERS:
            raise RosterSizeError(self.slug, len(members), MIN_MEMBERS, MAX_MEMBERS)
        return replace(self, members=members)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        names = [m.id + " (owner)" * (m.id == self.owner) for m in self.members]
        listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        return f"<CollectiveCalendar {self.slug!r}: {format_duration(self.duration)} with {listed}>"


def _a_member(member: Member) -> Member:
    require("member", member, Member, "a Member")
    return member


# --- who owns a new appointment ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ownership:
    """The owner of one new appointment, and whether its contact is assigned to them (O5).

    >>> Ownership("ben", assign_contact=False).owner
    'ben'
    """

    owner: str
    assign_contact: bool


class OwnershipPolicy(Protocol):
    """Decides who owns a new appointment (O5). A host may bring its own, such as a round.

    Asked once for each new appointment, and never when one is moved or edited. Any callable of
    this shape will do; it answers with a required member of *calendar*, without doing I/O.

    >>> def by_day(calendar, slot):
    ...     owners = [member.id for member in calendar.members if member.required]
    ...     return Ownership(owners[slot.start.toordinal() % len(owners)], assign_contact=True)
    >>> from collective_booking.testing.samples import calendar, slot
    >>> decide_ownership(calendar(), slot("10:00", "11:00"), by_day).owner
    'ben'
    """

    def __call__(self, calendar: CollectiveCalendar, slot: Interval, /) -> Ownership:
        """Who owns an appointment that *calendar* is about to make for *slot*."""
        ...


def primary_ownership(calendar: CollectiveCalendar, slot: Interval, /) -> Ownership:  # noqa: ARG001
    """The default policy: the primary owner, and the calendar's own word on the contact (O5).

    >>> from collective_booking.testing.samples import calendar, slot
    >>> primary_ownership(calendar(), slot("10:00", "11:00"))
    Ownership(owner='ana', assign_contact=True)
    """
    return Ownership(calendar.owner, calendar.assign_contact)


def decide_ownership(
    calendar: CollectiveCalendar, slot: Interval, policy: OwnershipPolicy = primary_ownership
) -> Ownership:
    """What *policy* says, checked: an owner is a required member (O2).

    >>> from collective_booking.testing.samples import calendar, slot
    >>> def always_ben(calendar: CollectiveCalendar, slot: Interval, /) -> Ownership:
    ...     return Ownership("ben", assign_contact=False)
    >>> decide_ownership(calendar(), slot("10:00", "11:00"), always_ben).owner
    'ben'

    Raises:
        UnknownMemberError: the policy names somebody who is no member.
        OptionalOwnerError: it names an optional one.
    """
    decided = policy(calendar, slot)
    require("what an ownership policy answers", decided, Ownership, "an Ownership")
    if not calendar.member(decided.owner).required:
        raise OptionalOwnerError(calendar.slug, decided.owner)
    return decided
