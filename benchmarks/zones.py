"""Opening hours as instants, by plain `zoneinfo`: the same good conversion for every peer.

Lives here: what an experienced person writes once it turned out that converting hours costs more
than the search: the midnights of a zone are looked up once, and a day whose midnights are 24 hours
apart is plain arithmetic.
Must not live here: anything of the library that is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.work import DAY, MINUTE, Pair, Week, Work

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WEEKDAY = _EPOCH.weekday()
_ONE_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)

Dates = Sequence[tuple[int, int, int | None]]
"""Of each local date: weekday, midnight on the wall, and the offset unless that changes."""


def opened(work: Work) -> list[list[Pair]]:
    """When each member is open; those who keep the same hours in the same zone appear once."""
    return list(opened_by(work).values())


def opened_by(work: Work) -> dict[tuple[str, Week], list[Pair]]:
    """When one is open who keeps these hours in this zone."""
    dates: dict[str, Dates] = {}
    found: dict[tuple[str, Week], list[Pair]] = {}
    for person in work.people:
        rule = person.zone, person.week
        if rule not in found:
            if person.zone not in dates:
                dates[person.zone] = local_dates(person.zone, work.first, work.last)
            found[rule] = windows(dates[person.zone], ZoneInfo(person.zone), person.week)
    return found


def local_dates(zone: str, first: int, last: int) -> Dates:
    day = first // DAY - 2
    wall, until = day * DAY, last + 2 * DAY
    midnight = (_EPOCH + timedelta(days=day)).replace(tzinfo=ZoneInfo(zone))
    ahead = midnight.utcoffset()
    found: list[tuple[int, int, int | None]] = []
    while wall < until:
        midnight += _ONE_DAY  # on the wall
        before, ahead = ahead, midnight.utcoffset()
        found.append(((day + _EPOCH_WEEKDAY) % 7, wall, _us(before) if before == ahead else None))
        wall += DAY
        day += 1
    return found


def windows(dates: Dates, place: ZoneInfo, week: Week) -> list[Pair]:
    """Sorted by start."""
    hours = [[(start * MINUTE, end * MINUTE) for start, end in spans] for spans in week]
    found: list[Pair] = []
    for weekday, wall, offset in dates:
        if offset is None:
            found += (
                (instant(wall + start, place), instant(wall + end, place))
                for start, end in hours[weekday]
            )
        else:
            midnight = wall - offset
            found += [(midnight + start, midnight + end) for start, end in hours[weekday]]
    return found


def instant(wall: int, place: ZoneInfo) -> int:
    """The instant of a local time that is neither skipped nor doubled."""
    shown = (_EPOCH + timedelta(microseconds=wall)).replace(tzinfo=place)
    return wall - _us(shown.utcoffset())


def _us(offset: timedelta | None) -> int:
    assert offset is not None
    return offset // _MICROSECOND


def open_starts(work: Work) -> list[int]:
    """The starts on the grid for which everybody is open, after notice and inside the window.

    All are open from where the last of them opens, so the grid hangs on the beginning (see `Work`).
    """
    hours = opened(work)
    begins = sorted(start for pairs in hours for start, _ in pairs)
    ends = sorted(end for pairs in hours for _, end in pairs)
    earliest = max(work.first, work.now + work.notice)
    # An instant that `q` ends have passed is in all sets once begin `q + len(hours) - 1` has too.
    return [
        start
        for begin, end in zip(begins[len(hours) - 1 :], ends, strict=False)
        for start in range(begin, end - work.duration + 1, work.step)
        if earliest <= start < work.last
    ]


def microseconds(moment: datetime) -> int:
    """An aware moment as everybody reads it."""
    return (moment - _EPOCH) // _MICROSECOND


def as_datetimes(starts: Sequence[int], duration: int) -> list[tuple[datetime, datetime]]:
    """The slots as everybody answers: pairs of aware datetimes."""
    length = timedelta(microseconds=duration)
    moments = [_EPOCH + timedelta(microseconds=start) for start in starts]
    return [(moment, moment + length) for moment in moments]
