"""What the site writes to people, and by which way it goes.

Lives here: the usual letter with a link in the place of a token, and the choice of a notifier.
Must not live here: when it is sent, who is told (that is the library's).
"""

from __future__ import annotations

from dataclasses import replace
from html import escape

from collective_booking import Message
from collective_booking.adapters.smtp import SmtpNotifier
from collective_booking.letters import Letter, Words, letter_of
from collective_booking.ports import Notifier
from examples.booking_site.settings import Settings


def words_with_links(address: str) -> Words:
    """The usual letters; the booker's leads to the page of their booking at *address*."""

    def letter(message: Message) -> Letter:
        usual = letter_of(replace(message, token=""))
        if not message.token:
            return usual
        stands = message.appointment.status.active
        link = f"{address}/booking/{message.token}"
        told = "To look at it, move it or cancel it" if stands else "To look at it"
        linked = f'<p><a href="{escape(link)}">{told}</a></p></body>'
        return Letter(
            usual.subject,
            f"{usual.text}\n\n{told}:\n{link}",
            usual.html.replace("</body>", linked),
        )

    return letter


def mail_server(settings: Settings) -> Notifier | None:
    """The mail server that is set; None where mail goes to a folder, to be looked at."""
    if settings.mail_host is None:
        return None
    return SmtpNotifier(
        host=settings.mail_host,
        port=settings.mail_port,
        sender=settings.sender,
        security=settings.mail_security,
        username=settings.mail_user,
        password=settings.mail_password,
        words=words_with_links(settings.address),
        signals_to=settings.sender,
    )
