"""What is sent to CalDAV servers and read of their answers, as text: no server is needed."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.adapters.caldav import reports
from collective_booking.adapters.caldav.copies import event_of, is_newer, stored
from collective_booking.icalendar_texts import read
from collective_booking.intervals import Interval, IntervalSet
from tests.adapters.caldav_hosts import SUFFIX, copy_for, event
from tests.bookings import ANA, MONDAY, NOW, appointment, at, slot

NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1)


@given(NAMES)
def test_no_uid_breaks_out_of_a_report(uid: str) -> None:
    """UIDs are text: one with a bracket in it must not become a part of the question."""
    asked = ET.fromstring(reports.events(reports.of_uid(uid)))

    (match,) = asked.iter("{urn:ietf:params:xml:ns:caldav}text-match")
    assert (match.text, len(match)) == (uid, 0)


@given(st.binary(max_size=200) | NAMES.map(lambda text: f"<multistatus>{text}".encode()))
def test_whatever_a_server_says_is_an_answer_or_malformed(body: bytes) -> None:
    """Nothing else comes out, so nothing else has to be thought of."""
    try:
        found = reports.objects(body)
    except reports.Malformed:
        found = []
    assert found == []
    assert reports.precondition(body) == ""


ENTITIES = '<!DOCTYPE m [<!ENTITY a "much">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
@pytest.mark.parametrize("doctype", [ENTITIES, "<!DOCTYPE m>", '<!DOCTYPE m SYSTEM "m.dtd">'])
def test_no_entity_makes_much_of_little(doctype: str, encoding: str) -> None:
    """In whatever encoding: a megabyte that says "much" a million times would fill the memory."""
    declared = encoding.removesuffix("-le").removesuffix("-be")
    mark = "\ufeff" if declared != encoding else ""
    start = f'{mark}<?xml version="1.0" encoding="{declared}"?>'
    inside = "<response><href>/ana/1.ics</href></response>"
    answer = f'<multistatus xmlns="DAV:">{inside}</multistatus>'
    error = '<error xmlns="DAV:"><need-privileges/></error>'

    assert reports.objects(f"{start}{answer}".encode(encoding))[0].href == "/ana/1.ics"
    with pytest.raises(reports.Malformed):
        reports.objects(f"{start}{doctype}{answer}".encode(encoding))
    assert reports.precondition(f"{start}{doctype}{error}".encode(encoding)) == ""


def test_a_range_covers_the_window_to_its_last_part_of_a_second() -> None:
    """iCalendar knows whole seconds; what is cut off would be free."""
    end = at("10:00") + timedelta(microseconds=1)
    asked = reports.free_busy(Interval(at("09:00"), end)).decode()

    assert 'start="20261123T090000Z" end="20261123T100001Z"' in asked


@given(title=NAMES, notes=NAMES)
def test_a_stored_copy_is_the_appointment(title: str, notes: str) -> None:
    """The same UID at the same time, which everybody can read."""
    booked = appointment(title=title.strip() or "Call", notes=notes.strip())
    text = stored(copy_for(ANA, booked))

    known = read(text, MONDAY, timezone="UTC")
    assert (known.busy, known.unknown) == (IntervalSet([slot("10:00", "11:00")]), ())
    assert read(text, MONDAY, timezone="UTC", own_suffix=SUFFIX).busy == IntervalSet([])
    there = event_of(text.decode(), booked.uid)
    assert there is not None
    assert str(there["SUMMARY"]) == booked.title


@given(title=NAMES)
def test_to_store_a_copy_again_changes_nothing(title: str) -> None:
    """What is kept of the member's is kept once, however often it is delivered."""
    copy = copy_for(ANA, appointment(title=title.strip() or "Call"))
    once = stored(copy)

    assert stored(copy, event_of(once.decode(), copy.appointment.uid)) == once


def test_the_newer_of_two_copies_is_the_later_version() -> None:
    """Also where nothing has changed that would raise SEQUENCE."""
    booked = appointment()
    edited = booked.edited(NOW, notes="Bring the figures.")
    there = event_of(stored(copy_for(ANA, edited)).decode(), booked.uid)

    assert there is not None
    assert is_newer(there, copy_for(ANA, booked))
    assert not is_newer(there, copy_for(ANA, edited))


@pytest.mark.parametrize("version", ["9" * 19, "9" * 5000, "-1", "two", ""])
@pytest.mark.parametrize(("sequence", "newer"), [(0, False), (5, True)])
def test_a_version_that_is_none_of_ours_is_not_counted(
    version: str, sequence: int, newer: bool
) -> None:
    """Anybody may write into their calendar; Python reads no number of 5,000 digits."""
    about = (f"X-COLLECTIVE-BOOKING-VERSION:{version}", f"SEQUENCE:{sequence}")
    there = event_of(event("DTSTART:20261123T100000Z", *about), "theirs")

    assert there is not None
    assert is_newer(there, copy_for(ANA, appointment())) is newer


@pytest.mark.parametrize(
    "text", ["", "BEGIN:VCALENDAR", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "nonsense"]
)
def test_what_holds_no_event_holds_no_copy(text: str) -> None:
    assert event_of(text, "a1") is None
