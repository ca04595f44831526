"""Slots as a visitor reads them: by day, on the clock of a zone of the visitor's own.

Lives here: grouping slots into days and days into weeks, and how a time is written.
Must not live here: which slots there are (the library says), HTML, requests.

The visitor's zone changes how a time is written and on which day it stands, never which times
there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from collective_booking import Interval, Slot, UnknownZoneError, UnreadableTextError
from collective_booking.localtime import a_local_date, local_dates, zone

WEEKS: Final = 4
_DAY: Final = timedelta(days=1)
_SHEET: Final = timedelta(weeks=WEEKS)


@dataclass(frozen=True, slots=True)
class Time:
    """One start: the instant, and what the visitor's clock shows then."""

    start: datetime
    label: str

    @property
    def code(self) -> str:
        """The instant as addresses and forms carry it."""
        return code_of(self.start)


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the visitor's, and the times on it."""

    date: date
    times: tuple[Time, ...]

    @property
    def label(self) -> str:
        """The date as people say it.

        >>> Day(date(2026, 11, 25), ()).label
        'Wednesday 25 November'
        """
        return f"{self.date:%A} {self.date.day} {self.date:%B}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Four weeks of days, one of which is chosen where any has times."""

    zone: str
    days: tuple[Day, ...]
    chosen: Day | None

    @property
    def weeks(self) -> list[tuple[Day, ...]]:
        """Its days, a week at a time, from Monday to Sunday."""
        return [self.days[place : place + 7] for place in range(0, len(self.days), 7)]

    @property
    def label(self) -> str:
        """From when to when it is.

        >>> sheet_of([], "UTC", date(2026, 11, 23)).label
        '23 November to 20 December 2026'
        >>> sheet_of([], "UTC", date(2026, 12, 21)).label
        '21 December 2026 to 17 January 2027'
        """
        first, last = self.days[0].date, self.days[-1].date
        year = "" if first.year == last.year else f" {first.year}"
        return f"{first.day} {first:%B}{year} to {last.day} {last:%B} {last.year}"


def sheet_of(slots: Iterable[Slot], name: str, first: date, chosen: date | None = None) -> Sheet:
    """The four weeks from *first* with *slots* on them, on the clock of the zone *name*.

    The day *chosen* is, or else the first one that has times.
    """
    found = by_day(slots, name)
    dates = [first + place * _DAY for place in range(7 * WEEKS)]
    days = tuple(Day(each, tuple(found.get(each, ()))) for each in dates)
    asked = next((day for day in days if day.date == chosen), None)
    return Sheet(name, days, asked or next((day for day in days if day.times), None))


def by_day(slots: Iterable[Slot], name: str) -> dict[date, list[Time]]:
    """*slots* by the date on which they start in the zone *name*.

    Where the clocks go back, the hour that comes twice is told apart by its offset.

    >>> first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    >>> slots = [Slot(at, at + _DAY / 24) for at in (first, first + _DAY / 24, first + _DAY / 12)]
    >>> [time.label for time in by_day(slots, "America/New_York")[date(2026, 11, 1)]]
    ['01:30 (UTC-04:00)', '01:30 (UTC-05:00)', '02:30']
    """
    here = zone(name)
    days: dict[date, list[datetime]] = {}
    for slot in slots:
        local = slot.start.astimezone(here)
        days.setdefault(local.date(), []).append(local)
    return {day: _told(starts) for day, starts in days.items()}


def _told(starts: Sequence[datetime]) -> list[Time]:
    shown = Counter(f"{start:%H:%M}" for start in starts)
    return [
        Time(start.astimezone(UTC), label if shown[label] == 1 else f"{label} ({offset(start)})")
        for start in starts
        for label in (f"{start:%H:%M}",)
    ]


def offset(moment: datetime) -> str:
    """How far the clock of *moment* is ahead of UTC.

    >>> offset(datetime(2026, 11, 25, tzinfo=zone("Asia/Kolkata")))
    'UTC+05:30'
    """
    written = f"{moment:%z}"
    return f"UTC{written[:3]}:{written[3:5]}"


def when(slot: Interval, name: str) -> str:
    """*slot* in words, on the clock of the zone *name*.

    >>> print(when(Interval.from_isoformat("2026-11-25T14:00Z/2026-11-25T14:30Z"), "Europe/Madrid"))
    Wednesday 25 November 2026, 15:00 to 15:30 (Europe/Madrid, UTC+01:00)
    """
    start, end = (each.astimezone(zone(name)) for each in (slot.start, slot.end))
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%A %H:%M}"
    day = f"{start:%A} {start.day} {start:%B %Y}"
    return f"{day}, {start:%H:%M} to {until} ({name}, {offset(start)})"


def clock(moment: datetime, name: str) -> str:
    """What the clock of the zone *name* shows at *moment*.

    >>> clock(datetime(2026, 11, 25, 14, tzinfo=UTC), "Asia/Kolkata")
    '19:30'
    """
    return f"{moment.astimezone(zone(name)):%H:%M}"


# --- which weeks ---------------------------------------------------------------------------------


def monday_of(day: date) -> date:
    """The Monday of the week of *day*."""
    return day - day.weekday() * _DAY


def today(now: datetime, name: str) -> date:
    """The date in the zone *name*."""
    return now.astimezone(zone(name)).date()


def window_of(first: date, name: str, now: datetime) -> Interval | None:
    """The starts to look for on the four weeks from *first*; None where they are past."""
    span = local_dates(name, first, first + _SHEET - _DAY).span
    if span is None or span.end <= now:
        return None
    return Interval(max(span.start, now), span.end)


def horizon_of(now: datetime, name: str, days: int | None) -> date | None:
    """The last date with times where they can be had *days* ahead, in the zone *name* (N2)."""
    return None if days is None else today(now, name) + days * _DAY


def turned(first: date, now: datetime, name: str, horizon: int | None) -> tuple[date | None, ...]:
    """The first dates of the sheets before and after the one from *first*, where there are any.

    None is before today's week, nor beyond the *horizon* in days.
    """
    begin = today(now, name)
    last = begin + (365 if horizon is None else horizon) * _DAY
    before, after = first - _SHEET, first + _SHEET
    return (
        max(before, monday_of(begin)) if first > monday_of(begin) else None,
        after if after <= last + _DAY else None,  # a visitor may be a date ahead of the calendar
    )


# --- what comes in -------------------------------------------------------------------------------


def code_of(moment: datetime) -> str:
    """An instant as addresses and forms carry it.

    >>> code_of(datetime(2026, 11, 25, 14, tzinfo=UTC))
    '2026-11-25T14:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def start_of(code: str) -> datetime:
    """The instant that *code* says.

    Raises:
        UnreadableTextError: it says none.
        OutOfRangeError: nothing can be computed on its date.
    """
    try:
        moment = datetime.fromisoformat(code)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise UnreadableTextError("start", code, "write one like 2026-11-25T14:00:00Z")
    a_local_date(moment.date(), "the start")
    return moment


def date_of(text: str | None) -> date | None:
    """The date that *text* says; None where there is no text.

    Raises:
        UnreadableTextError: it says none.
        OutOfRangeError: nothing can be computed on it.
    """
    if not text:
        return None
    try:
        said = date.fromisoformat(text)
    except ValueError:
        raise UnreadableTextError("date", text, "write one like 2026-11-25") from None
    return a_local_date(said, "the date")


def known_zone(name: str | None) -> str | None:
    """*name*, if there is such a zone."""
    try:
        return zone(name).key if name else None
    except UnknownZoneError:
        return None
