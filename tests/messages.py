"""Messages as the outbox makes them, and mail as a client reads it: for the tests of all mail."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any, Final

from collective_booking.appointments import Appointment
from collective_booking.effects import Channel
from collective_booking.messages import Audience, Message
from collective_booking.testing import samples

HEADERS: Final = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
"""Of a mail to a booker: all there are, in their order."""


def message(
    made: Appointment | None = None, *, channel: Channel = Channel.BOOKER, **changes: Any
) -> Message:
    """What *channel* is told of the last change of *made*, by default of Kim's booking."""
    return replace(samples.message(Audience(channel), made), **changes)


def read(content: bytes) -> EmailMessage:
    """A mail as its recipient's client reads it, without any defect."""
    mail = message_from_string(content.decode(), policy=policy.SMTPUTF8)
    assert isinstance(mail, EmailMessage)
    assert not [part.defects for part in mail.walk() if part.defects]
    return mail


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    """What stands in it, as plain text or as HTML."""
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n").rstrip("\n")


def content_of(part: Any) -> bytes:
    """The bytes of a part, as they were before the mail carried them."""
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found
