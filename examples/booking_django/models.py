"""Django's own rows beside the bookings: a lead for each appointment.

They are in another transaction than the bookings, and follow them: see `office`.
"""

from __future__ import annotations

from django.db import models


class Lead(models.Model):
    """Somebody who has booked, as the appointment was at `version`."""

    appointment = models.CharField(max_length=200, primary_key=True)
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=320)
    start = models.DateTimeField()
    withdrawn = models.BooleanField(default=False)
    """Whether the host has given it up, and its appointment has to be cancelled."""
