"""`deliver` as a task of Celery.

Lives here: the task and its schedule, for an application and a service of yours.
Must not live here: what is delivered.
"""

from __future__ import annotations

from typing import Any

from celery import Celery

from collective_booking import BookingService


def deliver_with(app: Celery, service: BookingService) -> Any:
    """The task that delivers, once a minute; `.delay()` after a booking makes it sooner.

    What fails is tried again by `deliver` itself, so the task needs no retries of its own, and two
    of it at once share the work.
    """

    @app.task(name="bookings.deliver", ignore_result=True)
    def deliver() -> int:
        return len(service.deliver().delivered)

    app.conf.beat_schedule = {
        **(app.conf.beat_schedule or {}),
        "deliver bookings": {"task": "bookings.deliver", "schedule": 60.0},
    }
    return deliver
