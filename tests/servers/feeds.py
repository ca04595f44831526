"""A server of feeds on this machine, and what it can do wrong.

Lives here: `FeedServer`, answers for it, and `Feeds` that trust it and nobody else.
Must not live here: tests.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any, Final

from collective_booking.adapters.ics import Feeds, IcsProvider
from collective_booking.availability import Availability
from collective_booking.intervals import Interval
from collective_booking.members import Member
from tests.bookings import HOST
from tests.icalendar_texts.texts import MARCH, calendar, event
from tests.servers.threads import QuietHandler, server_in_a_thread
from tests.servers.tls import NAME, trusting

SECRET: Final = "/private-5ecret/basic.ics?key=5ecret"  # a path that nobody may tell
NINE_TO_TEN: Final = calendar(
    event("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "SUMMARY:Dentist")
).encode()

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class FeedServer:
    """What it answers by path, and what it was asked, in order."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Message]] = field(default_factory=list)
    ended: Event = field(default_factory=Event)
    scheme: str = "https"

    def url(self, path: str = "/ana.ics", *, host: str = NAME, scheme: str = "") -> str:
        return f"{scheme or self.scheme}://{host}:{self.port}{path}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append((request.path, request.headers))
        self.answers.get(request.path, status(404))(request)


@contextmanager
def feed_server(scheme: str = "https") -> Iterator[FeedServer]:
    """A server for one test; whoever still waits for it is sent away at the end."""

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.close_connection = True
            made.answer(self)

    with server_in_a_thread(Handler, encrypted=scheme == "https") as url:
        made = FeedServer(int(url.rpartition(":")[2]), scheme=scheme)
        try:
            yield made
        finally:
            made.ended.set()


# --- answers -------------------------------------------------------------------------------------


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer of that status; `Content_Type` is the header Content-Type."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def feed(body: bytes = NINE_TO_TEN, **headers: str) -> Answer:
    """A feed, with the type that it should have."""
    return status(200, body, **({"Content_Type": "text/calendar; charset=utf-8"} | headers))


def unchanging(body: bytes = NINE_TO_TEN, *, etag: str = '"1"', modified: str = "") -> Answer:
    """A feed whose server tells whether it has changed."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        marks = (request.headers["If-None-Match"], request.headers["If-Modified-Since"])
        if (etag and marks[0] == etag) or (modified and marks[1] == modified):
            status(304)(request)
        else:
            told = {"ETag": etag, "Last_Modified": modified}
            feed(body, **{name: value for name, value in told.items() if value})(request)

    return answer


def moved(location: str, code: int = 302) -> Answer:
    """A redirection."""
    return status(code, Location=location)


def packed(body: bytes) -> Answer:
    """A feed that is sent in gzip."""
    return feed(gzip.compress(body), Content_Encoding="gzip")


def raw(sent: bytes) -> Answer:
    """These bytes instead of any answer, and the end."""
    return lambda request: _write(request, sent)


def _write(request: BaseHTTPRequestHandler, sent: bytes) -> None:
    request.wfile.write(sent)


def dripping(server: FeedServer, first: bytes) -> Answer:
    """*first*, and then one byte after another, never so slowly that one of them is late."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(first)
        while not server.ended.wait(0.02):
            request.wfile.write(b"x")

    return answer


def silent(server: FeedServer) -> Answer:
    """Nothing at all, as long as the test takes."""
    return lambda _: _wait(server)


def _wait(server: FeedServer) -> None:
    server.ended.wait()


# --- who asks ------------------------------------------------------------------------------------


def feeds(**changes: Any) -> Feeds:
    """Feeds that may be fetched from this machine, whatever a name means elsewhere."""
    told: dict[str, Any] = {
        "allow": ["127.0.0.0/8"],
        "tls": trusting(),
        "resolve": lambda host, port: ["127.0.0.1"],
        "connect": timedelta(seconds=20),
        "read": timedelta(seconds=20),
        "total": timedelta(seconds=40),
    }
    return Feeds(**told | changes)


def reader_of(url: str, id: str = "ana", **changes: Any) -> Member:
    """A member whose calendar is the feed at *url*."""
    return Member(id, timezone="UTC", ignore_hours=True, calendar=url, **changes)


def known(url: str, using: Feeds | None = None, window: Interval = MARCH) -> Availability:
    """What is known of a member whose calendar is the feed at *url*."""
    provider = IcsProvider(host=HOST, feeds=using or feeds())
    return provider.availability([reader_of(url)], window)["ana"]


def why_unknown(url: str, using: Feeds | None = None) -> str:
    """Why nothing is known of them in all of March; no reason tells what must be secret."""
    found = known(url, using)
    (gap,) = found.unknown
    assert (found.busy.total, gap.interval) == (timedelta(), MARCH)
    assert "5ecret" not in str(gap)
    assert str(gap).endswith(f"({gap.source})")
    return str(gap).removesuffix(f" ({gap.source})")
