"""What an async host brings: each port of `ports` again, awaited.

Lives here: the async twins, which owe what the ports owe, word for word.
Must not live here: a duty of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from collective_booking.appointments import Appointment
from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Taken,
)
from collective_booking.effects import Attempted, Effect
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.messages import MemberCopy, Message
from collective_booking.money import Money
from collective_booking.payments import Charge, Notice, PaymentAnswer, PaymentNews
from collective_booking.ports import (
    BookingStore,
    CalendarProvider,
    Clock,
    KeepsCopies,
    Notifier,
    PaymentGateway,
)
from collective_booking.slots import Admission

C = TypeVar("C", bound=type)


def _twin_of(port: type) -> Callable[[C], C]:
    """Give an async protocol the prose of the *port* whose twin it is."""

    def told(twin: C) -> C:
        twin.__doc__ = port.__doc__
        for name, method in vars(twin).items():
            if callable(method) and not name.startswith("_"):
                method.__doc__ = getattr(port, name).__doc__
        return twin

    return told


@_twin_of(KeepsCopies)
class AsyncKeepsCopies(Protocol):
    def put(self, copy: MemberCopy) -> Awaitable[None]: ...
    def update(self, copy: MemberCopy) -> Awaitable[None]: ...
    def remove(self, copy: MemberCopy) -> Awaitable[None]: ...


@_twin_of(CalendarProvider)
class AsyncCalendarProvider(AsyncKeepsCopies, Protocol):
    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Awaitable[Mapping[str, Availability]]: ...


@_twin_of(Notifier)
class AsyncNotifier(Protocol):
    def send(self, message: Message) -> Awaitable[None]: ...


@_twin_of(PaymentGateway)
class AsyncPaymentGateway(Protocol):
    def authorise(self, charge: Charge) -> Awaitable[PaymentAnswer]: ...
    def capture(self, reference: str, money: Money, key: str) -> Awaitable[PaymentAnswer]: ...
    def void(self, reference: str, key: str) -> Awaitable[PaymentAnswer]: ...
    def refund(self, reference: str, money: Money, key: str) -> Awaitable[PaymentAnswer]: ...
    def interpret(self, notice: Notice) -> Awaitable[PaymentNews]: ...


@_twin_of(Clock)
class AsyncClock(Protocol):
    def now(self) -> Awaitable[datetime]: ...


@_twin_of(BookingStore)
class AsyncBookingStore(Protocol):
    def save_calendar(
        self, tenant: str, calendar: CollectiveCalendar, version: int | None, now: datetime
    ) -> Awaitable[SavedCalendar]: ...
    def calendar(self, tenant: str, slug: str) -> Awaitable[StoredCalendar]: ...
    def taken(
        self, tenant: str, slug: str, members: Sequence[str], window: Interval, now: datetime
    ) -> Awaitable[Taken]: ...
    def outcome(self, tenant: str, request: Request) -> Awaitable[Outcome | None]: ...
    def commit(self, draft: Draft, admit: Admission | None = None) -> Awaitable[Outcome | None]: ...
    def hold(self, tenant: str, id: str) -> Awaitable[Hold]: ...
    def appointment(
        self,
        tenant: str,
        id: str,
        version: int | None = None,
    ) -> Awaitable[Appointment]: ...
    def appointments(
        self, tenant: str, window: Interval, slug: str | None = None
    ) -> Awaitable[tuple[Appointment, ...]]: ...
    def unfinished(self, tenant: str, now: datetime, limit: int) -> Awaitable[tuple[str, ...]]: ...
    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> Awaitable[tuple[Effect, ...]]: ...
    def attempted(self, attempted: Attempted) -> Awaitable[None]: ...
    def undelivered(self, tenant: str) -> Awaitable[tuple[Effect, ...]]: ...
    def retry(self, tenant: str, key: str, now: datetime) -> Awaitable[None]: ...
    def forget(self, tenant: str, before: datetime) -> Awaitable[None]: ...
