"""What a booker holds in hand: tokens that nobody can guess, and that are stored nowhere (N6).

Lives here: making a token from a secret, and telling a genuine one from any other.
Must not live here: what a token opens, links, the secret itself.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final

from collective_booking.errors import InvalidTokenError, InvalidValueError, WrongTypeError, require

LEAST_SECRET: Final = 16
"""The fewest bytes of a secret: with less, tokens could be guessed."""
_LONGEST: Final = 1_000


class Purpose(StrEnum):
    """What a token is for; one for holds opens no appointment."""

    HOLD = "hold"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one tenant, derived from the host's *secret* (N6).

    A token holds the id and a code of 256 bits; the same each time it is made, so a replayed
    request and a message delivered late tell the same one.

    Raises:
        InvalidValueError: the secret has fewer than 16 bytes.

    >>> tokens = Tokens(b"an example, not a secret", "default")
    >>> token = tokens.make(Purpose.HOLD, "h1")
    >>> tokens.read(Purpose.HOLD, token)
    'h1'
    """

    secret: bytes = field(repr=False)
    tenant: str

    def __post_init__(self) -> None:
        given: object = self.secret
        if not isinstance(given, bytes):  # and not a word of what it is: errors are logged
            hidden = "(not shown)" if isinstance(given, str) else type(given)
            raise WrongTypeError("secret", hidden, "bytes that nobody else knows")
        if len(self.secret) < LEAST_SECRET:
            advice = f"it needs {LEAST_SECRET} bytes or more, such as secrets.token_bytes(32)"
            raise InvalidValueError("the secret", f"{len(self.secret)} bytes", advice)

    def make(self, purpose: Purpose, id: str) -> str:
        """The token of the hold or appointment *id*: letters, digits, `-`, `_` and `.`."""
        return f"{_as_text(id.encode())}.{_as_text(self._code(purpose, id))}"

    def read(self, purpose: Purpose, token: str) -> str:
        """The id that *token* was made for.

        Raises:
            InvalidTokenError: it was not made here, or for something else.
        """
        require("token", token, str, "text")
        name, _, _ = token[:_LONGEST].partition(".")
        try:
            id_ = _as_bytes(name).decode()
        except ValueError:
            raise InvalidTokenError from None
        # Compared in full and in constant time, so that its answer's delay tells nothing.
        genuine = self.make(purpose, id_)
        if not hmac.compare_digest(genuine.encode(), token.encode("utf-8", "replace")):
            raise InvalidTokenError
        return id_

    def _code(self, purpose: Purpose, id_: str) -> bytes:
        # Each part with its length, so that no two triples make one text.
        parts = (self.tenant, purpose, id_)
        told = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.digest(self.secret, told.encode(), sha256)


def _as_text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _as_bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
