"""How the example reads Stripe: statuses, and amounts that Stripe counts in its own way."""

from __future__ import annotations

import doctest
import subprocess
import sys
from inspect import get_annotations
from typing import Any, Final, get_args

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.errors import InvalidValueError
from collective_booking.money import EXPONENTS, Money
from collective_booking.payments import PaymentState
from examples import stripe_gateway
from examples.stripe_gateway import STATES, money_from, state_of, units_of

# Amounts in minor units of ISO 4217, and as Stripe's page on currencies tells to write them.
WRITTEN: Final = [
    ("EUR", 5000, 5000),
    ("JPY", 5000, 5000),
    ("HUF", 5000, 5000),  # without decimals in payouts alone
    ("TWD", 5000, 5000),
    ("ISK", 5, 500),
    ("UGX", 5, 500),
    ("MGA", 500, 5),
    ("KWD", 5120, 5120),
]


@pytest.mark.parametrize(("currency", "minor", "units"), WRITTEN)
def test_an_amount_is_what_stripe_means_by_it(currency: str, minor: int, units: int) -> None:
    """A hundred times too much or too little is taken in silence."""
    assert units_of(Money(minor, currency)) == units
    assert money_from(units, currency.lower()) == Money(minor, currency)


@pytest.mark.parametrize(
    ("currency", "minor"), [("KWD", 5125), ("MGA", 550), ("IQD", 5000), ("LYD", 10), ("UYW", 10)]
)
def test_an_amount_that_stripe_does_not_take_is_refused(currency: str, minor: int) -> None:
    """Rounding it would take another price than the one that was shown (M3)."""
    with pytest.raises(InvalidValueError, match="Stripe"):
        units_of(Money(minor, currency))


@pytest.mark.parametrize("code", ["isk", "ugx"])
def test_a_part_of_what_has_no_parts_is_an_error(code: str) -> None:
    """It was misread, and to go on would be to guess."""
    with pytest.raises(InvalidValueError, match="no such part"):
        money_from(550, code)


@given(st.integers(0, 10**8), st.sampled_from(sorted(EXPONENTS)))
def test_an_amount_comes_back_as_it_went(amount: int, currency: str) -> None:
    """What Stripe says was paid is compared with what was asked (M3)."""
    money = Money(amount, currency)
    try:
        units = units_of(money)
    except InvalidValueError:
        return

    assert money_from(units, currency.lower()) == money


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.sampled_from(["EUR", "ISK", "KWD", "MGA"]))
def test_more_money_is_more_for_stripe(one: int, other: int, currency: str) -> None:
    """No rounding makes two prices one."""
    try:
        units = [units_of(Money(each * 1000, currency)) for each in (one, other)]
    except InvalidValueError:
        return

    assert (one < other) is (units[0] < units[1])


def test_every_status_that_stripe_has_is_read() -> None:
    """One that is missing would stop a payment half way."""
    told: Any = get_annotations(stripe.PaymentIntent)["status"]
    known, _any_text = get_args(told)

    assert set(get_args(known)) == set(STATES)


def test_nothing_is_declined_while_a_payer_may_try_another_card() -> None:
    """DECLINED promises that no money will move; a PaymentIntent promises that once cancelled."""
    assert PaymentState.DECLINED not in STATES.values()
    assert STATES["requires_payment_method"] is PaymentState.PENDING
    assert STATES["canceled"] is PaymentState.VOIDED


def test_a_status_of_tomorrow_is_an_error() -> None:
    """Whatever it means, nobody knows; the same call is made again until it can be read."""
    with pytest.raises(InvalidValueError, match="update this gateway"):
        state_of({"status": "requires_applause"})


def test_the_example_shows_itself_without_a_key() -> None:
    """It runs anywhere, asks nobody, and says what to do next."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(stripe_gateway.__file__)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "requires_capture" in ran.stdout
    assert "sk_test_..." in ran.stdout


def test_its_own_examples_hold() -> None:
    assert doctest.testmod(stripe_gateway).failed == 0
