"""What a booking costs: a whole number of minor units, and whose (M6).

Lives here: `Money`, and which currencies there are.
Must not live here: rates, fractions of a minor unit, how money is written in a language, payments.

The currencies are those of ISO 4217 list one, as of 2026-01-01, in which prices are paid: without
funds and units of account, metals, and codes for testing. Where usage has fewer decimals than the
standard (no shop asks for half an Iraqi fils), the standard counts, for payment services follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import total_ordering
from types import MappingProxyType
from typing import Final, final

from collective_booking.errors import CollectiveBookingError, InvalidValueError, WrongTypeError

_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
    QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "UYW",
}
EXPONENTS: Final[Mapping[str, int]] = MappingProxyType(
    {code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()}
)
"""Every currency there is, and how many decimals its minor unit makes: 2 for EUR, 0 for JPY."""


@final
@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor units of its currency: cents, pence, or whole yen. Zero or more.

    Amounts are ordered within one currency only.

    Raises:
        WrongTypeError: the amount is no int, or the currency no text.
        InvalidValueError: a negative amount, or a currency that ISO 4217 does not list.

    >>> print(Money(5000, "EUR"), Money(5000, "JPY"), Money(5000, "KWD"), sep=", ")
    50.00 EUR, 5000 JPY, 5.000 KWD
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise WrongTypeError(
                "amount", self.amount, "an int of minor units (5000 for 50.00 EUR)"
            )
        if self.amount < 0:
            raise InvalidValueError("amount", self.amount, "money is zero or more")
        if not isinstance(self.currency, str):
            raise WrongTypeError("currency", self.currency, "an ISO 4217 code such as 'EUR'")
        if self.currency not in EXPONENTS:
            raise InvalidValueError("currency", self.currency, _advice(self.currency))
        object.__setattr__(self, "currency", str.__str__(self.currency))  # an enum's member, say

    @property
    def exponent(self) -> int:
        """How many decimals the minor unit makes: 2 where a hundred of them are one.

        >>> [Money(5000, code).exponent for code in ("EUR", "JPY", "KWD")]
        [2, 0, 3]
        """
        return EXPONENTS[self.currency]

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        if self.currency != other.currency:
            raise CurrencyMismatchError(self, other)
        return self.amount < other.amount

    def __str__(self) -> str:
        if not self.exponent:
            return f"{self.amount} {self.currency}"
        whole, rest = divmod(self.amount, 10**self.exponent)
        return f"{whole}.{rest:0{self.exponent}} {self.currency}"


class CurrencyMismatchError(CollectiveBookingError, ValueError):
    """Amounts of two currencies are compared, and only a rate of exchange could do that.

    >>> str(CurrencyMismatchError(Money(5000, "EUR"), Money(5000, "JPY")))
    '50.00 EUR and 5000 JPY cannot be compared: convert one of them first'
    """

    def __init__(self, one: Money, other: Money) -> None:
        super().__init__(one, other)
        self.one = one
        self.other = other

    def __str__(self) -> str:
        return f"{self.one} and {self.other} cannot be compared: convert one of them first"


def _advice(code: str) -> str:
    meant = code.strip().upper()
    if meant in EXPONENTS:
        return f"ISO 4217 codes are three capital letters: write {meant}"
    return "give a code that ISO 4217 lists today, such as EUR"


class PriceChangedError(CollectiveBookingError, ValueError):
    """The price is no longer the one that the booker was shown (A1).

    >>> str(PriceChangedError(Money(4000, "EUR"), Money(5000, "EUR")))
    'the price is 50.00 EUR now, not 40.00 EUR: show it and ask again'
    """

    def __init__(self, shown: Money | None, price: Money | None) -> None:
        super().__init__(shown, price)
        self.shown = shown
        self.price = price

    def __str__(self) -> str:
        told = "nothing" if self.price is None else str(self.price)
        return f"the price is {told} now, not {self.shown or 'nothing'}: show it and ask again"
