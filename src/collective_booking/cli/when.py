"""Which times are asked about: what `--from`, `--to` and `--now` mean.

Lives here: reading dates and instants, the window they make, and the one look at the clock.
Must not live here: how times are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import Refused, examine
from collective_booking.cli.answers import BadInput
from collective_booking.cli.words import Clock
from collective_booking.errors import OutOfRangeError, Problem, shown
from collective_booking.intervals import Interval, to_microseconds
from collective_booking.localtime import FIRST, LAST, SUPPORTED, a_local_date

SEARCHED: Final = 14
"""How many days are searched when nobody says how many."""
WEEK: Final = 7
"""How many days a picture shows when nobody says how many."""

_DAY: Final = timedelta(days=1)
_INSTANT: Final = "an instant like 2026-11-23T09:00:00Z"
_EITHER: Final = f"write a date like 2026-11-23 or {_INSTANT}"


def instant(text: object, advice: str = f"write {_INSTANT}") -> datetime:
    """Read an ISO 8601 instant, which has an offset; *advice* says what else would do.

    >>> instant("2026-11-23T10:00+01:00")
    datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.timezone.utc)
    """
    if not isinstance(text, str):
        raise Refused(f"{shown(text)} is no instant: {advice}")
    try:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is None:
            raise Refused(f"{shown(text)} has no offset: end it in Z, or in one like +01:00")
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(f"cannot read {shown(text)}: {advice}") from None
    if not FIRST <= to_microseconds(moment) < LAST:
        raise OutOfRangeError(text, SUPPORTED)
    return moment


def start(text: str) -> datetime:
    """Read the one start that is to be explained."""
    if _date(text):
        raise Refused(f"{text} is a date: its starts are explained by --from {text} --to {text}")
    return instant(text)


def current_time(given: str | None, calendar: CollectiveCalendar) -> datetime:
    """What `--now` says; without it, what the clock says. Nothing else looks at the clock (N6)."""
    if given is None:
        return datetime.now(UTC)
    return _read({"--now": lambda text: _first_of(text, calendar)}, {"--now": given})["--now"]


def window(
    calendar: CollectiveCalendar,
    now: datetime,
    first: str | None = None,
    last: str | None = None,
    *,
    days: int = SEARCHED,
    whole: bool = False,
) -> Interval:
    """The window of starts from `--from` to `--to`: by default from *now*, for *days* days.

    Where *whole* is set, it begins with the first instant of *now*'s date, as a picture does. The
    end of a window from a date is a date too; from an instant it is so many times 24 hours later.
    """
    given = {option: text for option, text in (("--from", first), ("--to", last)) if text}
    read = _read(
        {
            "--from": lambda text: _first_of(text, calendar),
            "--to": lambda text: _end_of(text, calendar),
        },
        given,
    )
    today = now.astimezone(Clock(calendar.timezone).zone).date()
    date_of = _date(first) if first else (today if whole else None)
    start = read.get("--from") or (calendar.window(today, today).start if whole else now)
    end = read.get("--to") or (
        calendar.window(date_of, date_of + (days - 1) * _DAY).end
        if date_of
        else start + days * _DAY
    )
    if start >= end:
        raise BadInput([_out_of_order(calendar, start, end, first, last)])
    return Interval(start, end)


def _read(
    readers: Mapping[str, Callable[[str], datetime]], given: Mapping[str, str]
) -> dict[str, datetime]:
    usable, problems = examine(readers, given)
    if problems:
        raise BadInput(problems)
    return usable


def _date(text: str) -> date | None:
    """The date that *text* is; None if it must be an instant."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"there is no date {text}") from None
    return a_local_date(day, "a date")


def _first_of(text: str, calendar: CollectiveCalendar) -> datetime:
    day = _date(text)
    return calendar.window(day, day).start if day else instant(text, _EITHER)


def _end_of(text: str, calendar: CollectiveCalendar) -> datetime:
    day = _date(text)
    return calendar.window(day, day).end if day else instant(text, _EITHER)


def _out_of_order(
    calendar: CollectiveCalendar,
    start: datetime,
    end: datetime,
    first: str | None,
    last: str | None,
) -> Problem:
    clock = Clock(calendar.timezone)
    if not first:
        told = f"{last} ends before the search begins, {clock.moment(start)}: give --from as well"
        return Problem("--to", told)
    if not last:
        return Problem("--from", f"{first} is too late to search {SEARCHED} days from there")
    if end == start:
        return Problem("--from", f"{first} is as late as --to {last}, which is not searched itself")
    return Problem("--from", f"{first} is after --to {last}: put the earlier one first")
