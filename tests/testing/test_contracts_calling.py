"""How contracts call ports: blocking and awaited ones, and many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from threading import enumerate as all_threads
from threading import get_ident
from typing import Any

import pytest

from collective_booking.testing.contracts import Contract
from collective_booking.testing.contracts.calling import answers, only, refusal


@pytest.fixture
def contract() -> Any:
    made = Contract()
    yield made
    made.teardown_method()


async def loop_and_thread() -> tuple[Any, int]:
    return asyncio.get_running_loop(), get_ident()


def test_what_blocks_is_called_here(contract: Contract) -> None:
    """No thread of its own for a port that needs none: connections may be bound to theirs."""
    before = all_threads()

    assert contract.call(get_ident) == get_ident()
    assert all_threads() == before


def test_all_coroutines_of_a_test_have_one_loop(contract: Contract) -> None:
    """What one call has opened, the next one uses."""
    told = [contract.call(loop_and_thread) for _ in range(2)]
    told += answers(contract.at_once([partial(contract.call, loop_and_thread)] * 4))

    assert len(set(told)) == 1
    assert told[0][1] != get_ident()


def test_the_loop_ends_with_the_test_and_so_does_what_runs_in_it(contract: Contract) -> None:
    """Else the next test would inherit what this one has left behind."""
    ended: list[str] = []
    left: list[Any] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            ended.append("generator")

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("task")

    async def begin() -> None:
        left.extend([numbers(), asyncio.create_task(forever())])
        await anext(left[0])

    before = len(all_threads())
    contract.call(begin)
    contract.teardown_method()

    assert sorted(ended) == ["generator", "task"]
    assert len(all_threads()) == before


def test_an_error_of_one_of_many_is_its_answer(contract: Contract) -> None:
    """The test judges all of them together."""
    zero, one = contract.at_once([partial(int, "0"), partial(int, "one")])

    assert (zero, type(one)) == (0, ValueError)
    with pytest.raises(AssertionError, match="it fails: ValueError"):
        answers([zero, one])


def test_a_refusal_has_to_come_and_to_be_the_right_one() -> None:
    """What comes instead is told, and its cause kept."""
    assert refusal(ValueError, int, "one").args
    with pytest.raises(AssertionError, match="ValueError was due, not the answer 1"):
        refusal(ValueError, int, "1")
    with pytest.raises(AssertionError, match=r"KeyError was due, not ValueError\(") as told:
        refusal(KeyError, int, "one")
    assert isinstance(told.value.__cause__, ValueError)


@pytest.mark.parametrize("found", [[], [1, 2]])
def test_one_is_one(found: list[int]) -> None:
    """What was found instead is told."""
    assert only({"a": 1}.values()) == 1
    with pytest.raises(AssertionError, match="one was due"):
        only(found)
