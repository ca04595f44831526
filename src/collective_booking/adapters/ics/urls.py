"""Where a feed is: its URL, of which most is a secret.

Lives here: reading a URL, following it to another, and naming it without what is secret in it.
Must not live here: resolving names, connecting.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from collective_booking.availability import Cause

_PORTS: Final = {"https": 443, "http": 80}
_SAFE: Final = "/%:@!$&'()*+,;=~?-._"
_LONGEST: Final = 8_000
"""What servers commonly accept as the first line of a request (RFC 9112, 3)."""


class NotFetched(Exception):  # noqa: N818  # not an error yet: it becomes an `Unknown`
    """Why there is no feed, in words without secrets, and as the cause of what is unknown then."""

    def __init__(self, detail: str, cause: Cause = Cause.SERVICE) -> None:
        super().__init__(detail, cause)
        self.detail = detail
        self.cause = cause


@dataclass(frozen=True, slots=True, repr=False)
class Url:
    """The URL of a feed, read; as text it is only its host, for the rest may open a calendar.

    >>> url = Url.parse("webcal://kim:secret@cal.example.com/private-1234/basic.ics?key=5678")
    >>> print(url)
    feed at cal.example.com
    >>> url.target
    '/private-1234/basic.ics?key=5678'
    """

    scheme: str
    host: str
    port: int
    target: str
    """What is asked of the host: the path, and the query if there is one."""
    authorization: str | None = None
    """The user and password of the URL, as a header says them (RFC 7617)."""

    @classmethod
    def parse(cls, text: str) -> Url:
        """Read *text*; `webcal` and `webcals` are other names of `https`.

        Raises:
            NotFetched: it is no such URL; the words tell nothing of it.
        """
        try:
            parts = urlsplit(text.strip())
            scheme = re.sub(r"\Awebcals?\Z", "https", parts.scheme.lower())
            host = (parts.hostname or "").encode("idna").decode("ascii")
            port = parts.port or _PORTS.get(scheme, 0)
            path = quote(parts.path or "/", _SAFE)
            query = f"?{quote(parts.query, _SAFE)}" if parts.query else ""
            authorization = _authorization(parts.username, parts.password)
        except ValueError:  # also of what is no text, such as half a character
            raise NotFetched("this is no URL of a feed") from None
        if scheme not in _PORTS:
            raise NotFetched("only https feeds are read")
        if not host or len(text) > _LONGEST:
            raise NotFetched("this is no URL of a feed")
        return cls(scheme, host, port, path + query, authorization)

    def follow(self, location: str) -> Url:
        """Where *location*, the answer to a request for this one, leads.

        What opens this host is told to no other, and no redirection gives up encryption.

        Raises:
            NotFetched: it leads to no URL of a feed, or from https to http.
        """
        base = f"{self.scheme}://{self.authority}{self.target}"
        try:
            found = Url.parse(urljoin(base, location))
        except (NotFetched, ValueError):
            raise NotFetched("it redirects to something that is no https feed") from None
        if self.scheme == "https" and found.scheme != "https":
            raise NotFetched("it redirects from https to http")
        same = (self.scheme, self.host, self.port) == (found.scheme, found.host, found.port)
        return replace(found, authorization=self.authorization if same else None)

    @property
    def authority(self) -> str:
        """The host, and the port if it is an unusual one, as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"feed at {self.authority}"

    __repr__ = __str__


def is_url(reference: str) -> bool:
    """Whether *reference* is a URL of any kind, and not the name of a file."""
    return re.match(r"\s*[A-Za-z][A-Za-z0-9+.-]*://", reference) is not None


def source_of(url: str) -> str:
    """What reasons call the feed at *url*, whatever is wrong with it.

    >>> source_of("https://cal.example.com/private-1234/basic.ics"), source_of("https://[")
    ('feed at cal.example.com', 'feed')
    """
    try:
        return str(Url.parse(url))
    except NotFetched:
        return "feed"


def _authorization(user: str | None, password: str | None) -> str | None:
    if user is None:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {b64encode(pair.encode()).decode('ascii')}"
