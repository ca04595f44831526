"""`deliver` in a thread of the process that books.

Lives here: `Delivering`, for as long as an application runs.
Must not live here: what is delivered.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

from collective_booking import BookingService

LOG: Final = logging.getLogger(__name__)
MINUTE: Final = timedelta(minutes=1)


class Delivering:
    """Delivers what is due, at once and then again and again, until the block is left.

    After a booking, `soon` has it look at once instead of at the end of its pause.
    """

    def __init__(self, service: BookingService, every: timedelta = MINUTE) -> None:
        self._service = service
        self._every = every.total_seconds()
        self._woken = Event()
        self._ended = False
        self._thread = Thread(target=self._deliver_until_ended, name="deliver", daemon=True)

    def soon(self) -> None:
        """Deliver now rather than later."""
        self._woken.set()

    def _deliver_until_ended(self) -> None:
        while not self._ended:
            try:
                self._service.deliver()
            except Exception:  # a database that is away comes back
                LOG.exception("delivering failed")
            self._woken.wait(self._every)
            self._woken.clear()  # before looking whether it has ended: who wakes us says so first

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True
        self.soon()
        self._thread.join()
