"""A mail server for tests: aiosmtpd in a thread of its own, which keeps what it gets, or refuses.

Lives here: starting one, what it says and what it keeps, and who sends through it.
Must not live here: tests.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from collective_booking.adapters.memory import MemoryStore
from collective_booking.adapters.smtp import SmtpNotifier
from collective_booking.service import BookingService
from collective_booking.testing import FakeClock, FakeProvider
from tests.bookings import HOST, NOW, SECRET, calendar
from tests.messages import read
from tests.servers.processes import HOME
from tests.servers.tls import serving

DROPPED: Final = ""
"""In place of an answer: the connection ends without a word."""
SLOWLY: Final = "\0"
"""Before an answer: it comes byte by byte, none of which is long in coming."""
SENDER: Final = "bookings@example.com"
LOGIN: Final = ("bookings", "correct horse")


@dataclass
class MailServer:
    """What a server got, and what it says: `answers` by command, and `GREETING` and `CONTENT`.

    `CONTENT` answers the mail itself, and whoever is in `unknown` is refused for good. A mail is
    kept if it is accepted, or if the connection is dropped then: the sender cannot know.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    envelopes: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """What it got, read as any client would."""
        return [read(each.original_content or b"") for each in self.envelopes]

    def answer(self, server: SMTP, command: str, usual: str) -> str:
        """What it says to *command*."""
        told = self.answers.get(command, usual)
        if told == DROPPED:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return told

    # --- hooks of aiosmtpd ----------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802  # as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        return self.answer(server, "MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802  # as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        nobody = "550 5.1.1 Nobody of that name"
        return self.answer(server, "RCPT", nobody if address in self.unknown else "250 OK")

    async def handle_DATA(  # noqa: N802  # as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        told = self.answer(server, "CONTENT", "250 OK")
        if not told or told.startswith("250"):
            self.envelopes.append(envelope)
            self.sessions.append(session)
        return told

    async def handle_QUIT(  # noqa: N802  # as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        return self.answer(server, "QUIT", "221 Bye")


class _Scripted(SMTP):
    """aiosmtpd asks its hooks about nearly everything; here also about the rest."""

    def __init__(self, made: MailServer, **options: Any) -> None:
        super().__init__(made, hostname=HOME, authenticator=_knows, **options)
        self.lost = asyncio.Event()

    async def push(self, status: Any) -> None:
        told = status.decode() if isinstance(status, bytes) else str(status)
        if told.startswith(f"220 {HOME}"):
            told = self.event_handler.answer(self, "GREETING", told)
        if told.startswith(SLOWLY):
            await self._drip(f"{told.removeprefix(SLOWLY)}\r\n".encode())
        else:
            await super().push(told)

    async def _drip(self, told: bytes) -> None:
        for each in told:
            self._writer.write(bytes([each]))
            await self._writer.drain()
            await asyncio.sleep(0.01)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # as aiosmtpd calls it
        told = self.event_handler.answer(self, "DATA", "354")
        if told == "354":
            await super().smtp_DATA(arg)
        else:
            await self.push(told)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802  # as aiosmtpd calls it
        told = self.event_handler.answer(self, "AUTH", "334")
        if told == "334":
            await super().smtp_AUTH(arg)
        else:
            await self.push(told)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.lost.set()


@contextmanager
def mail_server(tls: str = "", **options: Any) -> Iterator[MailServer]:
    """A server on a free port. *tls* is `starttls`, `tls`, or nothing at all.

    *options* are aiosmtpd's; a login is `LOGIN`. Its thread ends with the block, or with us.
    """
    context = serving()
    starttls = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {}
    made, ready, ending = MailServer(), Future[Callable[[], object]](), asyncio.Event()

    async def serve() -> None:
        talks: list[_Scripted] = []

        def talk() -> SMTP:
            loop = asyncio.get_running_loop()
            safe = {"auth_require_tls": tls == "starttls", "loop": loop}
            talks.append(_Scripted(made, **starttls | safe | options))
            return talks[-1]

        loop = asyncio.get_running_loop()
        encrypted = context if tls == "tls" else None
        listening = await loop.create_server(talk, HOME, 0, ssl=encrypted)
        made.port = listening.sockets[0].getsockname()[1]
        ready.set_result(lambda: loop.call_soon_threadsafe(ending.set))
        await ending.wait()
        listening.close()
        for each in talks:
            if isinstance(each.transport, asyncio.Transport):
                each.transport.abort()
                await each.lost.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    end = ready.result(30)
    try:
        yield made
    finally:
        end()
        thread.join(30)
        assert not thread.is_alive()


def _knows(server: SMTP, session: Session, envelope: Envelope, how: str, who: Any) -> AuthResult:
    given = (who.login.decode(), who.password.decode())
    return AuthResult(success=given == LOGIN, handled=False)


# --- who sends through it ------------------------------------------------------------------------


def notifier(server: MailServer, **changes: Any) -> SmtpNotifier:
    """A notifier that sends through *server*, by default in plain text."""
    told: dict[str, Any] = {
        "host": HOME,
        "port": server.port,
        "sender": SENDER,
        "security": "plaintext",
    }
    return SmtpNotifier(**told | changes)


def booking_service(server: MailServer) -> BookingService:
    """A service with a calendar, whose mail goes through *server*."""
    service = BookingService(
        MemoryStore(),
        secret=SECRET,
        host=HOST,
        provider=FakeProvider(),
        notifier=notifier(server),
        clock=FakeClock(NOW),
    )
    service.save_calendar(calendar())
    return service
