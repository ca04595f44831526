"""The booking page in Flask, and a lead that is kept with its appointment, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

pytest.importorskip("flask", reason="needs the extra frameworks: pip install -e '.[frameworks]'")

from flask import Flask
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from collective_booking import Contact, Notice, Status
from collective_booking.adapters.folder import FolderOutbox
from collective_booking.testing import FakeClock, FakeGateway
from examples.booking_flask import WORDS, create_app
from examples.booking_flask.crm import Crm, leads
from tests.bookings import NOW
from tests.examples.visitors import KIM, BookingPageContract, Page, Visitor, World
from tests.messages import message

DATABASES = ("sqlite", "postgres")


@pytest.fixture
def outbox(tmp_path: Path) -> FolderOutbox:
    return FolderOutbox(tmp_path / "outbox")


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, tmp_path: Path, outbox: FolderOutbox) -> Iterator[Flask]:
    """The application on a database of its own."""
    sqlite = request.param == "sqlite"
    url = (
        f"sqlite:///{tmp_path / 'a.sqlite'}" if sqlite else request.getfixturevalue("postgres_url")
    )
    ports = {"gateway": FakeGateway(), "notifier": outbox, "clock": FakeClock(NOW)}
    made = create_app({"DATABASE": url, "BOOKINGS": ports})
    yield made
    crm_of(made).engine.dispose()


def crm_of(app: Flask) -> Crm:
    return cast("Crm", app.extensions["crm"])


@pytest.fixture
def world(app: Flask) -> World:
    """The application, and visitors each with a browser of their own."""

    def visitor() -> Visitor:
        client = app.test_client()

        def ask(method: str, url: str, form: dict[str, str]) -> Page:
            local = url.startswith("/")
            answer = client.open(url, method=method, data=form) if local else None
            while answer is not None and answer.status_code in {301, 302, 303}:
                url = answer.headers["Location"]
                if not url.startswith("/"):
                    break
                answer = client.get(url)
            assert answer is not None
            return Page(url, answer.status_code, answer.text)

        return Visitor(ask)

    def notify(notice: Notice) -> int:
        client = app.test_client()
        return client.post("/payments/", data=notice.body, headers=dict(notice.headers)).status_code

    gateway = app.config["BOOKINGS"]["gateway"]
    return World(visitor, notify, crm_of(app).office, gateway)


class TestPages(BookingPageContract):
    """What every booking page does."""


def lead_names(app: Flask) -> list[str]:
    with crm_of(app).engine.connect() as connection:
        return list(connection.scalars(select(leads.c.name)))


def fail_at(app: Flask, statement: str) -> Callable[[], None]:
    """Let the application's database fail when it is told *statement*; what ends that."""
    engine = crm_of(app).engine

    def fail(_connection: Any, _cursor: Any, told: str, *_: Any) -> None:
        if told.startswith(statement):
            raise RuntimeError("the disk is full")

    event.listen(engine, "before_cursor_execute", fail)
    return lambda: event.remove(engine, "before_cursor_execute", fail)


def test_a_booking_and_its_lead_are_kept_together(app: Flask, world: World) -> None:
    """One transaction of the application's own holds both."""
    world.visitor().book("sales-call", "15:30")

    assert (lead_names(app), world.statuses()) == (["Kim Lee"], [Status.CONFIRMED])


def test_a_lead_that_cannot_be_kept_takes_the_booking_along(app: Flask, world: World) -> None:
    """Nothing of it is there afterwards; the time is held still, and the next try gets both."""
    kim = world.visitor()
    held = kim.send(kim.fill_in("sales-call", "15:30"), "Continue", **KIM)
    mended = fail_at(app, "INSERT INTO leads")
    assert kim.ask("POST", held.url, held.forms[0].fields).status == 500
    assert (lead_names(app), world.statuses()) == ([], [])

    mended()
    kim.send(held, "Confirm")
    assert (lead_names(app), world.statuses()) == (["Kim Lee"], [Status.CONFIRMED])


def test_a_booking_that_is_refused_leaves_no_lead(app: Flask, world: World) -> None:
    """A hold that has lapsed is no booking, so nobody is entered as a customer for it."""
    kim = world.visitor()
    held = kim.send(kim.fill_in("sales-call", "15:30"), "Continue", **KIM)
    clock = world.office.clock
    assert isinstance(clock, FakeClock)
    clock.advance(crm_of(app).office.service.calendar("sales-call").calendar.hold)

    assert kim.send(held, "Confirm").status == 410
    assert (lead_names(app), world.statuses()) == ([], [])


def test_a_lead_that_fails_after_a_payment_comes_with_the_next_notification(
    app: Flask, world: World
) -> None:
    """A payment cannot be part of that transaction: the gateway, unanswered, tells it again."""
    kim = world.visitor()
    held = kim.send(kim.fill_in("workshop", "15:00"), "Continue", **KIM)
    sent_to = kim.ask("POST", held.url, held.forms[0].fields)
    notice = world.gateway.pay(sent_to.url.rpartition("/")[2])
    mended = fail_at(app, "INSERT INTO leads")
    assert world.notify(notice) == 500
    assert (lead_names(app), world.statuses()) == ([], [Status.CONFIRMED])

    mended()
    assert world.notify(notice) == 204
    assert lead_names(app) == ["Kim Lee"]


def test_a_session_of_the_orm_lends_its_connection(app: Flask, world: World) -> None:
    """As Flask-SQLAlchemy's `db.session` does: its rows and the booking are one transaction."""
    crm, start = crm_of(app), world.office.clock.now() + timedelta(hours=7, minutes=30)
    for ends in (Session.rollback, Session.commit):
        with Session(crm.engine) as session:
            joined = crm.within(session.connection())
            joined.book("sales-call", start, Contact("Kim Lee", "kim@example.com"))
            session.execute(insert(leads).values(appointment="a", name="Kim Lee", email="k@e.com"))
            ends(session)
        there = ends is Session.commit
        assert (len(lead_names(app)), len(world.statuses())) == (there, there)


def test_the_command_delivers(app: Flask, world: World, outbox: FolderOutbox) -> None:
    """`flask --app examples.booking_flask deliver`, as cron calls it."""
    world.visitor().book("sales-call", "15:30")
    said = app.test_cli_runner().invoke(args=["deliver"])

    assert (said.exit_code, said.output) == (0, "2 delivered, 0 to be tried again\n")
    assert sorted(each.name[:11] for each in outbox.folder.glob("*.eml")) == [
        "0001-booker",
        "0002-owner-",
    ]


def test_the_link_in_a_booker_s_mail_opens_their_page(world: World) -> None:
    kim = world.visitor()
    booked = kim.book("sales-call", "15:30")

    letter = WORDS(message(token=booked.token))

    assert letter.text.splitlines()[-1] == f"http://127.0.0.1:5000/booked/{booked.token}/"
    assert "Confirmed" in kim.at(f"/booked/{booked.token}/").text


def test_no_page_tells_another_site_where_a_visitor_comes_from(app: Flask) -> None:
    """Its address may hold a token; Flask itself says nothing about that."""
    for place in ("/book/sales-call/", "/booked/guess/", "/nowhere"):
        assert app.test_client().get(place).headers["Referrer-Policy"] == "no-referrer"
