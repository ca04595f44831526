"""Booking against payment: each step stored before it is taken, so that any crash can be resumed.

Lives here: taking the step that an attempt needs next, one after the other, to its end (M1, M2).
Must not live here: which step that is (that is the table in `holds`), any gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from collective_booking.asks import (
    Authorise,
    Capture,
    Commit,
    Interpret,
    ReadAppointment,
    ReadHold,
    ReadUnfinished,
    Refund,
    Void,
)
from collective_booking.drafts import Draft, Tenure
from collective_booking.errors import (
    CalendarChangedError,
    ForeignNotificationError,
    HoldExpiredError,
    MissingPortError,
    NothingToPayError,
    RetryTransactionError,
    StaleVersionError,
    UnknownBookingError,
    require,
)
from collective_booking.holds import OUTCOMES, Hold, HoldState, Move
from collective_booking.payments import (
    ANSWERED,
    NEWS,
    PAID,
    Charge,
    Notice,
    Payment,
    PaymentAnswer,
    PaymentNews,
    PaymentState,
)
from collective_booking.reasons import SlotUnavailableError
from collective_booking.retrying import pause_after
from collective_booking.tokens import Purpose
from collective_booking.workflows.desk import (
    Attempt,
    Booking,
    Desk,
    at_most,
    booking,
    judged_anew,
    read_anew,
)
from collective_booking.workflows.drafting import asked_afresh, confirming

_MOST_STEPS: Final = 20
"""More than any attempt takes: a gateway that contradicts itself cannot keep one going for ever."""


# --- what hosts ask for ---------------------------------------------------------------------------


async def attempt(desk: Desk, /, token: str) -> Attempt:
    """How far the attempt of a hold has come: nothing is asked of a gateway, and nothing changes.

    Raises:
        InvalidTokenError: *token* is of no hold.

    >>> from collective_booking.testing.samples import EUROS, KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar(price=EUROS))
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> service.attempt(held.token).action is None  # nobody has begun to pay
    True
    """
    return await _attempt(desk, await ReadHold(desk.tenant, desk.tokens.read(Purpose.HOLD, token)))


async def begin_payment(desk: Desk, /, token: str) -> Attempt:
    """Begin to pay for a hold; asked again, it tells how far that has come.

    `action` of the answer is what the payer needs to act. Where the gateway needs nobody to act,
    the answer may be booked already.

    Raises:
        InvalidTokenError: *token* is of no hold.
        NothingToPayError: there is no price: confirm the hold instead.
        HoldExpiredError: the hold has lapsed, or was released, before a payment began.
        MissingPortError: the service was given no gateway.

    >>> from collective_booking.testing.samples import EUROS, KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar(price=EUROS))
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> service.begin_payment(held.token).action
    'https://pay.example.com/...'
    """
    hold = await ReadHold(desk.tenant, desk.tokens.read(Purpose.HOLD, token))
    if hold.payment is None:
        await _intend(desk, hold)
    return await settled(desk, hold.id)


async def _intend(desk: Desk, /, hold: Hold) -> None:
    price = hold.snapshot.calendar.price
    if price is None:
        raise NothingToPayError(hold.id, "it has no price, so confirm the hold")
    if not hold.is_open(desk.now):
        raise HoldExpiredError(hold.id)
    if not desk.has_gateway:
        raise MissingPortError("gateway")
    # Where somebody else has begun it meanwhile, there is one payment all the same (M3).
    with suppress(StaleVersionError):
        await _step(desk, hold.stepped(payment=Payment(money=price)))


async def payment_happened(desk: Desk, /, notice: Notice) -> Attempt:
    """Take in what a gateway tells: a webhook, or the query of a return page (M4).

    In any order, any number of times: what is old or repeated changes nothing. A payment of another
    amount or currency than the hold's is given back; `hold.payment.received` tells (M3).

    Raises:
        ForgedNotificationError: it is not genuine.
        ForeignNotificationError: it is genuine, and not about a payment here.

    >>> from collective_booking.testing import FakeGateway
    >>> from collective_booking.testing.samples import EUROS, KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> gateway = FakeGateway()
    >>> service = sandbox(calendar(price=EUROS), gateway=gateway)
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> _ = service.begin_payment(held.token)
    >>> told = service.payment_happened(gateway.pay(held.hold.id))  # the webhook
    >>> print(told.outcome, told.booking.appointment.paid)
    booked 50.00 EUR
    """
    require("a notice", notice, Notice, "a Notice, with the body and the headers that came in")
    news = await Interpret(notice)
    require("what a gateway reads in a notice", news, PaymentNews, "PaymentNews")
    for _ in range(_MOST_STEPS):
        hold = await _about(desk, news)
        if not _is_new(hold, news):
            break
        try:
            await _take_in(desk, hold, news, news=news.id)
        except StaleVersionError:
            continue  # the attempt has moved on meanwhile: look again
        break
    return await settled(desk, news.hold)


async def _about(desk: Desk, /, news: PaymentNews) -> Hold:
    """The hold that *news* is about."""
    try:
        hold = await ReadHold(desk.tenant, news.hold)
    except UnknownBookingError:
        raise ForeignNotificationError("it names no hold of this tenant") from None
    if hold.payment is None or hold.payment.reference not in {None, news.reference}:
        raise ForeignNotificationError("it is another payment than its hold's", hold.id)
    return hold


def _is_new(hold: Hold, news: PaymentNews) -> bool:
    """Whether *news* change anything: others are old, or known already (M4)."""
    return hold.payment is not None and news.state in NEWS.get(hold.payment.state, ())


@read_anew
async def release(desk: Desk, /, token: str) -> Attempt:
    """Let a hold go: its time is free again at once, and money on its way is given back.

    Raises:
        InvalidTokenError: *token* is of no hold.
        HoldExpiredError: it is settled already, or about to be: cancel the appointment instead.

    >>> from collective_booking.testing.samples import KIM, MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> str(service.release(held.token).outcome), len(service.offers("sales-call", MONDAY))
    ('released', 8)
    """
    hold = await ReadHold(desk.tenant, desk.tokens.read(Purpose.HOLD, token))
    if hold.state in {HoldState.BOOKED, HoldState.SETTLING}:
        raise HoldExpiredError(hold.id, "it is booked, or about to be: cancel the appointment")
    if hold.state is HoldState.HELD:
        state = HoldState.UNWINDING if hold.payment else HoldState.RELEASED
        await _step(desk, hold.stepped(state=state), Tenure.ENDED)
    return await settled(desk, hold.id)


async def settle(desk: Desk, /, *, limit: int = 100) -> tuple[Attempt, ...]:
    """Resume unfinished attempts, as after a crash, and release what has lapsed (M2).

    At most *limit* of them, those that have waited longest first.

    Raises:
        InvalidValueError: *limit* is negative, or more than a million.

    >>> from datetime import timedelta
    >>> from collective_booking.testing import FakeClock
    >>> from collective_booking.testing.samples import KIM, NOW, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> clock = FakeClock(NOW)
    >>> service = sandbox(calendar(), clock=clock)
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> clock.advance(timedelta(minutes=10))
    >>> [str(attempt.outcome) for attempt in service.settle()]
    ['released']
    """
    due = await ReadUnfinished(desk.tenant, desk.now, at_most(limit))
    return tuple([await _resumed(desk, id_) for id_ in due])


async def _resumed(desk: Desk, /, id: str) -> Attempt:
    """Take it as far as it goes; what stops one hold stops no other, and no message."""
    try:
        return await settled(desk, id)
    except (CalendarChangedError, RetryTransactionError) as error:
        return await _attempt(desk, await ReadHold(desk.tenant, id), str(error))


# --- one step after the other ---------------------------------------------------------------------


async def settled(desk: Desk, /, id: str) -> Attempt:
    """Take the attempt of hold *id* as far as it goes now (M2).

    Each step is one call or one commit, and each commit expects the version that was read; so any
    number of these may run for one hold at once, and after a crash the next one goes on.
    """
    failure = ""
    for _ in range(_MOST_STEPS):
        hold = await ReadHold(desk.tenant, id)
        take = _TAKE.get(hold.move(desk.now))
        if take is None:
            break
        try:
            failure = await take(desk, hold)
        except StaleVersionError:
            continue  # somebody else has taken this step
        if failure:
            break
    return await _attempt(desk, await ReadHold(desk.tenant, id), failure)


async def _attempt(desk: Desk, /, hold: Hold, failure: str = "") -> Attempt:
    made: Booking | None = None
    if hold.state is HoldState.BOOKED:
        made = booking(desk, await ReadAppointment(desk.tenant, hold.id))
    return Attempt(hold, desk.tokens.make(Purpose.HOLD, hold.id), made, failure)


async def _step(
    desk: Desk, /, hold: Hold, tenure: Tenure = Tenure.SAME, *, news: str | None = None
) -> None:
    draft = Draft(tenant=desk.tenant, now=desk.now, hold=hold, tenure=tenure, news=news)
    await Commit(draft)


async def _take_in(
    desk: Desk, /, hold: Hold, told: PaymentAnswer | PaymentNews, **step: Any
) -> None:
    """Store what a gateway says of the payment of *hold*, asked or not.

    Another amount than the hold's goes back, and so does what is paid after all was over (M3).
    """
    payment = hold.payment
    assert payment is not None
    paid = told.state in PAID and hold.state is not HoldState.BOOKED
    other = paid and told.money != payment.money
    after = hold.paying(
        state=told.state,
        reference=told.reference,
        failures=0,
        again=None,
        received=told.money if other else payment.received,
        action=told.action if isinstance(told, PaymentAnswer) else payment.action,
    )
    if other or (paid and hold.state in OUTCOMES):
        await _step(desk, replace(after, state=HoldState.UNWINDING), Tenure.ENDED, **step)
    else:
        await _step(desk, after, **step)


async def _call(desk: Desk, /, hold: Hold) -> str:
    """Ask the gateway what is intended; no answer means unknown, and the claim stands (M2)."""
    assert hold.payment is not None
    if not desk.has_gateway:
        return "this service was given no gateway"  # others that have one will ask
    try:
        answer = await _asked(desk, hold)
        require("what a gateway answers", answer, PaymentAnswer, "a PaymentAnswer")
    except Exception as error:  # noqa: BLE001  # whatever it raises, nobody knows if it has acted
        return await _unanswered(desk, hold, type(error).__name__)
    if answer.state not in ANSWERED[hold.payment.state]:
        return await _unanswered(desk, hold, f"{answer.state}, when asked for {hold.payment.state}")
    await _take_in(desk, hold, answer)
    return ""


async def _unanswered(desk: Desk, /, hold: Hold, why: str) -> str:
    """Let the same call wait, longer each time, so that those who can be served are."""
    assert hold.payment is not None
    failures = hold.payment.failures + 1
    again = desk.now + pause_after(failures, hold.id)
    with suppress(StaleVersionError):  # somebody else has asked too, and knows better
        await _step(desk, hold.paying(failures=failures, again=again))
    return f"the gateway has not answered: {why}"


def _asked(desk: Desk, hold: Hold) -> Authorise | Capture | Void | Refund:
    """The call that the payment of *hold* intends, under the same key each time (M4)."""
    payment = hold.payment
    assert payment is not None
    key = f"{desk.tenant}/{hold.id}/{payment.state}"
    if payment.state is PaymentState.AUTHORISING:
        return Authorise(
            Charge(
                tenant=desk.tenant,
                hold=hold.id,
                money=payment.money,
                description=hold.title,
                name=hold.contact.name,
                email=hold.contact.email,
                key=key,
            )
        )
    assert payment.reference is not None
    if payment.state is PaymentState.CAPTURING:
        return Capture(payment.reference, payment.money, key)
    if payment.state is PaymentState.VOIDING:
        return Void(payment.reference, key)
    return Refund(payment.reference, payment.returned, key)


async def _claim(desk: Desk, /, hold: Hold) -> str:
    """Claim the time for good: as it is held, or anew if that has lapsed and it is still free."""
    settling = hold.stepped(state=HoldState.SETTLING)
    try:
        if hold.has_lapsed(desk.now):
            raise HoldExpiredError(hold.id)
        await _step(desk, settling, Tenure.FOR_GOOD)
    except HoldExpiredError:
        return await _revive(desk, hold, settling)
    return ""


async def _revive(desk: Desk, /, hold: Hold, settling: Hold) -> str:
    async def once() -> None:
        draft = Draft(tenant=desk.tenant, now=desk.now, hold=settling)
        await Commit(*await asked_afresh(desk, draft, hold))

    try:
        await judged_anew(once)
    except SlotUnavailableError:
        return await _unwind(desk, hold)
    return ""


async def _capture(desk: Desk, /, hold: Hold) -> str:
    await _step(desk, hold.paying(state=PaymentState.CAPTURING))
    return ""


async def _unwind(desk: Desk, /, hold: Hold) -> str:
    """Free the time, and intend to give the money back: let go of it, or refund what was taken."""
    assert hold.payment is not None
    taken = hold.payment.state is PaymentState.CAPTURED
    back = PaymentState.REFUNDING if taken else PaymentState.VOIDING
    unwinding = replace(hold.paying(state=back), state=HoldState.UNWINDING)
    await _step(desk, unwinding, Tenure.ENDED)
    return ""


async def _book(desk: Desk, /, hold: Hold) -> str:
    await Commit(confirming(desk, hold))
    return ""


async def _release(desk: Desk, /, hold: Hold) -> str:
    await _step(desk, hold.stepped(state=HoldState.RELEASED), Tenure.ENDED)
    return ""


async def _refund(desk: Desk, /, hold: Hold) -> str:
    await _step(desk, hold.stepped(state=HoldState.REFUNDED), Tenure.ENDED)
    return ""


_TAKE: Final[Mapping[Move, Callable[[Desk, Hold], Coroutine[Any, Any, str]]]] = {
    Move.CALL: _call,
    Move.CLAIM: _claim,
    Move.CAPTURE: _capture,
    Move.UNWIND: _unwind,
    Move.BOOK: _book,
    Move.RELEASE: _release,
    Move.REFUND: _refund,
}
"""How each move is taken; each answers with why it could not, or nothing."""
