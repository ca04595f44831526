"""What each port owes, as tests that a host inherits.

Lives here: one contract a port, made of the standard library and plain asserts.
Must not live here: a test framework, fakes.

Subclass a contract in your tests, say in a few hooks how your port is made and looked at, and run
them with pytest. Each test says in its docstring which duty of the port's prose it checks. A port
and its async twin take the same contract. What cannot be the same everywhere is stated by a class
attribute of the contract, and is tested either way.
"""

from __future__ import annotations

from collective_booking.testing.contracts.busytimes import BusyTimesContract
from collective_booking.testing.contracts.calling import Contract
from collective_booking.testing.contracts.clocks import ClockContract
from collective_booking.testing.contracts.copies import CopiesContract, KeptCopy
from collective_booking.testing.contracts.gateways import PaymentGatewayContract
from collective_booking.testing.contracts.notifiers import Delivered, NotifierContract
from collective_booking.testing.contracts.providers import CalendarProviderContract
from collective_booking.testing.contracts.stores import BookingStoreContract

__all__ = [
    "BookingStoreContract",
    "BusyTimesContract",
    "CalendarProviderContract",
    "ClockContract",
    "Contract",
    "CopiesContract",
    "Delivered",
    "KeptCopy",
    "NotifierContract",
    "PaymentGatewayContract",
]
