"""An outbox that is a folder: what would be sent, once each, and nowhere else."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from collective_booking.adapters.folder import FolderOutbox
from collective_booking.adapters.memory import MemoryStore
from collective_booking.contacts import Contact
from collective_booking.errors import ConfigurationError
from collective_booking.letters import Letter
from collective_booking.messages import Message
from collective_booking.service import BookingService
from collective_booking.testing import FakeClock, FakeProvider
from tests.bookings import ANA, BEN, HOST, KIM, NOW, SECRET, at, calendar, member


class Whole(FolderOutbox, FakeProvider):
    """An outbox with calendars that are always free."""

    def __init__(self, folder: Path) -> None:
        FakeProvider.__init__(self)
        FolderOutbox.__init__(self, folder)
        self.told: list[Message] = []

    def send(self, message: Message) -> None:
        self.told.append(message)
        super().send(message)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def outbox(folder: Path) -> Whole:
    return Whole(folder)


@pytest.fixture
def service(outbox: Whole) -> BookingService:
    return BookingService(
        MemoryStore(),
        secret=SECRET,
        host=HOST,
        provider=outbox,
        notifier=outbox,
        clock=FakeClock(NOW),
        new_id=iter(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"]).__next__,
    )


def names(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def mail(folder: Path, about: str) -> EmailMessage:
    (path,) = folder.glob(f"*-{about}-*.eml")
    parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_booking_leaves_two_letters_and_a_copy_for_each_member(
    service: BookingService, folder: Path
) -> None:
    service.save_calendar(calendar())
    made = service.book("sales-call", at("10:00"), KIM)
    service.deliver()

    copies = [each for each in names(folder) if each.endswith(".ics")]
    assert copies == [f"ana/{made.appointment.uid}.ics", f"ben/{made.appointment.uid}.ics"]
    to_owner, to_booker = mail(folder, "owner-booked"), mail(folder, "booker-booked")
    assert (to_owner["To"], to_booker["To"]) == (
        "ana <ana@example.com>",
        "Kim Lee <kim@example.com>",
    )
    assert to_owner["Subject"] == "Booked: Sales call"
    assert "Mon 2026-11-23 10:00 to 11:00 (UTC, UTC+00:00)" in str(to_owner.get_body(("plain",)))
    attached = [each.get_filename() for each in to_booker.iter_attachments()]
    assert attached == ["invite.ics"]
    assert made.token in str(to_booker.get_body())


def test_a_cancelled_copy_becomes_a_cancellation(service: BookingService, folder: Path) -> None:
    service.save_calendar(calendar())
    made = service.book("sales-call", at("10:00"), KIM).appointment
    service.deliver()
    service.cancel(made.id)
    service.deliver()

    copies = [each for each in names(folder) if each.startswith("ana/")]
    assert copies == [f"ana/{made.uid}.cancelled.ics"]
    methods = [each.get_param("method") for each in mail(folder, "booker-cancelled").walk()]
    assert "CANCEL" in methods


def test_the_same_message_again_is_the_same_file(
    service: BookingService, folder: Path, outbox: Whole
) -> None:
    """A delivery may repeat itself; nobody reads a letter twice (E1)."""
    service.save_calendar(calendar())
    service.book("sales-call", at("10:00"), KIM)
    service.deliver()
    before = names(folder)

    for message in tuple(outbox.told):
        outbox.send(message)

    assert len(outbox.told) == 4
    assert names(folder) == before


@pytest.mark.parametrize("id_", ["../../etc/passwd", "..", ".hidden", "a/b", "ü" * 90, "CON "[:3]])
def test_no_name_leads_out_of_the_folder(service: BookingService, folder: Path, id_: str) -> None:
    service.save_calendar(calendar(ANA, member(id_, email="x@example.com")))
    service.book("sales-call", at("10:00"), KIM)
    service.deliver()

    assert all(each.resolve().is_relative_to(folder) for each in folder.rglob("*"))
    assert len([each for each in names(folder) if each.endswith(".ics")]) == 2


def test_names_of_strangers_make_no_headers(service: BookingService, folder: Path) -> None:
    service.save_calendar(calendar(ANA, BEN))
    odd = Contact('Kim "K" <x@y>, Bcc: all@example.com', "kim@example.com")
    service.book("sales-call", at("10:00"), odd, title="Call: ünï 😀; a, b")
    service.deliver()

    letter = mail(folder, "booker-booked")
    assert [each.addr_spec for each in letter["To"].addresses] == ["kim@example.com"]
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Booked: Call: ünï 😀; a, b"


async def later(_: Message) -> Letter:
    raise AssertionError("nobody awaits it")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"folder": "outbox"}, "folder: must be a Path"),
        ({"sender": "nobody"}, "sender: 'nobody' cannot be used"),
        ({"sender": None}, "sender: must be text"),
        ({"words": "Hello"}, "words: must be a function that makes a Letter"),
        ({"words": later}, "words: must not be async"),
    ],
)
def test_what_would_fail_with_the_first_message_is_refused_at_once(
    folder: Path, wrong: dict[str, Any], told: str
) -> None:
    """A host finds out when it starts, not when somebody has booked."""
    given: dict[str, Any] = {"folder": folder, **wrong}

    with pytest.raises(ConfigurationError, match=f"the outbox has 1 problem.*\n.*{told}"):
        FolderOutbox(**given)
