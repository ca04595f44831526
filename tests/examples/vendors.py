"""The two providers among the examples, over answers that a test has at hand.

Lives here: a provider of either vendor over any `Handler`, and the answers in `recorded/`.
Must not live here: the network.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx

from collective_booking.members import Member
from examples.google_provider import GOOGLE, GoogleProvider
from examples.microsoft_provider import GRAPH, MicrosoftProvider
from tests.bookings import HOST, member

RECORDED: Final = Path(__file__).parent / "recorded"
Handler = Callable[[httpx.Request], httpx.Response]


def google(handler: Handler, *, free_busy: bool = False) -> GoogleProvider:
    """A provider for which *handler* is Google."""
    client = httpx.Client(base_url=GOOGLE, transport=httpx.MockTransport(handler))
    return GoogleProvider(client, HOST, free_busy=free_busy)


def microsoft(handler: Handler) -> MicrosoftProvider:
    """A provider for which *handler* is Graph."""
    client = httpx.Client(base_url=GRAPH, transport=httpx.MockTransport(handler))
    return MicrosoftProvider(client, "ana@example.com")


MAKERS: Final[dict[str, Callable[[Handler], Any]]] = {
    "google": google,
    "google free or busy": lambda handler: google(handler, free_busy=True),
    "microsoft": microsoft,
}


def recorded(vendor: str, name: str) -> httpx.Response:
    """The answer *name* of `recorded/`, which was not captured from a live account."""
    told = json.loads((RECORDED / vendor.split(maxsplit=1)[0] / f"{name}.json").read_text("utf-8"))
    return httpx.Response(told["status"], headers=told.get("headers"), json=told["body"])


def always(answer: httpx.Response) -> Handler:
    """A vendor who has one answer to everything."""
    return lambda _: httpx.Response(
        answer.status_code, headers=dict(answer.headers), content=answer.content
    )


def person(id: str, **changes: Any) -> Member:
    """A member whose calendar goes by their address, as it does with either vendor."""
    return member(id, **{"calendar": f"{id}@example.com"} | changes)
