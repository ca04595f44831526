"""CalDAV servers that never stop talking and never say anything: a search ends all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler
from threading import Event
from threading import enumerate as threads
from typing import Any, Final

import pytest

from collective_booking.adapters.caldav import CalDavError, CalDavProvider
from tests.adapters.caldav_hosts import WHY, copy_for
from tests.adapters.caldav_scripts import ANA, SOON, assert_unknown
from tests.bookings import HOST, MONDAY, appointment
from tests.servers.threads import server_in_a_thread
from tests.servers.tls import AUTHORITY

caldav = pytest.importorskip("caldav.davclient", reason=WHY)

DROP: Final = 0.02  # seconds from one drop to the next
DROPS: Final = 1500
STATUS: Final = b"HTTP/1.1 207 Multi-Status\r\n"
BODY: Final = STATUS + b"Content-Type: text/xml\r\n"

HEADER: Final = (STATUS + b"X-Long: ", b"a")
HEADERS: Final = (STATUS, b"X: b\r\n")
CONTINUE: Final = (b"", b"HTTP/1.1 100 Continue\r\n\r\n")
ENDLESS: Final = (BODY + b"\r\n", b" ")
CHUNKED: Final = (BODY + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")
NAMES: Final = ["one header", "headers", "100 Continue", "a body", "chunks"]
DRIPS: Final = [HEADER, HEADERS, CONTINUE, ENDLESS, CHUNKED]


class Dripping:
    """A server whose every answer is a beginning and then drops, so many that nobody waits."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked = 0
        self.was_heard_out = False


@contextmanager
def dripping(drip: tuple[bytes, bytes], *, encrypted: bool = False) -> Iterator[Dripping]:
    begin, drop = drip
    over = Event()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # whoever asked has had enough
                self.request.recv(65536)
                server.asked += 1
                self.request.sendall(begin)
                for _ in range(DROPS):
                    if over.wait(DROP):
                        return
                    self.request.sendall(drop)
                server.was_heard_out = True

    with server_in_a_thread(Handler, encrypted=encrypted) as url:
        server = Dripping(f"{url}/")
        try:
            yield server
        finally:
            over.set()


def provider_on(url: str, **login: Any) -> CalDavProvider:
    return CalDavProvider(lambda _: caldav.DAVClient(url, **login), host=HOST, timeout=SOON)


@pytest.mark.parametrize("drip", DRIPS, ids=NAMES)
def test_a_server_that_drips_is_not_heard_out(drip: tuple[bytes, bytes]) -> None:
    """Each drop starts the clock of the HTTP library anew; ours goes on. And no thread is left."""
    before = set(threads())
    with dripping(drip) as server:
        known = provider_on(server.url).availability([ANA], MONDAY)["ana"]
        assert not server.was_heard_out

    assert_unknown(known, "no whole answer within 0.5 s")
    assert set(threads()) <= before


def test_a_server_that_drips_over_tls_is_not_heard_out() -> None:
    """TLS makes a socket of its own out of the one that was connected."""
    with dripping(HEADERS, encrypted=True) as server:
        provider = provider_on(server.url, ssl_verify_cert=AUTHORITY)
        known = provider.availability([ANA], MONDAY)["ana"]
        assert not server.was_heard_out

    assert server.asked
    assert_unknown(known, "no whole answer within 0.5 s")


def test_a_proxy_that_drips_is_not_heard_out() -> None:
    with dripping(HEADER) as server:
        provider = provider_on("http://dav.example.com/", proxy=server.url)
        known = provider.availability([ANA], MONDAY)["ana"]
        assert not server.was_heard_out

    assert server.asked
    assert_unknown(known, "no whole answer within 0.5 s")


def test_a_copy_is_not_written_for_ever() -> None:
    """Else one server would hold up everything that waits in the outbox."""
    with dripping(HEADERS) as server:
        with pytest.raises(CalDavError, match="no whole answer"):
            provider_on(server.url).put(copy_for(ANA, appointment()))
        assert not server.was_heard_out


def test_a_client_that_was_used_before_is_watched_too() -> None:
    """A host may look around with it first: for that it holds connections of its own."""
    with dripping(HEADERS) as server:
        client = caldav.DAVClient(server.url)
        client.session.get_adapter(server.url).poolmanager.connection_from_url(server.url)
        provider = CalDavProvider(lambda _: client, host=HOST, timeout=SOON)
        for _ in range(2):
            assert_unknown(provider.availability([ANA], MONDAY)["ana"], "no whole answer")
        assert not server.was_heard_out
