"""A visitor of a booking page, who follows links, fills in forms and looks at the HTML.

Lives here: reading HTML, and `BookingPageContract`, what a page has to do in any framework.
Must not live here: any framework.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest

from collective_booking import Interval, Notice, Status
from collective_booking.testing import FakeGateway
from examples.booking_office import FAR, Office
from tests.bookings import charge

KIM: Final = {"name": "Kim Lee", "email": "kim@example.com"}
LOU: Final = {"name": "Lou Ray", "email": "lou@example.com"}
EMPTY: Final = frozenset({"meta", "input", "br", "link"})
CONTROLS: Final = frozenset({"input", "select", "textarea"})


@dataclass
class Form:
    """A form of a page: where it goes, and what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class Page(HTMLParser):
    """An answer, and what is on it."""

    def __init__(self, url: str, status: int, text: str) -> None:
        super().__init__()
        self.url, self.status, self.text = url, status, text
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.faults: list[str] = []
        self.tags: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[str] = []
        self.ids: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [told["id"]] if "id" in told else []
        if tag not in EMPTY:
            self._open.append((tag, told))
        if tag == "form":
            self.forms.append(Form(urljoin(self.url, told.get("action", ""))))
        if tag == "label":
            self.labelled.add(told["for"])
        if tag in CONTROLS:
            if told.get("type") != "hidden":
                self.controls.append(told.get("id", f"{tag} without an id"))
            self.forms[-1].fields[told["name"]] = told.get("value", "")
        if tag == "option":
            select = next(each for name, each in reversed(self._open) if name == "select")
            self.forms[-1].choices.setdefault(select["name"], []).append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop()[0] != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "a":
            self.links.setdefault(data.strip(), urljoin(self.url, self._open[-1][1]["href"]))

    def flaws(self) -> list[str]:
        """What is wrong with the page for somebody who cannot see it, or for a parser."""
        return [
            *self.faults,
            *(f"<{tag}> is left open" for tag, _ in self._open),
            *(f"{each} has no label" for each in self.controls if each not in self.labelled),
            *(f"id {each} is there twice" for each in self.ids if self.ids.count(each) > 1),
            *(
                f"one {tag} is needed"
                for tag in ("h1", "title", "main")
                if self.tags.count(tag) != 1
            ),
            *([] if 'lang="en"' in self.text else ["the language is missing"]),
        ]

    @property
    def token(self) -> str:
        """What opens this page: the last part of its path."""
        return urlsplit(self.url).path.split("/")[-2]

    def form(self, button: str) -> Form:
        """The form with a button that begins with the word *button*."""
        before = self.text[: self.text.index(f"<button>{button}")]
        return self.forms[before.count("<form") - 1]


@dataclass
class Visitor:
    """Somebody with a browser. `ask` is a method, an address and a form; it follows redirects."""

    ask: Callable[[str, str, dict[str, str]], Page]

    def at(self, url: str) -> Page:
        """The page at *url*."""
        return self._seen(self.ask("GET", url, {}))

    def send(self, page: Page, button: str, **filled: str) -> Page:
        """The page that comes after *button*, with the form *filled* in."""
        form = page.form(button)
        return self._seen(self.ask("POST", form.action, form.fields | filled))

    def fill_in(self, slug: str, time: str) -> Page:
        """The form for *time* of calendar *slug*."""
        return self.at(self.at(f"/book/{slug}/").links[time])

    def book(self, slug: str, time: str) -> Page:
        """The page of what Kim has held and confirmed, on a calendar without a price."""
        return self.send(self.send(self.fill_in(slug, time), "Continue", **KIM), "Confirm")

    @staticmethod
    def _seen(page: Page) -> Page:
        if page.text and page.status != 403:
            assert page.flaws() == []
        return page


@dataclass
class World:
    """An application, visitors of it, and what stands behind it."""

    visitor: Callable[[], Visitor]
    notify: Callable[[Notice], int]
    """Call the webhook; the status of its answer."""
    office: Office
    gateway: FakeGateway

    def statuses(self) -> list[Status]:
        """Those of all appointments there are, by start."""
        now = self.office.clock.now()
        return [each.status for each in self.office.service.agenda(Interval(now, now + FAR))]


class BookingPageContract:
    """What a booking page does. Subclasses bring the fixture `world`, on Monday, 23 November."""

    def test_a_time_is_chosen_held_and_confirmed_and_is_gone(self, world: World) -> None:
        """The whole way of a visitor."""
        kim = world.visitor()
        form = kim.fill_in("sales-call", "15:30")
        held = kim.send(form, "Continue", **KIM, notes="<b>About prices</b>")
        assert "Kim Lee, kim@example.com" in held.text
        assert "15:30" not in kim.at("/book/sales-call/").text.partition("Tuesday")[0]

        booked = kim.send(held, "Confirm")
        assert "Confirmed: Monday 23 November, 15:30 to 16:00 (Europe/Madrid)" in booked.text
        assert kim.at(held.url).url == booked.url  # as for one who presses Back
        service = world.office.service
        appointment = service.appointment(service.appointment_id(booked.token))
        assert appointment.appointment.notes == "<b>About prices</b>"

    def test_times_are_on_the_visitors_clock(self, world: World) -> None:
        """Another zone writes the same instants differently, and stays chosen all the way."""
        visitor = world.visitor()
        there = visitor.at("/book/sales-call/?zone=Asia/Kolkata")
        form = visitor.at(there.links["20:00"])  # 15:30 in Madrid
        held = visitor.send(form, "Continue", **KIM)

        assert "20:00 to 20:30 (Asia/Kolkata)" in held.text
        assert world.office.hold(held.token).contact.timezone == "Asia/Kolkata"  # for their mail
        assert "20:00 to 20:30 (Asia/Kolkata)" in visitor.send(held, "Confirm").text

    @pytest.mark.parametrize(
        ("chosen", "selected", "around"),
        [
            ("", "Europe/Madrid", "Europe"),
            ("?zone=Asia/Kolkata", "Asia/Kolkata", "Asia"),
            ("?zone=CET", "CET", "Other"),
        ],
    )
    def test_a_visitor_finds_their_zone(
        self, world: World, chosen: str, selected: str, around: str
    ) -> None:
        """The list of all begins in Abidjan; it opens at the zone of this page, among its like."""
        page = world.visitor().at(f"/book/sales-call/{chosen}")

        before, _, _ = page.text.partition(f"<option selected>{selected}</option>")
        assert page.text.count("<option selected>") == 1
        assert before != page.text
        assert before.rpartition("<optgroup ")[2].startswith(f'label="{around}">')

    def test_somebody_faster_leaves_other_times(self, world: World) -> None:
        """A clear sentence that names nobody, and what is still free."""
        slow, quick = world.visitor(), world.visitor()
        form = slow.fill_in("sales-call", "15:30")
        quick.book("sales-call", "15:30")
        late = slow.send(form, "Continue", **LOU)

        assert late.status == 409
        assert "This time is not available. Please choose another one." in late.text
        assert late.links["16:00"]
        assert "ana@example.com" not in late.text

    def test_a_form_that_is_sent_twice_is_one_hold(self, world: World) -> None:
        """An impatient finger is not a second booking."""
        kim = world.visitor()
        form = kim.fill_in("sales-call", "15:30")

        assert kim.send(form, "Continue", **KIM).url == kim.send(form, "Continue", **KIM).url

    def test_what_is_filled_in_wrongly_is_said(self, world: World) -> None:
        """And nothing is held."""
        kim = world.visitor()
        form = kim.fill_in("sales-call", "15:30")

        assert kim.send(form, "Continue", name="Kim", email="no address").status == 422
        assert kim.send(form, "Continue", **KIM, start="tomorrow").status == 422
        assert kim.at("/book/sales-call/?zone=Europe/Madird").status == 422
        assert kim.send(form, "Continue", **KIM).status == 200

    def test_a_link_in_hand_moves_and_cancels(self, world: World) -> None:
        """Only what the visitor has seen, and its time is free for others afterwards."""
        kim = world.visitor()
        booked = kim.book("sales-call", "15:30")
        none, *free = booked.form("Move it").choices["start"]
        assert none == ""  # no time is chosen for anybody
        assert not [each for each in free if "-23T15:30" in each]  # it is there already
        moved = kim.send(booked, "Move it", start=next(each for each in free if "16:00" in each))
        assert "Confirmed: Monday 23 November, 16:00 to 16:30" in moved.text
        assert kim.send(booked, "Move it", start=free[-1]).status == 409  # it was seen before that
        assert kim.send(moved, "Move it", start="whenever").status == 422

        cancelled = kim.send(moved, "Cancel it")
        assert "Cancelled: Monday 23 November" in cancelled.text
        assert not cancelled.forms
        assert "16:00" in kim.at("/book/sales-call/").links

    def test_a_time_that_cannot_be_had_is_refused_before_anybody_fills_in_a_form(
        self, world: World
    ) -> None:
        """An old link, or one that somebody else has taken meanwhile."""
        kim = world.visitor()
        form = kim.fill_in("sales-call", "15:30")
        world.visitor().book("sales-call", "15:30")

        for url in (form.url, "/book/sales-call/details/?start=2020-01-07T10:00:00Z"):
            refused = kim.at(url)
            assert refused.status == 409
            assert "Please choose another one." in refused.text
            assert refused.links["16:00"]

    def test_what_is_not_there_is_told_to_a_visitor(self, world: World) -> None:
        """Not to the developer who has forgotten to save a calendar."""
        page = world.visitor().at("/book/nothing/")

        assert "There is nothing at this address." in page.text
        assert not [word for word in ("nothing'", "stored", "save") if word in page.text]

    def test_nothing_opens_without_its_token(self, world: World) -> None:
        """Nobody guesses a link, and a token for one thing opens no other."""
        visitor = world.visitor()
        held = visitor.send(visitor.fill_in("sales-call", "15:30"), "Continue", **KIM)

        for url in (f"/booked/{held.token}/", "/booked/guess/", "/held/guess/", "/book/nothing/"):
            assert visitor.at(url).status == 404

    def test_a_form_from_elsewhere_changes_nothing(self, world: World) -> None:
        """Another site cannot send it in a visitor's name."""
        kim = world.visitor()
        booked = kim.book("sales-call", "15:30")
        elsewhere = kim.ask("POST", booked.form("Cancel it").action, {})

        assert elsewhere.status == 403
        assert "Confirmed" in kim.at(booked.url).text

    def test_what_has_a_price_is_booked_once_it_is_paid(self, world: World) -> None:
        """And told once, however often the gateway tells it."""
        kim = world.visitor()
        held = kim.send(kim.fill_in("workshop", "15:00"), "Continue", **KIM)
        sent_to = kim.ask("POST", held.form("Pay 90.00 EUR").action, held.forms[0].fields)
        assert sent_to.url.startswith("https://pay.example.com/")
        assert "Pay 90.00 EUR" in kim.at(held.url).text  # back without having paid

        notice = world.gateway.pay(sent_to.url.rpartition("/")[2])
        assert [world.notify(notice), world.notify(notice)] == [204, 204]
        assert "Confirmed: Monday 23 November, 15:00" in kim.at(held.url).text

    def test_a_forged_notification_is_refused(self, world: World) -> None:
        """Whoever finds the webhook cannot pay by calling it."""
        kim = world.visitor()
        held = kim.send(kim.fill_in("workshop", "15:00"), "Continue", **KIM)
        sent_to = kim.ask("POST", held.form("Pay").action, held.forms[0].fields)
        notice = world.gateway.pay(sent_to.url.rpartition("/")[2])
        cheaper = json.dumps(json.loads(notice.body) | {"amount": 1}).encode()

        assert world.notify(Notice(body=cheaper, headers=notice.headers)) == 400
        assert world.notify(Notice(body=notice.body)) == 400
        assert "Pay 90.00 EUR" in kim.at(held.url).text

    def test_a_notification_that_is_not_for_us_is_taken_without_complaint(
        self, world: World
    ) -> None:
        """A gateway that gets an error sends it again, and gives the webhook up in the end."""
        elsewhere = world.gateway.authorise(charge(hold="of a shop"))

        assert world.notify(world.gateway.pay(elsewhere.reference)) == 200

    def test_a_payment_that_fails_frees_the_time(self, world: World) -> None:
        """And the visitor reads that it is kept no longer."""
        kim = world.visitor()
        held = kim.send(kim.fill_in("workshop", "15:00"), "Continue", **KIM)
        sent_to = kim.ask("POST", held.form("Pay").action, held.forms[0].fields)

        assert world.notify(world.gateway.refuse(sent_to.url.rpartition("/")[2])) == 204
        assert "kept for you no longer" in kim.at(held.url).text
        assert "15:00" in kim.at("/book/workshop/").links
