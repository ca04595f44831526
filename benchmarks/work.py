"""The work that everyone in the benchmark does: plain data, made from a seed.

Lives here: teams, their hours and their meetings, as the tuples and ints that a host application
has before it calls anything.
Must not live here: a library, ours or another; a clock.

A team of the world keeps a few hours in common (about 14:00 to 17:00 UTC), and most of its members
keep a *quiet* stretch of these free of meetings, another one every day; the other time is full.
Every third day somebody breaks the rule, and one in ten meetings that could be double booked is. So
the answer is neither empty nor everything, and nobody's meetings can be left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

Span = tuple[int, int]
"""`(start, end)` in minutes of wall time after midnight."""
Week = tuple[tuple[Span, ...], ...]
"""The opening hours of Monday to Sunday."""
Pair = tuple[int, int]
"""`(start, end)` in microseconds since the epoch, UTC."""

MINUTE: Final = 60_000_000
DAY: Final = 24 * 60 * MINUTE
MONDAY: Final = date(2026, 2, 16)
MEETINGS_A_DAY: Final = 6

# Zone, opening and closing in local minutes. Between 16 February and 16 May clocks change in
# America (8 March), Casablanca (22 March), Europe (29 March), Santiago (4 April), Cairo (24 April).
_OFFICES: Final = (
    ("America/Los_Angeles", 6 * 60, 14 * 60 + 30),
    ("America/Denver", 7 * 60, 15 * 60 + 30),
    ("America/Chicago", 8 * 60, 17 * 60),
    ("America/New_York", 8 * 60 + 30, 17 * 60 + 30),
    ("America/Halifax", 9 * 60, 17 * 60 + 30),
    ("America/St_Johns", 9 * 60, 17 * 60 + 30),
    ("America/Sao_Paulo", 9 * 60, 18 * 60),
    ("America/Santiago", 9 * 60 + 30, 18 * 60 + 30),
    ("Africa/Casablanca", 10 * 60, 19 * 60),
    ("Europe/London", 10 * 60, 18 * 60 + 30),
    ("Europe/Berlin", 10 * 60 + 30, 19 * 60),
    ("Europe/Athens", 11 * 60 + 30, 20 * 60),
    ("Africa/Cairo", 12 * 60, 20 * 60),
    ("Asia/Dubai", 13 * 60, 22 * 60),
    ("Asia/Kolkata", 14 * 60 + 30, 23 * 60),
    ("Asia/Kathmandu", 14 * 60, 22 * 60 + 45),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One member, as plain data; `busy` is in no particular state but sorted by start."""

    id: str
    zone: str
    week: Week
    busy: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Work:
    """One question: which starts in `[first, last)` suit all of `people`? Lengths are microseconds.

    Nobody's opening hours touch or overlap, and none begin or end in a skipped or doubled hour. So
    a stretch in which all are open begins where the last of them opens, and the grid hangs on its
    beginning: no peer is asked for more than that.
    """

    name: str
    people: Sequence[Person]
    first: int
    last: int
    now: int
    timezone: str = "Europe/London"
    duration: int = 30 * MINUTE
    step: int = 15 * MINUTE
    before: int = 5 * MINUTE
    after: int = 10 * MINUTE
    notice: int = 240 * MINUTE

    @property
    def meetings(self) -> int:
        return sum(len(person.busy) for person in self.people)

    def shuffled(self, seed: int = 2) -> Work:
        """The same work with nobody's meetings in order."""
        order = random.Random(seed)
        people = [replace(p, busy=order.sample(p.busy, len(p.busy))) for p in self.people]
        return replace(self, people=people)


def office(name: str, members: int, days: int, *, own_hours: bool = False, seed: int = 1) -> Work:
    """A team of *members* over *days*, in 16 zones.

    They keep the hours of their office, with or without a break; with *own_hours* everybody opens
    and closes at other times on every day of the week, so that no two can share a computation.
    """
    draw = random.Random(seed)
    offices = [_OFFICES[place % len(_OFFICES)] for place in range(members)]
    quiet = [_quiet(draw) for _ in range(days)]
    # Who keeps meetings in the quiet stretch of a day, in a third of the days one member.
    breaks = [draw.randrange(members) if draw.random() < 1 / 3 else None for _ in range(days)]
    people = []
    for place, (zone, opens, closes) in enumerate(offices):
        rested = place // len(_OFFICES) % 2 == 1
        week = _week(opens, closes, rested, draw if own_hours else None)
        kept = [
            None if breaker == place else stretch
            for stretch, breaker in zip(quiet, breaks, strict=True)
        ]
        busy = _meetings(zone, opens, closes, kept, draw)
        people.append(Person(f"member-{place:03}", zone, week, busy))
    first = _midnight(MONDAY, "UTC")
    return Work(name, people, first, first + days * DAY, now=first + 12 * 60 * MINUTE)


def shreds(name: str, members: int, days: int, pieces: int, seed: int = 1) -> Work:
    """The worst that a calendar can say: *pieces* tiny busy times in all, overlapping, and odd."""
    work = office(name, members, days, seed=seed)
    draw = random.Random(seed)
    people = [
        replace(person, busy=_torn(person.busy, pieces // members, draw)) for person in work.people
    ]
    return replace(work, people=people)


WORKS: Final[Mapping[str, Callable[[], Work]]] = {
    "S": partial(office, "S", 3, 14),
    "L": partial(office, "L", 100, 90),
    "L-own": partial(office, "L-own", 100, 90, own_hours=True),
    "XL": partial(office, "XL", 100, 365),
    "shreds": partial(shreds, "shreds", 10, 30, 100_000),
}
"""The questions that are asked, by name."""


def _week(opens: int, closes: int, rested: bool, draw: random.Random | None) -> Week:
    days: list[tuple[Span, ...]] = []
    for _ in range(5):
        early, late = (15 * draw.randrange(7), 15 * draw.randrange(5)) if draw else (0, 0)
        start, end = opens - early, closes + late
        # A break as far from the shared hours as the office allows: early in the east.
        rest = start + 60 if opens >= 600 else end - 120
        both = ((start, rest), (rest + 45, end))
        days.append(both if rested else ((start, end),))
    return (*days, (), ())


def _quiet(draw: random.Random) -> Span:
    """The stretch of one day that most keep free, in minutes of UTC."""
    start = 14 * 60 + 15 * draw.randrange(6)
    return start, start + 15 * draw.randint(5, 7)


def _meetings(
    zone: str, opens: int, closes: int, quiet: Sequence[Span | None], draw: random.Random
) -> list[Pair]:
    """Six a working day: five in the office, one at any hour; sorted by start."""
    place = ZoneInfo(zone)
    found: list[Pair] = []
    for number, kept in enumerate(quiet):
        day = MONDAY + timedelta(days=number)
        if day.weekday() >= 5:
            continue
        utc, local = _midnight(day, "UTC"), _midnight(day, place)
        held = 0
        while held < MEETINGS_A_DAY:
            minutes = draw.choice((15, 25, 30, 30, 45, 50, 60, 60, 90))
            low, high = (opens, closes) if held else (0, 24 * 60)
            start = local + 15 * draw.randrange(low // 15, (high - minutes) // 15) * MINUTE
            end = start + minutes * MINUTE
            if kept and start < utc + kept[1] * MINUTE and utc + kept[0] * MINUTE < end:
                continue
            taken = any(start < other[1] and other[0] < end for other in found[-held:] if held)
            if taken and draw.random() < 0.9:
                continue
            found.append((start, end))
            held += 1
    return sorted(found)


def _torn(busy: Sequence[Pair], pieces: int, draw: random.Random) -> list[Pair]:
    """*pieces* scraps of *busy*, each up to ten minutes long and begun at an odd microsecond."""
    found = []
    for number in range(pieces):
        start, end = busy[number % len(busy)]
        cut = draw.randrange(start, end - 1) | 1
        found.append((cut, min(cut + draw.randrange(1, 10 * MINUTE), end)))
    return sorted(found)


def _midnight(day: date, zone: str | ZoneInfo) -> int:
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    moment = datetime(day.year, day.month, day.day, tzinfo=place).astimezone(UTC)
    return int(moment.timestamp()) * 1_000_000
