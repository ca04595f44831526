"""The service: each command run against the host's ports, synchronously or awaited.

Lives here: the two services, the clock and the ids they draw from.
Must not live here: any decision, and any command: they are the workflows.
"""

from __future__ import annotations

from collective_booking.clock import SystemClock
from collective_booking.service.awaiting import AsyncBookingService
from collective_booking.service.base import random_id
from collective_booking.service.blocking import BookingService

__all__ = ["AsyncBookingService", "BookingService", "SystemClock", "random_id"]
