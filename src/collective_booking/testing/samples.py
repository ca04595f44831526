"""A team, its week, and what was booked in it: values that tests begin with.

Lives here: Ana, Ben and their calendar; appointments and holds of it, by default Kim's, at ten; and
what the ports are given of these.
Must not live here: ports, and anything drawn at random.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from collective_booking.appointments import Appointment, Status, booked
from collective_booking.calendars import CollectiveCalendar
from collective_booking.contacts import Contact
from collective_booking.effects import Channel, Effect
from collective_booking.holds import Hold
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.messages import Audience, MemberCopy, Message, copy_of, message_of
from collective_booking.money import Money
from collective_booking.payments import Charge
from collective_booking.snapshots import Snapshot

HOST: Final = "booking.example.com"
SECRET: Final = b"a secret for tests alone"
EUROS: Final = Money(5000, "EUR")
OFFICE_HOURS: Final = OpeningHours.parse("Mon-Fri 09:00-17:00")
NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)  # a Monday, before anybody opens
MONDAY: Final = Interval(NOW, NOW + timedelta(hours=14))
KIM: Final = Contact("Kim Lee", "kim@example.com")
LOU: Final = Contact("Lou Ray", "lou@example.com")
TRAVELLER: Final = Contact("Noor Aziz", "noor@example.com", "+64 9 300 0000", "Pacific/Auckland")
"""Of whom all is known that can be."""


def at(clock: str, day: int = 23) -> datetime:
    """A time in November 2026, in UTC.

    >>> at("09:30").isoformat()
    '2026-11-23T09:30:00+00:00'
    """
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def slot(start: str, end: str) -> Interval:
    """A stretch of that Monday, in UTC.

    >>> print(slot("10:00", "11:00"))
    2026-11-23T10:00:00Z/2026-11-23T11:00:00Z
    """
    return Interval(at(start), at(end))


def member(id: str, **changes: Any) -> Member:
    """A member with an address and a calendar, who is in the office from 9 to 17, in UTC.

    *changes* are arguments of `Member`.

    >>> eve = member("eve", required=False)
    >>> eve.email, eve.calendar, eve.heeds_busy
    ('eve@example.com', 'eve.ics', False)
    """
    told: dict[str, Any] = {
        "timezone": "UTC",
        "hours": OFFICE_HOURS,
        "email": f"{id}@example.com",
        "calendar": f"{id}.ics",
    }
    return Member(id, **told | changes)


ANA: Final = member("ana")
BEN: Final = member("ben")
CLEO: Final = member("cleo")
DAN: Final = member("dan")


def calendar(*members: Member, **changes: Any) -> CollectiveCalendar:
    """A calendar of hourly calls, by default of Ana, who owns it, and Ben.

    *changes* are arguments of `CollectiveCalendar`.

    >>> calendar(BEN, CLEO, duration=timedelta(minutes=30))
    <CollectiveCalendar 'sales-call': 30m with ben (owner), cleo>
    """
    told: dict[str, Any] = {
        "name": "Sales call",
        "slug": "sales-call",
        "timezone": "UTC",
        "duration": timedelta(hours=1),
        "members": members or (ANA, BEN),
    }
    return CollectiveCalendar(**told | changes)


def appointment(status: Status = Status.CONFIRMED, **changes: Any) -> Appointment:
    """The first version of Kim's call on that Monday at ten, or at *start*, of `calendar()`.

    *changes* are arguments of `Appointment`; it ends when its snapshot's duration is over.

    >>> lunch = appointment(start=at("12:00"), id="a2", title="Lunch")
    >>> print(lunch, lunch.uid)
    Lunch with Kim Lee, 2026-11-23T12:00:00Z/2026-11-23T13:00:00Z a2@booking.example.com
    """
    told = _details(changes) | {"id": "a1", "status": status} | changes
    told.setdefault("uid", f"{told['id']}@{HOST}")
    return booked(Appointment(**told), NOW)


def hold(**changes: Any) -> Hold:
    """Kim's hold of that Monday at ten, or of *start*, for ten minutes from seven.

    *changes* are arguments of `Hold`.

    >>> hold(start=at("12:00"))
    <Hold 'h1': held, 2026-11-23T12:00:00Z/2026-11-23T13:00:00Z, version 1>
    """
    told = {"id": "h1", "made": NOW, "expires": NOW + timedelta(minutes=10)}
    return Hold(**_details(changes) | told | changes)


# --- what ports are given -------------------------------------------------------------------------


def copy(about: Appointment | None = None, member: str = "ana") -> MemberCopy:
    """What the member with this id gets of *about*, by default Kim's call, as a provider gets it.

    >>> copy(member="ben").key
    'default/a1/1/copy:ben'
    """
    from collective_booking.invitations import invitation  # noqa: PLC0415  # loads icalendar

    about = about or appointment()
    return copy_of(_effect(about, Channel.COPY, member), about, invitation(about))


def message(audience: Audience, about: Appointment | None = None) -> Message:
    """What *audience* is told of the last change of *about*, by default Kim's call.

    >>> print(message(Audience.OWNER).happening, "to", message(Audience.OWNER).email)
    booked to ana@example.com
    """
    from collective_booking.invitations import invitation  # noqa: PLC0415  # loads icalendar

    about = about or appointment()
    recipient = about.owner.id if audience is Audience.OWNER else ""
    effect = _effect(about, Channel(audience), recipient)
    return message_of(effect, about, invitation(about), token="a-token")


def charge(hold: str = "h1", **changes: Any) -> Charge:
    """What a gateway is asked to authorise for *hold*: 50 euros of Kim's, under the hold's key.

    >>> str(charge().money), charge().key
    ('50.00 EUR', 'default/h1/authorising')
    """
    told: dict[str, Any] = {
        "tenant": "default",
        "hold": hold,
        "money": EUROS,
        "description": "Sales call",
        "name": KIM.name,
        "email": KIM.email,
        "key": f"default/{hold}/authorising",
    }
    return Charge(**told | changes)


def _effect(about: Appointment, channel: Channel, recipient: str) -> Effect:
    return Effect(
        tenant=about.tenant,
        appointment=about.id,
        version=about.version,
        channel=channel,
        recipient=recipient,
    )


def _details(changes: dict[str, Any]) -> dict[str, Any]:
    """What holds and appointments have in common; takes *start* out of *changes*."""
    snapshot = changes.get("snapshot", Snapshot(calendar=calendar(), version=1, owner="ana"))
    return {
        "tenant": "default",
        "snapshot": snapshot,
        "slot": snapshot.slot(changes.pop("start", at("10:00"))),
        "contact": KIM,
        "title": "Sales call",
    }
