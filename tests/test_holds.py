"""An attempt to book against payment: whatever a gateway answers, it ends in one of three ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from typing import Final

import pytest

from collective_booking.errors import ConfigurationError
from collective_booking.holds import LATE_PAYMENT, OUTCOMES, Hold, HoldState, Move
from collective_booking.payments import ANSWERS, NEWS, Payment, PaymentState
from collective_booking.snapshots import Snapshot
from tests.bookings import EUROS, KIM, NOW, at, calendar

SNAPSHOT: Final = Snapshot(calendar=calendar(price=EUROS), version=1, owner="ana")
ASKED: Final = {
    PaymentState.AUTHORISING: {"pending", "authorised", "captured", "declined"},
    PaymentState.CAPTURING: {"captured", "declined", "pending"},
    PaymentState.VOIDING: {"voided", "captured", "declined"},
    PaymentState.REFUNDING: {"refunded"},
}
"""What an honest gateway may answer to each call."""


def hold(state: HoldState = HoldState.HELD, payment: PaymentState | None = None) -> Hold:
    made = Payment(money=EUROS, state=payment, reference="p1") if payment else None
    return Hold(
        tenant="default",
        id="h1",
        snapshot=SNAPSHOT,
        slot=SNAPSHOT.slot(at("10:00")),
        contact=KIM,
        made=NOW,
        expires=NOW + timedelta(minutes=10),
        title="Sales call",
        state=state,
        payment=made,
    )


def moved(one: Hold, free: bool) -> list[Hold]:
    """Everything that can follow from what *one* needs next, where its time is *free* or not."""
    assert one.payment is not None
    match one.move(NOW):
        case Move.CALL:
            return [one.paying(state=PaymentState(answer)) for answer in ASKED[one.payment.state]]
        case Move.WAIT:  # for news, or for the end of waiting
            told = [one.paying(state=each) for each in NEWS[one.payment.state]]
            return [*told, unwound(one)]
        case Move.CLAIM:
            return [one.stepped(state=HoldState.SETTLING)] if free else [unwound(one)]
        case Move.CAPTURE:
            return [one.paying(state=PaymentState.CAPTURING)]
        case Move.UNWIND:
            return [unwound(one)]
        case Move.BOOK:
            return [one.stepped(state=HoldState.BOOKED)]
        case Move.RELEASE:
            return [one.stepped(state=HoldState.RELEASED)]
        case Move.REFUND:
            return [one.stepped(state=HoldState.REFUNDED)]
        case Move.REST:
            return []


def unwound(one: Hold) -> Hold:
    assert one.payment is not None
    taken = one.payment.state is PaymentState.CAPTURED
    back = PaymentState.REFUNDING if taken else PaymentState.VOIDING
    return replace(one.paying(state=back), state=HoldState.UNWINDING)


@pytest.mark.parametrize("free", [True, False])
def test_every_way_ends_in_one_of_three_and_the_money_agrees(free: bool) -> None:
    """M2: the whole graph is walked, so no answer leads into a corner."""
    seen: set[tuple[HoldState, PaymentState]] = set()
    ends: set[tuple[HoldState, PaymentState]] = set()
    waiting = [hold(payment=PaymentState.AUTHORISING)]
    while waiting:
        one = waiting.pop()
        assert one.payment is not None
        where = (one.state, one.payment.state)
        if where in seen:
            continue
        seen.add(where)
        after = moved(one, free)
        if not after:
            ends.add(where)
        waiting += after

    assert {state for state, _ in ends} == (OUTCOMES if free else OUTCOMES - {HoldState.BOOKED})
    taken = {PaymentState.CAPTURED, PaymentState.AUTHORISED, PaymentState.PENDING}
    for state, payment in ends:
        assert state in OUTCOMES
        assert (state is HoldState.BOOKED) == (payment is PaymentState.CAPTURED)
        assert (state is HoldState.REFUNDED) == (payment is PaymentState.REFUNDED)
        assert state is HoldState.BOOKED or payment not in taken


def test_a_hold_without_a_payment_waits_and_then_is_released() -> None:
    assert hold().move(NOW) is Move.WAIT
    assert hold().wakes == NOW + timedelta(minutes=10)
    assert hold().move(NOW + timedelta(minutes=10)) is Move.RELEASE
    assert hold(HoldState.RELEASED).wakes is None


def test_a_late_payer_is_waited_for_one_hour() -> None:
    """M1."""
    waiting = hold(payment=PaymentState.PENDING)
    end = waiting.expires + LATE_PAYMENT

    assert waiting.wakes == end
    assert waiting.move(end - timedelta(microseconds=1)) is Move.WAIT
    assert waiting.move(end) is Move.UNWIND


def test_nobody_is_waited_for_once_the_meeting_has_begun() -> None:
    """M1: what is over is not sold, neither by a late payer nor by a gateway that was away."""
    soon = replace(hold(payment=PaymentState.PENDING), expires=at("09:55"))
    paid = soon.paying(state=PaymentState.AUTHORISED)

    assert soon.wakes == soon.deadline == at("10:00")
    assert paid.move(at("09:59")) is Move.CLAIM  # anew, if it is still free
    assert paid.move(at("10:00")) is Move.UNWIND


def test_a_live_hold_can_be_paid_though_its_meeting_has_begun() -> None:
    """It keeps the time until it expires, and nothing is asked again (S1)."""
    late = replace(hold(payment=PaymentState.AUTHORISED), expires=at("10:05"))

    assert late.move(at("10:04")) is Move.CLAIM
    assert late.move(at("10:05")) is Move.UNWIND


def test_a_call_that_was_not_answered_waits_its_turn() -> None:
    """A hundred holds of a gateway that is away must not hide the others from `settle`."""
    asked = hold(payment=PaymentState.AUTHORISING)
    assert asked.wakes == asked.made
    later = asked.paying(failures=1, again=at("09:00"))

    assert later.wakes == at("09:00")
    assert later.move(NOW) is Move.CALL  # who asks for it is not made to wait


def test_a_hold_lapses_the_instant_it_expires() -> None:
    assert not hold().has_lapsed(hold().expires - timedelta(microseconds=1))
    assert hold().has_lapsed(hold().expires)
    assert not hold(HoldState.SETTLING).has_lapsed(hold().expires)  # claimed for good (M2)


def test_a_hold_is_timed_by_instants_in_utc() -> None:
    """Wall clocks of other zones are read, and those of no zone refused (T1)."""
    there = timezone(timedelta(hours=9))
    kept = replace(hold(), made=NOW.astimezone(there))

    assert (kept.made, kept.made.tzinfo) == (NOW, UTC)
    with pytest.raises(ConfigurationError, match=r"expires: .* has no time zone"):
        replace(hold(), expires=NOW.replace(tzinfo=None))


def test_a_hold_is_open_until_it_lapses_or_is_settled() -> None:
    assert hold().is_open(NOW)
    assert not hold().is_open(hold().expires)
    assert not any(hold(state).is_open(NOW) for state in HoldState if state is not HoldState.HELD)


@pytest.mark.parametrize("state", PaymentState)
def test_news_never_take_a_payment_back(state: PaymentState) -> None:
    """M4: what was voided or refunded stays so, and nothing becomes less certain."""
    following = NEWS.get(state, ())

    assert set(following) <= ANSWERS
    assert state not in following
    if state in {PaymentState.VOIDED, PaymentState.REFUNDED}:
        assert following == ()
    if state in {PaymentState.CAPTURED, PaymentState.CAPTURING}:
        assert PaymentState.AUTHORISED not in following
