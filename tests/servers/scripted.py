"""An HTTP server in a thread that answers as a test tells it to, however wrong that is.

Lives here: what it was asked, and the ways to answer: whole, cut short, in drops, or never.
Must not live here: what the answers mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Final

from tests.servers.threads import QuietHandler, server_in_a_thread

_DROP: Final = 0.02  # seconds from one byte to the next


@dataclass(frozen=True)
class Asked:
    """One request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer. It claims to be `longer` by so many bytes than it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    longer: int = 0


class Hang:
    """No answer at all, until the server ends."""


class Drip:
    """An answer that never ends, byte after byte, until the server ends."""


Script = Callable[[Asked], Reply | Hang | Drip]


class ScriptedServer:
    """The server as tests see it: where it is, and what it was asked, in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []

    def methods(self) -> list[str]:
        """The methods of what it was asked, in order."""
        return [each.method for each in self.asked]


@contextmanager
def scripted(script: Script, *, encrypted: bool = False) -> Iterator[ScriptedServer]:
    """A server that answers each request as *script* says."""
    over = Event()

    class Handler(QuietHandler):
        def answer(self) -> None:
            told = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, told, self.body())
            server.asked.append(asked)
            with suppress(OSError):  # whoever asked may have had enough
                self.give(script(asked))

        do_PUT = do_DELETE = do_REPORT = answer  # noqa: N815  # http.server's names

        def give(self, reply: Reply | Hang | Drip) -> None:
            self.close_connection = True
            if isinstance(reply, Hang):
                over.wait()
                return
            if isinstance(reply, Drip):
                self.send_response(207)
                self.end_headers()
                while not over.wait(_DROP):
                    self.wfile.write(b" ")
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) + reply.longer))
            self.end_headers()
            self.wfile.write(reply.body)

    with server_in_a_thread(Handler, encrypted=encrypted) as url:
        server = ScriptedServer(f"{url}/")
        try:
            yield server
        finally:
            over.set()
