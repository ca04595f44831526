"""Opening hours and time off: from what people write down to windows of real time.

Lives here: weekly hours and date overrides, read from text and printed to it; the windows they
open (T3 to T5); ranges of local dates, such as time off.
Must not live here: whose hours they are, what else takes time, where slots start.

Inside, a span is `(start, end)` in minutes of wall time from the midnight that begins the local
date it belongs to; one that runs past midnight ends after 1440 (T4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from collective_booking.errors import InvalidValueError, UnreadableTextError, WrongTypeError
from collective_booking.intervals import IntervalSet
from collective_booking.localtime import (
    DAY,
    FIRST,
    LAST,
    MINUTE,
    instants,
    local_dates,
    local_day,
    to_day,
)

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
_TIMES_ADVICE: Final = "write times as '09:00-17:00'; the last minute of a day ends at 24:00"
_EPOCH_WEEKDAY: Final = date(1970, 1, 1).weekday()


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When somebody, or a calendar, is open: a week of wall-clock hours, and dates that differ.

    `week` holds the spans of Monday to Sunday; `overrides` holds `(local date, spans)`, and
    replaces the hours that start on that date; no spans close it (T4). Hours without any span are
    never open. Make them with `parse`.

    >>> hours = OpeningHours.parse("Mon-Fri 09:00-17:00", overrides={"2026-12-24": ["09:00-12:00"]})
    >>> print(hours)
    Mon-Fri 09:00-17:00; 2026-12-24 09:00-12:00
    """

    week: tuple[tuple[Span, ...], ...]
    overrides: tuple[tuple[date, tuple[Span, ...]], ...] = ()

    def __post_init__(self) -> None:
        if len(self.week) != len(DAYS):
            raise InvalidValueError("week", self.week, "give the spans of seven days, Monday first")
        week = tuple(_checked(spans) for spans in self.week)
        overrides = sorted((day, _checked(spans)) for day, spans in self.overrides)
        if len({day for day, _ in overrides}) < len(overrides):
            raise InvalidValueError("overrides", self.overrides, "give each date once")
        object.__setattr__(self, "week", week)
        object.__setattr__(self, "overrides", tuple(overrides))

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

        >>> print(OpeningHours.parse("Fri-Mon 22:00-02:00"))
        Fri-Mon 22:00-02:00
        """
        week: list[list[Span]] = [[] for _ in DAYS]
        for rule in rules:
            days, times = _split(rule)
            for weekday in days:
                week[weekday] += times
        dated = [
            (_to_date(day), tuple(span for text in texts for span in _times(text)))
            for day, texts in (overrides or {}).items()
        ]
        return cls(tuple(map(tuple, week)), tuple(dated))

    def rules(self) -> list[str]:
        """The weekly rules as `parse` reads them, the earliest day and hour first."""
        days_of: dict[Span, list[int]] = {}
        for weekday, spans in enumerate(self.week):
            for span in spans:
                days_of.setdefault(span, []).append(weekday)
        ordered = sorted(days_of.items(), key=lambda item: (item[1], item[0]))
        return [f"{_days_text(days)} {_span_text(span)}" for span, days in ordered]

    def override_rules(self) -> dict[str, list[str]]:
        """The overrides as `parse` reads them."""
        return {day.isoformat(): list(map(_span_text, spans)) for day, spans in self.overrides}

    def __str__(self) -> str:
        dated = (
            f"{day} {', '.join(texts) or 'closed'}" for day, texts in self.override_rules().items()
        )
        return "; ".join([*self.rules(), *dated]) or "never"

    def __repr__(self) -> str:
        overrides = f", overrides={self.override_rules()!r}" if self.overrides else ""
        return f"OpeningHours.parse({', '.join(map(repr, self.rules()))}{overrides})"


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

    >>> from collective_booking.intervals import to_microseconds
    >>> from datetime import datetime, UTC
    >>> change = to_microseconds(datetime(2026, 3, 8, tzinfo=UTC))
    >>> night = OpeningHours.parse("daily 01:30-02:30")
    >>> print(windows(night, "America/New_York", change, change + DAY).merged())
    2026-03-08T06:30:00Z/2026-03-08T07:00:00Z
    """
    # A window that reaches into the range began at most two local dates before.
    first_day = local_day(timezone, max(first, FIRST)) - 2
    last_day = local_day(timezone, min(last, LAST - 1)) + 1
    week = [_united(hours.week[(day + _EPOCH_WEEKDAY) % 7]) for day in range(7)]
    dated = {to_day(day): _united(spans) for day, spans in hours.overrides}
    spans = [
        (day * DAY + start, day * DAY + end)
        for day in range(first_day, last_day + 1)
        for start, end in dated.get(day, week[day % 7])
    ]
    starts, ends = instants(timezone, [start for start, _ in spans], [end for _, end in spans])
    touching = [
        (start, end)
        for start, end in zip(starts, ends, strict=True)
        if start < last and first < end
    ]
    return Windows([start for start, _ in touching], [end for _, end in touching])


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Local dates from `first` to `last`, both included.

    >>> print(DateRange.parse("2026-12-28/2026-12-31"), DateRange.parse("2026-12-25"))
    2026-12-28/2026-12-31 2026-12-25
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        for name in ("first", "last"):
            if type(getattr(self, name)) is not date:
                raise WrongTypeError(name, getattr(self, name), "a date")
        if self.first > self.last:
            raise InvalidValueError("a range of dates", str(self), "put the earlier date first")

    @classmethod
    def parse(cls, text: str) -> DateRange:
        """Read `2026-12-28/2026-12-31`, or one date.

        Raises:
            UnreadableTextError: it is neither.
        """
        if not isinstance(text, str):
            raise WrongTypeError("a range of dates", text, "a text like '2026-12-28/2026-12-31'")
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
    if not isinstance(rule, str):
        raise WrongTypeError("a rule", rule, "a text like 'Mon-Fri 09:00-17:00'")
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
    if not isinstance(text, str):
        raise WrongTypeError("opening hours", text, "a text like '09:00-17:00'")
    return [_span(part, text) for part in _plain(text).split(",")]


def _span(part: str, text: str) -> Span:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", part.replace(" ", ""), re.ASCII)
    if not match:
        raise UnreadableTextError("time of day", text, _TIMES_ADVICE)
    hour, minute, end_hour, end_minute = map(int, match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or start >= _MIDNIGHT or end > _MIDNIGHT:
        raise UnreadableTextError("time of day", text, _TIMES_ADVICE)
    return start, end if end > start else end + _MIDNIGHT


def _plain(text: str) -> str:
    """With plain dashes, and single spaces where they part."""
    text = re.sub("[\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]", "-", text)
    return re.sub(r"\s*([,-])\s*", r"\1", " ".join(text.split()))


def _to_date(day: str | date) -> date:
    if type(day) is date:
        return day
    try:
        return date.fromisoformat(str(day))
    except ValueError as cause:
        raise UnreadableTextError("date", str(day), "write it as 2026-12-24") from cause


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
    ordered = tuple(sorted(set(spans)))
    for start, end in ordered:
        if not 0 <= start < _MIDNIGHT or not start < end <= start + _MIDNIGHT:
            raise InvalidValueError("a span of minutes", (start, end), _TIMES_ADVICE)
    return ordered


def _united(spans: Sequence[Span]) -> list[Span]:
    """One date's spans in microseconds; those that overlap are one, touching ones stay two (T5)."""
    united: list[Span] = []
    for start, end in spans:
        if united and start * MINUTE < united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end * MINUTE))
        else:
            united.append((start * MINUTE, end * MINUTE))
    return united
