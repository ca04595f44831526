"""`deliver` as a command, which cron or a timer runs every minute.

    * * * * *  BOOKINGS_URL=... BOOKINGS_SECRET=... python -m examples.delivering.by_cron

Lives here: one run. It exits with 1 if something was given up, so that somebody hears of it.
Must not live here: what is delivered.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from collective_booking import BookingService
from collective_booking.adapters.folder import FolderOutbox
from collective_booking.adapters.sql import SqlStore


def main() -> int:
    """Deliver once; the exit code."""
    store = SqlStore.open(os.environ["BOOKINGS_URL"])
    # With the same notifier, provider and gateway as the application that books.
    service = BookingService(
        store,
        secret=os.environ["BOOKINGS_SECRET"].encode(),
        host="booking.example.com",
        notifier=FolderOutbox(Path(os.environ.get("BOOKINGS_OUTBOX", "outbox"))),
    )
    report = service.deliver()
    store.engine.dispose()
    for each in report.dead:
        print(f"{each.key} was given up: {each.failure}", file=sys.stderr)
    print(f"{len(report.delivered)} delivered, {len(report.failed)} to be tried again")
    return 1 if report.dead else 0


if __name__ == "__main__":
    sys.exit(main())
