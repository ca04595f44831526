"""The slow twin of `hours` and `localtime`: look at the clock on the wall, minute after minute.

Lives here: whether somebody is open, since when, and which date it is, each asked of `zoneinfo` for
one instant at a time and answered from the rules as `OpeningHours` holds them (its `week` and
`overrides`), word for word as T3 to T5 put it. It shares no code with the rooms that it checks.
Must not live here: anything clever. Where it and the library differ, read this one first.

Questions take any aware datetime. What is found by walking is found in whole minutes of UTC, so it
is exact for zones whose clocks change at whole minutes; all do since 1972.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from collective_booking.hours import DateRange, OpeningHours

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
_TICK: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Window = tuple[datetime, datetime]
"""`(start, end)` in UTC."""
Rule = tuple[date, int]
"""What opens a window: the local date it belongs to, and which of that date's spans it is."""


# --- what the wall shows --------------------------------------------------------------------------


def wall(zone_name: str, instant: datetime) -> datetime:
    """What a clock on the wall shows at *instant*: a datetime without a zone."""
    return instant.astimezone(ZoneInfo(zone_name)).replace(tzinfo=None, fold=0)


def local_date(zone_name: str, instant: datetime) -> date:
    """Which date it is there."""
    return wall(zone_name, instant).date()


def minutes_of(first: datetime, last: datetime) -> Iterator[datetime]:
    """Every whole minute of UTC in `[first, last)`."""
    minute = _floor(first + MINUTE - _TICK)
    while minute < last:
        yield minute
        minute += MINUTE


def first_minute(zone_name: str, day: date) -> datetime | None:
    """The first minute that shows *day*, for the anchor `clock` (G2); None if none does."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    every = minutes_of(noon - 2 * DAY, noon + 2 * DAY)
    return next((each for each in every if _wall(zone_name, each).date() == day), None)


# --- hours ----------------------------------------------------------------------------------------


def is_open(hours: OpeningHours, zone_name: str, instant: datetime) -> bool:
    """Whether the wall shows a time that lies in the rules (T3)."""
    return bool(_rules_at(hours, wall(zone_name, instant)))


def window_starts(hours: OpeningHours, zone_name: str, instant: datetime) -> list[datetime]:
    """The starts of the windows that contain *instant*, the earliest first (T5).

    Each is found by walking back for as long as the wall shows the same span of the same date. So
    spans of one date that overlap are one window, those that touch and those of another date are
    not, and what a clock change tears apart is as many windows as there are parts.
    """
    shown = _rules_at(hours, wall(zone_name, instant))
    minute = _floor(instant)
    return sorted(_reach(hours, zone_name, minute, rule, -MINUTE) for rule in shown)


def latest_start(hours: OpeningHours, zone_name: str, instant: datetime) -> datetime | None:
    """One party's anchor for a start at *instant* (G1); None while it is closed."""
    return max(window_starts(hours, zone_name, instant), default=None)


def windows(hours: OpeningHours, zone_name: str, first: datetime, last: datetime) -> list[Window]:
    """The windows that touch `[first, last)`, whole, sorted; to be compared with the library's.

    Minutes in a row that show one span of one date are one window.
    """
    found: list[Window] = []
    since: dict[Rule, datetime] = {}
    for minute in minutes_of(_floor(first), last):
        shown = _rules_at(hours, _wall(zone_name, minute))
        found.extend((since.pop(rule), minute) for rule in since.keys() - shown)
        new = shown - since.keys()
        since |= {rule: _reach(hours, zone_name, minute, rule, -MINUTE) for rule in new}
    found.extend(
        (start, _reach(hours, zone_name, _floor(last - _TICK), rule, MINUTE) + MINUTE)
        for rule, start in since.items()
    )
    return sorted(found)


# --- time off -------------------------------------------------------------------------------------


def is_away(time_off: Iterable[DateRange], zone_name: str, instant: datetime) -> bool:
    """Whether the local date is one of those that *time_off* closes (T4)."""
    today = local_date(zone_name, instant)
    return any(away.first <= today <= away.last for away in time_off)


# --- the rules, as T4 and T5 put them -------------------------------------------------------------


def _rules_at(hours: OpeningHours, shown: datetime) -> set[Rule]:
    """Whatever is open when the wall shows *shown*: spans of this date, and of the day before."""
    found = set()
    for day in (shown.date(), shown.date() - DAY):
        passed = shown - datetime(day.year, day.month, day.day)
        for number, minutes in enumerate(_spans(hours, day)):
            if passed // MINUTE in minutes:
                found.add((day, number))
    return found


@lru_cache(maxsize=4096)
def _spans(hours: OpeningHours, day: date) -> tuple[frozenset[int], ...]:
    """The spans that start on *day*, each as its minutes; those that share a minute are one."""
    replaced = dict(hours.overrides)
    apart: list[set[int]] = []
    for start, end in replaced.get(day, hours.week[day.weekday()]):
        joined = set(range(start, end))
        for other in [each for each in apart if each & joined]:
            apart.remove(other)
            joined |= other
        apart.append(joined)
    return tuple(map(frozenset, apart))


def _reach(
    hours: OpeningHours, zone_name: str, minute: datetime, rule: Rule, step: timedelta
) -> datetime:
    """The last minute in a row, from *minute* on by *step*, in which the wall shows *rule*."""
    while rule in _rules_at(hours, _wall(zone_name, minute + step)):
        minute += step
    return minute


def _floor(instant: datetime) -> datetime:
    return _EPOCH + (instant - _EPOCH) // MINUTE * MINUTE


@lru_cache(maxsize=1 << 18)
def _wall(zone_name: str, minute: datetime) -> datetime:
    """`wall`, remembered, for minutes that are looked at again and again."""
    return wall(zone_name, minute)
