"""Lengths of time as people write them: `30m`, `1h30m`, `2d`.

Lives here: reading such text, and ISO 8601's `PT30M`; writing it in one canonical form.
Must not live here: which lengths a setting allows, or durations of imported calendars.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from collective_booking.errors import (
    InvalidValueError,
    UnreadableTextError,
    require,
)

_UNITS: Final = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
# Seven digits are enough for a decade of minutes, and far from any overflow.
DURATION_PATTERN: Final = (
    "^(?:PT(?=[0-9])(?:([0-9]{1,7})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7})S)?"
    "|(?=[0-9])(?:([0-9]{1,7})d)?(?:([0-9]{1,7})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,7})s)?)$"
)
"""What `parse_duration` reads, as a regular expression that a schema can hold too."""

_ADVICE: Final = "write 30m, 1h30m, 2d (48 hours) or PT30M"
_NO_UNIT: Final = "it has no unit; write 30m for minutes, 4h for hours"
_NOMINAL: Final = "days and weeks of ISO 8601 are not always 24 hours long; write 1d for 24 hours"


def parse_duration(text: str) -> timedelta:
    """Read a length of time: `30m`, `1h`, `1h30m`, `2d`, or ISO 8601 with exact units, `PT30M`.

    A `d` is 24 hours. A number without a unit is refused, for nobody knows what it counts; so is
    `P1D`, which in ISO 8601 is a day of the calendar and not 24 hours.

    Raises:
        UnreadableTextError: it is none of these; the advice says why and what to write.

    >>> print(parse_duration("1h30m"), parse_duration("PT90M"), parse_duration("2d"))
    1:30:00 1:30:00 2 days, 0:00:00
    """
    require("a duration", text, str, "a text like '30m'")
    match = re.fullmatch(DURATION_PATTERN, text)
    if not match:
        raise UnreadableTextError("duration", text, _advice(text))
    hours, minutes, seconds, *plain = (int(count or 0) for count in match.groups())
    exact = sum(count * size for count, (_, size) in zip(plain, _UNITS, strict=True))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds + exact)


def format_duration(length: timedelta) -> str:
    """Write *length* as `parse_duration` reads it, the largest units first; nothing is `0m`.

    Raises:
        InvalidValueError: it is negative, or not in whole seconds.

    >>> format_duration(timedelta(minutes=90)), format_duration(timedelta(hours=48))
    ('1h30m', '2d')
    """
    require("a duration", length, timedelta, "a timedelta")
    if length < timedelta() or length.microseconds:
        raise InvalidValueError("duration", length, "only whole seconds, from zero, have a text")
    left = length.days * 86_400 + length.seconds
    parts: list[str] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0m"


def format_amount(amount: timedelta) -> str:
    """Hours and minutes as people say how much time it is, rounded to minutes; never days.

    >>> format_amount(timedelta(days=1, minutes=90)), format_amount(timedelta(minutes=30))
    ('25h30m', '30m')
    """
    hours, minutes = divmod(round(amount / timedelta(minutes=1)), 60)
    if not hours:
        return f"{minutes}m"
    return f"{hours}h{minutes:02}m" if minutes else f"{hours}h"


def _advice(text: str) -> str:
    if re.fullmatch(r"[\d.,]+", text.strip()):
        return _NO_UNIT
    if re.fullmatch(r"P\d+[DWMY].*", text, re.IGNORECASE):
        return _NOMINAL
    return _ADVICE
