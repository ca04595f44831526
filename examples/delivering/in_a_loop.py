"""`deliver` as a task of an event loop, beside whatever else runs in it.

Lives here: `delivering`, for as long as an application runs.
Must not live here: what is delivered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from collective_booking import AsyncBookingService

LOG: Final = logging.getLogger(__name__)
MINUTE: Final = timedelta(minutes=1)


@asynccontextmanager
async def delivering(
    service: AsyncBookingService, every: timedelta = MINUTE
) -> AsyncIterator[None]:
    """Deliver what is due, at once and then again and again, until the block is left."""
    task = asyncio.create_task(_deliver_for_ever(service, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _deliver_for_ever(service: AsyncBookingService, every: timedelta) -> None:
    while True:
        try:
            await service.deliver()
        except Exception:  # a database that is away comes back
            LOG.exception("delivering failed")
        await asyncio.sleep(every.total_seconds())
