"""`python -m examples.booking_django deliver_bookings`, every minute, by cron or a timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from examples.booking_django.models import Lead
from examples.booking_django.office import cancel_appointment, office


class Command(BaseCommand):
    """Does what is due: mail, leads, payments, and cancellations that a crash has left undone."""

    help = __doc__

    def handle(self, **_: Any) -> None:
        """Do it once."""
        for lead in Lead.objects.filter(withdrawn=True).exclude(status="cancelled"):
            cancel_appointment(lead.appointment)
        report = office().service.deliver()
        self.stdout.write(
            f"{len(report.delivered)} delivered, {len(report.failed)} to be tried again, "
            f"{len(report.dead)} given up"
        )
