"""A world outside that survives whoever is killed: money, calendars and mail in one file.

Lives here: ports whose memory is an SQLite file of their own, and a process that kills itself at a
named step.
Must not live here: assertions.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from collective_booking.availability import Availability
from collective_booking.intervals import NEVER, Interval
from collective_booking.members import Member
from collective_booking.messages import MemberCopy, Message
from collective_booking.money import Money
from collective_booking.payments import (
    Charge,
    Notice,
    PaymentAnswer,
    PaymentNews,
    PaymentState,
)
from tests.bookings import EUROS

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, state TEXT, reference TEXT);
CREATE TABLE IF NOT EXISTS moves (hold TEXT, amount INTEGER);
CREATE TABLE IF NOT EXISTS copies
    (member TEXT, uid TEXT, sequence INTEGER, PRIMARY KEY (member, uid));
CREATE TABLE IF NOT EXISTS mail (key TEXT PRIMARY KEY, audience TEXT);
"""


class Steps:
    """Counts named steps, and kills this process at the one that was chosen."""

    def __init__(self, last: int | None) -> None:
        self.last = last
        self.names: list[str] = []

    def __call__(self, name: str) -> None:
        """This step is reached."""
        if len(self.names) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.names.append(name)


class World:
    """A gateway that authorises at once, calendars, and mail; each acts once for each key."""

    def __init__(self, path: Path, step: Callable[[str], None]) -> None:
        self.path = path
        self.step = step
        connection = self._open()
        connection.executescript(_TABLES)
        connection.close()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30)

    def _acted(self, name: str, *statements: tuple[str, tuple[Any, ...]]) -> None:
        self.step(f"before {name}")
        connection = self._open()
        with connection:
            for statement, values in statements:
                connection.execute(statement, values)
        connection.close()
        self.step(f"after {name}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What there is to see."""
        connection = self._open()
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    # --- the gateway ----------------------------------------------------------------------------

    def _once(self, name: str, key: str, state: str, hold: str, amount: int) -> PaymentAnswer:
        """Act once under *key*; money moves only with the answer that is written for it."""
        reference = f"pay-{hold}"
        self.step(f"before {name}")
        connection = self._open()
        with connection:
            new = connection.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?)", (key, state, reference)
            ).rowcount
            if new and amount:
                connection.execute("INSERT INTO moves VALUES (?, ?)", (hold, amount))
        connection.close()
        self.step(f"after {name}")
        return PaymentAnswer(state=PaymentState(state), reference=reference, money=EUROS)

    def authorise(self, charge: Charge) -> PaymentAnswer:
        """Reserve the money."""
        return self._once("authorise", charge.key, "authorised", charge.hold, 0)

    def capture(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Take the money."""
        return self._once("capture", key, "captured", reference[4:], money.amount)

    def void(self, reference: str, key: str) -> PaymentAnswer:
        """Let it go."""
        return self._once("void", key, "voided", reference[4:], 0)

    def refund(self, reference: str, money: Money, key: str) -> PaymentAnswer:
        """Give it back."""
        return self._once("refund", key, "refunded", reference[4:], -money.amount)

    def interpret(self, notice: Notice) -> PaymentNews:
        """Nobody tells anything here."""
        raise NotImplementedError(json.dumps(dict(notice.headers)))

    # --- calendars and mail ---------------------------------------------------------------------

    def availability(
        self, members: Sequence[Member], window: Interval
    ) -> Mapping[str, Availability]:
        """Nobody is ever busy."""
        return {member.id: Availability(busy=NEVER.clip(window)) for member in members}

    def put(self, copy: MemberCopy) -> None:
        """Keep the copy."""
        row = (copy.member.id, copy.appointment.uid, copy.appointment.sequence)
        self._acted("put", ("INSERT OR REPLACE INTO copies VALUES (?, ?, ?)", row))

    def update(self, copy: MemberCopy) -> None:
        """Replace the copy."""
        self.put(copy)

    def remove(self, copy: MemberCopy) -> None:
        """Delete the copy."""
        row = (copy.member.id, copy.appointment.uid)
        self._acted("remove", ("DELETE FROM copies WHERE member = ? AND uid = ?", row))

    def send(self, message: Message) -> None:
        """Keep the message; a repetition is told by its key."""
        row = (message.key, str(message.audience))
        self._acted("send", ("INSERT OR IGNORE INTO mail VALUES (?, ?)", row))


class Stepping:
    """A store, each write of which is a step before and after it."""

    WRITES: Final = ("commit", "take_effects", "attempted", "save_calendar")

    def __init__(self, store: Any, step: Callable[[str], None]) -> None:
        self._store = store
        self._step = step

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in self.WRITES:
            return method

        def stepped(*arguments: Any) -> Any:
            self._step(f"before {name}")
            answer = method(*arguments)
            self._step(f"after {name}")
            return answer

        return stepped
