"""Each duty of each contract is broken on purpose, and the contract finds it out."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

import pytest

from collective_booking.testing import contracts
from collective_booking.testing.contracts import (
    BookingStoreContract,
    CalendarProviderContract,
    ClockContract,
    NotifierContract,
    PaymentGatewayContract,
)
from tests.testing.broken import bookings, calendars, clocks, messages, money, outboxes, stores
from tests.testing.broken.table import CASES, Case

BROKEN: Final = (bookings, calendars, clocks, messages, money, outboxes, stores)
"""What has filled the table."""
ALL: Final = (
    BookingStoreContract,
    CalendarProviderContract,
    ClockContract,
    NotifierContract,
    PaymentGatewayContract,
)
HOME: Final = Path(contracts.__file__).parent


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_found_out(case: Case) -> None:
    """By an assertion of the contract itself: a test that merely crashed would prove nothing."""
    with pytest.raises(AssertionError) as found:
        case.run()

    where = Path(traceback.extract_tb(found.value.__traceback__)[-1].filename)
    assert where.is_relative_to(HOME), f"not the contract has found it out, but {where}"


@pytest.mark.parametrize("contract", ALL)
def test_every_duty_is_broken_by_somebody(contract: type) -> None:
    """A test that nothing can fail would let everything through."""
    duties = {name for name in dir(contract) if name.startswith("test_")}

    assert duties == {case.duty for case in CASES if issubclass(case.contract, contract)}


@pytest.mark.parametrize("contract", ALL)
def test_every_duty_says_which_it_is(contract: type) -> None:
    """Whoever fails it reads what they owe, and why."""
    duties = {name for name in dir(contract) if name.startswith("test_")}

    assert not [name for name in duties if not getattr(contract, name).__doc__]
