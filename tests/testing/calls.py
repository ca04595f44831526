"""What fakes are called with: a member's copy, a letter, and by many at the same time.

Lives here: one value of each, which a test changes in a word.
Must not live here: the fakes, and what is expected of them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, Final

from collective_booking.appointments import Happening
from collective_booking.members import Member
from collective_booking.messages import Audience, MemberCopy, Message
from collective_booking.money import Money
from tests.bookings import ANA, appointment

PART: Final = Money(2000, "EUR")
"""Some of what is charged."""


def copy(version: int = 1, who: Member = ANA, text: bytes = b"") -> MemberCopy:
    """The copy of Kim's booking for one of its members, in that *version*."""
    return MemberCopy(
        key=f"default/a1/{version}/copy:{who.id}",
        member=who,
        appointment=replace(appointment(), version=version),
        icalendar=text or f"version {version}".encode(),
    )


def message(key: str = "k", email: str = "kim@example.com") -> Message:
    """What a booker is told of their booking."""
    return Message(
        key=key,
        audience=Audience.BOOKER,
        name="Kim",
        email=email,
        happening=Happening.BOOKED,
        appointment=appointment(),
    )


def at_the_same_time(calls: int, call: Callable[[int], Any]) -> list[Any]:
    """What *call* answers for each number below *calls*, all called at once in threads."""
    gate = Barrier(calls)

    def one(number: int) -> Any:
        gate.wait()
        return call(number)

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(one, range(calls)))
