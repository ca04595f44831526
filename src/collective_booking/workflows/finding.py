"""Finding times: what a calendar offers, with everything that is known now.

Lives here: reading a calendar, what its members' calendars say, and what is taken, into a finder.
Must not live here: what suits everyone (that is `slots`), writing anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from collective_booking.asks import ReadAppointment, ReadAvailability, ReadCalendar, ReadTaken
from collective_booking.availability import Availability
from collective_booking.calendars import CollectiveCalendar
from collective_booking.errors import MissingPortError, WrongTypeError, require
from collective_booking.intervals import Interval
from collective_booking.members import Member
from collective_booking.moments import to_datetime
from collective_booking.reasons import Explanation
from collective_booking.slots import Slot, SlotFinder, starts_in, supported
from collective_booking.workflows.desk import Desk

_AROUND: Final = timedelta(days=2)
"""How far around one start an explanation looks, to see what blocks it whole."""


async def offers(
    desk: Desk, /, slug: str, window: Interval, *, moving: str | None = None
) -> list[Slot]:
    """The slots of calendar *slug* that start in *window*, earliest first.

    *moving* is the id of an appointment that is to be moved: the answer is where to (F6, A3).

    Raises:
        UnknownCalendarError: no calendar is stored under *slug*.
        UnknownBookingError: *moving* is no appointment.
        OutOfRangeError: *window* reaches beyond what can be booked at all.

    >>> from collective_booking.testing.samples import KIM, MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM)
    >>> [f"{slot.start:%H:%M}" for slot in service.offers("sales-call", MONDAY)]
    ['09:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00']
    >>> moving = booked.appointment.id
    >>> len(service.offers("sales-call", MONDAY, moving=moving))  # it is not in its own way
    8
    """
    return (await finder(desk, slug, window, moving=moving)).offers(window)


async def explain(
    desk: Desk, /, slug: str, start: datetime, *, moving: str | None = None
) -> Explanation:
    """Why calendar *slug* refuses *start*; no reason if it can be booked (X1).

    Raises:
        UnknownCalendarError: no calendar is stored under *slug*.
        UnknownBookingError: *moving* is no appointment.
        OutOfRangeError: *start* is too early or too late for anything to be booked then.

    >>> from collective_booking.testing.samples import at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> print(sandbox(calendar()).explain("sales-call", at("08:00")))
    2026-11-23T08:00:00Z is refused:
      ana is outside opening hours (2026-11-20T17:00:00Z/2026-11-23T09:00:00Z)
      ben is outside opening hours (2026-11-20T17:00:00Z/2026-11-23T09:00:00Z)
    """
    instant = to_datetime(supported(start))
    around = Interval(instant - _AROUND, instant + _AROUND)
    return (await _finder(desk, slug, around, moving)).explain(start)


async def finder(
    desk: Desk, /, slug: str, window: Interval, *, moving: str | None = None
) -> SlotFinder:
    """A finder for starts of calendar *slug* in *window*, to ask whatever it can be asked.

    Raises:
        UnknownCalendarError: no calendar is stored under *slug*.
        UnknownBookingError: *moving* is no appointment.
        OutOfRangeError: *window* reaches beyond what can be booked at all.

    >>> from collective_booking.testing.samples import MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> finder = sandbox(calendar()).finder("sales-call", MONDAY)
    >>> len(finder.offers(MONDAY)), finder.accepts(at("10:00")), finder.accepts(at("08:00"))
    (8, True, False)
    """
    starts_in(window)  # or a provider would be asked what no finder can be
    return await _finder(desk, slug, window, moving)


async def _finder(desk: Desk, /, slug: str, window: Interval, moving: str | None) -> SlotFinder:
    calendar = (await ReadCalendar(desk.tenant, slug)).calendar
    if moving is not None:
        appointment = await ReadAppointment(desk.tenant, moving)
        calendar = appointment.snapshot.moving_under(calendar)
    touched = calendar.touched(window)
    availability = await availability_of(calendar.members, touched)
    ids = tuple(member.id for member in calendar.members)
    taken = await ReadTaken(desk.tenant, slug, ids, touched, desk.now)
    return SlotFinder(
        calendar=calendar,
        availability=availability,
        now=desk.now,
        claims=taken.claims,
        counted=taken.counted,
        moving=moving,
    )


async def judge(
    desk: Desk, /, calendar: CollectiveCalendar, start: datetime, *, moving: str | None = None
) -> SlotFinder:
    """A finder that judges *start* alone: what is taken is asked under the store's lock (S1)."""
    heeding = (member for member in calendar.members if member.heeds_busy)
    slot = Interval(start, start + calendar.duration)
    around = slot.pad(calendar.buffer_before, calendar.buffer_after)
    availability = await availability_of(heeding, around)
    return SlotFinder(calendar=calendar, availability=availability, now=desk.now, moving=moving)


async def availability_of(members: Iterable[Member], window: Interval) -> dict[str, Availability]:
    """What is known of the *members* who have a calendar; where the service fails, nothing (F3)."""
    asked = tuple(member for member in members if member.calendar is not None)
    if not asked:
        return {}
    try:
        told = await ReadAvailability(asked, window)
        require("what a provider answers", told, Mapping, "a mapping of members' ids")
    except MissingPortError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever a host's service raises
        nothing = Availability.of_failure(window, error)
        return {member.id: nothing for member in asked}
    given = {member.id: told[member.id] for member in asked if member.id in told}
    return {id_: _checked(window, each) for id_, each in given.items()}


def _checked(window: Interval, told: object) -> Availability:
    """What a provider says of one member; where that is nothing of the kind, nothing is known."""
    if isinstance(told, Availability):
        return told
    return Availability.of_failure(window, WrongTypeError("an answer", told, "an Availability"))
