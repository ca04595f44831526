"""What the site writes to people, and by which way it goes.

Lives here: where the link in a letter leads, and the choice of a notifier.
Must not live here: when it is sent, who is told (that is the library's).
"""

from __future__ import annotations

from collective_booking.adapters.smtp import SmtpNotifier
from collective_booking.letters import Words
from collective_booking.ports import Notifier
from examples.booking_office import words_with_link
from examples.booking_site.settings import Settings


def words_with_links(address: str) -> Words:
    """The usual letters; the booker's leads to the page of their booking at *address*."""
    return words_with_link(lambda token: f"{address}/booking/{token}")


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
