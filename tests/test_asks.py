"""Workflows without an event loop: the drivers, the asks, and the ports that they name."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Generator
from dataclasses import fields
from typing import Any

import pytest

from collective_booking import asks, async_ports, ports
from collective_booking.asks import Ask, ReadCalendar, ReadHold, drive, drive_async
from collective_booking.errors import WrongTypeError
from collective_booking.service import AsyncBookingService, BookingService

ASKS = [
    each
    for each in vars(asks).values()
    if inspect.isclass(each) and issubclass(each, Ask) and each is not Ask
]
PORTS: dict[str, type] = {
    "store": ports.BookingStore,
    "provider": ports.CalendarProvider,
    "notifier": ports.Notifier,
    "gateway": ports.PaymentGateway,
}
TWINS: list[tuple[type, type]] = [
    (ports.BookingStore, async_ports.AsyncBookingStore),
    (ports.KeepsCopies, async_ports.AsyncKeepsCopies),
    (ports.CalendarProvider, async_ports.AsyncCalendarProvider),
    (ports.Notifier, async_ports.AsyncNotifier),
    (ports.PaymentGateway, async_ports.AsyncPaymentGateway),
    (ports.Clock, async_ports.AsyncClock),
]


def methods(kind: type) -> dict[str, Callable[..., Any]]:
    """Its own, and those of the protocols that it is made of."""
    parts = [each for each in kind.__mro__ if each is kind or getattr(each, "_is_protocol", False)]
    return {
        name: each
        for part in reversed(parts)
        for name, each in vars(part).items()
        if inspect.isfunction(each) and name[0] != "_"
    }


async def two() -> list[Any]:
    first: Any = await ReadCalendar("t", "a")
    second: Any = await ReadHold("t", "b")
    return [first, second]


async def careful() -> str:
    try:
        await ReadCalendar("t", "a")
    except (ValueError, KeyboardInterrupt, asyncio.CancelledError) as error:
        return type(error).__name__
    return "nothing"


class Odd:
    def __await__(self) -> Generator[int, None, None]:
        yield 5


async def sleeping() -> None:
    await Odd()


def test_a_driver_answers_each_ask_in_turn() -> None:
    def answer(ask: Ask[Any]) -> Any:
        return ask.arguments

    async def answer_later(ask: Ask[Any]) -> Any:
        return ask.arguments

    assert drive(two(), answer) == [("t", "a"), ("t", "b")]
    assert asyncio.run(drive_async(two(), answer_later)) == [("t", "a"), ("t", "b")]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, asyncio.CancelledError])
def test_what_goes_wrong_is_raised_inside_the_workflow(error: type[BaseException]) -> None:
    """Even a cancelled task: the workflow decides what it means, and is never abandoned."""

    def answer(_: Ask[Any]) -> Any:
        raise error

    async def answer_later(_: Ask[Any]) -> Any:
        raise error

    assert drive(careful(), answer) == error.__name__
    assert asyncio.run(drive_async(careful(), answer_later)) == error.__name__


def test_whatever_is_no_ask_is_refused() -> None:
    """There is no event loop to run it."""
    with pytest.raises(WrongTypeError, match="no event loop"):
        drive(sleeping(), lambda ask: ask)


@pytest.mark.parametrize("ask", ASKS)
def test_an_ask_is_a_ports_method_with_its_arguments(ask: type[Ask[Any]]) -> None:
    """Otherwise it would fail only in the hands of a host."""
    method = methods(PORTS[ask.port])[ask.method]

    taken = list(inspect.signature(method).parameters)[1:]
    assert [each.name for each in fields(ask)] == taken


def test_every_duty_of_a_port_is_asked_for_by_somebody() -> None:
    """A method that no workflow calls is a duty for nothing."""
    asked = {(each.port, each.method) for each in ASKS}
    owed = {(name, method) for name, port in PORTS.items() for method in methods(port)}

    assert asked == owed


@pytest.mark.parametrize(("port", "twin"), TWINS)
def test_an_async_port_is_the_same_prose_and_the_same_arguments(port: type, twin: type) -> None:
    assert twin.__doc__ == port.__doc__
    assert methods(twin).keys() == methods(port).keys()
    for name, method in methods(twin).items():
        own = methods(port)[name]
        assert method.__doc__ == own.__doc__
        assert inspect.signature(method).parameters == inspect.signature(own).parameters


def test_both_services_have_the_same_commands() -> None:
    blocking, awaited = methods(BookingService), methods(AsyncBookingService)

    assert blocking.keys() == awaited.keys()
    for name, method in blocking.items():
        assert method.__doc__ == awaited[name].__doc__
        assert inspect.signature(method).parameters == inspect.signature(awaited[name]).parameters
        assert inspect.iscoroutinefunction(awaited[name])
        assert "desk" not in inspect.signature(method).parameters
