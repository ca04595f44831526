"""What keeps strangers out: headers of every answer, seals on forms, the team's password.

Lives here: `Seals`, the check of a form's seal, and the headers.
Must not live here: tokens of bookings (they are the library's), pages.

Every form that is sent by POST carries a seal, which belongs to a cookie of the visitor's browser:
another site can make that browser send a form, and cannot know the seal. Forms sent by GET change
nothing. What the payment service sends is no form; its own signature says that it is genuine.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final
from zlib import compress, decompress

from fastapi import Form, HTTPException, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VISITOR: Final = "visitor"
ADMIN: Final = "team"

HEADERS: Final = {
    # Nothing from elsewhere, and no script or style that stands in the page itself.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Addresses hold tokens. Where a form comes from is not asked: its seal says that it is ours.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",  # times go stale, and pages are one visitor's own
}
"""Those of every answer; a route that sets one itself has its way."""


class SecurityHeaders:
    """Gives every answer the `HEADERS` that it does not have yet."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add to what comes back."""

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, adding)


class Heads:
    """Answers HEAD as it would GET; the server leaves the body out (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as one that is answered."""
        if scope.get("method") == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)


class Seals:
    """What the site alone can make, from its *secret*, and knows again.

    >>> seals = Seals(b"an example, and no secret at all", "open sesame")
    >>> seals.is_sealed("a visitor", seals.seal("a visitor"))
    True
    >>> seals.is_sealed("another", seals.seal("a visitor"))
    False
    """

    def __init__(self, secret: bytes, password: str) -> None:
        self._secret = secret
        self._password = password

    def seal(self, visitor: str) -> str:
        """The seal that the forms of *visitor* carry."""
        return self._made("form", visitor)

    def is_sealed(self, visitor: str, seal: str) -> bool:
        """Whether *seal* is the one of *visitor*'s forms."""
        return bool(visitor) and _same(seal, self.seal(visitor))

    def request_id(self, visitor: str, form: str) -> str:
        """The id under which *visitor* sends a *form*: the same however often it is shown (S4).

        Whoever else opens its address sends under another id, and is never answered with what
        *visitor* has booked.
        """
        return self._made("request", visitor, form)

    def keep(self, visitor: str, form: str, text: str) -> str:
        """*text* as a cookie that is known again as what this site gave *visitor* for *form*.

        >>> seals = Seals(b"an example, and no secret at all", "open sesame")
        >>> seals.kept("a visitor", "a form", seals.keep("a visitor", "a form", "Kim Lee"))
        'Kim Lee'
        """
        packed = urlsafe_b64encode(compress(text.encode())).decode().rstrip("=")
        return f"{packed}.{self._made('kept', visitor, form, packed)}"

    def kept(self, visitor: str, form: str, cookie: str) -> str | None:
        """The text in *cookie*; None where it was not given to *visitor* for *form*."""
        packed, _, code = cookie.partition(".")
        if not _same(code, self._made("kept", visitor, form, packed)):
            return None
        return decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4))).decode()

    def is_password(self, given: str) -> bool:
        """Whether *given* is the team's password; how long that takes tells nothing."""
        return _same(given, self._password)

    def badge(self, until: datetime) -> str:
        """What lets a browser see the team's pages *until* then."""
        end = str(int(until.timestamp()))
        return f"{end}.{self._made('team', end, self._password)}"

    def admits(self, badge: str, now: datetime) -> bool:
        """Whether *badge* was made here, under the password of today, and has not run out."""
        end, _, _ = badge.partition(".")
        if not (end.isascii() and end.isdigit() and len(end) < 16):
            return False
        genuine = f"{end}.{self._made('team', end, self._password)}"
        return _same(badge, genuine) and now.timestamp() < int(end)

    def _made(self, *parts: str) -> str:
        # Each part with its length, so that no two lists make one text.
        told = "".join(f"{len(part)}:{part}" for part in ("booking site", *parts))
        return hmac.new(self._secret, told.encode(), sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    """Compared as digests, in constant time: not even the length is told."""
    digests = (sha256(each.encode("utf-8", "replace")).digest() for each in (one, other))
    return hmac.compare_digest(*digests)


def new_visitor() -> str:
    """A name for a browser that has none yet, which nobody can guess."""
    return secrets.token_urlsafe(16)


def sealed(request: Request, seal: Annotated[str, Form()] = "") -> None:
    """Refuse a form that this site did not give to this browser."""
    seals: Seals = request.app.state.site.seals
    if not seals.is_sealed(request.cookies.get(VISITOR, ""), seal):
        raise HTTPException(
            403, "This form has run out. Go back, load the page again, and send it."
        )
