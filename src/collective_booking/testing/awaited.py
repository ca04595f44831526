"""Any port as its async twin.

Lives here: `awaited`.
Must not live here: any port.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any


def awaited(port: object) -> Any:
    """*port*, each public method of which is a coroutine: for tests of `AsyncBookingService`.

    >>> import asyncio
    >>> from datetime import datetime
    >>> from collective_booking.testing.clocks import FakeClock
    >>> clock = awaited(FakeClock(datetime.fromisoformat("2026-11-23T09:00Z")))
    >>> asyncio.run(clock.now()).hour
    9
    """
    methods = inspect.getmembers(port, inspect.ismethod)
    named = {name: method for name, method in methods if not name.startswith("_")}
    return type(f"Async{type(port).__name__}", (), {n: _coroutine(m) for n, m in named.items()})()


def _coroutine(method: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
    @wraps(method)
    async def call(_: object, *args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    return call
