"""Visitors with plain browsers book, and read clear sentences where they cannot."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking import BookingService
from examples.booking_site.security import HEADERS
from examples.booking_site.team import CALENDARS
from tests.site.running import Running, running
from tests.site.visitors import Page, Visitor

NAMES = {member.name for calendar in CALENDARS for member in calendar.members}


def a_time(page: Page) -> str:
    return page.times[0]


def test_a_visitor_without_scripts_finds_a_time_and_books_it(site: Running, kim: Visitor) -> None:
    """Scripts fail, are blocked or are not there; a booking must not hang on them."""
    front = kim.get("/")
    calendar = kim.get(front.links["Sales call"])
    form = kim.get(f"/sales-call/book?start={a_time(calendar)}")
    done = kim.send(form, "/book", name="Kim Lee", email="kim@example.com", notes="Hello\nall")

    (appointment,) = site.booked()
    assert done.status == 200
    assert "You are booked" in done.text
    assert appointment.start.isoformat().replace("+00:00", "Z") == a_time(calendar)
    assert (appointment.contact.name, appointment.notes) == ("Kim Lee", "Hello\nall")


def test_everybody_is_told(site: Running, kim: Visitor) -> None:
    """A booking nobody hears of is none: one message to the owner, one to the booker (E2)."""
    kim.book("sales-call", a_time(kim.get("/sales-call")))

    mails = site.mails()
    copies = sorted(file.parent.name for file in site.folder.glob("outbox/*/*.ics"))
    assert sorted(mail["To"] for mail in mails) == [
        "Ana <ana@example.com>",
        "Kim Lee <kim@example.com>",
    ]
    assert copies == ["ana", "ben", "grace", "priya"]


def test_the_booking_can_be_taken_along_as_a_file(site: Running, kim: Visitor) -> None:
    """With the UID that everybody's copy has, so that no calendar shows it twice (E5)."""
    done = kim.book("sales-call", a_time(kim.get("/sales-call")))

    file = kim.http.get(done.address + "/invitation.ics")

    (appointment,) = site.booked()
    assert file.headers["content-type"].startswith("text/calendar; method=REQUEST")
    assert f"UID:{appointment.uid}" in file.text.replace("\r\n ", "")


def test_what_is_missing_is_said_beside_the_field_and_at_the_top(kim: Visitor) -> None:
    """And what was typed stands there still: nobody likes to type twice."""
    start = a_time(kim.get("/sales-call"))

    again = kim.book("sales-call", start, name=" ", email="kim", notes="Hello")

    assert again.status == 422
    assert again.links["Your name must not be empty."] == "#name"
    assert "write an address like ana@example.com" in again.text
    assert again.form("/book").fields["email"] == "kim"
    assert again.form("/book").fields["notes"] == "Hello"
    wrong = [given["id"] for _, given in again.tags if given.get("aria-invalid") == "true"]
    described = {given["aria-describedby"] for _, given in again.tags if given.get("id") in wrong}
    assert wrong == ["name", "email"]
    assert described == {"name-wrong", "email-hint email-wrong"}


def test_notes_that_are_too_long_are_the_notes_problem(kim: Visitor) -> None:
    start = a_time(kim.get("/sales-call"))

    again = kim.book("sales-call", start, notes="x" * 10_001)

    assert again.status == 422
    assert "The notes must have at most 10000 characters" in again.text


def test_what_people_type_stays_text(site: Running, kim: Visitor) -> None:
    """Somebody will call themselves a script, and the team's page must not run it."""
    evil = "<script>alert(1)</script>"

    done = kim.book("sales-call", a_time(kim.get("/sales-call")), name=evil, notes=evil)

    assert evil in done.text
    assert evil not in done.answer.text
    assert not any(tag == "script" for tag, _ in done.tags)


def test_a_form_sent_twice_books_once(site: Running, kim: Visitor) -> None:
    """People click twice, and browsers send again what they got no answer to (S4)."""
    form = kim.get(f"/sales-call/book?start={a_time(kim.get('/sales-call'))}")

    entered = {"name": "Kim Lee", "email": "kim@example.com"}
    first, second = (kim.send(form, "/book", **entered) for _ in range(2))

    assert first.address == second.address
    assert len(site.booked()) == 1


def test_a_form_sent_again_with_other_answers_is_refused(site: Running, kim: Visitor) -> None:
    """It is no repetition; going back and changing the name must not look as if it had worked."""
    form = kim.get(f"/sales-call/book?start={a_time(kim.get('/sales-call'))}")
    kim.send(form, "/book", name="Kim Lee", email="kim@example.com")

    other = kim.send(form, "/book", name="Lou Ray", email="lou@example.com")

    assert "You have sent this form already" in other.text
    assert len(site.booked()) == 1


def test_who_comes_second_reads_why_and_chooses_another(
    site: Running, visit: Callable[[], Visitor]
) -> None:
    """Nothing that was typed is lost, and no member is named (X1)."""
    kim, lou = visit(), visit()
    start = a_time(kim.get("/sales-call"))
    form = lou.get(f"/sales-call/book?start={start}")
    kim.book("sales-call", start)

    refused = lou.send(form, "/book", name="Lou Ray", email="lou@example.com")
    done = lou.send(refused, "/book", start=refused.others[0])

    assert refused.status == 409
    assert "This time is not available." in refused.text
    assert not [name for name in NAMES if name in refused.text]
    assert done.status == 200
    assert [each.contact.name for each in site.booked()] == ["Kim Lee", "Lou Ray"]


def test_a_storm_of_visitors_books_one_time_once(
    site: Running, visit: Callable[[], Visitor]
) -> None:
    """All have the form before any sends it: one gets the time, and everybody is answered (P44)."""
    visitors = [visit() for _ in range(8)]
    start = a_time(visitors[0].get("/sales-call"))
    forms = [each.get(f"/sales-call/book?start={start}") for each in visitors]

    def send(visitor: Visitor, form: Page) -> int:
        return visitor.send(form, "/book", name="Kim Lee", email="kim@example.com").status

    with ThreadPoolExecutor(len(visitors)) as pool:
        statuses = sorted(pool.map(send, visitors, forms))

    assert statuses == [200] + 7 * [409]
    assert len(site.booked()) == 1


def test_who_chooses_no_other_time_is_asked_and_books_none(
    visit: Callable[[], Visitor], site: Running
) -> None:
    """A time that was chosen for somebody, perhaps on another day, is one that nobody chose."""
    kim, lou = visit(), visit()
    start = a_time(kim.get("/sales-call"))
    form = lou.get(f"/sales-call/book?start={start}")
    kim.book("sales-call", start)
    refused = lou.send(form, "/book", name="Lou Ray", email="lou@example.com")

    asked = lou.send(refused, "/book")
    done = lou.send(asked, "/book", start=asked.others[1])

    assert asked.status == 422
    assert asked.links["Choose one of the times."] == "#start"
    assert asked.others == refused.others
    assert asked.form("/book").fields["name"] == "Lou Ray"
    assert done.status == 200
    assert [each.contact.name for each in site.booked()] == ["Kim Lee", "Lou Ray"]


def test_going_back_to_a_form_that_was_sent_leads_to_what_it_booked(
    site: Running, kim: Visitor
) -> None:
    """The back button shows the form again; nobody may book a second time by pressing twice."""
    form = kim.get(f"/sales-call/book?start={a_time(kim.get('/sales-call'))}")
    done = kim.send(form, "/book", name="Kim Lee", email="kim@example.com")

    again = kim.get(form.address)

    assert "You have sent this form already" in again.text
    assert done.address.endswith(again.links["See what became of it"])
    assert not again.forms
    assert len(site.booked()) == 1


def test_a_form_that_is_loaded_anew_is_the_same_form(site: Running, kim: Visitor) -> None:
    """And so books once, though a browser has shown it twice; with other answers not at all."""
    first = kim.get(f"/sales-call/book?start={a_time(kim.get('/sales-call'))}")
    second = kim.get(first.address)
    done = kim.send(first, "/book", name="Kim Lee", email="kim@example.com")

    again = kim.send(second, "/book", name="Kim Lee", email="kim@example.com")
    other = kim.send(second, "/book", name="Kim", email="kim@example.com")

    assert again.address == done.address
    assert done.address.endswith(other.links["See what became of it"])
    assert len(site.booked()) == 1


def test_the_address_of_a_form_is_nobody_elses_way_to_a_booking(
    visit: Callable[[], Visitor], site: Running
) -> None:
    """Addresses are sent around, and what was booked from one is its booker's alone."""
    kim, lou = visit(), visit()
    form = kim.get(f"/sales-call/book?start={a_time(kim.get('/sales-call'))}")
    kim.send(form, "/book", name="Kim Lee", email="kim@example.com")

    seen = lou.get(form.address)
    start = form.form("/book").fields["start"]
    sent = lou.send(seen, "/book", name="Kim Lee", email="kim@example.com", start=start)

    assert (seen.status, sent.status) == (409, 409)
    assert not [link for page in (seen, sent) for link in page.links.values() if "booking" in link]
    assert len(site.booked()) == 1


def test_a_link_to_a_time_that_is_gone_offers_others(visit: Callable[[], Visitor]) -> None:
    """Links are kept and sent around; they outlive the times that they lead to."""
    kim, lou = visit(), visit()
    start = a_time(kim.get("/sales-call"))
    kim.book("sales-call", start)

    page = lou.get(f"/sales-call/book?start={start}")

    assert page.status == 409
    assert "The nearest times that suit all who are needed" in page.text


def test_a_shared_member_is_taken_in_both_calendars(site: Running, kim: Visitor) -> None:
    """Ben sells and reviews, and cannot do both at once (F7)."""
    before = kim.get("/architecture-review?day=2026-11-30").times
    shared = next(each for each in kim.get("/sales-call?day=2026-11-30").times if each in before)

    kim.book("sales-call", shared)

    after = kim.get("/architecture-review?day=2026-11-30").times
    assert shared not in after
    assert set(after) < set(before)


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("/nowhere", 404),
        ("/sales-call/book", 400),
        ("/sales-call/book?start=soon", 400),
        ("/sales-call/book?start=2026-11-26T14:00:00", 400),
        ("/sales-call/book?start=9999-12-31T23:59:59Z", 400),
        ("/sales-call/book?start=0001-01-01T00:00:00Z", 400),
        ("/sales-call?day=9999-12-31", 400),
        ("/sales-call?first=2199-12-31", 400),
        ("/sales-call?first=never", 400),
        ("/sales-call?day=2026-02-30", 400),
        ("/sales-call?day=", 200),
        ("/sales-call?first=1999-01-01", 200),
        ("/booking/forged", 404),
        ("/booking/forged/invitation.ics", 404),
        ("/pay/forged", 404),
        ("/static/nothing.css", 404),
    ],
)
def test_an_address_that_cannot_be_read_says_so(kim: Visitor, place: str, status: int) -> None:
    """Mail programs cut links in half every day: a plain sentence helps, a trace does not."""
    page = kim.get(place)

    assert page.status == status
    assert "Traceback" not in page.text


def test_sheets_are_turned_and_an_empty_one_says_so(kim: Visitor) -> None:
    """Christmas is a quiet time; an empty page that says nothing looks broken."""
    now = kim.get("/sales-call")
    later = kim.get(next(place for words, place in now.links.items() if "Later" in words))
    beyond = kim.get("/sales-call?first=2027-06-07")

    assert "21 December 2026 to 17 January 2027" in later.text
    assert later.times
    assert any("Earlier" in words for words in later.links)
    assert "No time in these four weeks suits all who are needed." in beyond.text
    assert not any("Later" in words for words in beyond.links)


def test_a_day_beyond_the_horizon_says_until_when_there_are_times(kim: Visitor) -> None:
    """The team may well have time then; nobody has been asked (N2)."""
    page = kim.get("/sales-call?day=2027-02-01")

    assert "This day is too far ahead: times can be had until 22 January." in page.text
    assert "suits all who" not in page.text.partition("Monday 1 February")[2]


def test_whoever_may_come_or_not_is_not_counted_among_the_needed(kim: Visitor) -> None:
    """Priya is optional: a time that suits the others is offered though she is busy (F5)."""
    for place in ("/", "/sales-call"):
        assert "with 3 people, and 1 who may come or not" in kim.get(place).text


def test_the_link_of_the_meeting_is_for_who_is_booked(kim: Visitor) -> None:
    """Strangers look at the form; whoever is booked has to get in, with a press."""
    start = a_time(kim.get("/sales-call"))
    form = kim.get(f"/sales-call/book?start={start}")
    done = kim.send(form, "/book", name="Kim Lee", email="kim@example.com")

    assert "meet.example.com" not in form.answer.text
    assert done.links["https://meet.example.com/sales"] == "https://meet.example.com/sales"


@pytest.mark.parametrize("place", ["/", "/sales-call", "/static/site.css"])
def test_who_asks_only_whether_a_page_is_there_is_answered(kim: Visitor, place: str) -> None:
    """Monitors and link checkers send HEAD, and report what answers 405 as broken."""
    answer = kim.http.head(place)

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_failure_of_the_site_is_told_and_tells_nothing(
    site: Running, kim: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trace, no path, no name of a table: and the headers are there all the same."""

    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(BookingService, "calendar", broken)

    page = kim.get("/sales-call")

    assert page.status == 500
    assert "not your fault" in page.text
    assert "hunter2" not in page.answer.text
    assert {name: page.answer.headers.get(name) for name in HEADERS} == HEADERS


def test_htmx_gets_the_part_it_swaps_and_the_whole_when_going_back(kim: Visitor) -> None:
    """Going back, a part alone would be a page without a head."""
    part = kim.get("/sales-call", **{"HX-Request": "true"})
    back = kim.get("/sales-call", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<html" not in part.answer.text
    assert part.times == back.times
    assert "<html" in back.answer.text
    assert "HX-Request" in part.answer.headers["Vary"]


TYPED = st.one_of(
    st.text(max_size=40), st.sampled_from(["9" * 5_000 + " EUR", "1 XXX", "\0", "a" * 300])
)


def test_whatever_is_sent_is_answered(tmp_path: Path) -> None:
    """Forms are sent by programs too, and none of them may see the site stumble."""
    with running(tmp_path) as site, Visitor(site.address) as kim:
        page = kim.get(
            f"/architecture-review/book?start={kim.get('/architecture-review').times[0]}"
        )
        fields = page.form("/book").fields

        @given(changed=st.dictionaries(st.sampled_from(sorted(fields)), TYPED))
        def send(changed: dict[str, str]) -> None:
            answer = kim.http.post(page.address, data=fields | changed)
            assert answer.status_code in {200, 400, 403, 409, 422}, (changed, answer.text)

        send()
