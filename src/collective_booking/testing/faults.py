"""Failing on purpose: before a call acts, after it has acted, or by acting twice.

Lives here: `Faults`, the one way in which all fakes misbehave.
Must not live here: what the calls do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Fault(Enum):
    """How one call goes wrong."""

    BEFORE = auto()
    """It fails, and has not acted."""
    AFTER = auto()
    """It acts, and then its answer is lost."""
    LOST = auto()
    """It has not acted, and fails as if it might have: the caller cannot tell it from AFTER."""
    TWICE = auto()
    """It acts a second time under the same arguments, as if a network had repeated it."""
    NONE = auto()
    """It works."""


class Faults:
    """The faults of the next calls, method by method, first come, first served.

    >>> faults = Faults()
    >>> faults.plan("capture", Fault.BEFORE)
    >>> faults.through("capture", lambda: "done")
    Traceback (most recent call last):
    ConnectionError: capture could not be reached
    >>> faults.through("capture", lambda: "done")
    'done'
    >>> faults.plan("capture", *[Fault.LOST] * 3)  # the next three
    >>> faults.heal()
    >>> faults.through("capture", lambda: "done")
    'done'
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._planned: dict[str, deque[Fault]] = {}

    def plan(self, method: str, *faults: Fault) -> None:
        """Let the next calls of *method* go wrong like this, one after the other."""
        with self._lock:
            self._planned.setdefault(method, deque()).extend(faults)

    def heal(self) -> None:
        """Let every call work from now on, whatever was planned."""
        with self._lock:
            self._planned.clear()

    def through(self, method: str, act: Callable[[], T]) -> T:
        """Do *act* as the next call of *method*, with its fault.

        Raises:
            ConnectionError: it has failed before it acted.
            TimeoutError: it has failed after it acted, or has been lost.
        """
        fault = self._next(method)
        if fault is Fault.BEFORE:
            raise ConnectionError(f"{method} could not be reached")
        if fault is Fault.LOST:
            raise TimeoutError(f"{method} has not answered in time")
        answer = act()
        if fault is Fault.TWICE:
            answer = act()
        if fault is Fault.AFTER:
            raise TimeoutError(f"{method} has not answered in time")
        return answer

    def _next(self, method: str) -> Fault:
        with self._lock:
            planned = self._planned.get(method)
            return planned.popleft() if planned else Fault.NONE


class Faulty:
    """Any port, the public methods of which go through *faults*, without its knowledge.

    >>> from datetime import datetime
    >>> from collective_booking.testing.clocks import FakeClock
    >>> faults = Faults()
    >>> clock = Faulty(FakeClock(datetime.fromisoformat("2026-11-23T09:00Z")), faults)
    >>> faults.plan("now", Fault.LOST)
    >>> clock.now()
    Traceback (most recent call last):
    TimeoutError: now has not answered in time
    >>> clock.now().hour
    9
    """

    def __init__(self, port: object, faults: Faults) -> None:
        self._port = port
        self._faults = faults

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*args: Any) -> Any:
            return self._faults.through(name, lambda: method(*args))

        return call
