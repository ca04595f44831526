"""Instants and lengths of time as whole microseconds, and back as datetimes.

Lives here: the one way in and out of the ints that all rooms above compute with.
Must not live here: stretches of time, zones, the current time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from collective_booking.errors import NaiveDatetimeError, OutOfRangeError, require

ZERO: Final = timedelta()
MICROSECOND: Final = timedelta(microseconds=1)
DATETIMES: Final = "the years 1 to 9999"
"""What a datetime can hold, in words for messages."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(moment: datetime, name: str = "a moment") -> int:
    """The instant *moment* as whole microseconds since the epoch, UTC.

    Raises:
        WrongTypeError: *moment* is no datetime; *name* tells the reader which argument it was.
        NaiveDatetimeError: it has no offset (T1).

    >>> to_microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    require(name, moment, datetime, "an aware datetime")
    if moment.utcoffset() is None:
        raise NaiveDatetimeError(moment)
    return (moment - _EPOCH) // MICROSECOND


def to_datetime(microseconds: int) -> datetime:
    """The aware UTC datetime of an instant; the inverse of `to_microseconds`.

    Raises:
        OutOfRangeError: no datetime can hold it.

    >>> to_datetime(1_000_000)
    datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)
    """
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as cause:
        raise OutOfRangeError(f"{microseconds} microseconds", DATETIMES) from cause


def in_microseconds(length: timedelta, name: str = "a length") -> int:
    """A length of time as whole microseconds.

    Raises:
        WrongTypeError: it is no timedelta; *name* tells the reader which argument it was.

    >>> in_microseconds(timedelta(minutes=1))
    60000000
    """
    require(name, length, timedelta, "a timedelta")
    return length // MICROSECOND


BEGINNING: Final = to_microseconds(datetime.min.replace(tzinfo=UTC))
"""The first instant there is, in microseconds: where "always" begins."""
END: Final = to_microseconds(datetime.max.replace(tzinfo=UTC))
"""The last instant there is, in microseconds: where "always" ends."""


def in_utc(moment: datetime, name: str = "a moment") -> datetime:
    """The same instant as a plain datetime in UTC.

    Raises:
        OutOfRangeError: seen in UTC, no datetime can hold it.
    """
    microseconds = to_microseconds(moment, name)
    if not BEGINNING <= microseconds <= END:
        raise OutOfRangeError(moment.isoformat(), DATETIMES)
    # A subclass may carry more than a datetime does (nanoseconds), so it is left behind.
    return to_datetime(microseconds)


def isoformat(moment: datetime) -> str:
    """*moment* in UTC as ISO 8601 with a `Z`.

    >>> isoformat(datetime(2026, 3, 2, 9, tzinfo=UTC))
    '2026-03-02T09:00:00Z'
    """
    return in_utc(moment).replace(tzinfo=None).isoformat() + "Z"
