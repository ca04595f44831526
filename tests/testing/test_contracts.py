"""Our own fakes and adapters keep the contracts that we hand to hosts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from collective_booking.adapters.folder import FolderOutbox
from collective_booking.availability import Availability
from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from collective_booking.payments import Notice
from collective_booking.testing import FakeGateway, FakeNotifier, FakeProvider, Fault, awaited
from collective_booking.testing.contracts import (
    CalendarProviderContract,
    CopiesContract,
    Delivered,
    KeptCopy,
    NotifierContract,
    PaymentGatewayContract,
)

# --- calendars ------------------------------------------------------------------------------------


class TestFakeProvider(CalendarProviderContract):
    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        self.fake = FakeProvider(
            {id_: Availability(busy=times) for id_, times in busy.items()},
            sees_own_copies=self.sees_own_copies,
        )
        return self.fake

    def copies_of(self, provider: Any, member: Member) -> Mapping[str, KeptCopy]:
        own = self.fake.copies.get(member.id, {})
        return {uid: KeptCopy.read(copy.icalendar) for uid, copy in own.items()}

    def out_of_reach(self, provider: Any) -> Member:
        self.fake.broken.add("nobody")
        return super().out_of_reach(provider)


class TestFakeProviderOfFreeAndBusy(TestFakeProvider):
    sees_own_copies = True


class TestAwaitedFakeProvider(TestFakeProvider):
    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        return awaited(super().make_provider(busy))


class TestFolderOutboxAsCalendars(CopiesContract):
    @pytest.fixture(autouse=True)
    def _in_a_folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "outbox"

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        return FolderOutbox(self.folder)

    def copies_of(self, provider: Any, member: Member) -> Mapping[str, KeptCopy]:
        files = (self.folder / member.id).glob("*.ics")
        present = [each.read_bytes() for each in files if not each.name.endswith(".cancelled.ics")]
        return {_uid(each): KeptCopy.read(each) for each in present}

    def out_of_reach(self, provider: Any) -> Member:
        self.folder.mkdir()
        (self.folder / "nobody").write_text("a file, where their folder would be")
        return super().out_of_reach(provider)


def _uid(icalendar: bytes) -> str:
    unfolded = icalendar.decode().replace("\r\n ", "")
    (uid,) = [line[4:] for line in unfolded.splitlines() if line.startswith("UID:")]
    return uid


# --- messages -------------------------------------------------------------------------------------


class TestFakeNotifier(NotifierContract):
    def make_notifier(self) -> Any:
        self.fake = FakeNotifier()
        return self.fake

    def delivered(self, notifier: Any) -> Sequence[Delivered]:
        return [Delivered(each.email, each.key, each.invitation) for each in self.fake.sent]

    def break_down(self, notifier: Any) -> None:
        self.fake.faults.plan("send", Fault.BEFORE)

    def unreachable(self, notifier: Any) -> str | None:
        self.fake.unreachable.add("someone@example.com")
        return "someone@example.com"


class TestAwaitedFakeNotifier(TestFakeNotifier):
    def make_notifier(self) -> Any:
        return awaited(super().make_notifier())


class TestFolderOutboxAsNotifier(NotifierContract):
    host_address = "bookings@example.invalid"

    @pytest.fixture(autouse=True)
    def _in_a_folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "outbox"

    def make_notifier(self) -> Any:
        return FolderOutbox(self.folder)

    def delivered(self, notifier: Any) -> Sequence[Delivered]:
        return [_arrived(each.read_bytes()) for each in sorted(self.folder.glob("*.eml"))]

    def break_down(self, notifier: Any) -> None:
        self.folder.write_text("a file, where the folder would be")


def _arrived(letter: bytes) -> Delivered:
    mail: Any = message_from_bytes(letter, policy=policy.default)
    to = [mail[name] for name in ("To", "Cc", "Bcc") if mail[name]]
    (address,) = [each.addr_spec for header in to for each in header.addresses]
    attached = [each.get_content() for each in mail.iter_attachments()]
    return Delivered(address, mail["Message-ID"], *attached)


# --- money ----------------------------------------------------------------------------------------


class TestFakeGateway(PaymentGatewayContract):
    def make_gateway(self) -> Any:
        self.fake = FakeGateway(at_once=not self.payer_acts, captures=not self.reserves)
        return self.fake

    def pay(self, gateway: Any, reference: str) -> Notice:
        return self.fake.pay(reference)

    def kept(self, gateway: Any, reference: str) -> int:
        told = [json.loads(each.body) for each in self.fake.notices]
        (hold,) = {each["hold"] for each in told if each["reference"] == reference}
        return self.fake.net(hold)


class TestFakeGatewayThatNeedsNobody(TestFakeGateway):
    payer_acts = False


class TestFakeGatewayThatCaptures(TestFakeGateway):
    reserves = False


class TestFakeGatewayThatCapturesAtOnce(TestFakeGateway):
    payer_acts = reserves = False


class TestAwaitedFakeGateway(TestFakeGateway):
    def make_gateway(self) -> Any:
        return awaited(super().make_gateway())
