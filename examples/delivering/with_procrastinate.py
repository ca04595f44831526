"""`deliver` as a task of Procrastinate, whose queue is in PostgreSQL too.

Lives here: the task and its schedule, for an application and a service of yours.
Must not live here: what is delivered.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from collective_booking import AsyncBookingService


def deliver_with(app: App, service: AsyncBookingService) -> Task[Any, Any, Any]:
    """The task that delivers, once a minute.

    What fails is tried again by `deliver` itself, so the task needs no retries of its own.
    """

    @app.periodic(cron="* * * * *")
    @app.task(name="bookings.deliver", queueing_lock="bookings.deliver")
    async def deliver(timestamp: int = 0) -> int:  # noqa: ARG001  # a periodic task is given it
        return len((await service.deliver()).delivered)

    return deliver


async def soon(deliver: Task[Any, Any, Any]) -> None:
    """Deliver now rather than later; a hundred bookings at once ask for it once."""
    with suppress(AlreadyEnqueued):
        await deliver.defer_async()
