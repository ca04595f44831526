"""Contracts of our own fakes and of the store in memory, each of any `kind` of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from collective_booking.adapters.memory import MemoryStore
from collective_booking.availability import Availability
from collective_booking.intervals import IntervalSet
from collective_booking.members import Member
from collective_booking.payments import Notice
from collective_booking.testing import FakeClock, FakeGateway, FakeNotifier, FakeProvider, Fault
from collective_booking.testing.contracts import (
    BookingStoreContract,
    CalendarProviderContract,
    ClockContract,
    Delivered,
    KeptCopy,
    NotifierContract,
    PaymentGatewayContract,
)
from tests.bookings import NOW, charge


class OfProvider(CalendarProviderContract):
    """Of a `FakeProvider`."""

    kind: type[FakeProvider] = FakeProvider

    def make_provider(self, busy: Mapping[str, IntervalSet]) -> Any:
        self.fake = self.kind(
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


class OfNotifier(NotifierContract):
    """Of a `FakeNotifier`."""

    kind: type[FakeNotifier] = FakeNotifier

    def make_notifier(self) -> Any:
        self.fake = self.kind()
        return self.fake

    def delivered(self, notifier: Any) -> Sequence[Delivered]:
        return [Delivered(each.email, each.key, each.invitation) for each in self.fake.sent]

    def break_down(self, notifier: Any) -> None:
        self.fake.faults.plan("send", Fault.BEFORE)

    def unreachable(self, notifier: Any) -> str | None:
        self.fake.unreachable.add("someone@example.com")
        return "someone@example.com"


class OfGateway(PaymentGatewayContract):
    """Of a `FakeGateway`."""

    kind: type[FakeGateway] = FakeGateway
    tells_of_others = True

    def make_gateway(self) -> Any:
        self.fake = self.kind(at_once=not self.payer_acts, captures=not self.reserves)
        return self.fake

    def pay(self, gateway: Any, reference: str) -> Notice:
        return self.fake.pay(reference)

    def kept(self, gateway: Any, reference: str) -> int:
        told = [json.loads(each.body) for each in self.fake.notices]
        (hold,) = {each["hold"] for each in told if each["reference"] == reference}
        return self.fake.net(hold)

    def foreign_notice(self, gateway: Any) -> Notice:
        shop = FakeGateway()  # with the same secret
        return shop.pay(shop.authorise(charge("of a shop")).reference)


class OfClock(ClockContract):
    """Of a `FakeClock`."""

    kind: type[FakeClock] = FakeClock

    def make_clock(self) -> Any:
        return self.kind(NOW)

    def expected(self) -> datetime:
        return NOW


class OfStore(BookingStoreContract):
    """Of a `MemoryStore`."""

    kind: type[MemoryStore] = MemoryStore
    durable = False

    def make_store(self) -> Any:
        return self.kind()

    def reopened(self, store: Any) -> Any:
        return self.kind()
