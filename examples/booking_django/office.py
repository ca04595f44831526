"""The service in a Django project, and how Django's rows keep up with the bookings.

Lives here: the one `Office` of a process, the notifier, and what waits for Django to commit.
Must not live here: pages.

Django speaks to its database over connections of its own, and the store over others, so no
transaction spans both. A booking is committed when `book` or `confirm` returns, whatever becomes of
Django's transaction around it. Two things keep them together all the same. Rows that follow from
a booking are written by the notifier: the outbox repeats it until they are there. Bookings that
follow from a row wait for it in `transaction.on_commit`.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache, partial
from hashlib import blake2b

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from collective_booking import IllegalStepError
from collective_booking.adapters.sql import SqlStore
from collective_booking.messages import Audience, Message
from examples.booking_django.models import Lead
from examples.booking_office import Office, words_with_link


@cache
def office() -> Office:
    """The office of this process."""
    ports = dict(settings.BOOKINGS)
    return Office.open(SqlStore.open(ports.pop("store")), notifier=DjangoNotifier(), **ports)


class DjangoNotifier:
    """A `Notifier` that keeps the lead of an appointment, and sends Django's e-mail."""

    def send(self, message: Message) -> None:
        """Do both, or raise and be called again: either may be done twice, and is there once."""
        _keep_lead(message)
        if message.audience is not Audience.HOST:
            _mail(message).send()


def _keep_lead(message: Message) -> None:
    appointment = message.appointment
    facts = {
        "version": appointment.version,
        "status": appointment.status.value,
        "name": appointment.contact.name,
        "email": appointment.contact.email,
        "start": appointment.start,
    }
    # The owner may hear of a change later than the booker: what is old changes nothing.
    Lead.objects.get_or_create(appointment=appointment.id, defaults=facts)
    older = Lead.objects.filter(appointment=appointment.id, version__lt=appointment.version)
    older.update(**facts)


def _page(token: str) -> str:
    return f"{settings.SITE}{reverse('booked', args=[token])}"


def _mail(message: Message) -> EmailMessage:
    letter = words_with_link(_page)(message)
    # The same message has the same Message-ID each time, by which mailboxes tell repetitions.
    mark = blake2b(message.key.encode(), digest_size=16).hexdigest()
    named = {"Message-ID": f"<{mark}@{settings.BOOKINGS['host']}>"}
    mail = EmailMessage(letter.subject, letter.text, to=[message.email], headers=named)
    if message.invitation is not None:
        method = "CANCEL" if b"METHOD:CANCEL" in message.invitation else "REQUEST"
        kind = f"text/calendar; method={method}"
        mail.attach("invite.ics", message.invitation.decode(), kind)
    return mail


# --- what follows from a row ---------------------------------------------------------------------


def withdraw(lead: Lead) -> None:
    """Give *lead* up. Its appointment is cancelled once Django has committed that, and only then.

    If the process dies in between, `deliver_bookings` finds the lead and cancels.
    """
    lead.withdrawn = True
    lead.save(update_fields=["withdrawn"])
    transaction.on_commit(partial(cancel_appointment, lead.appointment))


def cancel_appointment(id: str) -> None:
    """Cancel the appointment *id*, unless that has happened already."""
    with suppress(IllegalStepError):
        office().service.cancel(id)
