"""Feeds: calendars that a service hands out as `.ics` under a URL.

Lives here: `Feeds`, which follows redirections, asks only for what is new, and keeps copies.
Must not live here: what stands in a feed, whose it is.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import Final

from collective_booking.adapters.ics.addresses import (
    Network,
    Resolve,
    networks,
    permitted,
    system_addresses,
)
from collective_booking.adapters.ics.fetching import OK, Patience, Reply, fetch
from collective_booking.adapters.ics.kept import Kept
from collective_booking.adapters.ics.urls import NotFetched, Url
from collective_booking.clock import SystemClock
from collective_booking.errors import (
    ConfigurationError,
    InvalidValueError,
    Problem,
    WrongTypeError,
    require,
)
from collective_booking.moments import ZERO
from collective_booking.ports import Clock

LOG: Final = logging.getLogger("collective_booking")

AT_ONCE: Final = 16
"""How many feeds are fetched at the same time: they mostly wait for others."""
REDIRECTIONS: Final = 5
"""How many are followed: enough for a link shortener, a login host and a content network."""
_LONGEST_MARK: Final = 1_000
"""How many characters an ETag or a date may have: real ones have less than a hundred."""
_BESIDES: Final = 1_000
"""How many bytes a copy takes besides all text in it: the objects that hold it."""
_REDIRECTED: Final = frozenset({301, 302, 303, 307, 308})
_UNCHANGED: Final = 304


@dataclass(frozen=True, slots=True)
class StaleCopy:
    """An older copy of a feed that stood in for it: for which member, from when, and why.

    >>> seven = datetime.fromisoformat("2026-11-23T07:00Z")
    >>> print(StaleCopy("ana", "example.com/ana.ics", seven, "it answers 503"))
    ana: example.com/ana.ics as it was at 2026-11-23 07:00 UTC, for now it answers 503
    """

    member: str
    source: str
    fetched: datetime
    reason: str

    def __str__(self) -> str:
        told = f"{self.member}: {self.source} as it was at {self.fetched:%Y-%m-%d %H:%M} UTC"
        return f"{told}, for now {self.reason}"


@dataclass(frozen=True, slots=True)
class Copy:
    """A feed as it was *fetched* or last found unchanged, and by what it can be asked for anew.

    `stale` says why it is no newer, where it stands in for what could not be fetched.
    """

    body: bytes = field(repr=False)
    fetched: datetime
    where: Url
    etag: str | None
    modified: str | None
    stale: str = ""

    def news_since(self, url: Url) -> dict[str, str]:
        """The headers that ask *url* only for what has changed (RFC 9110, 13.1)."""
        if url != self.where:  # another's marks mean nothing there
            return {}
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value is not None}

    def weight_under(self, key: str) -> int:
        """About how many bytes of memory it takes to keep this under *key*."""
        where = (self.where.host, self.where.target, self.where.authorization)
        texts = (key, self.etag, self.modified, *where)
        return _BESIDES + len(self.body) + sum(len(each) for each in texts if each)


class Feeds:
    """Fetches feeds over https, from public addresses alone, and keeps what it has fetched.

    Every limit is one of safety, and holds whatever the URL and its server say:

    - *allow* lists networks, such as `10.1.0.0/16`, that may be connected to though they are not
      public. The address that a name means is looked up once, judged, and connected to.
    - *allow_http* lets feeds be read over plain http, which anybody on the way can change.
    - *connect*, *read* and *total* are how long a connection, a piece of an answer, and all feeds
      of one question together may take.
    - *memory* is about how many bytes of copies are kept, with all that is kept to find them and
      to ask for them anew.

    A copy younger than *fresh_for* is used without asking; otherwise the server is asked whether
    anything is new. When a feed cannot be fetched, its time is unknown (F3), whatever it was
    before; with *stale_for*, a copy not older than that stands in, and *tell* is called with a
    `StaleCopy` each time, so that nobody takes it for news. A *tell* that raises costs no answer:
    the copy stands in all the same, and the log says what was to be told.

    *tls* is for certificates that only you trust, *resolve* for names that only you know, *clock*
    for your tests. No proxy is used, also where the environment names one: it would be the proxy
    that decides where to connect. Safe from any thread; make one, and use it everywhere.

    Raises:
        ConfigurationError: it lists all that is wrong; *stale_for* without *tell* is.
        InvalidValueError: *allow* lists something that is no network.
        WrongTypeError: an argument of the wrong type.

    >>> old: list[StaleCopy] = []
    >>> feeds = Feeds(fresh_for=timedelta(minutes=5), stale_for=timedelta(hours=1), tell=old.append)
    >>> [answer] = feeds.fetch_all([("ana", "http://example.com/ana.ics")], 1_000_000).values()
    >>> answer.detail
    'only https feeds are read'
    """

    def __init__(
        self,
        *,
        allow: Iterable[str | Network] = (),
        allow_http: bool = False,
        connect: timedelta = timedelta(seconds=5),
        read: timedelta = timedelta(seconds=5),
        total: timedelta = timedelta(seconds=15),
        memory: int = 100_000_000,
        fresh_for: timedelta = ZERO,
        stale_for: timedelta = ZERO,
        tell: Callable[[StaleCopy], object] | None = None,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = system_addresses,
        clock: Clock | None = None,
    ) -> None:
        waits = {"connect": connect, "read": read, "total": total}
        ages = {"fresh_for": fresh_for, "stale_for": stale_for}
        for name, value in (waits | ages).items():
            require(name, value, timedelta, "a timedelta")
        for name, function in {"tell": tell or _nobody, "resolve": resolve}.items():
            if not callable(function):
                raise WrongTypeError(name, function, "a function")
        require("allow_http", allow_http, bool, "true or false")
        require("tls", tls, ssl.SSLContext | None, "an SSLContext")
        if type(memory) is not int or memory < 0:
            raise InvalidValueError("memory", memory, "it is a number of bytes")
        problems = [Problem(name, "must be more than 0") for name in waits if waits[name] <= ZERO]
        problems += [Problem(name, "cannot be negative") for name in ages if ages[name] < ZERO]
        if stale_for and tell is None:
            problems.append(Problem("tell", "is missing: who hears that an old copy stands in?"))
        if problems:
            raise ConfigurationError("Feeds", problems)
        self._allowed = networks(allow)
        self._allow_http = allow_http
        self._connect, self._read = connect.total_seconds(), read.total_seconds()
        self._total = total.total_seconds()
        self._fresh_for, self._stale_for = fresh_for, stale_for
        self._tell = tell or _nobody
        self._own_tls = tls
        self._resolve = resolve
        self._clock = clock or SystemClock()
        self._kept = Kept[Copy](memory)

    def fetch_all(
        self, wanted: Iterable[tuple[str, str]], size: int
    ) -> dict[str, bytes | NotFetched]:
        """The feeds *wanted*, pairs of a member's id and a URL: as bytes by URL, or why not.

        Not more than *size* bytes of each. All together take no longer than `total`.
        """
        patience = Patience(self._connect, self._read, monotonic() + self._total)
        pairs = list(wanted)
        urls = list(dict.fromkeys(url for _, url in pairs))

        def answer(url: str) -> Copy | NotFetched:
            return self._newest(url, patience, size)

        with ThreadPoolExecutor(AT_ONCE, "feeds") as threads:
            found = dict(zip(urls, threads.map(answer, urls), strict=True))
        return {url: self._told(member, found[url]) for member, url in pairs}

    def _told(self, member: str, found: Copy | NotFetched) -> bytes | NotFetched:
        """What is answered for *member*; where an old copy stands in, that is said."""
        if isinstance(found, NotFetched):
            return found
        if found.stale:
            copy = StaleCopy(member, str(found.where), found.fetched, found.stale)
            try:
                self._tell(copy)
            except Exception:  # whatever a host's own function raises
                LOG.warning("tell= failed to hear of %s", copy, exc_info=True)
        return found.body

    def _newest(self, text: str, patience: Patience, size: int) -> Copy | NotFetched:
        """The newest copy that may be used, or why there is none."""
        known, now = self._kept.get(text), self._clock.now()
        if known is not None and _is_younger(known, now, self._fresh_for):
            return known
        try:
            copy = self._fetched(Url.parse(text), known, now, patience, size)
        except NotFetched as failure:
            if known is not None and _is_younger(known, now, self._stale_for):
                return replace(known, stale=failure.detail)
            return failure
        self._kept.keep(text, copy, weight=copy.weight_under(text))
        return copy

    def _fetched(
        self, url: Url, known: Copy | None, now: datetime, patience: Patience, size: int
    ) -> Copy:
        """The feed at *url*, wherever it has moved to."""
        for _ in range(REDIRECTIONS + 1):
            reply = self._reply(url, known.news_since(url) if known else {}, patience, size)
            if reply.status == OK:
                etag, modified = _mark(reply, "ETag"), _mark(reply, "Last-Modified")
                return Copy(reply.body, now, url, etag, modified)
            if reply.status == _UNCHANGED and known is not None and url == known.where:
                return replace(known, fetched=now)
            if reply.status not in _REDIRECTED or "Location" not in reply.headers:
                raise NotFetched(f"it answers with HTTP status {reply.status}")
            url = url.follow(reply.headers["Location"])
        raise NotFetched(f"it redirects more than {REDIRECTIONS} times")

    def _reply(self, url: Url, headers: Mapping[str, str], patience: Patience, size: int) -> Reply:
        if url.scheme != "https" and not self._allow_http:
            raise NotFetched("only https feeds are read")
        try:
            seconds = patience.left(self._connect)
        except TimeoutError:
            raise NotFetched("there was no time left to ask it") from None
        addresses = permitted(url.host, url.port, self._resolve, self._allowed, seconds)
        return fetch(url, addresses, headers, self._tls, patience, size)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Made when it is needed: to load what this machine trusts takes a while.
        return self._own_tls or ssl.create_default_context()


def _mark(reply: Reply, name: str) -> str | None:
    """What *reply* can be told from a later one by, unless it is too long to be kept."""
    told = reply.headers.get(name)
    return told if told is not None and len(told) <= _LONGEST_MARK else None


def _is_younger(copy: Copy, now: datetime, age: timedelta) -> bool:
    """Whether *copy* is no older than *age*; not so where a clock was set back."""
    return bool(age) and ZERO <= now - copy.fetched <= age


def _nobody(_: StaleCopy) -> None:
    pass
