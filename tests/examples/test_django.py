"""The booking page in Django, and how Django's own rows keep up with the bookings."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django", reason="needs the extra frameworks: pip install -e '.[frameworks]'")

import django
from django import db
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.test.utils import setup_test_environment, teardown_test_environment

from collective_booking import Notice, Status
from collective_booking.testing import FakeClock, FakeGateway
from tests.bookings import NOW
from tests.examples.visitors import BookingPageContract, Page, Visitor, World


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Django, set up on an empty database in memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_SETTINGS_MODULE", "examples.booking_django.settings")
        patch.setenv("BOOKING_FOLDER", str(tmp_path_factory.mktemp("django")))
        zone = os.environ.get("TZ")
        django.setup()
        setup_test_environment()
        db.connection.creation.create_test_db(verbosity=0)
        _set_zone(zone)  # Django has made its own zone that of the whole process
        yield
        db.connection.creation.destroy_test_db("", verbosity=0)
        db.connection.close()
        teardown_test_environment()


def _set_zone(zone: str | None) -> None:
    os.environ.pop("TZ", None)
    if zone is not None:
        os.environ["TZ"] = zone
    time.tzset()


@pytest.fixture
def world(project: None, tmp_path: Path) -> Iterator[World]:
    """The project on a fresh store, and visitors each with a browser of their own."""
    from django.conf import settings

    from examples.booking_django.office import office

    gateway = FakeGateway()
    changed = {"store": str(tmp_path / "b.sqlite"), "gateway": gateway, "clock": FakeClock(NOW)}
    with override_settings(BOOKINGS=settings.BOOKINGS | changed):
        office.cache_clear()
        yield World(_visitor, _notify, office(), gateway)
        office().store.engine.dispose()
        office.cache_clear()
    call_command("flush", verbosity=0, interactive=False)
    mail.outbox.clear()


def _visitor() -> Visitor:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def ask(method: str, url: str, form: dict[str, str]) -> Page:
        answer = client.generic(method, url) if method == "GET" else client.post(url, form)
        while answer.status_code in {301, 302, 303}:
            url = answer["Location"]
            if not url.startswith("/"):
                break
            answer = client.get(url)
        return Page(url, answer.status_code, answer.content.decode())

    return Visitor(ask)


def _notify(notice: Notice) -> int:
    answer = Client(enforce_csrf_checks=True).generic(
        "POST", "/payments/", notice.body, headers=dict(notice.headers)
    )
    status: int = answer.status_code
    return status


class TestPages(BookingPageContract):
    """What every booking page does."""


def leads() -> list[tuple[str, str]]:
    from examples.booking_django.models import Lead

    return list(Lead.objects.order_by("start").values_list("name", "status"))


def the_lead() -> Any:
    from examples.booking_django.models import Lead

    return Lead.objects.get()


def deliver(capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says, as cron would mail it."""
    call_command("deliver_bookings")
    return capsys.readouterr().out


def test_the_command_delivers_mail_and_leads(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is told of an appointment gets Django's e-mail, and the booker a link that opens."""
    kim = world.visitor()
    kim.book("sales-call", "15:30")
    assert leads() == []

    assert deliver(capsys) == "2 delivered, 0 to be tried again, 0 given up\n"
    assert leads() == [("Kim Lee", "confirmed")]
    to = {sent.to[0]: sent for sent in mail.outbox}
    assert set(to) == {"kim@example.com", "ana@example.com"}
    link = to["kim@example.com"].body.partition("http://127.0.0.1:8000")[2].split()[0]
    assert "Confirmed" in kim.at(link).text
    assert not [sent for sent in mail.outbox if "token" in sent.body]
    (name, content, kind) = to["kim@example.com"].attachments[0]
    assert (name, kind) == ("invite.ics", "text/calendar; method=REQUEST")
    assert "DTSTART:20261123T143000Z" in content


def test_a_lead_follows_its_appointment_in_any_order(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """An old message that comes late does not make a cancelled appointment stand again."""
    from examples.booking_django.office import DjangoNotifier

    told: list[Any] = []
    kim = world.visitor()
    booked = kim.book("sales-call", "15:30")
    kim.send(booked, "Cancel it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DjangoNotifier, "send", lambda _, message: told.append(message))
        deliver(capsys)
    for message in reversed(told):
        DjangoNotifier().send(message)

    assert [message.appointment.version for message in told] == [1, 1, 2, 2]
    assert leads() == [("Kim Lee", "cancelled")]
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 4


@pytest.mark.parametrize("commits", [True, False])
def test_an_appointment_is_cancelled_only_if_django_commits(
    world: World, capsys: pytest.CaptureFixture[str], commits: bool
) -> None:
    """The store cannot be rolled back with Django's rows, so it waits for them."""
    from examples.booking_django.office import withdraw

    world.visitor().book("sales-call", "15:30")
    deliver(capsys)
    with transaction.atomic():
        withdraw(the_lead())
        assert world.statuses() == [Status.CONFIRMED]
        transaction.set_rollback(not commits)

    assert world.statuses() == [Status.CANCELLED if commits else Status.CONFIRMED]
    deliver(capsys)
    assert leads() == [("Kim Lee", "cancelled" if commits else "confirmed")]


def test_what_a_crash_has_left_undone_is_done_by_the_command(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Django has committed, and the process died before it cancelled."""
    world.visitor().book("sales-call", "15:30")
    deliver(capsys)
    lead = the_lead()
    lead.withdrawn = True
    lead.save()

    assert deliver(capsys) == "2 delivered, 0 to be tried again, 0 given up\n"
    assert (leads(), world.statuses()) == ([("Kim Lee", "cancelled")], [Status.CANCELLED])
    assert deliver(capsys) == "0 delivered, 0 to be tried again, 0 given up\n"


def test_the_tables_are_what_the_models_say(project: None) -> None:
    """Whoever copies the example gets no migration to make first."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_settings_pass_djangos_own_checks(project: None) -> None:
    call_command("check")
