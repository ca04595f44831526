"""A port's twin with coroutines: the same port, and others have their turn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from collective_booking.payments import PaymentState
from collective_booking.testing import FakeGateway, FakeNotifier, Fault, awaited
from tests.bookings import charge
from tests.testing.calls import message


def test_awaited_is_the_same_port_with_coroutines() -> None:
    """What the twin does is found at the fake itself, faults and all."""
    gateway = FakeGateway(at_once=True)
    twin = awaited(gateway)
    gateway.faults.plan("authorise", Fault.AFTER)

    with pytest.raises(TimeoutError):
        asyncio.run(twin.authorise(charge()))
    answer = asyncio.run(twin.authorise(charge()))
    assert answer.state is PaymentState.AUTHORISED
    assert gateway.calls == [("authorise", "default/h1/authorising")] * 2


def test_with_a_pause_others_have_their_turn() -> None:
    """A coroutine that never waits would hide every race of an asynchronous host."""
    notifier = FakeNotifier()

    async def sends(twin: Any, who: str) -> None:
        for each in range(2):
            await twin.send(message(f"{who}{each}"))

    async def both(**asked: Any) -> None:
        twin = awaited(notifier, **asked)
        await asyncio.gather(sends(twin, "a"), sends(twin, "b"))

    asyncio.run(both())
    asyncio.run(both(pause=lambda: asyncio.sleep(0)))

    told = [each.key for each in notifier.sent]
    assert (told[:4], told[4:]) == (["a0", "a1", "b0", "b1"], ["a0", "b0", "a1", "b1"])
