"""What was worked out or fetched before, within a bound.

Lives here: keeping what was used last, and the answers to texts that were read.
Must not live here: how long anything may be used, clocks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import Lock
from typing import Final, Generic, TypeVar

from collective_booking.availability import Cause
from collective_booking.icalendar_texts import Answer, Question, read_text
from collective_booking.intervals import Interval

V = TypeVar("V")

STRETCHES: Final = 250_000
"""How many stretches of time the answers that are kept may have: about 20 MB."""
_REASON: Final = 10
"""How many stretches one reason weighs as much as; so does each answer besides."""


class Kept(Generic[V]):
    """Values by their keys; those used last, as long as their weights come to no more than *most*.

    Every method is safe from any thread. What alone weighs more than *most* is not kept.

    >>> kept = Kept[str](most=10)
    >>> kept.keep("ana", "busy", weight=6)
    >>> kept.keep("ben", "free", weight=6)
    >>> kept.get("ana"), kept.get("ben")
    (None, 'free')
    """

    def __init__(self, most: int) -> None:
        self.most: int = most
        self._lock = Lock()
        self._weight = 0
        self._held: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()

    def get(self, key: Hashable) -> V | None:
        """What is kept under *key*; it counts as used now."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, value: V, weight: int) -> None:
        """Keep *value* under *key*, in place of what was there."""
        with self._lock:
            _, before = self._held.pop(key, (None, 0))
            self._held[key] = (value, weight)
            self._weight += weight - before
            while self._weight > self.most:
                _, (_, lost) = self._held.popitem(last=False)
                self._weight -= lost


class Answers:
    """Answers to texts, each worked out once for each content, question and name.

    A text that has changed is another text, and so read anew. It is read for whole months, because
    a page of times, and then the booking of one, ask about other windows that lie in the same ones.
    """

    def __init__(self, most: int = STRETCHES) -> None:
        self._kept = Kept[Answer](most)

    def read_text(self, text: bytes, question: Question, source: str | None) -> Answer:
        """As `icalendar_texts.read_text` does."""
        content = blake2b(text).digest()
        months = question._replace(window=_months(question))
        answer = self._of(text, content, months, source)
        if _is_exhausted(answer):  # of less time, the same limits may let more be read
            answer = self._of(text, content, question, source)
        return answer._replace(availability=answer.availability.within(question.window))

    def _of(self, text: bytes, content: bytes, question: Question, source: str | None) -> Answer:
        key = (content, question, source)
        answer = self._kept.get(key)
        if answer is None:
            answer = read_text(text, question, source)
            self._kept.keep(key, answer, _weight(answer))
        return answer


def _months(question: Question) -> Interval:
    """The whole months, of UTC, that the window lies in; where there are none, the window."""
    window = question.window
    if window.end.year > question.limits.last_year:
        return window
    last = window.end - timedelta(microseconds=1)
    return Interval(_first(window.start), _first(_first(last) + timedelta(days=31)))


def _first(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _is_exhausted(answer: Answer) -> bool:
    return any(each.cause is Cause.BUDGET for each in answer.availability.unknown)


def _weight(answer: Answer) -> int:
    known = answer.availability
    return len(known.busy) + len(known.tentative) + _REASON * (1 + len(known.unknown))
