"""What a booker does with the link of a booking, and what the link does not let anybody do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from collective_booking import Status
from tests.servers.mail import mail_server
from tests.servers.processes import HOME
from tests.site.running import Running, running
from tests.site.visitors import Page, Visitor


def booked(visitor: Visitor) -> Page:
    return visitor.book("sales-call", visitor.get("/sales-call").times[0])


def test_a_booking_moves_and_keeps_its_address(site: Running, kim: Visitor) -> None:
    """The link in the first message goes on working, however often it is moved (A3)."""
    page = booked(kim)
    choice = kim.get(page.links["Move it"])
    asked = kim.get(f"{page.address}/move-to?start={choice.times[-1]}")

    moved = kim.send(asked, "/move-to")

    (appointment,) = site.booked()
    assert moved.address == page.address
    assert "Your booking has moved" in moved.text
    assert appointment.version == 2
    assert appointment.start.isoformat().replace("+00:00", "Z") == choice.times[-1]


def test_a_booking_does_not_stand_in_its_own_way(kim: Visitor) -> None:
    """A quarter of an hour later is where most want to go (F6, P53)."""
    start = kim.get("/sales-call?day=2026-11-30").times[0]
    page = kim.book("sales-call", start)

    choice = kim.get(page.links["Move it"] + "?day=2026-11-30")
    visitors = kim.get("/sales-call?day=2026-11-30")

    assert set(visitors.times) < set(choice.times)


def test_where_a_booking_is_already_is_not_offered(kim: Visitor) -> None:
    """Nobody moves a booking to where it is; choosing that could only be refused."""
    start = kim.get("/sales-call?day=2026-11-30").times[0]
    page = kim.book("sales-call", start)

    choice = kim.get(page.links["Move it"] + "?day=2026-11-30")

    assert start not in choice.times
    assert choice.times


def test_of_two_windows_with_one_booking_the_stale_one_is_refused(
    site: Running, kim: Visitor
) -> None:
    """Two people at one desk, one link: what the second sees is not so any more (P55)."""
    page = booked(kim)
    times = kim.get(page.links["Move it"]).times
    first, second = (kim.get(f"{page.address}/move-to?start={each}") for each in times[1:3])
    kim.send(first, "/move-to")

    refused = kim.send(second, "/move-to")

    assert refused.status == 409
    assert "changed this booking meanwhile" in refused.text
    assert site.booked()[0].version == 2


def test_where_the_new_time_is_gone_the_booking_stays(
    site: Running, visit: Callable[[], Visitor]
) -> None:
    """Losing the old time for a new one that cannot be had would be the worst of all (P56)."""
    kim, lou = visit(), visit()
    page = booked(kim)
    wanted = kim.get(page.links["Move it"]).times[-1]
    asked = kim.get(f"{page.address}/move-to?start={wanted}")
    lou.book("sales-call", wanted)

    refused = kim.send(asked, "/move-to")

    assert refused.status == 409
    assert "It has not been moved" in refused.text
    assert wanted not in refused.times
    assert min(site.booked(), key=lambda each: each.start).version == 1


def test_a_cancelled_booking_frees_its_time_and_says_so(site: Running, kim: Visitor) -> None:
    before = kim.get("/sales-call").times
    page = booked(kim)

    done = kim.send(kim.get(page.links["Cancel it"]), "/cancel")

    assert "Your booking is cancelled" in done.text
    assert "Move it" not in done.links
    assert "Keep this page's address" not in done.text
    assert not [words for words in done.links if "Add to my calendar" in words]
    assert kim.get("/sales-call").times == before
    assert [each.status for each in site.booked()] == [Status.CANCELLED]
    assert "METHOD:CANCEL" in kim.http.get(page.address + "/invitation.ics").text


def test_it_is_cancelled_once(kim: Visitor) -> None:
    """The back button shows the question again; the answer is that it is done."""
    asked = kim.get(booked(kim).links["Cancel it"])
    kim.send(asked, "/cancel")

    again = kim.send(asked, "/cancel")

    assert again.status == 409
    assert f"{again.links['Your booking']}/cancel" in asked.address


@pytest.mark.parametrize("page", ["/move", "/move-to?start=2026-11-30T14:00:00Z", "/cancel"])
def test_what_has_ended_asks_nothing_that_could_only_be_refused(kim: Visitor, page: str) -> None:
    """An old link to a form leads to a sentence, and on to the booking; so does a new attempt."""
    booking = booked(kim)
    kim.send(kim.get(booking.links["Cancel it"]), "/cancel")

    asked = kim.get(booking.address + page)

    assert asked.status == 409
    assert "it cannot be changed any more" in asked.text
    assert booking.address.endswith(asked.links["Your booking"])
    assert not asked.forms


def test_the_message_of_a_cancellation_offers_nothing_that_is_over(
    site: Running, kim: Visitor
) -> None:
    """No link to manage what cannot be managed any more."""
    page = booked(kim)
    kim.send(kim.get(page.links["Cancel it"]), "/cancel")

    *_, last = [mail for mail in site.mails() if "kim@example.com" in mail["To"]]

    body = last.get_body(("plain",))
    assert body is not None
    assert "cancelled" in last["Subject"].lower()
    assert "Status: cancelled" in body.get_content()
    assert page.address.rpartition("/")[2] not in last.as_string()


def test_no_problem_leads_to_a_booking_that_no_token_opens(kim: Visitor) -> None:
    assert "Your booking" not in kim.get("/booking/forged/move").links


def test_what_is_over_cannot_be_moved_from_its_page(site: Running, kim: Visitor) -> None:
    """The page of a meeting last week offers nothing that makes no sense any more."""
    page = booked(kim)
    site.clock.advance(timedelta(days=7))

    later = kim.get(page.address)

    assert "Move it" not in later.links
    assert "Cancel it" not in later.links


def test_another_bookings_link_opens_nothing(site: Running, kim: Visitor) -> None:
    """A link is all that it takes, so no other may be made from it (N6)."""
    page = booked(kim)
    id_, _, code = page.address.rpartition("/")[2].partition(".")

    other = ("B" if code[0] == "A" else "A") + code[1:]

    for token in (f"{id_}.{other}", id_, f"{id_}.", f"{id_}x.{code}"):
        assert kim.get(f"/booking/{token}").status == 404


def test_the_message_to_the_booker_carries_the_link(site: Running, kim: Visitor) -> None:
    """A page that was closed is found again in the mail."""
    page = booked(kim)

    mail = next(mail for mail in site.mails() if "kim@example.com" in mail["To"])

    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert page.address in body.get_content()


def test_the_link_arrives_through_a_mail_server_too(tmp_path: Path) -> None:
    """What was tried out with files is what people get."""
    with (
        mail_server() as server,
        running(tmp_path, mail_host=HOME, mail_port=server.port, mail_security="plaintext") as site,
        Visitor(site.address) as kim,
    ):
        page = booked(kim)
        site.service.deliver()

        bodies = [mail.get_body(("plain",)) for mail in server.mails]

    assert len(bodies) == 2
    assert sum(page.address in body.get_content() for body in bodies if body) == 1


# --- where else ----------------------------------------------------------------------------------


def test_moving_begins_at_the_day_it_is_on(kim: Visitor) -> None:
    """Somebody who wants an hour later, in three weeks, should not begin with tomorrow."""
    start = kim.get("/sales-call?day=2026-12-15").times[0]
    page = kim.book("sales-call", start)

    choice = kim.get(page.links["Move it"])

    assert "Tuesday 15 December" in choice.text
    assert {time[:10] for time in choice.times} == {"2026-12-15"}


def test_another_time_is_chosen_around_the_one_before(kim: Visitor) -> None:
    """Also on the visitor's own date: this one is a Tuesday's in Auckland."""
    page = booked(kim)
    kim.get("/sales-call?zone=Pacific/Auckland")
    form = kim.get("/sales-call/book?start=2026-12-14T14:00:00Z")
    asked = kim.get(f"{page.address}/move-to?start=2026-12-14T14:00:00Z")

    for seen in (form, asked):
        assert "Tuesday 15 December" in kim.get(seen.links["Choose another time"]).text


def test_who_is_asked_to_move_it_where_it_is_sees_it_there(kim: Visitor) -> None:
    """The back button asks again after a move; a question whose answer is "no change" is none."""
    page = booked(kim)
    wanted = kim.get(page.links["Move it"]).times[-1]
    asked = kim.get(f"{page.address}/move-to?start={wanted}")
    kim.send(asked, "/move-to")

    again = kim.get(asked.address)

    assert (again.status, again.address) == (200, page.address)
    assert "Your booking has moved" in again.text
