"""Many calendars, asked in pieces: what one question cannot learn hides nothing that another does.

Lives here: `look_up`, for a provider whose service takes so many calendars at once, or so long a
stretch of time.
Must not live here: any service, or what a calendar says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Final

from collective_booking.availability import Availability, Cause, Unknown
from collective_booking.errors import InvalidValueError, ProviderUnavailableError
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.moments import ZERO

Question = Callable[[Sequence[Member], Interval], Mapping[str, Availability]]
"""Asks a service about some members in one stretch of time; answers by their id."""
_Told = Mapping[str, Availability] | Exception


AT_ONCE: Final = 8
"""So many questions are under way at once, each in a thread."""


def look_up(
    question: Question,
    members: Sequence[Member],
    window: Interval,
    *,
    batch: int = 1,
    longest: timedelta | None = None,
) -> Mapping[str, Availability]:
    """What is known of *members* in *window*, as `ports.CalendarProvider.availability` owes it.

    *question* is asked about at most *batch* members and *longest* of time in each call, a few
    calls at once. Where it raises, those it was asked about are unknown in that stretch (F3), for
    the reason that a `ProviderUnavailableError` gives. Whom it leaves out is unknown there too, and
    what it says beyond the stretch is left out.

    Raises:
        ProviderUnavailableError: every call has failed.
        InvalidValueError: *batch* or *longest* is not above zero.

    >>> ana, ben = (Member(id_, timezone="UTC", ignore_hours=True) for id_ in ("ana", "ben"))
    >>> def question(members, stretch):
    ...     if ben in members:
    ...         raise ProviderUnavailableError("503")
    ...     return {member.id: Availability() for member in members}
    >>> monday = Interval.from_isoformat("2026-11-23T08:00Z/2026-11-23T18:00Z")
    >>> known = look_up(question, [ana, ben], monday)
    >>> known["ana"].unknown, str(known["ben"].unknown[0])
    ((), 'service failed: 503')
    """
    if batch < 1:
        raise InvalidValueError("batch", batch, "ask about 1 member or more")
    stretches = tuple(_stretches(window, window.duration if longest is None else longest))
    batches = [tuple(members[at : at + batch]) for at in range(0, len(members), batch)]
    pieces = list(product(batches, stretches))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda piece: _told(question, *piece), pieces))
    failures = [each for each in told if isinstance(each, Exception)]
    if failures and len(failures) == len(told):
        raise _unavailable(failures) from failures[0]
    parts: dict[str, list[Availability]] = {member.id: [] for member in members}
    for (asked, stretch), answer in zip(pieces, told, strict=True):
        for member in asked:
            parts[member.id].append(_known(answer, member, stretch))
    return {id_: Availability.union_of(known) for id_, known in parts.items()}


def _stretches(window: Interval, longest: timedelta) -> Iterator[Interval]:
    """*window* in pieces, none longer than *longest*."""
    if longest <= ZERO:
        raise InvalidValueError("longest", longest, "give a length of time above zero")
    start = window.start
    while start < window.end:
        end = start + min(longest, window.end - start)
        yield Interval(start, end)
        start = end


def _told(question: Question, members: Sequence[Member], stretch: Interval) -> _Told:
    try:
        return question(members, stretch)
    except Exception as failure:  # noqa: BLE001  # whatever a service raises, others are asked
        return failure


def _unavailable(failures: Sequence[Exception]) -> ProviderUnavailableError:
    """All have failed: one that has something to say speaks for all."""
    ours = (each for each in failures if isinstance(each, ProviderUnavailableError))
    return next(ours, ProviderUnavailableError(type(failures[0]).__name__))


def _known(answer: _Told, member: Member, stretch: Interval) -> Availability:
    if isinstance(answer, Exception):
        return Availability.of_failure(stretch, answer)
    if member.id not in answer:
        return Availability(unknown=(Unknown(stretch, Cause.NO_ANSWER),))
    return answer[member.id].within(stretch)
