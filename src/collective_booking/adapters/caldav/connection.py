"""One member's way to one calendar on one server: requests within bounds, refusals as our errors.

Lives here: HTTP over the session of a `caldav.DAVClient`, logging in, redirects, time and size.
Must not live here: what is asked for and what the answers mean.

The client's own `request` is not used: it follows redirects, by which a PUT becomes a GET that
succeeds and has written nothing, it takes credentials along as its HTTP library sees fit, and it
reads whatever a server sends for as long as it sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from collective_booking.adapters.caldav.reports import precondition
from collective_booking.adapters.caldav.watch import Watch
from collective_booking.errors import CollectiveBookingError, UndeliverableError
from collective_booking.wording import on_one_line

if TYPE_CHECKING:
    from caldav.davclient import DAVClient

_REDIRECTS: Final = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS: Final = 3
_LATER: Final = frozenset({401, 408, 412, 423, 425, 429})
"""Refusals of ours that may pass: somebody mends the login, a lock is lifted, a rush is over."""
_NEVER_BY_SERVER: Final = 501
_PIECE: Final = 65536
_NOTHING: Final[Mapping[str, str]] = {}
_PORTS: Final = {"http": 80, "https": 443}


class CalDavError(CollectiveBookingError, RuntimeError):
    """A CalDAV server cannot do now what it was asked; later it may. `status` is HTTP's, if any."""

    def __init__(self, detail: str, status: int | None = None) -> None:
        super().__init__(detail, status)
        self.detail = detail
        self.status = status

    def __str__(self) -> str:
        return f"the calendar server did not do it, try again later: {on_one_line(self.detail)}"


class Reply(NamedTuple):
    """What a server said: its status, headers by lower-case name, and all of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """The way to the calendar at *reference*, for *seconds* at most; it closes the *client*.

    *reference* is a URL, or a path below the client's; *most* is how many bytes of one answer are
    read. Credentials go to the server that the client names, and to no other.

    Raises:
        UndeliverableError: *reference* leads to another server, or is no place of a calendar.
        CalDavError: the client has no URL of a server; somebody may mend that.
    """

    def __init__(self, client: DAVClient, reference: str, seconds: float, most: int) -> None:
        self._client = client
        self._seconds = seconds
        self._deadline = monotonic() + seconds
        self._most = most
        home = f"{str(client.url).rstrip('/')}/"
        if not home.lower().startswith(("https://", "http://")):
            raise CalDavError("the client's URL has to begin with https:// or http://")
        self.calendar: str = _within(home, f"{reference.rstrip('/')}/")
        self._watch = Watch(client.session, seconds)

    def __enter__(self) -> Self:
        self._watch.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._client.close()
        finally:
            self._watch.__exit__(kind, error, trace)

    def ask(
        self,
        method: str,
        href: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] = _NOTHING,
    ) -> Reply:
        """The server's answer to one request, about the calendar or what is at *href*.

        Redirects are followed on the same server, with the same method and body.

        Raises:
            CalDavError: nothing comes, or not all of it, or not in time, or too much.
            UndeliverableError: it is about another server.
        """
        url = _within(self.calendar, href)
        for _ in range(1 + _MOST_REDIRECTS):
            reply = self._logged_in(method, url, body, headers)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return reply
            url = _within(url, reply.headers["location"])
        raise CalDavError("it sends from one place to another, and on")

    def _logged_in(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        reply = self._exchanged(method, url, body, headers)
        asked = reply.headers.get("www-authenticate")
        client = self._client
        if reply.status != 401 or not asked or client.auth or client.username is None:
            return reply
        try:
            client.build_auth_object(sorted(client.extract_auth_types(asked)))
        except Exception as cause:
            raise CalDavError(in_short(cause), 401) from cause
        return self._exchanged(method, url, body, headers)

    def _exchanged(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """One answer; what breaks off on the way is tried once more.

        Servers drop connections when many come at once, and close idle ones just as they are used.
        No request of ours does harm when it arrives twice: the conditions on it see to that.
        """
        try:
            return self._sent(method, url, body, headers)
        except CalDavError:
            raise
        except Exception:  # noqa: BLE001  # whatever the HTTP library, or one below it, raises
            self._left()
        try:
            return self._sent(method, url, body, headers)
        except CalDavError:
            raise
        except Exception as cause:
            raise CalDavError(in_short(cause)) from cause

    def _sent(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        client = self._client
        always: dict[Any, Any] = {**client.headers}
        with client.session.request(
            method,
            url,
            data=body,
            headers={**always, **headers},
            proxies={urlsplit(url).scheme: client.proxy} if client.proxy else None,
            auth=client.auth,
            timeout=self._left(),
            verify=client.ssl_verify_cert,
            cert=client.ssl_cert,
            allow_redirects=False,
            stream=True,
        ) as response:
            told = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status_code or 0, told, self._read(response))

    def _read(self, response: Any) -> bytes:
        """The whole body, or an error: half of an answer would make the rest look free."""
        body = bytearray()
        for piece in response.iter_content(_PIECE):
            body += piece
            if len(body) > self._most:
                raise TooLargeError(self._most)
            self._left()
        self._left()  # at the deadline it ends, and need not look torn
        return bytes(body)

    def _left(self) -> float:
        left = self._deadline - monotonic()
        if left <= 0 or self._watch.over:
            raise CalDavError(f"no whole answer within {self._seconds:g} s")
        return left


class TooLargeError(CalDavError):
    """An answer has more than `most` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"an answer of more than {most} bytes")
        self.most = most

    def __reduce__(self) -> tuple[object, ...]:
        """For pickling: what it says is made of `most`."""
        return type(self), (self.most,)


def refusal(reply: Reply) -> CollectiveBookingError:
    """What a *reply* is that did not do it: of no use ever, or worth another try."""
    status = reply.status
    named = precondition(reply.body)
    detail = f"HTTP status {status}" + (f", {named}" if named else "")
    if later := reply.headers.get("retry-after"):
        detail += f", try again after {later[:40]}"
    if status == _NEVER_BY_SERVER or (300 <= status < 500 and status not in _LATER):
        return UndeliverableError(detail)
    return CalDavError(detail, status)


def _within(base: str, href: str) -> str:
    """Where *href* leads from *base*.

    Raises:
        UndeliverableError: to another server, which must not learn the credentials; or to none.
    """
    try:
        url = urljoin(base, href)
        here, there = urlsplit(base), urlsplit(url)
        same = _origin(here) == _origin(there)
    except ValueError as cause:
        raise UndeliverableError("the reference to the calendar is no URL") from cause
    if not same:
        told = f"{there.scheme}://{there.hostname} is not the server {here.hostname} of the client"
        raise UndeliverableError(f"{told}, which alone may see its credentials")
    if there.username or there.password or there.query or there.fragment:
        raise UndeliverableError("a calendar is named without login, query and fragment")
    return url


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def in_short(cause: BaseException) -> str:
    """What kind of foreign error it is, and what is at its root; not its words: they may hold keys.

    >>> try:
    ...     try:
    ...         raise TimeoutError("no answer to https://ana:secret@example.com/")
    ...     except TimeoutError as root:
    ...         raise ConnectionError("that did not work") from root
    ... except ConnectionError as error:
    ...     in_short(error)
    'ConnectionError (TimeoutError)'
    """
    root = cause
    while below := root.__cause__ or root.__context__:
        root = below
    outer, inner = type(cause).__name__, type(root).__name__
    return outer if inner == outer else f"{outer} ({inner})"
