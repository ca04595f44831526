"""The game that hosts are handed: it lets good ports pass, and finds what is wrong with others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from collective_booking.adapters.memory import MemoryStore
from collective_booking.drafts import Taken
from collective_booking.errors import ForgedNotificationError
from collective_booking.messages import MemberCopy
from collective_booking.money import Money
from collective_booking.payments import Notice, PaymentAnswer, PaymentNews
from collective_booking.testing import FakeGateway, FakeProvider
from collective_booking.testing.machines import BookingMachine
from tests.testing.broken.bookings import ClaimsNothing

SHORT: Final = settings(
    max_examples=60, stateful_step_count=40, derandomize=True, phases=[Phase.generate]
)
"""The same games each time, and no search for the smallest one."""


def play(**hooks: Callable[..., Any]) -> None:
    run_state_machine_as_test(type("Machine", (BookingMachine,), hooks), settings=SHORT)


def test_the_fakes_pass() -> None:
    """Without a hook it is a game among ourselves."""
    run_state_machine_as_test(BookingMachine, settings=settings(SHORT, max_examples=10))


def test_games_that_share_a_store_do_not_meet() -> None:
    """A database is made once for all of them."""
    store = MemoryStore()

    play(make_store=lambda _: store)


# --- ports with a fault of their own --------------------------------------------------------------


class ForgetfulStore(MemoryStore):
    """It does not tell what is taken, and books nothing twice all the same."""

    def taken(self, *asked: Any) -> Taken:
        return Taken()


class CrowdedCalendars(FakeProvider):
    """Cancelled appointments stay in them."""

    def remove(self, copy: MemberCopy) -> None:
        pass


class DeafCalendars(FakeProvider):
    """Appointments that were moved stay where they were."""

    def update(self, copy: MemberCopy) -> None:
        pass


class GreedyGateway(FakeGateway):
    """It knows no idempotency keys: each call acts."""

    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        half = replace(money, amount=money.amount // 2)
        return super().refund(reference, half, f"{key}/{len(self.calls)}")


class GullibleGateway(FakeGateway):
    """It believes whatever it is told."""

    def interpret(self, notice: Notice) -> PaymentNews:
        try:
            return super().interpret(notice)
        except ForgedNotificationError:
            return super().interpret(self.notices[0])


WRONG: Final[dict[str, tuple[dict[str, Callable[..., Any]], str]]] = {
    "a store that does not tell what is taken": (
        {"make_store": lambda _: ForgetfulStore()},
        r"2026-11-2\d \S+ is listed, and cannot be had: (?s:.+) \(L1\)",
    ),
    "a store that books one time twice": (
        {"make_store": lambda _: ClaimsNothing()},
        r"id\d+ \(2026\S+\) and id\d+ \(2026\S+\) (both take the .*'\] \(F7\)|there are .*\(F2\))",
    ),
    "calendars that keep what is cancelled": (
        {"make_provider": lambda _, __: CrowdedCalendars()},
        r"\w+'s calendar lacks nothing, and has '.+' 2026\S+ \(id\d+@.+\) beside .* \(E2\)",
    ),
    "calendars that keep what was moved": (
        {"make_provider": lambda _, __: DeafCalendars()},
        r"\w+'s calendar lacks '.+' 2026\S+ \(id\d+@.+\), and has '.* \(E2\)",
    ),
    "a gateway that knows no keys": (
        {"make_gateway": lambda _: GreedyGateway(at_once=True)},
        r"<Hold .*: (the host has \d+, not|payments taken: \d+, given) .*\d+.* \(M\d, M5\)",
    ),
    "a gateway that believes anything": (
        {"make_gateway": lambda _: GullibleGateway()},
        "a forged notification was taken for genuine",
    ),
}
"""What is wrong, and what whoever brought it reads."""


@pytest.mark.parametrize("fault", sorted(WRONG))
def test_a_port_that_is_wrong_is_found_out(fault: str) -> None:
    """A game that nobody can lose is worth nothing, nor is one that does not say why it is lost."""
    hooks, told = WRONG[fault]

    with pytest.raises(AssertionError, match=told):
        play(**hooks)


def test_a_hook_that_is_missing_is_named() -> None:
    """Whoever brings a port of their own has to say how it is looked at."""
    machine = BookingMachine()
    ana = machine.member("ana")

    for hook, asked in (("copies_of", ana), ("pay", "pay-1"), ("kept", "pay-1")):
        with pytest.raises(AssertionError, match=f"override {hook}: "):
            getattr(machine, hook)(object(), asked)
