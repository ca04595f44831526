"""The studio's ports owe what the library's contracts say."""

from __future__ import annotations

from collective_booking.testing.contracts import (
    CalendarProviderContract,
    NotifierContract,
    PaymentGatewayContract,
)
from ports import Calendars, Cards, Mail


class TestCalendars(Calendars, CalendarProviderContract):
    """A file of JSON for each person."""


class TestLetters(Mail, NotifierContract):
    """The printer in the office."""


class TestTill(Cards, PaymentGatewayContract):
    """The payer acts; the money is reserved first."""
