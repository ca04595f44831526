"""Telling everybody, beside the pages: a thread that empties the outbox again and again.

Lives here: when `deliver` is called.
Must not live here: what it does, which is the library's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from collective_booking import BookingService

LOG: Final = logging.getLogger(__name__)


@contextmanager
def delivering(service: BookingService, every: timedelta) -> Iterator[None]:
    """Deliver what is due, and settle payments, for as long as the context lasts.

    One failure ends nothing: whatever is due is tried again the next time.
    """
    over = Event()

    def run() -> None:
        while not over.wait(every.total_seconds()):
            try:
                service.deliver()
            except Exception:
                LOG.exception("delivering failed, and is tried again")

    thread = Thread(target=run, name="deliver")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
