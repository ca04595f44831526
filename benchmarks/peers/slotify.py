"""slotify-scheduling: one generator and one policy a member, and the starts that all of them have.

Its model is one calendar. It walks the wall clock and gives each window a grid of its own, so it
agrees with a team's grid only where everybody's windows begin on the same quarter hours, as in this
work; its busy periods know no buffers, so they come padded. A policy looks at every busy period
for every start: that is the most it can be asked.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from slotify import BookingPolicy, BusyPeriod, Schedule, Slot, SlotGenerator

from benchmarks.work import DAY, Person, Work

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_MEETINGS = 50_000


def refuses(work: Work) -> str | None:
    """Why it is not asked, if it is not."""
    if work.meetings > MOST_MEETINGS:
        return f"not asked beyond {MOST_MEETINGS:,} busy times: it looks at all for every start"
    return None


def answer(work: Work) -> list[tuple[datetime, datetime]]:
    offered = [_offered(person, work) for person in work.people]
    common = set.intersection(*(set(starts) for starts in offered))
    starts = [start for start in sorted(common) if work.first <= start < work.last]
    now, slots = _moment(work.now), dict.fromkeys(starts)
    for person, own in zip(work.people, offered, strict=True):
        policy = _policy(person, work)
        slots = {start: own[start] for start in slots if policy.is_bookable(own[start], now=now)}
    return [(slot.start_utc, slot.end_utc) for slot in slots.values() if slot]


def _offered(person: Person, work: Work) -> dict[int, Slot]:
    week = {
        day: [(_clock(start), _clock(end)) for start, end in spans]
        for day, spans in zip(_DAYS, person.week, strict=True)
        if spans
    }
    generator = SlotGenerator(
        schedule=Schedule(weekly=week),
        duration=timedelta(microseconds=work.duration),
        interval=timedelta(microseconds=work.step),
        timezone=person.zone,
        dst_ambiguous="earlier",
        dst_nonexistent="skip",
    )
    slots = generator.generate(_date(work.first - DAY), _date(work.last + DAY))
    return {_microseconds(slot.start_utc): slot for slot in slots}


def _policy(person: Person, work: Work) -> BookingPolicy:
    return BookingPolicy(
        minimum_notice=timedelta(microseconds=work.notice),
        busy_periods=tuple(
            BusyPeriod(_moment(start - work.after), _moment(end + work.before))
            for start, end in person.busy
        ),
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _date(microseconds: int) -> date:
    return _moment(microseconds).date()


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
