"""What a gateway says of a payment: what is old or impossible changes nothing (M2, M4)."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from collective_booking.errors import ConfigurationError
from collective_booking.money import Money
from collective_booking.payments import (
    ANSWERS,
    NEWS,
    Payment,
    PaymentAnswer,
    PaymentNews,
    PaymentState,
)
from tests.bookings import EUROS

# state -> the news that still say something, written from what the states mean.
FRESH = {
    "authorising": {"authorised", "captured", "voided", "refunded", "declined"},
    "pending": {"authorised", "captured", "voided", "refunded", "declined"},
    "authorised": {"captured", "voided", "refunded"},
    "capturing": {"captured", "voided", "refunded"},
    "captured": {"refunded"},
    "voiding": {"captured", "voided", "refunded"},
    "refunding": {"refunded"},
    "declined": {"authorised", "captured"},  # another card
    "voided": set[str](),
    "refunded": set[str](),
}


@pytest.mark.parametrize(("state", "told"), list(product(PaymentState, sorted(ANSWERS))))
def test_news_that_are_old_change_nothing(state: PaymentState, told: PaymentState) -> None:
    """Webhooks come late, twice and out of order; only what goes on is taken in."""
    assert (told in NEWS.get(state, ())) is (str(told) in FRESH[state])


@pytest.mark.parametrize("state", PaymentState)
def test_the_same_news_twice_is_old(state: PaymentState) -> None:
    assert state not in NEWS.get(state, ())


def test_money_that_went_back_stays_back() -> None:
    """Nothing revives a payment that was voided or refunded, so nothing is booked on it."""
    assert PaymentState.VOIDED not in NEWS
    assert PaymentState.REFUNDED not in NEWS


def test_no_news_say_that_something_is_only_intended() -> None:
    """Intentions are ours; a gateway knows facts alone."""
    intended = {state for state in PaymentState if state.endswith("ing")} - {PaymentState.PENDING}

    assert {each for told in NEWS.values() for each in told} == ANSWERS - {PaymentState.PENDING}
    assert not intended & ANSWERS
    assert intended | ANSWERS == set(PaymentState)


# --- what a refund gives back --------------------------------------------------------------------


def test_a_refund_gives_back_what_was_received() -> None:
    """Who paid another amount gets that back, and not the price (M3)."""
    assert Payment(money=EUROS).returned == EUROS
    assert Payment(money=EUROS, received=Money(4000, "EUR")).returned == Money(4000, "EUR")
    assert Payment(money=EUROS, received=Money(9, "USD")).returned == Money(9, "USD")


def test_a_host_may_give_a_part_back() -> None:
    """M5."""
    assert Payment(money=EUROS, refund=Money(1, "EUR")).returned == Money(1, "EUR")


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["", "p\x00", "x" * 10_000, None, 7])
def test_an_answer_without_a_usable_reference_is_refused(reference: Any) -> None:
    """It is asked for under this reference ever after."""
    with pytest.raises(ConfigurationError, match="the gateway's answer"):
        PaymentAnswer(state=PaymentState.PENDING, reference=reference, money=EUROS)


@pytest.mark.parametrize("state", ["done", None, "CAPTURED"])
def test_an_answer_of_an_unknown_state_is_refused(state: Any) -> None:
    """An unknown word must never be taken for a payment that succeeded."""
    with pytest.raises(ConfigurationError, match="state"):
        PaymentAnswer(state=state, reference="p1", money=EUROS)


@pytest.mark.parametrize("money", [5000, "50 EUR", None])
def test_an_answer_that_does_not_say_how_much_is_refused(money: Any) -> None:
    """What goes back is what was taken, whatever was asked (M3)."""
    with pytest.raises(ConfigurationError, match="money"):
        PaymentAnswer(state=PaymentState.CAPTURED, reference="p1", money=money)


@pytest.mark.parametrize("name", ["id", "hold", "reference"])
def test_a_notification_that_names_nothing_is_refused(name: str) -> None:
    told: dict[str, Any] = {"id": "n1", "hold": "h1", "reference": "p1", "money": EUROS}

    with pytest.raises(ConfigurationError, match="the notification"):
        PaymentNews(**{**told, "state": PaymentState.CAPTURED, name: ""})


def test_money_that_is_a_number_is_refused() -> None:
    """Of which currency would it be? (M6)"""
    number: dict[str, Any] = {"money": 5000}
    with pytest.raises(ConfigurationError, match="money"):
        Payment(**number)
