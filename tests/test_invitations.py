"""An appointment as calendars read it: byte for byte, and by the tables of RFC 5546."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from icalendar import Calendar

from collective_booking.adapters.ics import read
from collective_booking.appointments import Appointment, Happening
from collective_booking.contacts import Contact
from collective_booking.intervals import Interval
from collective_booking.invitations import invitation
from collective_booking.members import LocationKind, MeetingLocation
from collective_booking.snapshots import Snapshot
from tests.bookings import ANA, BEN, HOST, MONDAY, NOW, appointment, calendar, member


def event(made: Appointment) -> Any:
    (found,) = Calendar.from_ical(invitation(made)).walk("VEVENT")
    return found


WHOLE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//collective_booking//collective_booking//EN
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Sales call
DTSTART:20261123T100000Z
DTEND:20261123T110000Z
DTSTAMP:20261123T070000Z
UID:a1@booking.example.com
SEQUENCE:0
ATTENDEE;CN=ana;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;R
 SVP=FALSE:mailto:ana@example.com
ATTENDEE;CN=ben;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPA
 NT;RSVP=TRUE:mailto:ben@example.com
ATTENDEE;CN="Kim Lee";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICI
 PANT;RSVP=FALSE:mailto:kim@example.com
CREATED:20261123T070000Z
LAST-MODIFIED:20261123T070000Z
ORGANIZER;CN=ana:mailto:ana@example.com
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_is_these_bytes() -> None:
    """And the same each time it is made, for repetitions are told by that (E1)."""
    assert invitation(appointment()).decode() == WHOLE.replace("\n", "\r\n")
    assert invitation(appointment()) == invitation(appointment())


def test_a_cancellation_cancels_the_same_event() -> None:
    """One UID, a higher SEQUENCE (E5)."""
    made = appointment()
    gone = made.stepped(Happening.CANCELLED, NOW)
    parsed: Any = Calendar.from_ical(invitation(gone))

    assert parsed["METHOD"] == "CANCEL"
    assert (event(gone)["UID"], event(gone)["STATUS"]) == (made.uid, "CANCELLED")
    assert (event(made)["SEQUENCE"], event(gone)["SEQUENCE"]) == (0, 1)


@pytest.mark.parametrize("happening", [None, Happening.CANCELLED, Happening.INVALIDATED])
def test_it_has_what_the_standard_asks_of_its_method(happening: Happening | None) -> None:
    """RFC 5546, 3.2.2 and 3.2.5."""
    made = appointment() if happening is None else appointment().stepped(happening, NOW)
    for name in ("DTSTAMP", "UID", "SEQUENCE", "ORGANIZER", "ATTENDEE", "DTSTART", "SUMMARY"):
        assert name in event(made)
    for name in ("REQUEST-STATUS", "RRULE", "RECURRENCE-ID"):
        assert name not in event(made)


def test_a_booker_who_is_a_member_is_invited_once() -> None:
    """A6."""
    attendees = event(appointment(contact=Contact("Ben", "BEN@example.com")))["ATTENDEE"]

    assert [str(each) for each in attendees] == ["mailto:ana@example.com", "mailto:ben@example.com"]
    assert attendees[1].params["PARTSTAT"] == "ACCEPTED"


def test_an_optional_member_is_invited_as_optional() -> None:
    """P6."""
    roster = calendar(ANA, BEN, member("cleo", required=False))
    made = appointment(snapshot=Snapshot(calendar=roster, version=1, owner="ana"))

    roles = [each.params["ROLE"] for each in event(made)["ATTENDEE"]]
    assert roles == ["REQ-PARTICIPANT", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "REQ-PARTICIPANT"]


def test_who_has_no_address_is_named_and_nobody_is_written_to() -> None:
    roster = calendar(ANA, member("ben / co", email=None, name="Ben"))
    made = appointment(snapshot=Snapshot(calendar=roster, version=1, owner="ana"))
    ben = event(made)["ATTENDEE"][1]

    assert str(ben) == "mailto:ben%20%2F%20co@unreachable.invalid"
    assert ben.params["CN"] == "Ben"


def test_an_organizer_of_the_hosts_is_named_after_the_calendar() -> None:
    snapshot = Snapshot(
        calendar=calendar(), version=1, owner="ana", organizer="bookings@example.com"
    )
    organizer = event(appointment(snapshot=snapshot))["ORGANIZER"]

    assert (str(organizer), organizer.params["CN"]) == ("mailto:bookings@example.com", "Sales call")


@pytest.mark.parametrize(
    ("location", "shown", "dialled"),
    [
        (MeetingLocation(LocationKind.ADDRESS, "Room 1; 2nd, floor"), "Room 1; 2nd, floor", None),
        (
            MeetingLocation(LocationKind.VIDEO, "https://meet.example.com/a,b"),
            "https://meet.example.com/a,b",
            "https://meet.example.com/a,b",
        ),
        (
            MeetingLocation(LocationKind.PHONE, "+34 600 000 000"),
            "+34 600 000 000",
            "tel:+34600000000",
        ),
    ],
)
def test_where_it_is(location: MeetingLocation, shown: str, dialled: str | None) -> None:
    """LOCATION for all, CONFERENCE (RFC 7986) for what can be dialled."""
    found = event(appointment(location=location))

    assert found["LOCATION"] == shown
    assert found.get("CONFERENCE") == dialled


def test_our_own_reader_leaves_it_out_or_reads_it() -> None:
    """F6."""
    window = Interval(MONDAY.start, MONDAY.end)
    made = appointment()

    told = read(invitation(made), window, timezone="UTC")
    assert list(told.busy) == [made.slot]
    assert read(invitation(made), window, timezone="UTC", own_suffix=f"@{HOST}").busy.total == (
        window.duration - window.duration
    )
    gone = replace(made.stepped(Happening.CANCELLED, NOW))
    assert list(read(invitation(gone), window, timezone="UTC").busy) == []
