"""Whatever people write into titles, names and notes, an invitation stays one."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from collective_booking.appointments import Appointment, Status, booked
from collective_booking.contacts import Contact
from collective_booking.invitations import invitation
from collective_booking.snapshots import Snapshot
from tests.bookings import ANA, HOST, NOW, at, calendar, member

lines = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120)
    .map(str.strip)
    .filter(bool)
) | st.sampled_from(["a;b:c,d\\e", 'say "hi"', "x^n^'", "BEGIN:VEVENT", "😀" * 100, "a\\nb"])
notes = st.lists(lines, max_size=4).map("\n".join)


@given(title=lines, name=lines, who=lines, told=notes)
def test_what_is_written_comes_back_and_breaks_out_of_no_line(
    title: str, name: str, who: str, told: str
) -> None:
    snapshot = Snapshot(calendar=calendar(ANA, member("ben", name=who)), version=1, owner="ana")
    made = booked(
        Appointment(
            tenant="default",
            id="a1",
            uid=f"a1@{HOST}",
            snapshot=snapshot,
            slot=snapshot.slot(at("10:00")),
            contact=Contact(name, "kim@example.com"),
            status=Status.CONFIRMED,
            title=title,
            notes=told,
        ),
        NOW,
    )

    written = invitation(made)

    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert written.split(b"\r\n").count(b"BEGIN:VEVENT") == 1
    event: Any
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    assert event["SUMMARY"] == made.title
    assert event.get("DESCRIPTION", "") == made.notes
    names = [each.replace("\\", "/") for each in ("ana", who, name)]
    assert [each.params["CN"] for each in event["ATTENDEE"]] == names
