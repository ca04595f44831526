"""Where commands are taken in: what each needs to know besides its own arguments.

Lives here: `Desk`, drawn once for each command by the service (N6), and what commands answer with.
Must not live here: any command.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from collective_booking.appointments import Appointment
from collective_booking.asks import ReadAppointment, ReadOutcome
from collective_booking.calendars import OwnershipPolicy, primary_ownership
from collective_booking.drafts import Outcome, Request
from collective_booking.effects import unreached
from collective_booking.errors import (
    CalendarChangedError,
    InvalidValueError,
    StaleVersionError,
    require,
)
from collective_booking.holds import OUTCOMES, Hold, HoldState
from collective_booking.payments import PaymentState
from collective_booking.tokens import Purpose, Tokens

P = ParamSpec("P")
T = TypeVar("T")

A_VERSION: Final = "a whole number, as it was read"
"""What the version is that a caller expects."""
MOST: Final = 1_000_000
"""More than one run can work off."""
TRIES: Final = 3
"""How often a command is begun when what it read, or its calendar, changes meanwhile (S1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What one command is run with: whose, when, and the id of what it may make (N6).

    UIDs end in `@` and `host`, by which providers know our own copies (F6). `organizer` is the
    address that invites, or None for each owner's own (A1).
    """

    now: datetime
    new_id: str
    tokens: Tokens
    host: str
    organizer: str | None = None
    ownership: OwnershipPolicy = primary_ownership
    has_gateway: bool = False

    @property
    def tenant(self) -> str:
        """Within which everything is meant (S6)."""
        return self.tokens.tenant

    def uid(self, id: str) -> str:
        """The UID of the appointment *id*, which never changes (E5)."""
        return f"{id}@{self.host}"


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment as a command left it.

    `token` lets the booker manage it (N6). `unreached` are the members who get no invitation, for
    they have no calendar (E2).

    >>> from collective_booking.snapshots import Snapshot
    >>> from collective_booking.testing.samples import BEN, appointment, calendar, member
    >>> team = calendar(member("ana", calendar=None), BEN)
    >>> call = appointment(snapshot=Snapshot(calendar=team, version=1, owner="ana"))
    >>> Booking(call, token="...").unreached  # though Ana owns it, and gets an e-mail
    ('ana',)
    """

    appointment: Appointment
    token: str

    @property
    def unreached(self) -> tuple[str, ...]:
        """The ids of the members who get no invitation, in the roster's order (E2)."""
        return unreached(self.appointment)


@dataclass(frozen=True, slots=True)
class Held:
    """A hold as a command left it; `token` lets the booker pay for it or let it go (N6).

    >>> from collective_booking.testing.samples import hold
    >>> Held(hold(), token="...").hold.expires.isoformat()
    '2026-11-23T07:10:00+00:00'
    """

    hold: Hold
    token: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far an attempt to book against payment has come (M2).

    `outcome` is booked, released or refunded, or None while it goes on. `action` is what the payer
    needs to act, if it is the payer's turn. `failure` tells why the gateway has not answered: what
    it was asked is unknown, not failed, and asked again by `settle` or `deliver`.

    >>> from collective_booking.testing import FakeGateway
    >>> from collective_booking.testing.samples import EUROS, KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> gateway = FakeGateway()
    >>> service = sandbox(calendar(price=EUROS), gateway=gateway)
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> attempt = service.begin_payment(held.token)
    >>> attempt.outcome, attempt.action  # it is Kim's turn
    (None, 'https://pay.example.com/pay-id2-1')
    >>> attempt = service.payment_happened(gateway.pay(held.hold.id))
    >>> str(attempt.outcome), attempt.action, attempt.booking.appointment.title
    ('booked', None, 'Sales call')
    """

    hold: Hold
    token: str
    booking: Booking | None = None
    failure: str = ""

    @property
    def outcome(self) -> HoldState | None:
        """How it ended: booked, released or refunded; None while it goes on (M2)."""
        return self.hold.state if self.hold.state in OUTCOMES else None

    @property
    def action(self) -> str | None:
        """What the payer needs in order to act, as the gateway gave it; None if nobody waits."""
        payment = self.hold.payment
        if self.hold.state is HoldState.HELD and payment and payment.state is PaymentState.PENDING:
            return payment.action
        return None


def booking(desk: Desk, appointment: Appointment) -> Booking:
    """What is told of *appointment*, the same each time (N6)."""
    return Booking(appointment, desk.tokens.make(Purpose.MANAGE, appointment.id))


def at_most(limit: int) -> int:
    """*limit*, if so many can be asked for.

    Raises:
        WrongTypeError: it is no whole number.
        InvalidValueError: it is negative, or more than a million.
    """
    require("limit", limit, int, "a whole number")
    if not 0 <= limit <= MOST:
        raise InvalidValueError("limit", limit, f"give a number from 0 to {MOST}")
    return limit


def request_of(id: str | None, command: str, *arguments: object) -> Request | None:
    """The request that is made under *id*; None where the caller gave none (S4)."""
    return None if id is None else Request.of(id, command, *arguments)


async def answered(desk: Desk, request: Request | None) -> Outcome | None:
    """What was answered to *request* before: asked first, so that a repetition reads nothing else.

    Raises:
        RequestReusedError: something else was asked under its id.
    """
    return None if request is None else await ReadOutcome(desk.tenant, request)


async def booking_of(desk: Desk, outcome: Outcome) -> Booking:
    """The appointment as it was when its request was answered first (S4)."""
    return booking(desk, await ReadAppointment(desk.tenant, outcome.subject, outcome.version))


def read_anew(
    command: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """*command*, begun again when somebody else has changed meanwhile what it read (A3).

    For commands that name no version: whoever comes second is told what the first has done.
    """

    @wraps(command)
    async def again(*args: P.args, **kwargs: P.kwargs) -> T:
        return await _begun_again(lambda: command(*args, **kwargs), StaleVersionError)

    return again


async def judged_anew(once: Callable[[], Awaitable[T]]) -> T:
    """What *once* comes to, begun again from reading when its calendar changes meanwhile (S1).

    Raises:
        CalendarChangedError: it changed each time.
    """
    return await _begun_again(once, CalendarChangedError)


async def _begun_again(once: Callable[[], Awaitable[T]], refused: type[Exception]) -> T:
    for _ in range(TRIES - 1):
        try:
            return await once()
        except refused:
            continue
    return await once()
