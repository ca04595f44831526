"""Which times are asked about: what `--from`, `--to` and `--now` mean.

Lives here: reading dates and instants, the window they make, and the one look at the clock.
Must not live here: how times are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from collective_booking.calendars import CollectiveCalendar
from collective_booking.checks import Refused
from collective_booking.cli.answers import BadInput
from collective_booking.cli.words import Clock
from collective_booking.errors import OutOfRangeError, Problem
from collective_booking.intervals import Interval
from collective_booking.localtime import FIRST, LAST, SUPPORTED, a_local_date
from collective_booking.moments import to_microseconds
from collective_booking.wording import shown

SEARCHED: Final = 14
"""How many days are searched when nobody says how many."""
WEEK: Final = 7
"""How many days a picture shows when nobody says how many."""
QUARTER: Final = 90
"""How many days an agenda shows when nobody says how many."""

_DAY: Final = timedelta(days=1)
_INSTANT: Final = "an instant like 2026-11-23T09:00:00Z"


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


class Point(NamedTuple):
    """What an option says: an instant, or a date, from its first instant to its end."""

    text: str
    first: datetime
    end: datetime
    day: date | None = None


def point_of(calendar: CollectiveCalendar) -> Callable[[str], Point]:
    """The reader of dates, which are those of the calendar's zone, and instants."""

    def read(text: str) -> Point:
        if day := _date(text):
            whole = calendar.window(day, day)
            return Point(text, whole.start, whole.end, day)
        moment = instant(text, f"write a date like 2026-11-23 or {_INSTANT}")
        return Point(text, moment, moment)

    return read


def current_time(given: Point | None) -> datetime:
    """What `--now` says; without it, what the clock says. Nothing else looks at the clock (N6)."""
    return datetime.now(UTC) if given is None else given.first


def window(
    calendar: CollectiveCalendar,
    now: datetime,
    first: Point | None,
    last: Point | None,
    *,
    days: int = SEARCHED,
    whole: bool = False,
) -> Interval:
    """The window of starts from *first* to *last*: by default from *now*, for *days* days.

    Where *whole* is set, it begins with the first instant of *now*'s date, as a picture does. The
    end of a window from a date is a date too; from an instant it is so many times 24 hours later.
    """
    if first is None and whole:
        today = now.astimezone(Clock(calendar.timezone).zone).date()
        first = point_of(calendar)(today.isoformat())
    begin = now if first is None else first.first
    if last is not None:
        end = last.end
    elif first is not None and first.day:
        end = calendar.window(first.day, first.day + (days - 1) * _DAY).end
    else:
        end = begin + days * _DAY
    if begin >= end:
        raise BadInput([_out_of_order(calendar, begin, first, last)])
    return Interval(begin, end)


def _date(text: str) -> date | None:
    """The date that *text* is; None if it must be an instant."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"there is no date {text}") from None
    return a_local_date(day, "a date")


def _out_of_order(
    calendar: CollectiveCalendar, begin: datetime, first: Point | None, last: Point | None
) -> Problem:
    assert last is not None  # what ends by itself ends later than it begins
    if first is None:
        began = Clock(calendar.timezone).moment(begin)
        message = f"{last.text} ends before the search begins, {began}: give --from as well"
        return Problem("--to", message)
    if first.first == last.end:
        message = f"{first.text} is as late as --to {last.text}, which is not searched itself"
        return Problem("--from", message)
    return Problem("--from", f"{first.text} is after --to {last.text}: put the earlier one first")
