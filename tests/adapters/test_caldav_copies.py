"""Members' copies of appointments on real CalDAV servers, and what their owners do to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from icalendar import Alarm, Calendar

from collective_booking.adapters.caldav import CalDavProvider
from collective_booking.appointments import Happening
from collective_booking.members import Member
from tests.adapters.caldav_hosts import (
    WHY,
    Copy,
    Desk,
    client_of,
    copy_for,
    event,
)
from tests.bookings import HOST, NOW, appointment, at
from tests.servers.caldav import CalDavServer

pytest.importorskip("caldav.davclient", reason=WHY)

UID: Final = f"a1@{HOST}"


def test_a_copy_asks_the_server_to_write_to_nobody(desk: Desk) -> None:
    """Servers mail invitations for what they store, unless SCHEDULE-AGENT says who does."""
    desk.provider.put(copy_for(desk.owner, appointment()))

    (stored,) = desk.server.objects(desk.calendar).values()
    read = Calendar.from_ical(stored.decode())
    copy: Copy = read.events[0]
    people = [copy["ORGANIZER"], *copy["ATTENDEE"]]
    assert "METHOD" not in read  # RFC 4791, 4.1
    assert [each.params["SCHEDULE-AGENT"] for each in people] == ["CLIENT"] * 4


def test_a_member_keeps_what_is_theirs_in_a_copy(desk: Desk) -> None:
    """An alarm, a category, being shown as free; and the answer, while the time is the same."""

    def of_hers(copy: Copy) -> None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", "Go")
        alarm.add("trigger", timedelta(minutes=-15))
        copy.add_component(alarm)
        copy["TRANSP"] = "TRANSPARENT"
        copy.add("categories", ["Sales"])
        answer(copy, "ana@example.com", "TENTATIVE")
        answer(copy, "ben@example.com", "DECLINED")  # not hers to say

    booked = appointment()
    desk.provider.put(copy_for(desk.owner, booked))
    desk.change(of_hers)
    edited = booked.edited(NOW, title="Another title")
    desk.provider.update(copy_for(desk.owner, edited))

    kept = desk.copy()
    assert str(kept["SUMMARY"]) == "Another title"
    assert [each["TRIGGER"].dt for each in kept.walk("VALARM")] == [timedelta(minutes=-15)]
    assert kept["TRANSP"] == "TRANSPARENT"
    assert kept["CATEGORIES"].to_ical() == b"Sales"
    assert answers(kept) == {"ana": "TENTATIVE", "ben": "NEEDS-ACTION", "kim": "ACCEPTED"}

    desk.provider.update(copy_for(desk.owner, edited.moved(at("14:00"), NOW)))
    assert answers(desk.copy())["ana"] == "ACCEPTED"  # as the invitation has it: she owns it


def answer(copy: Copy, email: str, how: str) -> None:
    for each in copy["ATTENDEE"]:
        if str(each) == f"mailto:{email}":
            each.params["PARTSTAT"] = how


def answers(copy: Copy) -> dict[str, str]:
    return {str(each)[7:10]: each.params["PARTSTAT"] for each in copy["ATTENDEE"]}


def meddling(
    server: CalDavServer, method: str, meddle: Callable[[], None], times: int = 1
) -> Callable[[Member], Any]:
    """Clients by which somebody is faster: *meddle* happens just before a request of *method*."""
    left = [meddle] * times

    def client(member: Member) -> Any:
        made: Any = client_of(server)(member)
        send = made.session.request

        def request(asked: str, *args: Any, **kwargs: Any) -> Any:
            if asked == method and left:
                left.pop()()
            return send(asked, *args, **kwargs)

        made.session.request = request
        return made

    return client


def test_a_change_in_between_is_not_lost(caldav_server: CalDavServer, desk: Desk) -> None:
    """She sets a category between our reading and our writing: both changes are there (412)."""
    booked = appointment()
    desk.provider.put(copy_for(desk.owner, booked))
    late = meddling(caldav_server, "PUT", desk.tag)
    moved = booked.moved(at("14:00"), NOW)
    CalDavProvider(late, host=HOST).update(copy_for(desk.owner, moved))

    kept = desk.copy()
    assert kept["CATEGORIES"].to_ical() == b"Sales"
    assert kept.start == at("14:00")


def test_two_deliverers_put_one_copy(caldav_server: CalDavServer, desk: Desk) -> None:
    """Effects are delivered at least once, maybe at the same time (E1)."""
    copy = copy_for(desk.owner, appointment())
    late = meddling(caldav_server, "PUT", lambda: desk.provider.put(copy))
    CalDavProvider(late, host=HOST).put(copy)

    assert len(desk.copies()) == 1


def test_a_copy_that_goes_while_it_is_changed_is_put_anew(
    caldav_server: CalDavServer, desk: Desk
) -> None:
    booked = appointment()
    desk.provider.put(copy_for(desk.owner, booked))
    late = meddling(caldav_server, "PUT", desk.delete)
    CalDavProvider(late, host=HOST).update(copy_for(desk.owner, booked.moved(at("14:00"), NOW)))

    assert desk.copy().start == at("14:00")


def test_a_copy_that_changes_while_it_is_removed_is_removed(
    caldav_server: CalDavServer, desk: Desk
) -> None:
    """The meeting does not take place, however she likes to be reminded of it."""
    booked = appointment()
    desk.provider.put(copy_for(desk.owner, booked))
    late = meddling(caldav_server, "DELETE", desk.tag)
    cancelled = booked.stepped(Happening.CANCELLED, NOW)
    CalDavProvider(late, host=HOST).remove(copy_for(desk.owner, cancelled))

    assert desk.copies() == {}


def test_an_older_version_never_replaces_a_newer_one(desk: Desk) -> None:
    """A deliverer that hung for an hour comes back with what was true an hour ago."""
    booked = appointment()
    moved = booked.moved(at("14:00"), NOW)
    edited = moved.edited(NOW, title="Another title")  # may keep SEQUENCE: the version tells
    for each in (booked, edited, moved, booked):
        desk.provider.put(copy_for(desk.owner, each))
    assert (desk.copy().start, str(desk.copy()["SUMMARY"])) == (at("14:00"), "Another title")

    desk.provider.remove(copy_for(desk.owner, booked))
    assert len(desk.copies()) == 1


def test_a_copy_that_tells_no_version_is_judged_by_its_sequence(desk: Desk) -> None:
    """It came by e-mail, say, and her app has put it there."""
    sent = event("DTSTART:20261123T150000Z", "DTEND:20261123T160000Z", "SEQUENCE:5", uid=UID)
    desk.put(sent, "from-mail.ics")
    desk.provider.put(copy_for(desk.owner, appointment()))
    assert desk.copy().start == at("15:00")

    desk.put(sent.replace("SEQUENCE:5", "SEQUENCE:0"), "from-mail.ics")
    desk.provider.put(copy_for(desk.owner, appointment()))
    assert list(desk.copies()) == ["from-mail.ics"]  # found by its UID: there is no second one
    assert desk.copy().start == at("10:00")


def test_an_owner_who_drags_the_copy_about_gets_the_next_version_all_the_same(desk: Desk) -> None:
    """Apps raise SEQUENCE with each change of an organizer, past ours; it never falls again."""

    def drag(copy: Copy) -> None:
        copy["SEQUENCE"] = 7
        copy["DTSTART"].dt = at("16:00")
        copy["DTEND"].dt = at("17:00")

    booked = appointment()
    desk.provider.put(copy_for(desk.owner, booked))
    desk.change(drag)
    desk.provider.update(copy_for(desk.owner, booked.moved(at("14:00"), NOW)))

    assert (desk.copy().start, int(desk.copy()["SEQUENCE"])) == (at("14:00"), 7)


def test_a_copy_that_cannot_be_read_is_replaced_where_we_put_it(
    xandikos_server: CalDavServer,
) -> None:
    """Some app has ruined it; the next version mends it."""
    desk = Desk(xandikos_server)
    desk.provider.put(copy_for(desk.owner, appointment()))
    (name,) = desk.copies()
    desk.put(event("DTSTART:20261123T150000Z", uid="ruined"), name)
    desk.provider.put(copy_for(desk.owner, appointment()))

    assert str(desk.copy()["UID"]) == UID
