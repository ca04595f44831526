"""This library, through its public values: nothing prepared, nothing left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from benchmarks.work import Work
from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.hours import OpeningHours
from collective_booking.intervals import Interval, IntervalSet
from collective_booking.members import Member
from collective_booking.slots import SlotFinder

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def answer(work: Work) -> list[tuple[datetime, datetime]]:
    return [(slot.start, slot.end) for slot in finder(work).offers(window(work))]


def finder(work: Work, busy: Mapping[str, IntervalSet] | None = None) -> SlotFinder:
    """A finder for *work*, or for the same with other *busy* times."""
    hours = {week: OpeningHours(week) for week in {each.week for each in work.people}}
    calendar = CollectiveCalendar(
        name=work.name,
        slug="work",
        timezone=work.timezone,
        duration=_length(work.duration),
        interval=_length(work.step),
        buffer_before=_length(work.before),
        buffer_after=_length(work.after),
        notice=_length(work.notice),
        members=tuple(
            Member(each.id, timezone=each.zone, hours=hours[each.week]) for each in work.people
        ),
    )
    if busy is None:
        busy = {
            each.id: IntervalSet.from_microseconds(*zip(*each.busy, strict=True))
            for each in work.people
        }
    availability = {member: Availability(times) for member, times in busy.items()}
    return SlotFinder(calendar=calendar, availability=availability, now=moment(work.now))


def window(work: Work) -> Interval:
    return Interval(moment(work.first), moment(work.last))


def moment(microseconds: int) -> datetime:
    return _EPOCH + _length(microseconds)


def _length(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)
