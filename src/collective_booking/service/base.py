"""What both services share: the ports, the desk of each command, and the log.

Lives here: drawing time and ids once for each command (N6), and finding the port that is asked.
Must not live here: any command, and running one.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import chain
from typing import Any, Final, ParamSpec, TypeVar
from uuid import uuid4

from collective_booking.asks import Ask
from collective_booking.calendars import OwnershipPolicy
from collective_booking.checks import MAX_NAME, Rules, matching, optional, text
from collective_booking.errors import CollectiveBookingError, MissingPortError, WrongTypeError
from collective_booking.members import EMAIL
from collective_booking.moments import in_utc
from collective_booking.ports import (
    BookingStore,
    CalendarProvider,
    Clock,
    Notifier,
    PaymentGateway,
)
from collective_booking.tokens import Purpose, Tokens
from collective_booking.workflows.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Any])

LOG: Final = logging.getLogger("collective_booking")
# Or Python would print our warnings where the host has set up no logging.
LOG.addHandler(logging.NullHandler())
_DOMAIN: Final = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"


def random_id() -> str:
    """An id that nobody can guess: 32 hexadecimal digits.

    >>> len(random_id())
    32
    """
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class Ports:
    """The host's ports, by the names that asks call them; None for one that is not there."""

    store: Any
    provider: Any
    notifier: Any
    gateway: Any
    clock: Any


_OWED: Final = {
    "store": BookingStore,
    "provider": CalendarProvider,
    "notifier": Notifier,
    "gateway": PaymentGateway,
    "clock": Clock,
}


def owed(port: str) -> list[str]:
    """The names of the methods that *port* owes.

    >>> owed("provider")
    ['availability', 'put', 'update', 'remove']
    """
    told = chain.from_iterable(vars(kind) for kind in _OWED[port].__mro__)
    return [name for name in told if not name.startswith("_")]


def refuse_misfits(ports: Ports) -> None:
    """Refuse what is no port at all: a class that nobody has called, or an object without methods.

    Raises:
        WrongTypeError: it says which method is missing.
    """
    for name in _OWED:
        port = getattr(ports, name)
        if port is None and name != "store":
            continue
        if isinstance(port, type):
            raise WrongTypeError(name, port, f"a port that was made: call {port.__name__}(...)")
        for method in owed(name):
            if not callable(getattr(port, method, None)):
                raise WrongTypeError(name, port, f"a port with the method {method}")


SERVICE_RULES: Final = Rules(
    {
        "host": matching(_DOMAIN, "write a domain like booking.example.com", 200),
        "organizer": optional(EMAIL),
        "tenant": text(MAX_NAME),
    },
    {},
)


class Service:
    """What both services hold: the ports, and what each desk is made of."""

    def __init__(
        self,
        ports: Ports,
        tokens: Tokens,
        host: str,
        organizer: str | None,
        ownership: OwnershipPolicy,
        new_id: Callable[[], str],
    ) -> None:
        refuse_misfits(ports)
        self._ports = ports
        self._tokens = tokens
        self.host = host
        self.organizer = organizer
        self._ownership = ownership
        self._new_id = new_id
        SERVICE_RULES.settle(self, "the service")

    @property
    def tenant(self) -> str:
        """Within which everything is meant (S6)."""
        return self._tokens.tenant

    def hold_id(self, token: str) -> str:
        """The id of the hold that *token* was given out for.

        Raises:
            InvalidTokenError: it was not given out here, or for something else.

        >>> from collective_booking.testing.samples import KIM, at, calendar
        >>> from collective_booking.testing.sandboxes import sandbox
        >>> service = sandbox(calendar())
        >>> held = service.hold("sales-call", at("10:00"), KIM)
        >>> service.hold_id(held.token) == held.hold.id
        True
        """
        return self._tokens.read(Purpose.HOLD, token)

    def appointment_id(self, token: str) -> str:
        """The id of the appointment that *token* lets its booker manage.

        Raises:
            InvalidTokenError: it was not given out here, or for something else.

        >>> from collective_booking.testing.samples import KIM, at, calendar
        >>> from collective_booking.testing.sandboxes import sandbox
        >>> service = sandbox(calendar())
        >>> booked = service.book("sales-call", at("10:00"), KIM)
        >>> service.appointment_id(booked.token) == booked.appointment.id
        True
        >>> service.hold_id(booked.token)  # one kind opens nothing of another
        Traceback (most recent call last):
        collective_booking.errors.InvalidTokenError: ...
        """
        return self._tokens.read(Purpose.MANAGE, token)

    def _desk(self, now: datetime) -> Desk:
        return Desk(
            now=in_utc(now, "what the clock says"),
            new_id=self._new_id(),
            tokens=self._tokens,
            host=self.host,
            organizer=self.organizer,
            ownership=self._ownership,
            has_gateway=self._ports.gateway is not None,
        )

    def _method(self, ask: Ask[Any]) -> Callable[..., Any]:
        port = getattr(self._ports, ask.port)
        if port is None:
            raise MissingPortError(ask.port)
        method: Callable[..., Any] = getattr(port, ask.method)
        return method

    def __repr__(self) -> str:
        given = [each.name for each in fields(Ports) if getattr(self._ports, each.name) is not None]
        return f"<{type(self).__name__} of tenant {self.tenant!r} with {', '.join(given)}>"


@contextmanager
def logged(command: str, desk: Desk) -> Iterator[None]:
    """Tell the log how *command* ended; our own errors are answers, others are failures.

    A failure goes on to the caller with its traceback, and is told without it here.
    """
    about = {"command": command, "tenant": desk.tenant}
    try:
        yield
    except CollectiveBookingError as error:
        LOG.info("%s refused: %s", command, type(error).__name__, extra=about)
        raise
    except Exception as error:
        LOG.error("%s failed: %s", command, type(error).__name__, extra=about)
        raise
    LOG.debug("%s done", command, extra=about)


@contextmanager
def watched(ask: Ask[Any]) -> Iterator[None]:
    """Tell the log of a port that fails: the workflow may go on without it."""
    try:
        yield
    except CollectiveBookingError:
        raise
    except Exception:
        about = {"port": ask.port, "method": ask.method}
        LOG.warning("%s.%s failed", ask.port, ask.method, exc_info=True, extra=about)
        raise


def signed(method: M) -> M:
    """With the signature that its caller sees: `self` where the workflow takes its desk."""
    told = inspect.signature(method)
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    parameters = [own, *list(told.parameters.values())[1:]]
    vars(method)["__signature__"] = told.replace(parameters=parameters)
    return method
