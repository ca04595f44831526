"""Recurrence rules on the clock: which times an RRULE brings forth between two others.

Lives here: reading RRULE, expanding it with dateutil, and the fast-forward that skips what lies
before. Everything is a naive clock; no instant, no zone.
Must not live here: zones, UNTIL (it needs one), exceptions, lengths.

dateutil walks from period to period (year, month, week, day, hour ...) and never looks back. So a
rule may as well begin at a later period of its own grid, if what it takes from its true start (the
hour, the day) is spelled out. Only two things remember the past: the first period, which may be
torn by the start, and COUNT. The first is never skipped by half; for the second, what was skipped
is counted, by whole cycles where every cycle brings forth the same number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final, Literal

from dateutil.rrule import (
    DAILY,
    HOURLY,
    MINUTELY,
    MONTHLY,
    SECONDLY,
    WEEKLY,
    YEARLY,
    rrule,
    weekday,
)

from collective_booking.icalendar_texts.clocks import EARLIEST
from collective_booking.icalendar_texts.limits import Budget, Unreadable

Frequency = Literal[0, 1, 2, 3, 4, 5, 6]

_FREQUENCIES: Final[dict[str, Frequency]] = {
    "YEARLY": YEARLY,
    "MONTHLY": MONTHLY,
    "WEEKLY": WEEKLY,
    "DAILY": DAILY,
    "HOURLY": HOURLY,
    "MINUTELY": MINUTELY,
    "SECONDLY": SECONDLY,
}
_SECONDS: Final = {DAILY: 86_400, HOURLY: 3_600, MINUTELY: 60, SECONDLY: 1}
_DAYS: Final = {YEARLY: 366, MONTHLY: 31, WEEKLY: 7}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY: Final = re.compile(rf"([+-]?[0-9]{{1,2}})?({'|'.join(_WEEKDAYS)})")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}")
# The parts that are lists of numbers: what dateutil calls them, the least, the greatest, and
# whether negative ones count from the end.
_LISTS: Final = {
    "BYMONTH": ("bymonth", 1, 12, False),
    "BYMONTHDAY": ("bymonthday", 1, 31, True),
    "BYYEARDAY": ("byyearday", 1, 366, True),
    "BYWEEKNO": ("byweekno", 1, 53, True),
    "BYHOUR": ("byhour", 0, 23, False),
    "BYMINUTE": ("byminute", 0, 59, False),
    "BYSECOND": ("bysecond", 0, 59, False),
    "BYSETPOS": ("bysetpos", 1, 366, True),
    "BYEASTER": ("byeaster", 0, 366, True),
}
_OF_THE_YEAR: Final = frozenset({"bymonth", "bymonthday", "byyearday", "byweekno", "byeaster"})
_OF_THE_DAY: Final = frozenset({"byhour", "byminute", "bysecond"})
# How much work of dateutil's weighs as much as one instance.
_WEIGHT: Final = 64

FOREIGN: Final = (ValueError, TypeError, LookupError, ArithmeticError)
"""What dateutil and `datetime` raise at what they cannot do."""


class _Passed(Exception):  # noqa: N818  # no error: the end of the walk
    """The walk has left the range asked for."""


class _CountedInterval(int):
    """An interval that counts how often dateutil adds it, and so how many periods it walks.

    A rule may walk through thousands of years and bring forth nothing (30 February), so that
    counting its instances would count nothing. dateutil adds the interval once for every step; and
    before it jumps to the end of a day that is not meant, it divides by it: so many more it passes.
    """

    step: Callable[[], None]
    jump: Callable[[int], None]

    def __radd__(self, other: int) -> int:
        self.step()
        return int(self) + other

    def __rfloordiv__(self, other: int) -> int:
        passed = other // int(self)
        self.jump(passed)
        return passed

    def __mul__(self, other: int) -> int:  # weeks: the interval times seven
        self.step()
        return int(self) * other


@dataclass(frozen=True, slots=True)
class Rule:
    """An RRULE, valid by construction. `until` is still text: what it means depends on a zone."""

    frequency: Frequency
    interval: int
    count: int | None
    until: str | None
    wkst: int
    parts: dict[str, Any]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read the value of an RRULE line.

        Raises:
            Unreadable: it is none, or has a part that dateutil does not know.
        """
        given: dict[str, str] = {}
        for part in filter(None, text.upper().replace(" ", "").split(";")):
            key, _, value = part.partition("=")
            if given.setdefault(key, value) != value:
                raise Unreadable(f"the rule says {key} twice")
        frequency = _FREQUENCIES.get(given.pop("FREQ", ""))
        if frequency is None:
            raise Unreadable("the rule has no FREQ that anybody knows")
        interval = _positive(given.pop("INTERVAL", "1"), "an INTERVAL")
        count = given.pop("COUNT", None)
        until = given.pop("UNTIL", None)
        wkst = given.pop("WKST", "MO")
        if wkst not in _WEEKDAYS:
            raise Unreadable("the rule has a WKST that is no day")
        if given.pop("RSCALE", "GREGORIAN") != "GREGORIAN":
            raise Unreadable("the rule counts by another calendar")
        parts: dict[str, Any] = {}
        for key, value in given.items():
            if key == "BYDAY":
                parts["byweekday"] = _weekdays(value)
            elif key in _LISTS:
                parts[_LISTS[key][0]] = _numbers(key, value)
            else:
                raise Unreadable(f"the rule has a part that nobody knows: {key[:20]}")
        return cls(
            frequency,
            interval,
            None if count is None else _positive(count, "a COUNT"),
            until,
            _WEEKDAYS.index(wkst),
            parts,
        )

    def clocks(
        self, start: datetime, low: datetime, high: datetime, budget: Budget
    ) -> Iterator[datetime]:
        """The rule's times from *low* to *high*, ascending, when it began at *start*.

        They are what dateutil gives from the true start: the start itself only if the rule hits
        it.

        Raises:
            Unreadable: dateutil refuses the rule, or the budget is spent.
        """
        if high < max(start, low):
            return
        try:
            skipped, left = self._fast_forward(start, max(low, start), budget)
            found = self._walk(start, skipped, high, budget)
            for clock in islice(found, left):
                if clock >= low:
                    yield clock
        except FOREIGN as cause:
            raise Unreadable("the rule cannot be followed") from cause

    def _fast_forward(
        self, start: datetime, low: datetime, budget: Budget
    ) -> tuple[int, int | None]:
        """How many periods may be skipped before *low*, and what is left of COUNT after them."""
        skipped = (self._period(low) - self._period(start)) // self.interval
        if self.count is None:
            return skipped, None
        cycle = self._cycle()
        if cycle is None or skipped <= cycle:
            return 0, self.count
        cycles = (skipped - 1) // cycle
        torn = self._number(start, 0, 1, budget)
        each = self._number(start, 1, cycle, budget)
        return 1 + cycles * cycle, max(self.count - torn - cycles * each, 0)

    def _cycle(self) -> int | None:
        """After how many periods the rule repeats itself; None if only the calendar knows."""
        if self.frequency < WEEKLY or not _OF_THE_YEAR.isdisjoint(self.parts):
            return None
        if self.frequency == WEEKLY:
            return 1
        step = _SECONDS[self.frequency] * self.interval
        repeats = 1 if _OF_THE_DAY.isdisjoint(self.parts) else 86_400
        if "byweekday" in self.parts:
            repeats = 7 * 86_400
        return math.lcm(step, repeats) // step

    def _number(self, start: datetime, skipped: int, periods: int, budget: Budget) -> int:
        """How many times *periods* periods bring forth, after *skipped* ones."""
        end = self._begin(start, skipped + periods)
        found = self._walk(start, skipped, end, budget)
        return sum(1 for _ in takewhile(lambda clock: clock < end, found))

    def _walk(
        self, start: datetime, skipped: int, high: datetime, budget: Budget
    ) -> Iterator[datetime]:
        """The rule's times from its period *skipped* on and up to *high*."""
        begin = self._begin(start, skipped) if skipped else start
        parts = self._spelled_out(start)
        times = math.prod(len(parts.get(part) or (0,)) for part in _OF_THE_DAY)
        positions = len(parts.get("bysetpos") or ()) * _DAYS.get(self.frequency, 1)
        effort = 1 + (positions + times * (self.frequency >= HOURLY)) // _WEIGHT
        budget.spend(times // _WEIGHT)
        steps = (self._period(high) - self._period(begin)) // self.interval
        found = 0

        def step() -> None:
            nonlocal steps, found
            steps -= 1
            if steps < 0:
                raise _Passed
            budget.spend(max(effort - found, 0))
            found = 0

        def jump(passed: int) -> None:
            nonlocal steps
            steps -= passed

        interval = _CountedInterval(self.interval)
        interval.step, interval.jump = step, jump
        try:
            for clock in rrule(
                self.frequency, dtstart=begin, interval=interval, wkst=self.wkst, **parts
            ):
                if clock > high:
                    return
                budget.spend()
                found += 1
                yield clock
        except _Passed:
            return

    def _spelled_out(self, start: datetime) -> dict[str, Any]:
        """The parts, with those that are left to the start given by name."""
        parts = dict(self.parts)
        if _OF_THE_YEAR.isdisjoint(parts.keys() - {"bymonth"}) and "byweekday" not in parts:
            if self.frequency == YEARLY:
                parts.setdefault("bymonth", (start.month,))
            if self.frequency in {YEARLY, MONTHLY}:
                parts["bymonthday"] = (start.day,)
            elif self.frequency == WEEKLY:
                parts["byweekday"] = (weekday(start.weekday()),)
        for name, finer, value in (
            ("byhour", HOURLY, start.hour),
            ("byminute", MINUTELY, start.minute),
            ("bysecond", SECONDLY, start.second),
        ):
            if self.frequency < finer:
                parts.setdefault(name, (value,))
        return parts

    def _period(self, clock: datetime) -> int:
        """The number of the year, month, week, day, hour, minute or second of *clock*."""
        if self.frequency == YEARLY:
            return clock.year
        if self.frequency == MONTHLY:
            return clock.year * 12 + clock.month - 1
        if self.frequency == WEEKLY:
            return (clock.toordinal() - 1 - self.wkst) // 7
        return (clock - EARLIEST) // timedelta(seconds=_SECONDS[self.frequency])

    def _begin(self, start: datetime, skipped: int) -> datetime:
        """When the period begins that follows *skipped* others, counted from that of *start*."""
        period = self._period(start) + skipped * self.interval
        if self.frequency == YEARLY:
            return datetime(period, 1, 1)  # noqa: DTZ001  # a clock
        if self.frequency == MONTHLY:
            return datetime(period // 12, period % 12 + 1, 1)  # noqa: DTZ001  # a clock
        if self.frequency == WEEKLY:
            return datetime.fromordinal(period * 7 + 1 + self.wkst)
        return EARLIEST + timedelta(seconds=_SECONDS[self.frequency] * period)


def _positive(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise Unreadable(f"the rule has {name} below 1, or none at all")
    return int(text)


def _numbers(key: str, text: str) -> tuple[int, ...]:
    _, least, most, from_the_end = _LISTS[key]
    numbers: set[int] = set()
    for each in text.split(","):
        number = int(each) if _NUMBER.fullmatch(each) else most + 1
        if not least <= (abs(number) if from_the_end else number) <= most:
            raise Unreadable(f"the rule has a {key} that cannot be: {each[:20]}")
        numbers.add(number)
    return tuple(sorted(numbers))


def _weekdays(text: str) -> tuple[weekday, ...]:
    found: dict[weekday, None] = {}
    for each in text.split(","):
        match = _BYDAY.fullmatch(each)
        number = int(match[1]) if match and match[1] else None
        if not match or number == 0 or (number and abs(number) > 53):
            raise Unreadable(f"the rule has a BYDAY that is no day: {each[:20]}")
        found[weekday(_WEEKDAYS.index(match[2]), number)] = None
    return tuple(found)
