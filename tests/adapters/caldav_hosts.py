"""What the tests of CalDAV have in common: a host's provider, and what is in calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from collective_booking.adapters.caldav import CalDavProvider
from collective_booking.appointments import Appointment
from collective_booking.invitations import invitation
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from tests.bookings import HOST
from tests.servers.caldav import CalDavServer

if TYPE_CHECKING:
    from caldav.davclient import DAVClient

SUFFIX: Final = f"@{HOST}"
WHY: Final = "the extra caldav is not installed: it wants python-dateutil 2.9"
"""The reason why tests are skipped; `make test` installs the extra."""


def client_of(server: CalDavServer) -> Callable[[Member], DAVClient]:
    """How a host logs in there, whoever the member is."""
    from caldav.davclient import DAVClient

    user, _, password = server.login.partition(":")
    if not server.login:
        return lambda _: DAVClient(server.url)
    return lambda _: DAVClient(server.url, username=user, password=password, auth_type="basic")


def provider_on(server: CalDavServer, **changes: Any) -> CalDavProvider:
    """A provider of the calendars there."""
    told: dict[str, Any] = {"client": client_of(server), "own_suffix": SUFFIX}
    return CalDavProvider(**told | changes)


def copy_for(member: Member, appointment: Appointment) -> MemberCopy:
    """What *member* gets of *appointment*."""
    key = f"default/{appointment.id}/{appointment.version}/copy:{member.id}"
    return MemberCopy(
        key=key, member=member, appointment=appointment, icalendar=invitation(appointment)
    )


def event(*lines: str, uid: str = "theirs") -> str:
    """A calendar object with one event.

    >>> event("DTSTART:20261123T090000Z").splitlines()[3:6]
    ['BEGIN:VEVENT', 'UID:theirs', 'DTSTAMP:20200101T000000Z']
    """
    around = ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20200101T000000Z")
    return calendar_of(*around, *lines, "END:VEVENT")


def calendar_of(*lines: str) -> str:
    """A calendar object with these *lines*."""
    around = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tests//EN")
    return "\r\n".join((*around, *lines, "END:VCALENDAR", ""))
