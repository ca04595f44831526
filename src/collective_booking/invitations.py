"""An appointment as an invitation: iTIP (RFC 5546) in the words of iCalendar (RFC 5545).

Lives here: `invitation`, the same bytes each time it is made for one version of an appointment.
Must not live here: who gets it, e-mail around it, reading what comes back, any clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from collective_booking.appointments import Appointment, Status
from collective_booking.members import LocationKind, MeetingLocation, Member

PRODUCT: Final = "-//collective_booking//collective_booking//EN"
_NOBODY: Final = "unreachable.invalid"
"""A domain that no mail can ever reach (RFC 2606): for members of whom no address is known."""

_STATUS: Final = {
    Status.PENDING: "TENTATIVE",
    Status.CANCELLED: "CANCELLED",
    Status.INVALID: "CANCELLED",
}


def invitation(appointment: Appointment) -> bytes:
    """The whole *appointment* as a REQUEST; as a CANCEL once it is cancelled or invalid.

    Times are in UTC, the UID stays, SEQUENCE rises with what has to be told (E5), and every stamp
    is of the appointment's own history: the same version is the same bytes (E1). Lines are folded
    at 75 octets and end in CRLF.

    >>> from collective_booking.testing.samples import appointment
    >>> for line in invitation(appointment()).decode().splitlines()[:6]:
    ...     print(line)
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//collective_booking//collective_booking//EN
    METHOD:REQUEST
    BEGIN:VEVENT
    SUMMARY:Sales call
    """
    status = _STATUS.get(appointment.status, "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if status == "CANCELLED" else "REQUEST")
    calendar.add_component(_event(appointment, status))
    written: bytes = calendar.to_ical()
    return written


def _event(appointment: Appointment, status: str) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", _whole(appointment.changed))
    event.add("created", _whole(appointment.history[0].at))
    event.add("last-modified", _whole(appointment.changed))
    event.add("dtstart", _whole(appointment.start))
    event.add("dtend", _whole(appointment.end))
    event.add("summary", appointment.title)
    if appointment.notes:
        event.add("description", appointment.notes)
    event.add("status", status)
    event.add("transp", "OPAQUE")
    for name, value in _place(appointment.location):
        event.add(name, value, encode=False)
    event.add("organizer", _organizer(appointment), encode=False)
    for each in _attendees(appointment):
        event.add("attendee", each.address(), encode=False)
    return event


def _whole(moment: datetime) -> datetime:
    """*moment* in UTC as iCalendar can write it: it knows no part of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)


# --- where ---------------------------------------------------------------------------------------


def _place(location: MeetingLocation | None) -> Iterator[tuple[str, vText | vUri]]:
    """LOCATION, which everybody shows, and CONFERENCE (RFC 7986), which newer clients dial."""
    if location is None:
        return
    yield "location", vText(location.value)
    if location.kind is LocationKind.VIDEO:
        yield "conference", _conference(location.value, "AUDIO,VIDEO")
    elif location.kind is LocationKind.PHONE:
        number = quote(location.value.replace(" ", ""), safe="+*#,;.()-/")
        yield "conference", _conference(f"tel:{number}", "PHONE")


def _conference(address: str, features: str) -> vUri:
    return vUri(address, params={"VALUE": "URI", "FEATURE": features.split(",")})


# --- who -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Attendee:
    name: str
    email: str
    required: bool
    accepted: bool

    def address(self) -> vCalAddress:
        """As iCalendar writes them: whoever organizes or asks for a meeting has accepted it."""
        address = _address(self.name, self.email)
        address.params["CUTYPE"] = "INDIVIDUAL"
        address.params["ROLE"] = "REQ-PARTICIPANT" if self.required else "OPT-PARTICIPANT"
        address.params["PARTSTAT"] = "ACCEPTED" if self.accepted else "NEEDS-ACTION"
        address.params["RSVP"] = "FALSE" if self.accepted else "TRUE"
        return address


def _attendees(appointment: Appointment) -> Iterator[_Attendee]:
    """Every member, and the booker, who may be one of them (A6)."""
    contact, owner = appointment.contact, appointment.owner
    for member in appointment.members:
        settled = member.id == owner.id or contact.is_same_person(member)
        yield _Attendee(member.name, _email(member), member.required, settled)
    if not any(contact.is_same_person(member) for member in appointment.members):
        yield _Attendee(contact.name, contact.email, required=True, accepted=True)


def _organizer(appointment: Appointment) -> vCalAddress:
    owner = appointment.owner
    email = appointment.organizer or _email(owner)
    mine = email.casefold() == _email(owner).casefold()
    return _address(owner.name if mine else appointment.snapshot.calendar.name, email)


def _email(member: Member) -> str:
    return member.email or f"{quote(member.id, safe='')}@{_NOBODY}"


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # A backslash means nothing in a parameter, but some readers think that it hides what follows.
    address.params["CN"] = name.replace("\\", "/")
    return address
