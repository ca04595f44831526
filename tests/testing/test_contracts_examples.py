"""What a host reads first of a contract: its example, and what a hook says that is not written."""

from __future__ import annotations

from doctest import DocTestParser
from inspect import getdoc, signature
from typing import Any, Final

import pytest

from collective_booking.testing import contracts
from collective_booking.testing.contracts import (
    BookingStoreContract,
    BusyTimesContract,
    CalendarProviderContract,
    ClockContract,
    Contract,
    CopiesContract,
    NotifierContract,
    PaymentGatewayContract,
)

HOOKS: Final = {
    BookingStoreContract: ("make_store", "reopened"),
    BusyTimesContract: ("make_provider",),
    CalendarProviderContract: ("make_provider", "copies_of"),
    ClockContract: ("make_clock",),
    CopiesContract: ("make_provider", "copies_of"),
    NotifierContract: ("make_notifier", "delivered", "break_down"),
    PaymentGatewayContract: ("make_gateway", "pay", "kept"),
}
"""What a host has to write for each: all other hooks have an answer of their own."""
SHOWN: Final = [each for each in HOOKS if each not in {BusyTimesContract, CopiesContract}]
"""Those with an example; that of a whole calendar shows both of its halves."""


def shown_by(contract: type[Contract]) -> type[Contract]:
    """The class that the docstring of *contract* shows, as a host would copy it."""
    scope: dict[str, Any] = {contract.__name__: contract} | contracts.__dict__
    for example in DocTestParser().get_examples(getdoc(contract) or ""):
        exec(example.source, scope)  # our own words
    (shown,) = [
        each
        for each in scope.values()
        if isinstance(each, type) and issubclass(each, contract) and each is not contract
    ]
    return shown


DUTIES: Final = [
    pytest.param(contract, name, id=f"{contract.__name__}-{name}")
    for contract in SHOWN
    for name in dir(contract)
    if name.startswith("test_")
]


@pytest.mark.parametrize(("contract", "duty"), DUTIES)
def test_an_example_keeps_the_whole_contract(contract: type[Contract], duty: str) -> None:
    """Whoever copies one and runs it must not be told that our own fake breaks its port."""
    example = shown_by(contract)()
    try:
        getattr(example, duty)()
    finally:
        example.teardown_method()


@pytest.mark.parametrize("contract", HOOKS)
def test_a_hook_that_is_not_written_says_what_to_write(contract: type[Contract]) -> None:
    """The first thing that most hosts see of a contract; a bare error would tell nothing."""
    for name in HOOKS[contract]:
        hook = getattr(contract(), name)
        with pytest.raises(NotImplementedError, match=f"say in your class how .+: write {name}$"):
            hook(*signature(hook).parameters)
