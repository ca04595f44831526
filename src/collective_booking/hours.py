"""Opening hours and time off: from what people write down to windows of real time.

Lives here: weekly hours and date overrides, read from text and printed to it; the windows they
open (T3 to T5); ranges of local dates, such as time off.
Must not live here: whose hours they are, what else takes time, where slots start.

Inside, a span is `(start, end)` in minutes of wall time from the midnight that begins the local
date it belongs to; one that runs past midnight ends after 1440 (T4).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from typing import Any, Final

from collective_booking.errors import (
    InvalidValueError,
    OutOfRangeError,
    UnreadableTextError,
    WrongTypeError,
    require,
)
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import (
    DAY,
    FIRST,
    LAST,
    MINUTE,
    SUPPORTED,
    a_local_date,
    instants,
    local_dates,
    local_day,
    to_day,
)
from collective_booking.moments import to_datetime

Span = tuple[int, int]

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FULL_NAMES: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_MIDNIGHT: Final = 24 * 60
_ADVICE: Final = "write 'Mon-Fri 09:00-17:00', 'Sat,Sun 10:00-12:00' or 'daily 22:00-02:00'"
_TIMES_ADVICE: Final = "write '09:00-17:00'; a start is at most 23:59, an end at most 24:00"
_MINUTES_ADVICE: Final = "start at minute 0 to 1439 of the date, and end at most 1440 later"
_EPOCH_WEEKDAY: Final = date(1970, 1, 1).weekday()


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When somebody, or a calendar, is open: a week of wall-clock hours, and dates that differ.

    `week` holds the spans of Monday to Sunday; `overrides` holds `(local date, spans)`, and
    replaces the hours that start on that date; no spans close it (T4). Several of one date unite,
    unless one of them closes it. Hours without any span are never open. Make them with `parse`.

    Raises:
        InvalidValueError: there are not seven days, or a span cannot be so.
        WrongTypeError: something else was given.

    >>> hours = OpeningHours.parse("Mon-Fri 09:00-17:00", overrides={"2026-12-24": ["09:00-12:00"]})
    >>> print(hours)
    Mon-Fri 09:00-17:00; 2026-12-24 09:00-12:00
    """

    week: tuple[tuple[Span, ...], ...]
    overrides: tuple[tuple[date, tuple[Span, ...]], ...] = ()

    def __post_init__(self) -> None:
        require("week", self.week, tuple, "seven tuples of spans; OpeningHours.parse makes them")
        if len(self.week) != len(DAYS):
            raise InvalidValueError("week", self.week, "give the spans of seven days, Monday first")
        dated: dict[date, list[tuple[Span, ...]]] = {}
        for day, spans in self.overrides:
            a_local_date(day, "the date of an override")
            dated.setdefault(day, []).append(_checked(spans))
        overrides = tuple(
            (day, _checked(chain.from_iterable(each)) if all(each) else ())
            for day, each in sorted(dated.items())
        )
        object.__setattr__(self, "week", tuple(map(_checked, self.week)))
        object.__setattr__(self, "overrides", overrides)

    @classmethod
    def parse(
        cls,
        *rules: str,
        overrides: Mapping[str, Iterable[str]] | Mapping[date, Iterable[str]] | None = None,
    ) -> OpeningHours:
        """Read rules such as `Mon-Fri 09:00-17:00`; several unite.

        Days are names, lists (`Sat,Sun`) and ranges, which may wrap (`Fri-Mon`), or `daily`. An end
        at or before its start runs into the next date; 24:00 is midnight at the end. *overrides*
        maps a date, or its ISO text, to the hours that replace that date's.

        Raises:
            UnreadableTextError: a text is no such rule; its advice shows one that is.
            WrongTypeError: it is no text, or a date is overridden by something but a list.

        >>> print(OpeningHours.parse("Fri-Mon 22:00-02:00"))
        Fri-Mon 22:00-02:00
        """
        week: list[list[Span]] = [[] for _ in DAYS]
        for rule in rules:
            days, times = _split(rule)
            for weekday in days:
                week[weekday] += times
        dated = [(_to_date(day), _override(day, texts)) for day, texts in _items(overrides)]
        return cls(tuple(map(tuple, week)), tuple(dated))

    def rules(self) -> list[str]:
        """The weekly rules as `parse` reads them, the earliest day and hour first.

        One rule for each span of hours, whatever rules it was made of.

        >>> OpeningHours.parse("Sat,Sun 10:00-12:00", "Mon 10:00-12:00,14:00-18:00").rules()
        ['Mon 14:00-18:00', 'Sat-Mon 10:00-12:00']
        """
        days_of: dict[Span, list[int]] = {}
        for weekday, spans in enumerate(self.week):
            for span in spans:
                days_of.setdefault(span, []).append(weekday)
        ordered = sorted(days_of.items(), key=lambda item: (item[1], item[0]))
        return [f"{_days_text(days)} {_span_text(span)}" for span, days in ordered]

    def override_rules(self) -> dict[str, list[str]]:
        """The overrides as `parse` reads them, by ISO date, the earliest first; `[]` is closed.

        >>> hours = OpeningHours.parse(overrides={"2026-12-25": [], "2026-12-24": ["9:00-12:00"]})
        >>> hours.override_rules()
        {'2026-12-24': ['09:00-12:00'], '2026-12-25': []}
        """
        return {day.isoformat(): list(map(_span_text, spans)) for day, spans in self.overrides}

    def __str__(self) -> str:
        dated = (
            f"{day} {', '.join(texts) or 'closed'}" for day, texts in self.override_rules().items()
        )
        return "; ".join([*self.rules(), *dated]) or "never"

    def __repr__(self) -> str:
        given = list(map(repr, self.rules()))
        if self.overrides:
            given.append(f"overrides={self.override_rules()!r}")
        return f"OpeningHours.parse({', '.join(given)})"


@dataclass(frozen=True, slots=True)
class Windows:
    """Stretches that somebody is open, by their start, in microseconds since the epoch.

    Windows of one local date never overlap; those of different dates may (T5).
    """

    starts: Sequence[int]
    ends: Sequence[int]

    def merged(self) -> IntervalSet:
        """The time they cover: what a slot must lie inside (F1)."""
        return IntervalSet.from_microseconds(self.starts, self.ends)


def windows(hours: OpeningHours, timezone: str, first: int, last: int) -> Windows:
    """The windows of *hours* on the walls of *timezone* that touch the instants `[first, last)`.

    An instant is open exactly when its local time lies in a rule, so a skipped hour shortens a
    window and a doubled one lengthens it (T3).

    Raises:
        OutOfRangeError: beyond the years 1900 to 2199.

    >>> from collective_booking.moments import to_microseconds
    >>> from datetime import datetime, UTC
    >>> change = to_microseconds(datetime(2026, 3, 8, tzinfo=UTC))
    >>> night = OpeningHours.parse("daily 01:30-02:30")
    >>> print(windows(night, "America/New_York", change, change + DAY).merged())
    2026-03-08T06:30:00Z/2026-03-08T07:00:00Z
    """
    if first < FIRST or last > LAST:
        raise OutOfRangeError(f"{to_datetime(first)} to {to_datetime(last)}", SUPPORTED)
    # A window that reaches into the range began at most two local dates before.
    first_day = local_day(timezone, first) - 2
    last_day = local_day(timezone, min(last, LAST - 1)) + 1
    week = [_united(hours.week[(day + _EPOCH_WEEKDAY) % 7]) for day in range(7)]
    dated = {to_day(day): _united(spans) for day, spans in hours.overrides}
    dates = [(day * DAY, dated.get(day, week[day % 7])) for day in range(first_day, last_day + 1)]
    starts, ends = instants(
        timezone,
        [midnight + start for midnight, spans in dates for start, _ in spans],
        [midnight + end for midnight, spans in dates for _, end in spans],
    )
    begun, over = bisect_left(starts, first), bisect_left(starts, last)
    reaching_in = [place for place in range(begun) if ends[place] > first]
    return Windows(
        [starts[place] for place in reaching_in] + starts[begun:over],
        [ends[place] for place in reaching_in] + ends[begun:over],
    )


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Local dates from `first` to `last`, both included.

    Raises:
        InvalidValueError: the first comes after the last.
        WrongTypeError: one is no date.

    >>> print(DateRange.parse("2026-12-28/2026-12-31"), DateRange.parse("2026-12-25"))
    2026-12-28/2026-12-31 2026-12-25
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        a_local_date(self.first, "first")
        a_local_date(self.last, "last")
        if self.first > self.last:
            raise InvalidValueError("a range of dates", str(self), "put the earlier date first")

    @classmethod
    def parse(cls, text: str) -> DateRange:
        """Read `2026-12-28/2026-12-31`, or one date.

        Raises:
            UnreadableTextError: it is neither.
            InvalidValueError: the first comes after the last.
            OutOfRangeError: a date lies beyond the years 1900 to 2199.

        >>> DateRange.parse("2026-12-24") == DateRange.parse("2026-12-24/2026-12-24")
        True
        """
        require("a range of dates", text, str, "a text like '2026-12-28/2026-12-31'")
        first, slash, last = text.partition("/")
        return cls(_to_date(first), _to_date(last if slash else first))

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


def absence(time_off: Iterable[DateRange], timezone: str) -> IntervalSet:
    """The time in which somebody is away: the whole local dates of *time_off* (T4).

    >>> print(absence([DateRange.parse("2026-10-05")], "Europe/Berlin"))
    2026-10-04T22:00:00Z/2026-10-05T22:00:00Z
    """
    return IntervalSet.union_of(local_dates(timezone, away.first, away.last) for away in time_off)


# --- reading and printing ------------------------------------------------------------------------


def _split(rule: str) -> tuple[list[int], list[Span]]:
    require("a rule", rule, str, "a text like 'Mon-Fri 09:00-17:00'")
    days, _, times = _plain(rule).partition(" ")
    if not times:
        raise UnreadableTextError("rule of weekly hours", rule, _ADVICE)
    return _weekdays(days, rule), _times(times)


def _weekdays(text: str, rule: str) -> list[int]:
    if text.lower() == "daily":
        return list(range(7))
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = _weekday(first, rule)
        count = (_weekday(last, rule) - start) % 7 if dash else 0
        found.update((start + step) % 7 for step in range(count + 1))
    return sorted(found)


def _weekday(text: str, rule: str) -> int:
    name = text.lower()
    for number, full in enumerate(_FULL_NAMES):
        if name in {full, full[:3]}:
            return number
    advice = f"{text!r} is no day; use {', '.join(DAYS)} or daily"
    raise UnreadableTextError("rule of weekly hours", rule, advice)


def _times(text: str) -> list[Span]:
    require("opening hours", text, str, "a text like '09:00-17:00'")
    return [_span(part, text) for part in _plain(text).split(",")]


def _span(part: str, text: str) -> Span:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", part, re.ASCII)
    if not match:
        raise UnreadableTextError("span of hours", text, _TIMES_ADVICE)
    hour, minute, end_hour, end_minute = map(int, match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or start >= _MIDNIGHT or end > _MIDNIGHT:
        raise UnreadableTextError("span of hours", text, _TIMES_ADVICE)
    return start, end if end > start else end + _MIDNIGHT


def _plain(text: str) -> str:
    """With plain dashes, and single spaces where they part."""
    text = re.sub("[\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}]", "-", text)
    return re.sub(r"\s*([,-])\s*", r"\1", " ".join(text.split()))


def _items(overrides: Mapping[Any, Iterable[str]] | None) -> Iterable[tuple[Any, Iterable[str]]]:
    if overrides is not None and not isinstance(overrides, Mapping):
        raise WrongTypeError("overrides", overrides, "a dict from dates to lists of hours")
    return (overrides or {}).items()


def _override(day: str | date, texts: Iterable[str]) -> tuple[Span, ...]:
    # One text is a list of texts too, of its letters.
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise WrongTypeError(f"the override of {day}", texts, "a list like ['09:00-12:00'] or []")
    return tuple(span for text in texts for span in _times(text))


def _to_date(day: str | date) -> date:
    if not isinstance(day, str):
        return a_local_date(day, "a local date")
    try:
        # What else ISO 8601 calls a date, such as the week 2026-W52, is not one day.
        if re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
            return date.fromisoformat(day)
    except ValueError as cause:
        raise UnreadableTextError("date", day, "write it as 2026-12-24") from cause
    raise UnreadableTextError("date", day, "write it as 2026-12-24")


def _days_text(days: Sequence[int]) -> str:
    if len(days) == len(DAYS):
        return "daily"
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), lambda x: x[1] - x[0])]
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == 6:
        runs = [runs[-1] + runs[0], *runs[1:-1]]  # over the weekend: Fri-Mon
    return ",".join(
        DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs
    )


def _span_text(span: Span) -> str:
    start, end = span
    end = end if end <= _MIDNIGHT else end - _MIDNIGHT
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _checked(spans: Iterable[Span]) -> tuple[Span, ...]:
    held = list(spans)
    for span in held:
        if not isinstance(span, tuple) or [*map(type, span)] != [int, int]:
            raise WrongTypeError("a span", span, "(start, end) in whole minutes")
        start, end = span
        if not 0 <= start < _MIDNIGHT or not start < end <= start + _MIDNIGHT:
            raise InvalidValueError("a span", span, _MINUTES_ADVICE)
    return tuple(sorted(set(held)))


def _united(spans: Sequence[Span]) -> list[Span]:
    """One date's spans in microseconds; those that overlap are one, touching ones stay two (T5)."""
    united: list[Span] = []
    for start, end in spans:
        if united and start * MINUTE < united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end * MINUTE))
        else:
            united.append((start * MINUTE, end * MINUTE))
    return united
