"""What was booked: appointments, and the steps they may take.

Lives here: `Appointment`, the one table of its life, and whether it claims time.
Must not live here: who books and what it keeps for ever, holds and payments, who is told, whether a
time is free, the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from collective_booking.availability import Claim
from collective_booking.checks import (
    MAX_NAME,
    MAX_PROSE,
    Rules,
    count,
    did_you_mean,
    instance_of,
    list_of,
    one_of,
    optional,
    prose,
    text,
    yes_or_no,
)
from collective_booking.contacts import Contact
from collective_booking.errors import (
    ConfigurationError,
    FixedForEverError,
    IllegalStepError,
    NoChangeError,
    Problem,
)
from collective_booking.intervals import Interval
from collective_booking.members import CHOSEN_LOCATION, MeetingLocation, Member
from collective_booking.money import Money
from collective_booking.snapshots import Snapshot

# --- the life of an appointment: one table (A7) --------------------------------------------------


class Status(StrEnum):
    """Where an appointment stands (A7).

    Whoever did not come took the time all the same: that counts, and is not ended.

    >>> [status.value for status in Status if not status.counts]
    ['cancelled', 'invalid']
    >>> Status.NO_SHOW.counts, Status.NO_SHOW.ended, Status.CANCELLED.ended
    (True, False, True)
    """

    PENDING = "pending"
    """Asked for; the host has yet to approve it."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    SHOWED = "showed"
    """The booker came."""
    NO_SHOW = "no-show"
    INVALID = "invalid"
    """Entered in error."""

    @property
    def counts(self) -> bool:
        """Whether such an appointment counts to its calendar's caps (N3, A7)."""
        return not self.ended

    @property
    def active(self) -> bool:
        """Whether it can still be moved or cancelled: it is asked for or agreed, and no more.

        >>> [status.value for status in Status if status.active]
        ['pending', 'confirmed']
        """
        return self in {Status.PENDING, Status.CONFIRMED}

    @property
    def ended(self) -> bool:
        """Whether it was called off, or should never have been there: recipients lose it."""
        return self in {Status.CANCELLED, Status.INVALID}


class Happening(StrEnum):
    """What can happen to an appointment.

    Each change of its history says which it was; what cannot happen next is refused (A7).

    >>> from collective_booking.testing.samples import NOW, appointment
    >>> over = appointment().stepped(Happening.CANCELLED, NOW)
    >>> [change.happening.value for change in over.history]
    ['booked', 'cancelled']
    >>> over.stepped(Happening.SHOWED, NOW)
    Traceback (most recent call last):
    collective_booking.errors.IllegalStepError: ...
    """

    REQUESTED = "requested"
    BOOKED = "booked"
    APPROVED = "approved"
    DECLINED = "declined"
    """The host declined the request."""
    MOVED = "moved"
    EDITED = "edited"
    CANCELLED = "cancelled"
    SHOWED = "showed"
    NO_SHOW = "no-show"
    INVALIDATED = "invalidated"
    MEMBER_DECLINED = "member declined"
    """A member declined the invitation; the appointment stands for the others (E4)."""


_ACTIVE: Final = tuple(status for status in Status if status.active)
_PAST: Final = (Status.CONFIRMED, Status.SHOWED, Status.NO_SHOW)

NEXT: Final[Mapping[tuple[Status, Happening], Status]] = {
    (Status.PENDING, Happening.APPROVED): Status.CONFIRMED,
    (Status.PENDING, Happening.DECLINED): Status.CANCELLED,
    **{(status, Happening.CANCELLED): Status.CANCELLED for status in _ACTIVE},
    **{(status, Happening.MOVED): status for status in _ACTIVE},
    **{(status, Happening.EDITED): status for status in (*_ACTIVE, Status.SHOWED, Status.NO_SHOW)},
    (Status.CONFIRMED, Happening.MEMBER_DECLINED): Status.CONFIRMED,
    **{(status, Happening.SHOWED): Status.SHOWED for status in _PAST if status != Status.SHOWED},
    **{(status, Happening.NO_SHOW): Status.NO_SHOW for status in _PAST if status != Status.NO_SHOW},
    **{
        (status, Happening.INVALIDATED): Status.INVALID
        for status in Status
        if status is not Status.INVALID
    },
}
"""Every legal step; a pair that is not listed raises and changes nothing (A7)."""

_TOLD: Final = {
    Happening.APPROVED,
    Happening.DECLINED,
    Happening.MOVED,
    Happening.EDITED,
    Happening.CANCELLED,
    Happening.INVALIDATED,
}
"""What invitations have to say: SEQUENCE rises (E5)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of an appointment's history: which version, when, what, and by or about whom.

    >>> noon = datetime.fromisoformat("2026-11-23T12:00Z")
    >>> Change(2, noon, Happening.EDITED, note="notes").happening.value
    'edited'
    """

    version: int
    at: datetime
    happening: Happening
    note: str = ""


# --- the appointment -----------------------------------------------------------------------------

_FIXED: Final = frozenset({"owner", "members", "member", "roster", "snapshot", "organizer", "uid"})
_DETAILS: Final = ("title", "notes", "location", "contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A booked time of every member of a calendar, at one version of its life.

    `id` names it within `tenant`, `uid` in every calendar of the world. `version` rises with every
    change, `sequence` with those that invitations have to tell (E5). `verified` is False when a
    calendar that could not be read was assumed to be free (F3). `paid` is what the booker paid.

    Its owner and members never change (A2); `stepped`, `moved` and `edited` answer with the next
    version, and refuse what the table `NEXT` does not list.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> from collective_booking.testing.samples import NOW, appointment, at
    >>> call = appointment()
    >>> call
    <Appointment 'a1': confirmed, 2026-11-23T10:00:00Z/2026-11-23T11:00:00Z, version 1>
    >>> moved = call.moved(at("14:00"), NOW)
    >>> moved.version, moved.sequence, moved.uid == call.uid, moved.owner.id
    (2, 1, True, 'ana')

    What it was booked with it keeps; what is asked of it is asked of the version at hand.

    >>> call.calendar, [member.id for member in call.members], call.start.hour, moved.end.hour
    ('sales-call', ['ana', 'ben'], 10, 15)
    >>> call.happened.value, moved.happened.value, moved.changed == NOW
    ('booked', 'moved', True)
    """

    tenant: str
    id: str
    uid: str
    snapshot: Snapshot
    slot: Interval
    contact: Contact
    status: Status
    title: str
    notes: str = ""
    location: MeetingLocation | None = None
    version: int = 1
    sequence: int = 0
    verified: bool = True
    paid: Money | None = None
    history: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        APPOINTMENT_RULES.settle(self, "appointment", self.id)

    # --- questions ------------------------------------------------------------------------------

    @property
    def start(self) -> datetime:
        """When it starts, in UTC."""
        return self.slot.start

    @property
    def end(self) -> datetime:
        """When it ends, in UTC."""
        return self.slot.end

    @property
    def calendar(self) -> str:
        """The slug of the calendar it was booked through."""
        return self.snapshot.calendar.slug

    @property
    def members(self) -> tuple[Member, ...]:
        """Who meets, as they were when it was booked (A1)."""
        return self.snapshot.calendar.members

    @property
    def owner(self) -> Member:
        """Who owns it, for ever (A2)."""
        return self.snapshot.calendar.member(self.snapshot.owner)

    @property
    def organizer(self) -> str | None:
        """The address that invites: the one the host set, else the owner's, if they have one.

        >>> from collective_booking.testing.samples import appointment
        >>> call = appointment()
        >>> by_host = replace(call, snapshot=replace(call.snapshot, organizer="us@example.com"))
        >>> call.organizer, by_host.organizer
        ('ana@example.com', 'us@example.com')
        """
        return self.snapshot.organizer or self.owner.email

    @property
    def assigned_to(self) -> Member | None:
        """Whose contact the booker becomes: the owner's; None if contacts are not assigned (O5).

        >>> from collective_booking.testing.samples import appointment
        >>> call = appointment()
        >>> nobodys = replace(call, snapshot=replace(call.snapshot, assign_contact=False))
        >>> call.assigned_to.id, nobodys.assigned_to
        ('ana', None)
        """
        return self.owner if self.snapshot.assign_contact else None

    @property
    def claims_time(self) -> bool:
        """Whether it takes its members' time (A7).

        A request does, unless its calendar's `pending_blocks` was off; it counts to caps anyway.

        >>> from collective_booking.testing.samples import appointment, calendar
        >>> unblocked = Snapshot(calendar=calendar(pending_blocks=False), version=1, owner="ana")
        >>> request = appointment(Status.PENDING, snapshot=unblocked)
        >>> request.claims_time, request.status.counts
        (False, True)
        """
        if self.status is Status.PENDING:
            return self.snapshot.calendar.pending_blocks
        return self.status.counts

    @property
    def changed(self) -> datetime:
        """When its last change was made, in UTC."""
        return self.history[-1].at

    @property
    def happened(self) -> Happening:
        """What its last change was."""
        return self.history[-1].happening

    @property
    def was_never_confirmed(self) -> bool:
        """Whether it is, or was until it ended, a request: no calendar ever had it.

        >>> from collective_booking.testing.samples import NOW, appointment
        >>> request = appointment(Status.PENDING)
        >>> request.stepped(Happening.DECLINED, NOW).was_never_confirmed
        True
        >>> request.stepped(Happening.APPROVED, NOW).was_never_confirmed
        False
        """
        confirming = {Happening.BOOKED, Happening.APPROVED}
        return not any(change.happening in confirming for change in self.history)

    def claims(self) -> tuple[Claim, ...]:
        """The members' time that it takes, one claim a member; none where it takes none (F7).

        >>> from collective_booking.testing.samples import NOW, appointment
        >>> call = appointment()
        >>> [claim.member for claim in call.claims()]
        ['ana', 'ben']
        >>> call.stepped(Happening.CANCELLED, NOW).claims()
        ()
        """
        return self.snapshot.claims(self.id, self.slot) if self.claims_time else ()

    # --- the next version -----------------------------------------------------------------------

    def stepped(self, happening: Happening, at: datetime, note: str = "") -> Appointment:
        """As it is after *happening*, at the instant *at*.

        Raises:
            IllegalStepError: that cannot happen to it as it stands (A7).

        >>> from collective_booking.testing.samples import NOW, appointment
        >>> showed = appointment().stepped(Happening.SHOWED, NOW)
        >>> showed.status.value, showed.version, showed.sequence  # no invitation has to say so
        ('showed', 2, 0)
        """
        status = NEXT.get((self.status, happening))
        if status is None:
            raise IllegalStepError(self.id, str(self.status), str(happening))
        return replace(
            self,
            status=status,
            version=self.version + 1,
            sequence=self.sequence + (happening in _TOLD),
            history=(*self.history, Change(self.version + 1, at, happening, note)),
        )

    def moved(self, start: datetime, at: datetime, *, verified: bool = True) -> Appointment:
        """At another time: same identity, owner, members and duration (A3).

        Raises:
            IllegalStepError: it cannot be moved any more.
            NoChangeError: it starts then already.
            NaiveDatetimeError: *start* has no time zone.
        """
        slot = self.snapshot.slot(start)
        after = self.stepped(Happening.MOVED, at, note=str(self.slot))
        if slot == self.slot:
            raise NoChangeError(self.id)
        return replace(after, slot=slot, verified=verified)

    def edited(self, at: datetime, **details: Any) -> Appointment:
        """With another title, notes, location or contact (A3).

        Raises:
            FixedForEverError: somebody tries to change its owner or its members (A2).
            ConfigurationError: there is no such detail, or it cannot be so.
            IllegalStepError: it cannot be edited any more.
            NoChangeError: it is so already.

        >>> from collective_booking.testing.samples import NOW, appointment
        >>> call = appointment().edited(NOW, title="First call", notes="Bring the plan.")
        >>> call.title, call.history[-1].note
        ('First call', 'title, notes')
        >>> call.edited(NOW, owner="ben")
        Traceback (most recent call last):
        collective_booking.errors.FixedForEverError: ...
        """
        if fixed := sorted(details.keys() & _FIXED):
            raise FixedForEverError(self.id, fixed[0])
        unknown = [
            Problem(name, f"is no detail{did_you_mean(name, _DETAILS)}")
            for name in details
            if name not in _DETAILS
        ]
        if unknown:
            raise ConfigurationError(f"the change of appointment {self.id!r}", unknown)
        after = replace(self.stepped(Happening.EDITED, at, note=", ".join(details)), **details)
        if all(getattr(after, name) == getattr(self, name) for name in _DETAILS):
            raise NoChangeError(self.id)
        return after

    def withdrawn(self, by: Appointment) -> Appointment:
        """How it looks, as it was, to a booker whom the later version *by* no longer names.

        >>> from collective_booking.testing.samples import LOU, NOW, appointment
        >>> made = appointment()
        >>> gone = made.withdrawn(made.edited(NOW, contact=LOU))
        >>> gone.contact.name, gone.status.value, gone.sequence
        ('Kim Lee', 'cancelled', 1)
        """
        off = Change(by.version, by.changed, Happening.CANCELLED)
        return replace(
            self,
            status=Status.CANCELLED,
            version=by.version,
            sequence=by.sequence,
            history=(*self.history, off),
        )

    def __str__(self) -> str:
        return f"{self.title} with {self.contact.name}, {self.slot}"

    def __repr__(self) -> str:
        return f"<Appointment {self.id!r}: {self.status}, {self.slot}, version {self.version}>"


def booked(appointment: Appointment, at: datetime) -> Appointment:
    """The first version of a new *appointment*, with the first line of its history."""
    first = Happening.REQUESTED if appointment.status is Status.PENDING else Happening.BOOKED
    return replace(appointment, history=(Change(appointment.version, at, first),))


APPOINTMENT_RULES: Final = Rules(
    {
        "tenant": text(MAX_NAME),
        "id": text(MAX_NAME),
        "uid": text(2 * MAX_NAME),
        "snapshot": instance_of(Snapshot, "a Snapshot"),
        "slot": instance_of(Interval, "an Interval"),
        "contact": instance_of(Contact, "a Contact"),
        "status": one_of(Status),
        "title": text(MAX_NAME),
        "notes": prose(MAX_PROSE),
        "location": CHOSEN_LOCATION,
        "version": count(1),
        "sequence": count(0),
        "verified": yes_or_no,
        "paid": optional(instance_of(Money, "Money")),
        "history": list_of(instance_of(Change, "a Change"), "changes"),
    },
    {},
)
