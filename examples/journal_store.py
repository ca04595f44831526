"""A `BookingStore` of your own: one file of what was written, read again into memory.

Lives here: `JournalStore`, its lock and its file, to be copied and to be put upon what you have.
Must not live here: whether anything may be booked; `MemoryStore` asks `drafts.decide`.

What changes anything is appended to the file before it is answered, and whoever opens the file does
it all again. The lock on the file stands for those of a database: all wait for all.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final, TypeVar

import collective_booking as cb
from collective_booking.adapters.memory import MemoryStore
from collective_booking.drafts import (
    Draft,
    Outcome,
    Request,
    SavedCalendar,
    StoredCalendar,
    Taken,
)
from collective_booking.effects import Attempted, Effect
from collective_booking.holds import Hold
from collective_booking.slots import Admission

T = TypeVar("T")

KIM: Final = cb.Contact("Kim Lee", "kim@example.com")
_SIZE: Final = 8
"""How many bytes before each entry say how long it is."""


class JournalStore:
    """Keeps everything in the file at *path*; safe from any thread and process of one machine.

    The file holds pickles: like a program, it must come from nobody else.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._mine = Lock()
        self._forget_what_was_read()

    # --- the lock, and the file -----------------------------------------------------------------

    def _forget_what_was_read(self) -> None:
        self._memory, self._read = MemoryStore(), 0

    @contextmanager
    def _turn(self) -> Iterator[BinaryIO]:
        """Alone with the file, and knowing all that is in it (S1)."""
        with self._mine, self._path.open("a+b") as journal:  # closing it unlocks it
            flock(journal, LOCK_EX)
            self._catch_up(journal)
            yield journal

    def _catch_up(self, journal: BinaryIO) -> None:
        """Do what others have written since; what a crash left half written never happened."""
        journal.seek(self._read)
        while len(size := journal.read(_SIZE)) == _SIZE:
            entry = journal.read(length := int.from_bytes(size, "big"))
            if len(entry) < length:
                break
            method, arguments = pickle.loads(entry)
            getattr(self._memory, method)(*arguments)
            self._read += _SIZE + length
        journal.truncate(self._read)

    def _append(self, journal: BinaryIO, method: str, *arguments: object) -> None:
        """Write down a call that has succeeded, so that a crash cannot undo it."""
        try:
            entry = pickle.dumps((method, arguments))
            journal.write(len(entry).to_bytes(_SIZE, "big") + entry)
            journal.flush()
            os.fsync(journal.fileno())
        except BaseException:
            journal.truncate(self._read)
            self._forget_what_was_read()  # memory knows more than the file: begin again
            raise
        self._read += _SIZE + len(entry)

    def _look(self, question: Callable[[MemoryStore], T]) -> T:
        with self._turn():
            return question(self._memory)

    # --- what changes something -----------------------------------------------------------------

    def save_calendar(
        self, tenant: str, calendar: cb.CollectiveCalendar, version: int | None, now: datetime
    ) -> SavedCalendar:
        """Store *calendar*; see `ports.BookingStore`."""
        with self._turn() as journal:
            saved = self._memory.save_calendar(tenant, calendar, version, now)
            if saved.changed:
                self._append(journal, "save_calendar", tenant, calendar, version, now)
            return saved

    def commit(self, draft: Draft, admit: Admission | None = None) -> Outcome | None:
        """Write *draft* if it may be; see `ports.BookingStore`."""
        with self._turn() as journal:
            known = self._memory.commit(draft, admit)  # what is refused raises, and is not written
            if known is None:
                self._append(journal, "commit", draft)  # it was admitted, once and for all
            return known

    def take_effects(
        self, tenant: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Effect, ...]:
        """Lease effects that are due; see `ports.BookingStore`."""
        with self._turn() as journal:
            taken = self._memory.take_effects(tenant, now, until, limit)
            if taken:
                self._append(journal, "take_effects", tenant, now, until, limit)
            return taken

    def attempted(self, attempted: Attempted) -> None:
        """Record one try; see `ports.BookingStore`."""
        with self._turn() as journal:
            self._memory.attempted(attempted)
            self._append(journal, "attempted", attempted)

    def retry(self, tenant: str, key: str, now: datetime) -> None:
        """Let an effect be tried again; see `ports.BookingStore`."""
        with self._turn() as journal:
            self._memory.retry(tenant, key, now)
            self._append(journal, "retry", tenant, key, now)

    def forget(self, tenant: str, before: datetime) -> None:
        """Delete old outcomes and news; see `ports.BookingStore`."""
        with self._turn() as journal:
            self._memory.forget(tenant, before)
            self._append(journal, "forget", tenant, before)

    # --- what only reads ------------------------------------------------------------------------

    def calendar(self, tenant: str, slug: str) -> StoredCalendar:
        """Read a calendar; see `ports.BookingStore`."""
        return self._look(lambda known: known.calendar(tenant, slug))

    def taken(
        self, tenant: str, slug: str, members: Sequence[str], window: cb.Interval, now: datetime
    ) -> Taken:
        """Read what is taken; see `ports.BookingStore`."""
        return self._look(lambda known: known.taken(tenant, slug, members, window, now))

    def outcome(self, tenant: str, request: Request) -> Outcome | None:
        """Read what a request came to; see `ports.BookingStore`."""
        return self._look(lambda known: known.outcome(tenant, request))

    def hold(self, tenant: str, id: str) -> Hold:
        """Read a hold; see `ports.BookingStore`."""
        return self._look(lambda known: known.hold(tenant, id))

    def appointment(self, tenant: str, id: str, version: int | None = None) -> cb.Appointment:
        """Read an appointment; see `ports.BookingStore`."""
        return self._look(lambda known: known.appointment(tenant, id, version))

    def appointments(
        self, tenant: str, window: cb.Interval, slug: str | None = None
    ) -> tuple[cb.Appointment, ...]:
        """Read appointments; see `ports.BookingStore`."""
        return self._look(lambda known: known.appointments(tenant, window, slug))

    def unfinished(self, tenant: str, now: datetime, limit: int) -> tuple[str, ...]:
        """Read which holds need something; see `ports.BookingStore`."""
        return self._look(lambda known: known.unfinished(tenant, now, limit))

    def undelivered(self, tenant: str) -> tuple[Effect, ...]:
        """Read what has failed; see `ports.BookingStore`."""
        return self._look(lambda known: known.undelivered(tenant))


def main() -> None:
    """Book over one file, and find the appointment again through another store."""
    office = cb.OpeningHours.parse("Mon-Fri 09:00-17:00")
    members = tuple(cb.Member(id, timezone="UTC", hours=office) for id in ("ana", "ben"))
    call = cb.CollectiveCalendar(
        name="Call", slug="call", timezone="UTC", duration=timedelta(minutes=30), members=members
    )
    with tempfile.TemporaryDirectory() as folder:
        for turn in ("first", "second"):
            service = cb.BookingService(
                JournalStore(Path(folder, "journal")),
                secret=b"an example, and no secret at all",
                host="booking.example.com",
            )
            service.save_calendar(call)
            now = datetime.now(UTC)
            week = cb.Interval(now, now + timedelta(days=7))
            if turn == "first":
                service.book("call", service.offers("call", week)[0].start, KIM)
            print(f"the {turn} store has {len(service.agenda(week))} appointment")


if __name__ == "__main__":
    main()
