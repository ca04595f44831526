"""How iCalendar writes dates, times, durations and offsets.

Lives here: the text of single values, read strictly; what is not exactly right is unreadable.
Must not live here: zones, and lines or components.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from collective_booking.icalendar_texts.clocks import Length
from collective_booking.icalendar_texts.limits import Unreadable
from collective_booking.localtime import SECOND

_CLOCK: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", re.IGNORECASE
)
_DURATION: Final = re.compile(
    r"([+-]?)P(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?",
    re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,9}")


class Written(NamedTuple):
    """A date or a time as it is written: `utc` if it ends in Z."""

    clock: datetime
    all_day: bool
    utc: bool


def read_clock(text: str) -> Written:
    """A DATE or a DATE-TIME, whichever it looks like.

    Raises:
        Unreadable: it is neither.
    """
    match = _CLOCK.fullmatch(text)
    if not match:
        raise Unreadable(f"not a date or time: {text[:40]!r}")
    year, month, day, hour, minute, second, utc = match.groups()
    try:
        if hour is None:
            return Written(
                datetime(int(year), int(month), int(day)),  # noqa: DTZ001  # a clock
                all_day=True,
                utc=False,
            )
        # A leap second has no clock here: it is the first second after it.
        leap = second == "60"
        clock = datetime(  # noqa: DTZ001  # a clock
            int(year), int(month), int(day), int(hour), int(minute), 59 if leap else int(second)
        )
        return Written(
            clock + timedelta(seconds=1) if leap else clock, all_day=False, utc=bool(utc)
        )
    except (ValueError, OverflowError) as cause:
        raise Unreadable(f"no such date or time: {text[:40]!r}") from cause


def read_duration(text: str) -> Length:
    """A DURATION: weeks and days by the calendar, the rest exact (T5).

    Raises:
        Unreadable: it is none, or it goes backwards.
    """
    match = _DURATION.fullmatch(text)
    counts = [int(count or 0) for count in match.groups()[1:]] if match else []
    if not match or text[-1] in "PTpt" or (match[1] == "-" and any(counts)):
        raise Unreadable(f"not a duration: {text[:40]!r}")
    weeks, days, hours, minutes, seconds = counts
    return Length(weeks * 7 + days, (hours * 3600 + minutes * 60 + seconds) * SECOND)


def read_offset(text: str) -> timedelta:
    """A UTC-OFFSET such as +0100.

    Raises:
        Unreadable: it is none, or a day or more.
    """
    match = _OFFSET.fullmatch(text)
    if not match or int(match[2]) > 23 or int(match[3]) > 59 or int(match[4] or 0) > 59:
        raise Unreadable(f"not an offset from UTC: {text[:20]!r}")
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -ahead if match[1] == "-" else ahead


def read_whole(text: str) -> int:
    """A whole number.

    Raises:
        Unreadable: it is none.
    """
    if not _WHOLE.fullmatch(text):
        raise Unreadable(f"not a whole number: {text[:20]!r}")
    return int(text)
