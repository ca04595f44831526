"""Any port as its async twin.

Lives here: `awaited`.
Must not live here: any port.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any


def awaited(port: object, *, pause: Callable[[], Awaitable[object]] | None = None) -> Any:
    """*port*, each public method of which is a coroutine: for tests of `AsyncBookingService`.

    *pause* is awaited before each call, so that other tasks have their turn: with asyncio,
    `lambda: asyncio.sleep(0)`. What is no method, such as `faults`, is found at *port* itself.

    >>> import asyncio
    >>> from datetime import datetime
    >>> from collective_booking.testing.clocks import FakeClock
    >>> clock = awaited(FakeClock(datetime.fromisoformat("2026-11-23T09:00Z")))
    >>> asyncio.run(clock.now()).hour
    9
    """
    methods = inspect.getmembers(port, inspect.ismethod)
    named = {name: method for name, method in methods if not name.startswith("_")}
    twins = {name: _coroutine(method, pause) for name, method in named.items()}
    return type(f"Async{type(port).__name__}", (), twins)()


def _coroutine(
    method: Callable[..., Any], pause: Callable[[], Awaitable[object]] | None
) -> Callable[..., Coroutine[Any, Any, Any]]:
    @wraps(method)
    async def call(_: object, *args: Any, **kwargs: Any) -> Any:
        if pause is not None:
            await pause()
        return method(*args, **kwargs)

    return call
