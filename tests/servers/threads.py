"""A server that lives in threads of the test, for what a test wants to see or to say.

Lives here: `server_in_a_thread`, and a handler of HTTP that keeps quiet.
Must not live here: what is answered.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, ClassVar

from tests.servers.processes import HOME
from tests.servers.tls import serving


class QuietHandler(BaseHTTPRequestHandler):
    """Answers requests of any kind in one place, and writes no log."""

    timeout: ClassVar[float | None] = 30  # seconds that a client may say nothing

    def answer(self) -> None:
        """Answer one request."""
        raise NotImplementedError

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def body(self) -> bytes:
        """What was sent along."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))


class _Server(ThreadingTCPServer):
    """Each connection has a thread, which has ended when the server is closed."""

    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a client may have had enough
            super().handle_error(request, client_address)


@contextmanager
def server_in_a_thread(
    handler: type[BaseRequestHandler], *, encrypted: bool = False
) -> Iterator[str]:
    """Serve with *handler* on a free port that this machine alone can reach; its address."""
    with _Server((HOME, 0), handler) as server:
        if encrypted:  # each thread shakes hands for itself: nobody holds up the others
            server.socket = serving().wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"{'https' if encrypted else 'http'}://{HOME}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
