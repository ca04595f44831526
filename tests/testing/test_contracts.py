"""Our own fakes and adapters keep the contracts that we hand to hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from collective_booking.adapters.folder import FolderOutbox
from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from collective_booking.service import SystemClock
from collective_booking.testing import (
    awaited,
)
from collective_booking.testing.contracts import (
    ClockContract,
    CopiesContract,
    Delivered,
    KeptCopy,
    NotifierContract,
)
from tests.testing.hosts import OfClock, OfGateway, OfNotifier, OfProvider

# --- calendars ------------------------------------------------------------------------------------


class TestFakeProvider(OfProvider):
    pass


class TestFakeProviderOfFreeAndBusy(OfProvider):
    sees_own_copies = True


class TestAwaitedFakeProvider(OfProvider):
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
        present = [each for each in files if not each.name.endswith(".cancelled.ics")]
        return KeptCopy.by_uid(each.read_bytes() for each in present)

    def out_of_reach(self, provider: Any) -> Member:
        self.folder.mkdir()
        (self.folder / "nobody").write_text("a file, where their folder would be")
        return super().out_of_reach(provider)


# --- messages -------------------------------------------------------------------------------------


class TestFakeNotifier(OfNotifier):
    pass


class TestAwaitedFakeNotifier(OfNotifier):
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


class TestFakeGateway(OfGateway):
    pass


class TestFakeGatewayThatNeedsNobody(OfGateway):
    payer_acts = False


class TestFakeGatewayThatCaptures(OfGateway):
    reserves = False


class TestFakeGatewayThatCapturesAtOnce(OfGateway):
    payer_acts = reserves = False


class TestAwaitedFakeGateway(OfGateway):
    def make_gateway(self) -> Any:
        return awaited(super().make_gateway())


# --- time -----------------------------------------------------------------------------------------


class TestSystemClock(ClockContract):
    def make_clock(self) -> Any:
        return SystemClock()


class TestFakeClock(OfClock):
    pass


class TestAwaitedFakeClock(OfClock):
    def make_clock(self) -> Any:
        return awaited(super().make_clock())
