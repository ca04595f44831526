"""Commands that are awaited.

Lives here: `AsyncBookingService`, a method for each command.
Must not live here: what a command does (that is `workflows`).
"""

from __future__ import annotations

import inspect
from asyncio import to_thread
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from collective_booking.asks import Ask, drive_async
from collective_booking.async_ports import (
    AsyncBookingStore,
    AsyncCalendarProvider,
    AsyncClock,
    AsyncNotifier,
    AsyncPaymentGateway,
)
from collective_booking.calendars import OwnershipPolicy, primary_ownership
from collective_booking.clock import SystemClock
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


def _soon(
    command: Callable[Concatenate[Desk, P], Coroutine[Any, Any, T]],
) -> Callable[
    [Callable[[AsyncBookingService], None]],
    Callable[Concatenate[AsyncBookingService, P], Coroutine[Any, Any, T]],
]:
    """Make a method by which an `AsyncBookingService` runs *command*."""

    @wraps(command)
    async def run(service: AsyncBookingService, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await service._run(command, *args, **kwargs)

    return lambda _: signed(run)


class AsyncBookingService(Service):
    """The same as `BookingService`, awaited. Its ports may be synchronous or not, one by one.

    A synchronous port runs in a worker thread, so it has to be safe to call from several. The
    examples of the commands call a `BookingService`: await the same calls here.

    Raises:
        ConfigurationError: *host* or *organizer* cannot be so.
        InvalidValueError: the secret is too short.

    >>> import asyncio
    >>> from collective_booking.adapters.memory import MemoryStore
    >>> from collective_booking.testing import FakeClock, FakeProvider
    >>> from collective_booking.testing.samples import KIM, NOW, at, calendar
    >>> async def booked() -> str:
    ...     service = AsyncBookingService(
    ...         MemoryStore(),
    ...         secret=b"32 bytes that nobody else knows!",
    ...         host="booking.example.com",
    ...         provider=FakeProvider(),
    ...         clock=FakeClock(NOW),
    ...     )
    ...     await service.save_calendar(calendar())
    ...     booking = await service.book("sales-call", at("10:00"), KIM)
    ...     return booking.appointment.status.value
    >>> asyncio.run(booked())
    'confirmed'
    """

    def __init__(
        self,
        store: BookingStore | AsyncBookingStore,
        *,
        secret: bytes,
        host: str,
        provider: CalendarProvider | AsyncCalendarProvider | None = None,
        notifier: Notifier | AsyncNotifier | None = None,
        gateway: PaymentGateway | AsyncPaymentGateway | None = None,
        tenant: str = "default",
        organizer: str | None = None,
        ownership: OwnershipPolicy = primary_ownership,
        clock: Clock | AsyncClock | None = None,
        new_id: Callable[[], str] = random_id,
    ) -> None:
        ports = Ports(store, provider, notifier, gateway, clock or SystemClock())
        super().__init__(ports, Tokens(secret, tenant), host, organizer, ownership, new_id)

    async def _run(
        self,
        command: Callable[Concatenate[Desk, P], Coroutine[Any, Any, T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        desk = self._desk(await _awaited(self._ports.clock.now))
        with logged(command.__name__, desk):
            return await drive_async(command(desk, *args, **kwargs), self._answer)

    async def _answer(self, ask: Ask[Any]) -> Any:
        with watched(ask):
            return await _awaited(self._method(ask), *ask.arguments)

    # --- calendars --------------------------------------------------------------------------------

    @_soon(calendars.calendar)
    def calendar(self) -> None: ...

    @_soon(calendars.save_calendar)
    def save_calendar(self) -> None: ...

    @_soon(calendars.remove_member)
    def remove_member(self) -> None: ...

    @_soon(calendars.make_owner)
    def make_owner(self) -> None: ...

    # --- times ------------------------------------------------------------------------------------

    @_soon(finding.offers)
    def offers(self) -> None: ...

    @_soon(finding.explain)
    def explain(self) -> None: ...

    @_soon(finding.finder)
    def finder(self) -> None: ...

    # --- bookings ---------------------------------------------------------------------------------

    @_soon(booking.hold)
    def hold(self) -> None: ...

    @_soon(booking.confirm)
    def confirm(self) -> None: ...

    @_soon(booking.book)
    def book(self) -> None: ...

    @_soon(approving.approve)
    def approve(self) -> None: ...

    @_soon(approving.decline)
    def decline(self) -> None: ...

    # --- payments ---------------------------------------------------------------------------------

    @_soon(paying.attempt)
    def attempt(self) -> None: ...

    @_soon(paying.begin_payment)
    def begin_payment(self) -> None: ...

    @_soon(paying.payment_happened)
    def payment_happened(self) -> None: ...

    @_soon(paying.release)
    def release(self) -> None: ...

    @_soon(paying.settle)
    def settle(self) -> None: ...

    # --- changes ----------------------------------------------------------------------------------

    @_soon(changing.appointment)
    def appointment(self) -> None: ...

    @_soon(changing.agenda)
    def agenda(self) -> None: ...

    @_soon(changing.reschedule)
    def reschedule(self) -> None: ...

    @_soon(changing.edit)
    def edit(self) -> None: ...

    @_soon(changing.cancel)
    def cancel(self) -> None: ...

    @_soon(changing.mark)
    def mark(self) -> None: ...

    @_soon(changing.member_declined)
    def member_declined(self) -> None: ...

    # --- the outbox -------------------------------------------------------------------------------

    @_soon(delivering.deliver)
    def deliver(self) -> None: ...

    @_soon(delivering.undelivered)
    def undelivered(self) -> None: ...

    @_soon(delivering.retry)
    def retry(self) -> None: ...


async def _awaited(method: Callable[..., Any], *arguments: Any) -> Any:
    """What *method* answers, awaited if it is async, else from a worker thread."""
    if inspect.iscoroutinefunction(method):
        return await method(*arguments)
    answer = await to_thread(method, *arguments)
    return await answer if inspect.isawaitable(answer) else answer
