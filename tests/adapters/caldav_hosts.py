"""What the tests of CalDAV have in common: a host's provider, and what is in calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from icalendar import Calendar

from collective_booking.adapters.caldav import CalDavProvider
from collective_booking.appointments import Appointment
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.invitations import invitation
from collective_booking.members import Member
from collective_booking.messages import MemberCopy
from tests.bookings import HOST, MONDAY, member
from tests.servers.caldav import CalDavServer

if TYPE_CHECKING:
    from caldav.davclient import DAVClient

SUFFIX: Final = f"@{HOST}"
WHY: Final = "the extra caldav is not installed: it wants python-dateutil 2.9"
"""The reason why tests are skipped; `make test` installs the extra."""
Copy = Any
"""An event as icalendar reads it, whose properties may be of any of its types."""


def client_of(server: CalDavServer) -> Callable[[Member], DAVClient]:
    """How a host logs in there, whoever the member is."""
    from caldav.davclient import DAVClient

    user, _, password = server.login.partition(":")
    if not server.login:
        return lambda _: DAVClient(server.url)
    return lambda _: DAVClient(server.url, username=user, password=password, auth_type="basic")


def provider_on(server: CalDavServer, **changes: Any) -> CalDavProvider:
    """A provider of the calendars there."""
    told: dict[str, Any] = {"client": client_of(server), "host": HOST}
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


class Desk:
    """A member's calendar as their own app sees it, and a provider that may write there."""

    def __init__(self, server: CalDavServer, id: str = "ana") -> None:
        self.server, self.calendar = server, server.new_calendar()
        self.owner = member(id, calendar=self.calendar)
        self.provider = provider_on(server)

    def put(self, text: str, name: str = "theirs.ics") -> None:
        self.server.put(self.calendar, name, text)

    def copies(self) -> dict[str, Copy]:
        """The copies of our appointments, by name."""
        stored = self.server.objects(self.calendar)
        found = {name: Calendar.from_ical(text.decode()).events[0] for name, text in stored.items()}
        return {name: each for name, each in found.items() if str(each["UID"]).endswith(SUFFIX)}

    def copy(self) -> Copy:
        """The only copy there is."""
        (only,) = self.copies().values()
        return only

    def change(self, by: Callable[[Copy], None]) -> None:
        """Change the copy as apps do: read it, and store the whole of it again."""
        (name,) = self.copies()
        stored = Calendar.from_ical(self.server.objects(self.calendar)[name].decode())
        by(stored.events[0])
        self.put(stored.to_ical().decode(), name)

    def tag(self) -> None:
        """Put the copy into a category."""
        self.change(lambda copy: copy.add("categories", ["Sales"]))

    def delete(self) -> None:
        for name in self.copies():
            self.server.delete(self.calendar, name)


def busy(provider: CalDavProvider, member: Member, window: Interval = MONDAY) -> IntervalSet:
    known = provider.availability([member], window)[member.id]
    assert known.unknown == ()
    return known.busy
