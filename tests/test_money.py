"""Money is counted in whole minor units, and never mixed."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collective_booking.errors import InvalidValueError, WrongTypeError
from collective_booking.money import EXPONENTS, CurrencyMismatchError, Money


class Currency(StrEnum):
    EURO = "EUR"


def money(currency: str | None = None) -> st.SearchStrategy[Money]:
    amounts = st.integers(0, 10**12)
    codes = st.sampled_from(sorted(EXPONENTS)) if currency is None else st.just(currency)
    return st.builds(Money, amounts, codes)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (5000, "EUR", "50.00 EUR"),
        (5, "EUR", "0.05 EUR"),
        (0, "EUR", "0.00 EUR"),
        (5000, "JPY", "5000 JPY"),
        (0, "JPY", "0 JPY"),
        (1000, "KWD", "1.000 KWD"),
        (1, "KWD", "0.001 KWD"),
        (12345, "UYW", "1.2345 UYW"),
    ],
)
def test_money_prints_with_the_decimals_of_its_currency(
    amount: int, currency: str, shown: str
) -> None:
    """5000 is fifty euros, five thousand yen or five dinars, and the reader pays what it says."""
    assert str(Money(amount, currency)) == shown


@given(money())
def test_the_amount_can_be_read_back_from_what_is_printed(price: Money) -> None:
    """Nothing is rounded on its way to the booker."""
    shown, currency = str(price).split()

    assert currency == price.currency
    assert Decimal(shown).scaleb(price.exponent) == price.amount


@pytest.mark.parametrize("amount", [50.0, Decimal("50.00"), Fraction(50), "5000", True, None])
def test_an_amount_is_an_int(amount: Any) -> None:
    """50.0 may mean fifty euros or fifty cents: nobody should have to guess (M6)."""
    with pytest.raises(WrongTypeError, match="minor units") as caught:
        Money(amount, "EUR")

    assert (caught.value.name, caught.value.value) == ("amount", amount)


def test_money_is_never_negative() -> None:
    """A price below zero is a sign lost somewhere; refunds say what they are."""
    with pytest.raises(InvalidValueError) as caught:
        Money(-1, "EUR")

    assert (caught.value.name, caught.value.value) == ("amount", -1)


@pytest.mark.parametrize("code", ["eur", "Eur", " EUR", "EUR\n"])
def test_a_code_in_other_letters_is_refused_with_the_right_one(code: str) -> None:
    """Payment services differ in what they forgive, so there is one way to write it here."""
    with pytest.raises(InvalidValueError) as caught:
        Money(5000, code)

    assert caught.value.advice.endswith("write EUR")


@pytest.mark.parametrize("code", ["", "EURO", "€", "XYZ", "DEM", "XAU", "XXX", "CHE", "BTC"])
def test_what_nobody_can_be_charged_in_is_no_currency(code: str) -> None:
    """Withdrawn codes, metals and units of account would fail at the payment, after the booking."""
    with pytest.raises(InvalidValueError) as caught:
        Money(5000, code)

    assert (caught.value.name, caught.value.value) == ("currency", code)


@pytest.mark.parametrize("code", [None, 978, b"EUR"])
def test_a_currency_is_text(code: Any) -> None:
    """ISO 4217 has numbers too; a program that mixes them up hears of it here."""
    with pytest.raises(WrongTypeError) as caught:
        Money(5000, code)

    assert (caught.value.name, caught.value.value) == ("currency", code)


def test_the_code_of_an_enum_becomes_plain_text() -> None:
    """Hosts keep their currencies in an enum; what is stored must not depend on it."""
    price = Money(5000, Currency.EURO)

    assert type(price.currency) is str
    assert price == Money(5000, "EUR")


@given(money("EUR"), money("EUR"))
def test_money_of_one_currency_is_ordered_by_amount(one: Money, other: Money) -> None:
    """The dearer of two offers can be found."""
    assert (one < other) is (one.amount < other.amount)
    assert (one <= other) is (one.amount <= other.amount)
    assert (one > other) is (one.amount > other.amount)
    assert (one >= other) is (one.amount >= other.amount)
    assert (one == other) is (one.amount == other.amount)


def test_money_of_two_currencies_is_not_ordered() -> None:
    """Comparing the numbers would call 60 yen more than 50 euros."""
    euros, yen = Money(5000, "EUR"), Money(6000, "JPY")

    with pytest.raises(CurrencyMismatchError) as caught:
        max(euros, yen)

    assert {caught.value.one, caught.value.other} == {euros, yen}


def test_money_of_two_currencies_is_simply_not_equal() -> None:
    """Whether a payment is the one expected must be askable without an exception."""
    assert Money(5000, "EUR") != Money(5000, "JPY")


def test_money_is_not_ordered_beside_numbers() -> None:
    """A bare 100 has no currency, so there is no answer."""
    with pytest.raises(TypeError):
        assert Money(5000, "EUR") < 100  # type: ignore[operator]


@given(money())
def test_money_survives_copying_and_pickling(price: Money) -> None:
    """It travels with a hold and its payment."""
    for again in (copy.copy(price), copy.deepcopy(price), pickle.loads(pickle.dumps(price))):
        assert again == price
        assert hash(again) == hash(price)


def test_the_error_of_two_currencies_survives_copying_and_pickling() -> None:
    """It may be raised in a worker process."""
    error = CurrencyMismatchError(Money(5000, "EUR"), Money(6000, "JPY"))
    again = pickle.loads(pickle.dumps(error))

    assert (type(again), again.args, str(again)) == (type(error), error.args, str(error))
    assert (again.one, again.other) == (error.one, error.other)


def test_every_code_is_three_capital_letters() -> None:
    """A slip in the table shows here, and not at somebody's payment."""
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in EXPONENTS)


@pytest.mark.parametrize(
    ("exponent", "codes"),
    [
        (0, ["CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"]),
        (2, ["AUD", "CAD", "CHF", "CNY", "CZK", "EUR", "GBP", "HUF", "IDR", "TWD", "USD"]),
        (2, ["COP", "LBP", "MGA", "MRU", "RSD", "SLE", "VED", "VES", "XCG", "ZWG"]),
        (3, ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
        (4, ["UYW"]),
    ],
)
def test_the_decimals_are_those_of_the_standard(exponent: int, codes: list[str]) -> None:
    """A wrong one charges a hundred times too much, or too little."""
    assert {code: EXPONENTS.get(code) for code in codes} == dict.fromkeys(codes, exponent)


def test_the_table_has_as_many_currencies_as_the_standard() -> None:
    """A line lost in an edit takes twenty currencies with it."""
    assert len(EXPONENTS) == 156


@pytest.mark.parametrize("code", ["ANG", "BGN", "CUC", "HRK", "SLL", "ZWL"])
def test_a_currency_that_was_withdrawn_is_gone(code: str) -> None:
    """The standard moves; these left it in the last few years."""
    assert code not in EXPONENTS
