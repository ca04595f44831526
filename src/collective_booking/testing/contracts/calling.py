"""Calling a port from a test: blocking or awaited, by one or by many at once.

Lives here: `Contract`, which all contracts are.
Must not live here: any duty of any port.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Lock, Thread
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=Exception)

_STARTING: Final = Lock()


class Contract:
    """What all contracts have in common.

    A test calls a port through `call`, which waits for coroutines: one contract serves a port and
    its async twin. They all run on one event loop, which begins with the first of them and ends
    with the test; a hook that needs the loop, to open or close a connection, uses `call` too. With
    another library than asyncio, override `call`.
    """

    _loop: _Loop | None = None

    def call(self, method: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """What *method* answers; waited for if that is an awaitable. Any thread may ask."""
        answer = method(*args, **kwargs)
        return self._running().wait(answer) if inspect.isawaitable(answer) else answer

    def at_once(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        """What each of *calls* came to, an answer or an error, made by as many threads at once."""
        gate = Barrier(len(calls))

        def one(call: Callable[[], Any]) -> Any:
            gate.wait()
            try:
                return call()
            except Exception as error:  # noqa: BLE001  # the test judges it
                return error

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))

    def teardown_method(self) -> None:
        """End the event loop, if there was one: pytest calls this after each test."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _running(self) -> _Loop:
        with _STARTING:
            if self._loop is None:
                self._loop = _Loop()
            return self._loop


class _Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        # A daemon, lest a test that was broken off keeps its process alive.
        self._thread = Thread(target=asyncio.run, args=(self._run(),), daemon=True)
        self._thread.start()

    async def _run(self) -> None:
        stop = asyncio.Event()
        self._started.set_result((asyncio.get_running_loop(), stop))
        await stop.wait()

    def wait(self, answer: Awaitable[Any]) -> Any:
        async def awaiting() -> Any:
            return await answer

        loop, _ = self._started.result()
        return asyncio.run_coroutine_threadsafe(awaiting(), loop).result()

    def close(self) -> None:
        loop, stop = self._started.result()
        loop.call_soon_threadsafe(stop.set)
        self._thread.join()


def answers(told: Sequence[Any]) -> list[Any]:
    """What several calls at once have *told*, none of which may have failed."""
    failed = [each for each in told if isinstance(each, BaseException)]
    assert not failed, f"called by several threads at once, it fails: {failed[0]!r}"
    return list(told)


def only(found: Collection[T]) -> T:
    """The one that was *found*: there has to be one, and no other."""
    assert len(found) == 1, f"one was due, not {len(found)}: {list(found)}"
    return next(iter(found))


def refusal(error: type[E], act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> E:
    """The *error* that *act* raises, as it must."""
    try:
        answer = act(*args, **kwargs)
    except error as refused:
        return refused
    except Exception as other:
        raise AssertionError(f"{error.__name__} was due, not {other!r}") from other
    raise AssertionError(f"{error.__name__} was due, not the answer {answer!r}")
