"""What recipients are given: a member's copy of an appointment, and a message to somebody.

Lives here: the two values that calendar providers and notifiers get, made from an effect.
Must not live here: words for people (those are `letters`), iCalendar, when they are delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collective_booking.appointments import Appointment, Happening
from collective_booking.contacts import Contact
from collective_booking.effects import Channel, Effect
from collective_booking.members import Member


class Audience(StrEnum):
    """Who reads a message.

    >>> from collective_booking.testing.samples import message
    >>> [(audience.value, message(audience).email) for audience in Audience]
    [('owner', 'ana@example.com'), ('booker', 'kim@example.com'), ('host', '')]
    """

    OWNER = "owner"
    BOOKER = "booker"
    HOST = "host"
    """The application itself, of whom no address is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCopy:
    """One member's copy of an appointment, for their own calendar.

    `icalendar` is the whole of it as bytes (RFC 5546: a REQUEST, or a CANCEL where the copy goes).
    `key` is the same each time this copy is tried, so that a repetition can be told (E1).

    >>> from collective_booking.invitations import invitation
    >>> from collective_booking.testing.samples import BEN, appointment
    >>> call = appointment()
    >>> copy = MemberCopy(
    ...     key="default/a1/1/copy:ben", member=BEN, appointment=call, icalendar=invitation(call)
    ... )
    >>> copy.member.calendar, b"METHOD:REQUEST" in copy.icalendar
    ('ben.ics', True)
    """

    key: str
    member: Member
    appointment: Appointment
    icalendar: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message about what happened to an appointment.

    `name` and `email` are the recipient's, empty for the host. `invitation` is iCalendar data to
    attach (RFC 6047), or None where the recipient's own calendar gets its copy anyway. `token`
    opens the appointment for the booker (N6), and is empty for the others. `key` is the same each
    time this message is tried (E1).

    >>> from collective_booking.testing.samples import KIM, appointment
    >>> message = Message(
    ...     key="default/a1/1/booker",
    ...     audience=Audience.BOOKER,
    ...     name=KIM.name,
    ...     email=KIM.email,
    ...     happening=Happening.BOOKED,
    ...     appointment=appointment(),
    ... )
    >>> f"To {message.email}: {message.appointment.title}, {message.happening}"
    'To kim@example.com: Sales call, booked'
    """

    key: str
    audience: Audience
    name: str
    email: str
    happening: Happening
    appointment: Appointment
    invitation: bytes | None = None
    token: str = ""


def copy_of(effect: Effect, appointment: Appointment, icalendar: bytes) -> MemberCopy:
    """The copy that *effect* is about, of *appointment* as it was at its version."""
    member = appointment.snapshot.calendar.member(effect.recipient)
    return MemberCopy(key=effect.key, member=member, appointment=appointment, icalendar=icalendar)


def message_of(effect: Effect, appointment: Appointment, icalendar: bytes, token: str) -> Message:
    """The message that *effect* is, with *icalendar* where it is needed and *token* for whom."""
    audience = Audience(effect.channel)
    name, email = _addressee(audience, appointment)
    return Message(
        key=effect.key,
        audience=audience,
        name=name,
        email=email,
        happening=appointment.happened,
        appointment=appointment,
        invitation=icalendar if _needs_invitation(effect, appointment) else None,
        token=token if audience is Audience.BOOKER else "",
    )


def _addressee(audience: Audience, appointment: Appointment) -> tuple[str, str]:
    if audience is Audience.HOST:
        return "", ""
    to: Member | Contact = appointment.contact if audience is Audience.BOOKER else appointment.owner
    return to.name, to.email or ""


def _needs_invitation(effect: Effect, appointment: Appointment) -> bool:
    """Whether there is an appointment to attach, and no calendar of theirs gets a copy (E2)."""
    if effect.channel is Channel.HOST or appointment.was_never_confirmed:
        return False
    if effect.channel is Channel.OWNER:
        return appointment.owner.calendar is None
    same = [each for each in appointment.members if appointment.contact.is_same_person(each)]
    return all(member.calendar is None for member in same)
