"""One request for a feed, and its answer: HTTP/1.1 over a connection of its own.

Lives here: connecting to an address, asking, and reading no more and no longer than is allowed.
Must not live here: which addresses, redirections, what is kept from one request to the next.

The standard library's client is what speaks; here it gets a socket that watches the clock, because
its own time limit begins anew with each byte. It knows nothing of proxies, and asks no environment.
"""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from collective_booking.adapters.ics.urls import NotFetched, Url
from collective_booking.availability import Cause

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

OK: Final = 200
_PIECE: Final = 65_536
_GZIP: Final = zlib.MAX_WBITS | 16


class Patience(NamedTuple):
    """How many seconds one connection, one piece of an answer, and all of it may take."""

    connect: float
    read: float
    until: float
    """By `time.monotonic`; after it, nothing is waited for any more."""

    def left(self, most: float) -> float:
        """How long may be waited now: *most* seconds, or what is left of all.

        Raises:
            TimeoutError: nothing is left.
        """
        left = min(most, self.until - monotonic())
        if left <= 0:
            raise TimeoutError
        return left


class Reply(NamedTuple):
    """What a server answered; `body` is empty where it is of no interest."""

    status: int
    headers: Message
    body: bytes


def fetch(
    url: Url,
    addresses: Sequence[str],
    headers: Mapping[str, str],
    tls: ssl.SSLContext,
    patience: Patience,
    size: int,
) -> Reply:
    """Ask for *url* at the first of *addresses* that can be connected to.

    The host's name is checked and told as ever, and not resolved again.

    Raises:
        NotFetched: there is no whole answer, none in time, or one of more than *size* bytes, which
            are counted as they come and once more as they are unpacked.
    """
    try:
        with closing(_connected(url, addresses, tls, patience)) as opened:
            return converse(opened, url, headers, patience, size)
    except NotFetched:
        raise
    except TimeoutError as cause:
        raise NotFetched("it does not answer in time") from cause
    except ssl.SSLCertVerificationError as cause:
        raise NotFetched(f"its certificate is not valid: {cause.verify_message}") from cause
    except OSError as cause:
        told = f"the connection failed: {cause.strerror}" if cause.strerror else "no connection"
        raise NotFetched(told) from cause


def converse(
    opened: socket.socket, url: Url, headers: Mapping[str, str], patience: Patience, size: int
) -> Reply:
    """Ask for *url* over the connection that is *opened*, as `fetch` does."""
    connection = HTTPConnection(url.host, url.port)
    connection.sock = cast("socket.socket", _Watched(opened, patience))
    told = {
        "Host": url.authority,
        "User-Agent": "collective-booking",
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "Connection": "close",
        **headers,
    }
    if url.authorization is not None:
        told["Authorization"] = url.authorization
    try:
        connection.request("GET", url.target, headers=told)
        response = connection.getresponse()
        body = b"".join(_body(response, size)) if response.status == OK else b""
    except (HTTPException, ValueError, zlib.error) as cause:
        # Not their words: they may quote what was asked for.
        raise NotFetched("its answer cannot be understood, or is cut short") from cause
    return Reply(response.status, response.headers, body)


def _connected(
    url: Url, addresses: Sequence[str], tls: ssl.SSLContext, patience: Patience
) -> socket.socket:
    for place, address in enumerate(addresses):
        try:
            plain = socket.create_connection((address, url.port), patience.left(patience.connect))
        except OSError:
            if place == len(addresses) - 1:
                raise
            continue
        if url.scheme != "https":
            return plain
        try:
            plain.settimeout(patience.left(patience.connect))
            return tls.wrap_socket(plain, server_hostname=url.host)
        except BaseException:
            plain.close()
            raise
    raise OSError


def _body(response: HTTPResponse, size: int) -> Iterator[bytes]:
    """The body in pieces, unpacked; not one byte more than *size* of it is ever held."""
    coding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if coding not in {"identity", "gzip", "x-gzip"}:
        raise NotFetched("its answer is packed in a way that was not asked for")
    unpacked = None if coding == "identity" else zlib.decompressobj(_GZIP)
    came = told = 0
    while piece := response.read(_PIECE):
        came += len(piece)
        part = piece if unpacked is None else unpacked.decompress(piece, size + 1 - told)
        told += len(part)
        if max(came, told) > size:
            raise NotFetched(f"more than {size} bytes", Cause.BUDGET)
        yield part
    # The client does not tell of a body that is shorter than was announced.
    if response.length or (unpacked is not None and not unpacked.eof):
        raise NotFetched("its answer is cut short")
    if unpacked is not None and unpacked.unused_data:
        raise NotFetched("something follows its packed answer")


class _Watched:
    """As much of a socket as the client uses, each of whose waits ends in time."""

    def __init__(self, opened: socket.socket, patience: Patience) -> None:
        self._opened = opened
        self._patience = patience

    def sendall(self, data: ReadableBuffer) -> None:
        self._opened.settimeout(self._patience.left(self._patience.read))
        self._opened.sendall(data)

    def makefile(self, _mode: str) -> BufferedReader:
        return BufferedReader(_Incoming(self._opened, self._patience))

    def close(self) -> None:
        """Nothing: whoever opened it closes it."""


class _Incoming(RawIOBase):
    """What comes in through a socket."""

    def __init__(self, opened: socket.socket, patience: Patience) -> None:
        self._opened = opened
        self._patience = patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._opened.settimeout(self._patience.left(self._patience.read))
        return self._opened.recv_into(buffer)
