"""E-mail through a mail server: the owner's, the booker's, and signals to whom the host names.

Lives here: `SmtpNotifier`, what it takes for secure, how long it listens, which refusals are final.
Must not live here: words, how a mail is put together, trying again.

The standard library's client is what speaks; here it gets a clock and a measure for what it hears:
its own time limit begins anew with each byte that comes, and a reply may be of any length.
"""

from __future__ import annotations

import binascii
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from io import BufferedReader, RawIOBase
from ipaddress import ip_address
from time import monotonic
from typing import TYPE_CHECKING, Final

from collective_booking.checks import (
    Refused,
    Rules,
    count,
    function,
    instance_of,
    one_of,
    optional,
    text,
)
from collective_booking.errors import MailUnavailableError, Problem, UndeliverableError
from collective_booking.letters import Words, letter_of
from collective_booking.mail import Mail, mail_of, written
from collective_booking.members import EMAIL
from collective_booking.messages import Audience, Message
from collective_booking.wording import shown

if TYPE_CHECKING:
    from socket import socket

    from _typeshed import WriteableBuffer


class Security(StrEnum):
    """How the connection to the mail server is kept from strangers."""

    STARTTLS = "starttls"
    """It begins in plain text and becomes TLS before anything is said; usually port 587."""
    TLS = "tls"
    """It is TLS from the first byte; usually port 465 (RFC 8314)."""
    PLAINTEXT = "plaintext"
    """Everybody on the way can read it: for a relay on the same machine; usually port 25."""


_PORTS: Final = {Security.STARTTLS: 587, Security.TLS: 465, Security.PLAINTEXT: 25}
# Whose last part is a number is an address, or was meant to be one.
_NAME: Final = re.compile(r"([A-Za-z0-9_-]{1,63}\.)*(?![0-9]+$)[A-Za-z0-9_-]{1,63}")
_ABOUT_US: Final = frozenset({521, 530, 534, 535, 538})
"""Refusals of whoever asks, not of one message: no mail here, log in, log in more safely."""
_TOO_BIG: Final = 552
_LONGEST: Final = timedelta(minutes=10)
"""RFC 5321 lets no step take longer."""
_MOST_LINES: Final = 200
"""Of one reply: every extension that there is would fit into fewer."""
_MOST_BYTES: Final = _MOST_LINES * 512
"""Of one reply: as many lines, each as long as RFC 5321 lets it be."""


def _server(value: object) -> str:
    plain = str(text(253)(value))
    if not _NAME.fullmatch(plain) and not _is_address(plain):
        advice = "write a name like mail.example.com, or an IP address"
        raise Refused(f"{shown(plain)} cannot be used: {advice}; give the port apart, as port=")
    return plain


def _is_address(plain: str) -> bool:
    try:
        # A zone, as in fe80::1%eth0, is of this machine: no certificate names it.
        return "%" not in str(ip_address(plain))
    except ValueError:
        return False


def _patience(value: object) -> timedelta:
    length = instance_of(timedelta, "a timedelta")(value)
    if not timedelta() < length <= _LONGEST:
        raise Refused(f"must be more than nothing and at most {_LONGEST}, not {length}")
    return length


def _credential(value: object) -> str:
    """Read a username or a password; what is refused is not shown, for it is secret."""
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
        raise Refused("must be printable ASCII, for smtplib logs in with nothing else")
    return value


def _is_whole(username: str | None, password: str | None) -> Iterator[Problem]:
    if (username is None) != (password is None):
        yield Problem("password", "comes with a username: give both, or none")


def _is_secret(password: str | None, security: Security) -> Iterator[Problem]:
    if password is not None and security is Security.PLAINTEXT:
        yield Problem("password", "would be readable on the way: use 'starttls' or 'tls'")


def _address(value: object) -> str:
    address = str(EMAIL(value))
    if not written(address).isascii():
        raise Refused(f"{shown(address)} is not ASCII, and few servers take mail from there")
    return address


SMTP_RULES: Final = Rules(
    {
        "host": _server,
        "sender": _address,
        "port": optional(count(1, 65_535)),
        "security": one_of(Security),
        "username": optional(_credential),
        "password": optional(_credential),
        "timeout": _patience,
        "context": instance_of(ssl.SSLContext, "an ssl.SSLContext"),
        "words": function("makes a Letter"),
        "signals_to": optional(_address),
    },
    {
        _is_whole: ("username", "password"),
        _is_secret: ("password", "security"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpNotifier:
    """A `Notifier` over the mail server *host*, from the address *sender*, where bounces go.

    It uses STARTTLS and checks the server's certificate unless told otherwise: `security` is
    `starttls`, `tls` or `plaintext`, `context` decides what is trusted. `port` is the usual one
    unless given. `timeout` is for each step of the talk: to connect to an address, to say a thing,
    to hear all of a reply. `words` makes the letters; without it they are those of
    `letters.letter_of`. Signals to the host go to the address `signals_to`; without one they cannot
    be delivered (E4).

    Every message has a connection of its own, so any number of threads may send at once.

    Raises:
        ConfigurationError: it lists everything that is wrong.

    >>> SmtpNotifier(host="mail.example.com", sender="bookings@example.com").security
    <Security.STARTTLS: 'starttls'>
    """

    host: str
    sender: str
    port: int | None = None
    security: Security | str = Security.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=30)
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    words: Words = field(default=letter_of, repr=False)
    signals_to: str | None = None

    def __post_init__(self) -> None:
        SMTP_RULES.settle(self, "the mail server", self.host)

    def send(self, message: Message) -> None:
        """Hand *message* over to the mail server; see `ports.Notifier`.

        Sent is what the server has accepted, whatever becomes of the connection after that. A
        repetition has the same Message-ID and content.

        Raises:
            UndeliverableError: the server refuses the recipient or the message for good (5xx), or
                the address cannot be written to.
            MailUnavailableError: the server cannot be reached or trusted, refuses to talk to us or
                for now (4xx), or went away before it accepted the message.
        """
        mail = self._mail(message)
        with _failures(f"{self.host}:{self._port}"), self._connected() as server:
            _hand_over(server, mail)

    @property
    def _port(self) -> int:
        return self.port or _PORTS[Security(self.security)]

    def _mail(self, message: Message) -> Mail:
        if message.audience is Audience.HOST and self.signals_to is None:
            raise UndeliverableError("no address takes signals: give SmtpNotifier a signals_to")
        signals_to = self.signals_to or ""
        return mail_of(message, self.words(message), sender=self.sender, signals_to=signals_to)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection that is as safe as was asked for, and logged in."""
        # Named after the sender's domain: looking up our own name can take long, and tells it.
        name = written(self.sender).rpartition("@")[2]
        seconds = self.timeout.total_seconds()
        server: smtplib.SMTP
        if self.security is Security.TLS:
            server = _SafeTalk(self.host, self._port, name, timeout=seconds, context=self.context)
        else:
            server = _Talk(self.host, self._port, name, timeout=seconds)
        try:
            if self.security is Security.STARTTLS:
                server.starttls(context=self.context)
            if self.username is not None and self.password is not None:
                server.login(self.username, self.password)
            yield server
        finally:
            with suppress(OSError):  # what was accepted is sent, and what was not has failed
                server.quit()
            server.close()


# --- the talk (RFC 5321) -------------------------------------------------------------------------


class _Talk(smtplib.SMTP):
    """A client whose `timeout` is for the whole of a step, and which no reply keeps for ever."""

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock)
        if self.file is not None:
            self.file.begin(monotonic() + self.timeout)
        reply = super().getreply()
        if self.sock is not None:
            self.sock.settimeout(self.timeout)  # what is said next has the whole time, too
        return reply


class _SafeTalk(_Talk, smtplib.SMTP_SSL):
    """The same, which is TLS from the first byte."""


class _Replies:
    """The lines that come by *sock*, in place of the file in which smtplib looks for replies."""

    def __init__(self, sock: socket) -> None:
        self._arriving = _Arriving(sock)
        self._buffer = BufferedReader(self._arriving)
        self.begin(0)

    def begin(self, until: float) -> None:
        """A reply is next, which is to be here at *until*, by `time.monotonic`."""
        self._arriving.until = until
        self._lines, self._bytes = 0, 0

    def readline(self, most: int) -> bytes:
        """The next line, of *most* bytes at most; smtplib takes any OSError for the end."""
        line = self._buffer.readline(most)
        self._lines, self._bytes = self._lines + 1, self._bytes + len(line)
        if self._lines > _MOST_LINES or self._bytes > _MOST_BYTES:
            raise OSError(f"a reply of more than {_MOST_LINES} lines or {_MOST_BYTES} bytes")
        return line

    def close(self) -> None:
        self._buffer.close()


class _Arriving(RawIOBase):
    """The bytes that come by *sock*, which stays open, up to the moment `until`."""

    def __init__(self, sock: socket) -> None:
        self._sock = sock
        self.until = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


def _hand_over(server: smtplib.SMTP, mail: Mail) -> None:
    """Give *mail* to *server*, or find out for whom it is refused, and for how long."""
    server.ehlo_or_helo_if_needed()
    options = ["SMTPUTF8", "BODY=8BITMIME"] if mail.international else []
    if mail.international and not (server.has_extn("smtputf8") and server.has_extn("8bitmime")):
        raise UndeliverableError(f"{mail.recipient} needs SMTPUTF8, which the server lacks")
    reply: tuple[int, bytes | str] = server.mail(mail.sender, options)
    # Other mail may still be sent from there, once it is set right.
    _check("the sender", reply, final=reply[0] == _TOO_BIG)
    # As it was written: smtplib's own method would read the address and write it anew.
    _check(mail.recipient, server.docmd("RCPT", f"TO:<{mail.recipient}>"), final=True)
    try:
        reply = server.data(mail.content)
    except smtplib.SMTPDataError as early:
        # It did not ask for the content and has not got it, however friendly its answer is.
        reply = early.smtp_code, early.smtp_error
        raise _refusal("the message", reply, final=True) from early
    _check("the message", reply, final=True)


def _check(what: str, reply: tuple[int, bytes | str], *, final: bool) -> None:
    """Whether the server accepted *what*; a refusal is for good where it is 5xx and *final*."""
    if not 200 <= reply[0] < 300:
        raise _refusal(what, reply, final=final)


def _refusal(
    what: str, reply: tuple[int, bytes | str], *, final: bool
) -> UndeliverableError | MailUnavailableError:
    code, told = reply
    detail = f"{what} is refused: {_quoted(code, told)}"
    if final and 500 <= code < 600 and code not in _ABOUT_US:
        return UndeliverableError(detail)
    return MailUnavailableError(detail)


@contextmanager
def _failures(server: str) -> Iterator[None]:
    """Whatever else goes wrong on the way to *server* may go right later."""
    try:
        yield
    except smtplib.SMTPResponseException as cause:
        told = _quoted(cause.smtp_code, cause.smtp_error)
        raise MailUnavailableError(f"{server} answered {told}") from cause
    # smtplib's own errors are OSErrors, too; but not what it finds in a login that is no base64.
    except (OSError, binascii.Error) as cause:
        raise MailUnavailableError(f"{server}: {type(cause).__name__}: {cause}") from cause


def _quoted(code: int, told: bytes | str) -> str:
    text = told if isinstance(told, str) else told.decode("utf-8", "replace")
    return f"{code} {shown(' '.join(text.split()))}"
