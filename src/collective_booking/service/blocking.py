"""Commands run to their end before they answer.

Lives here: `BookingService`, a method for each command.
Must not live here: what a command does (that is `workflows`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from collective_booking.asks import Ask, drive
from collective_booking.calendars import OwnershipPolicy, primary_ownership
from collective_booking.clock import SystemClock
from collective_booking.errors import AsyncPortError
from collective_booking.ports import (
    BookingStore,
    CalendarProvider,
    Clock,
    Notifier,
    PaymentGateway,
)
from collective_booking.service.base import (
    Ports,
    Service,
    logged,
    owed,
    random_id,
    signed,
    watched,
)
from collective_booking.tokens import Tokens
from collective_booking.workflows import (
    approving,
    booking,
    calendars,
    changing,
    delivering,
    finding,
    paying,
)
from collective_booking.workflows.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")


def _now(
    command: Callable[Concatenate[Desk, P], Coroutine[Any, Any, T]],
) -> Callable[[Callable[[BookingService], None]], Callable[Concatenate[BookingService, P], T]]:
    """Make a method by which a `BookingService` runs *command*."""

    @wraps(command)
    def run(service: BookingService, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return service._run(command, *args, **kwargs)

    return lambda _: signed(run)


class BookingService(Service):
    """Offers times and books them, for a host whose ports are synchronous.

    *store* keeps everything, and *secret* (16 bytes or more, the same in all processes) is what
    tokens are derived from (N6). *host* is a domain of the host's own: UIDs end in it, and
    providers leave out the events that do (F6). *provider*, *notifier* and *gateway* are needed by
    the commands that use them. *organizer* is the address that invites, else each owner's own.
    Everything is meant within *tenant* (S6).

    Safe to use from several threads, if the ports are. Besides the errors that a command lists,
    each refuses an argument of another type (`WrongTypeError`), a time without a zone
    (`NaiveDatetimeError`), a request id that cannot be so (`ConfigurationError`), to go without a
    port that it needs (`MissingPortError`), and to call others in a transaction of the host's
    (`OwnTransactionError`).

    Raises:
        AsyncPortError: a port's methods are coroutines: use `AsyncBookingService`.
        ConfigurationError: *host* or *organizer* cannot be so.
        InvalidValueError: the secret is too short.

    >>> from collective_booking.adapters.memory import MemoryStore
    >>> from collective_booking.testing import FakeClock, FakeProvider
    >>> from collective_booking.testing.samples import KIM, MONDAY, NOW, at, calendar
    >>> service = BookingService(
    ...     MemoryStore(),
    ...     secret=b"32 bytes that nobody else knows!",
    ...     host="booking.example.com",
    ...     provider=FakeProvider(),
    ...     clock=FakeClock(NOW),
    ... )
    >>> service.save_calendar(calendar()).stored.version
    1
    >>> len(service.offers("sales-call", MONDAY))
    8
    >>> print(service.book("sales-call", at("10:00"), KIM).appointment)
    Sales call with Kim Lee, 2026-11-23T10:00:00Z/2026-11-23T11:00:00Z
    """

    def __init__(
        self,
        store: BookingStore,
        *,
        secret: bytes,
        host: str,
        provider: CalendarProvider | None = None,
        notifier: Notifier | None = None,
        gateway: PaymentGateway | None = None,
        tenant: str = "default",
        organizer: str | None = None,
        ownership: OwnershipPolicy = primary_ownership,
        clock: Clock | None = None,
        new_id: Callable[[], str] = random_id,
    ) -> None:
        ports = Ports(store, provider, notifier, gateway, clock or SystemClock())
        _refuse_async(ports)
        super().__init__(ports, Tokens(secret, tenant), host, organizer, ownership, new_id)

    def _run(
        self,
        command: Callable[Concatenate[Desk, P], Coroutine[Any, Any, T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        desk = self._desk(self._ports.clock.now())
        with logged(command.__name__, desk):
            return drive(command(desk, *args, **kwargs), self._answer)

    def _answer(self, ask: Ask[Any]) -> Any:
        with watched(ask):
            answer = self._method(ask)(*ask.arguments)
            if inspect.isawaitable(answer):
                _drop(answer)
                raise AsyncPortError(ask.port, ask.method)
            return answer

    # --- calendars --------------------------------------------------------------------------------

    @_now(calendars.calendar)
    def calendar(self) -> None: ...

    @_now(calendars.save_calendar)
    def save_calendar(self) -> None: ...

    @_now(calendars.remove_member)
    def remove_member(self) -> None: ...

    @_now(calendars.make_owner)
    def make_owner(self) -> None: ...

    # --- times ------------------------------------------------------------------------------------

    @_now(finding.offers)
    def offers(self) -> None: ...

    @_now(finding.explain)
    def explain(self) -> None: ...

    @_now(finding.finder)
    def finder(self) -> None: ...

    # --- bookings ---------------------------------------------------------------------------------

    @_now(booking.hold)
    def hold(self) -> None: ...

    @_now(booking.confirm)
    def confirm(self) -> None: ...

    @_now(booking.book)
    def book(self) -> None: ...

    @_now(approving.approve)
    def approve(self) -> None: ...

    @_now(approving.decline)
    def decline(self) -> None: ...

    # --- payments ---------------------------------------------------------------------------------

    @_now(paying.attempt)
    def attempt(self) -> None: ...

    @_now(paying.begin_payment)
    def begin_payment(self) -> None: ...

    @_now(paying.payment_happened)
    def payment_happened(self) -> None: ...

    @_now(paying.release)
    def release(self) -> None: ...

    @_now(paying.settle)
    def settle(self) -> None: ...

    # --- changes ----------------------------------------------------------------------------------

    @_now(changing.appointment)
    def appointment(self) -> None: ...

    @_now(changing.agenda)
    def agenda(self) -> None: ...

    @_now(changing.reschedule)
    def reschedule(self) -> None: ...

    @_now(changing.edit)
    def edit(self) -> None: ...

    @_now(changing.cancel)
    def cancel(self) -> None: ...

    @_now(changing.mark)
    def mark(self) -> None: ...

    @_now(changing.member_declined)
    def member_declined(self) -> None: ...

    # --- the outbox -------------------------------------------------------------------------------

    @_now(delivering.deliver)
    def deliver(self) -> None: ...

    @_now(delivering.undelivered)
    def undelivered(self) -> None: ...

    @_now(delivering.retry)
    def retry(self) -> None: ...


def _refuse_async(ports: Ports) -> None:
    """Refuse coroutines where they can be told; others are found when they answer."""
    for each in fields(Ports):
        port = getattr(ports, each.name)
        for method in owed(each.name):
            if inspect.iscoroutinefunction(getattr(port, method, None)):
                raise AsyncPortError(each.name, method)


def _drop(answer: object) -> None:
    """Close a coroutine that nobody will run, so that Python does not warn of it later."""
    if inspect.iscoroutine(answer):
        answer.close()
