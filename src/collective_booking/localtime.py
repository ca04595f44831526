"""Wall clocks: which instants show a local time, and which local date an instant shows.

Lives here: zones by name, their offsets over a range (cached), local dates and their instants.
Inside, a local time is an int too: microseconds from 1970-01-01 00:00 on the wall; a local date is
the number of days from there. Instant plus offset is local time.
Must not live here: rules about hours, members, the current time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from operator import itemgetter, sub
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from collective_booking.errors import OutOfRangeError, UnknownZoneError, WrongTypeError, require
from collective_booking.intervals import IntervalSet
from collective_booking.moments import MICROSECOND, to_datetime, to_microseconds

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
"""A day of 24 hours, in microseconds. Offsets from UTC are always smaller."""

FIRST: Final = to_microseconds(datetime(1900, 1, 1, tzinfo=UTC))
LAST: Final = to_microseconds(datetime(2200, 1, 1, tzinfo=UTC))
SUPPORTED: Final = "the years 1900 to 2199"

Offset = tuple[int, int, int]
"""`(start, end, offset)`: from instant *start* until *end* the wall is *offset* ahead of UTC."""

# Windows and dates at the edge of the supported years reach a little beyond it.
_AROUND: Final = 7 * DAY

# Between two looks at a zone's offset, a change there and back would be missed. The shortest such
# pair since 1900 lasts just under four days (Freetown 1939); a test reads every zone for shorter.
_LOOK: Final = timedelta(days=2)
_LOOKS: Final = 32
_BLOCK: Final = _LOOKS * _LOOK // MICROSECOND
_ONE_SECOND: Final = timedelta(seconds=1)
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_NO_PLACES: Final = {"localtime", "posixrules", "Factory"}


def zone(name: str) -> ZoneInfo:
    """The time zone called *name* in the IANA database.

    Raises:
        UnknownZoneError: there is none, or it is the machine's own zone under another name;
            `similar` holds names that may have been meant.

    >>> zone("Europe/Madrid")
    zoneinfo.ZoneInfo(key='Europe/Madrid')
    >>> zone("Europe/Madird")
    Traceback (most recent call last):
    collective_booking.errors.UnknownZoneError: there is no time zone 'Europe/Madird': did you \
mean Europe/Madrid? (names look like 'Europe/Madrid')
    """
    require("a time zone", name, str, "a name like 'Europe/Madrid'")
    return _zone(name)


def offsets(name: str, first: int, last: int) -> Sequence[Offset]:
    """The offsets of zone *name* over the instants `[first, last)`, in order, without gaps.

    Raises:
        OutOfRangeError: more than a week beyond the years 1900 to 2199.

    >>> moment = to_microseconds(datetime(2026, 10, 25, tzinfo=UTC))
    >>> [offset // MINUTE for _, _, offset in offsets("Europe/Berlin", moment, moment + DAY)]
    [120, 60]
    """
    if not FIRST - _AROUND <= first <= last <= LAST + _AROUND:
        raise OutOfRangeError(f"{to_datetime(first)} to {to_datetime(last)}", SUPPORTED)
    blocks = range(first // _BLOCK, (last - 1) // _BLOCK + 1)
    changes = _merged([change for number in blocks for change in _changes(name, number)])
    ends = [start for start, _ in changes[1:]] + [last]
    return [
        (max(start, first), min(end, last), offset)
        for (start, offset), end in zip(changes, ends, strict=True)
        if start < last and end > first
    ]


def instants(name: str, starts: Sequence[int], ends: Sequence[int]) -> tuple[list[int], list[int]]:
    """The instants at which the wall of zone *name* shows a time in `[start, end)` (T3).

    *starts* and *ends* are local times, paired, ascending by start. What comes back is sorted by
    start. A span over a skipped hour shrinks or vanishes; one over a doubled hour grows, or comes
    twice when only part of that hour belongs to it. Spans stay apart where they touch.
    """
    if not starts:
        return [], []
    pieces = offsets(name, starts[0] - DAY, max(ends) + DAY)
    if len(pieces) == 1:
        ahead = pieces[0][2]
        return [start - ahead for start in starts], [end - ahead for end in ends]
    shown_starts: list[int] = []
    shown_ends: list[int] = []
    longest = max(map(sub, ends, starts))
    done = 0
    for begin, until, ahead in pieces:
        # A day away from both changes (offsets are smaller) a span shows here only, and whole.
        calm = bisect_left(starts, begin + DAY, done)
        uneasy = bisect_right(starts, until - DAY - longest, calm)
        if calm < uneasy:
            near = _shown(pieces, starts[done:calm], ends[done:calm])
            shown_starts += near[0] + [start - ahead for start in starts[calm:uneasy]]
            shown_ends += near[1] + [end - ahead for end in ends[calm:uneasy]]
            done = uneasy
    near = _shown(pieces, starts[done:], ends[done:])
    return shown_starts + near[0], shown_ends + near[1]


def local_dates(name: str, first: date, last: date) -> IntervalSet:
    """The instants whose local date in zone *name* is *first* to *last*, inclusive.

    Raises:
        OutOfRangeError: a date lies beyond the years 1900 to 2199.

    >>> local_dates("Africa/Cairo", date(2026, 4, 24), date(2026, 4, 24))  # starts at 01:00
    IntervalSet.from_isoformat('2026-04-23T22:00:00Z/2026-04-24T21:00:00Z')
    """
    return days(name, to_day(a_local_date(first, "first")), to_day(a_local_date(last, "last")))


@lru_cache(maxsize=8192)
def days(name: str, first: int, last: int) -> IntervalSet:
    """`local_dates` for a caller that has day numbers."""
    if first > last:
        return IntervalSet()
    return IntervalSet.from_microseconds(*instants(name, [first * DAY], [(last + 1) * DAY]))


def first_instant(name: str, day: int) -> int:
    """The first instant of local date number *day*, or of the next one where there is no such date.

    >>> print(to_datetime(first_instant("Africa/Cairo", to_day(date(2026, 4, 24)))))
    2026-04-23 22:00:00+00:00
    """
    return days(name, day, day + 1).starts[0]


def local_day(name: str, instant: int) -> int:
    """The number of the local date that *instant* shows in zone *name*."""
    return (instant + offset_at(name, instant)) // DAY


def offset_at(name: str, instant: int) -> int:
    """How far the wall of zone *name* is ahead of UTC at *instant*."""
    if not FIRST <= instant < LAST:
        raise OutOfRangeError(to_datetime(instant), SUPPORTED)
    changes = _changes(name, instant // _BLOCK)
    return changes[bisect_right(changes, (instant, DAY)) - 1][1]


def to_day(local_date: date) -> int:
    """The number of a local date: days from 1970-01-01."""
    return local_date.toordinal() - _EPOCH_ORDINAL


def to_date(day: int) -> date:
    """The local date of a number; the inverse of `to_day`."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def a_local_date(value: object, name: str) -> date:
    """Give *value* back if it is a local date that can be computed; *name* says what it is.

    Raises:
        WrongTypeError: it is no date, or has a time of day.
        OutOfRangeError: it lies beyond the years 1900 to 2199.
    """
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongTypeError(name, value, "a date without a time of day")
    if not FIRST <= to_day(value) * DAY < LAST:
        raise OutOfRangeError(value, SUPPORTED)
    return value


def _shown(
    pieces: Sequence[Offset], starts: Sequence[int], ends: Sequence[int]
) -> tuple[list[int], list[int]]:
    """`instants`, span by span and piece by piece; touching parts of one span are one."""
    shown: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        parts: list[tuple[int, int]] = []
        for begin, until, ahead in pieces[bisect_right(pieces, start - DAY, key=itemgetter(1)) :]:
            if begin >= end + DAY:
                break
            first, last = max(start - ahead, begin), min(end - ahead, until)
            if first >= last:
                continue
            if parts and parts[-1][1] == first:
                first = parts.pop()[0]
            parts.append((first, last))
        shown += parts
    shown.sort()
    return [first for first, _ in shown], [last for _, last in shown]


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    if name in _NO_PLACES or name.startswith(("posix/", "right/")):
        raise UnknownZoneError(name)
    try:
        return ZoneInfo(name)
    # A folder's name, a very long one, a path and a NUL fail in four different ways.
    except (OSError, ValueError, KeyError) as cause:
        raise UnknownZoneError(name, _similar(name)) from cause


def _similar(name: str) -> tuple[str, ...]:
    """Names that may have been meant: in other capitals, by their city alone, mistyped."""
    places = sorted(available_timezones() - _NO_PLACES)
    known = {place.rpartition("/")[2].lower(): place for place in places}
    known |= {place.lower(): place for place in places}
    meant = name.strip().lower()[:64]
    close = [meant] if meant in known else get_close_matches(meant, known, n=2, cutoff=0.8)
    return tuple(dict.fromkeys(known[each] for each in close))


@lru_cache(maxsize=8192)
def _changes(name: str, block: int) -> list[tuple[int, int]]:
    """`(instant, offset from there on)` from the start of one block of days to that of the next."""
    place = zone(name)
    # The time in UTC, and yet labelled with the zone: so `fromutc` wants it.
    utc = to_datetime(block * _BLOCK).replace(tzinfo=place)
    early = (utc, _look(place, utc))
    known = [early]
    for _ in range(_LOOKS):
        utc += _LOOK
        late = (utc, _look(place, utc))
        known += _between(place, early, late)
        early = late
    return [
        (to_microseconds(utc.replace(tzinfo=UTC)), ahead // MICROSECOND) for utc, ahead in known
    ]


def _between(
    place: ZoneInfo, early: tuple[datetime, timedelta], late: tuple[datetime, timedelta]
) -> list[tuple[datetime, timedelta]]:
    """The changes after *early* and up to *late*, by halving; changes come at whole seconds."""
    if early[1] == late[1]:
        return []
    seconds = (late[0] - early[0]) // _ONE_SECOND
    if seconds == 1:
        return [late]
    middle = early[0] + seconds // 2 * _ONE_SECOND
    half = (middle, _look(place, middle))
    return [*_between(place, early, half), *_between(place, half, late)]


def _look(place: ZoneInfo, utc: datetime) -> timedelta:
    """How far the wall is ahead; two times of one zone are apart by what their walls say."""
    return place.fromutc(utc) - utc


def _merged(changes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the changes that change nothing, as blocks begin with one."""
    before = [None, *(offset for _, offset in changes)]
    return [change for change, old in zip(changes, before, strict=False) if change[1] != old]
