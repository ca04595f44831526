"""Keeping calendars: storing them, and the changes of their roster and owner.

Lives here: the commands on calendars, and the report of whom a change concerns (A4).
Must not live here: what a calendar may be (that is `calendars`, below), appointments.
"""

from __future__ import annotations

from collections.abc import Callable

from collective_booking.asks import ReadCalendar, SaveCalendar
from collective_booking.calendars import CollectiveCalendar
from collective_booking.drafts import SavedCalendar, StoredCalendar
from collective_booking.errors import require
from collective_booking.workflows.desk import A_VERSION, Desk, judged_anew


async def calendar(desk: Desk, /, slug: str) -> StoredCalendar:
    """The calendar stored under *slug*, and its version.

    Raises:
        UnknownCalendarError: there is none.

    >>> from collective_booking.testing.samples import calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> stored = sandbox(calendar()).calendar("sales-call")
    >>> stored.calendar.primary_owner.id, stored.version
    ('ana', 1)
    """
    return await ReadCalendar(desk.tenant, slug)


async def save_calendar(
    desk: Desk, /, calendar: CollectiveCalendar, *, version: int | None = None
) -> SavedCalendar:
    """Store *calendar* under its slug, as a new version if it differs from what is stored (O4).

    What is booked already keeps what it was booked with (A1); `kept` of the answer are the future
    appointments that keep members who are no longer on the roster (A4).

    Raises:
        CalendarChangedError: the stored version is not *version*; 0 asks that none is stored.

    >>> from collective_booking.testing.samples import ANA, BEN, CLEO, KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar(ANA, BEN))
    >>> booked = service.book("sales-call", at("10:00"), KIM)
    >>> saved = service.save_calendar(calendar(ANA, CLEO), version=1)
    >>> saved.stored.version, [str(each) for each in saved.kept]  # Ben keeps this one
    (2, ['Sales call with Kim Lee, 2026-11-23T10:00:00Z/2026-11-23T11:00:00Z'])
    """
    require("calendar", calendar, CollectiveCalendar, "a CollectiveCalendar")
    require("version", version, int | None, A_VERSION)
    return await SaveCalendar(desk.tenant, calendar, version, desk.now)


async def remove_member(desk: Desk, /, slug: str, member: str) -> SavedCalendar:
    """Remove *member* from calendar *slug*; future appointments that keep them are reported (A4).

    Raises:
        UnknownCalendarError: no calendar is stored under *slug*.
        UnknownMemberError: *member* is not on its roster.
        PrimaryOwnerRemovalError: they own it: make another member owner first (O3).
        RosterSizeError: only 2 are left (O1).

    >>> from collective_booking.testing.samples import ANA, BEN, CLEO, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar(ANA, BEN, CLEO))
    >>> saved = service.remove_member("sales-call", "ben")
    >>> [member.id for member in saved.stored.calendar.members]
    ['ana', 'cleo']
    >>> service.remove_member("sales-call", "ana")
    Traceback (most recent call last):
    collective_booking.errors.PrimaryOwnerRemovalError: ...
    """
    return await _changed(desk, slug, lambda calendar: calendar.remove_member(member))


async def make_owner(desk: Desk, /, slug: str, member: str) -> SavedCalendar:
    """Make *member* the primary owner of calendar *slug*, for future appointments (O2, O5).

    Raises:
        UnknownCalendarError: no calendar is stored under *slug*.
        UnknownMemberError: *member* is not on its roster.
        OptionalOwnerError: they are optional.

    >>> from collective_booking.testing.samples import calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> service.make_owner("sales-call", "ben").stored.calendar.primary_owner.id
    'ben'
    """
    return await _changed(desk, slug, lambda calendar: calendar.make_owner(member))


async def _changed(
    desk: Desk, /, slug: str, change: Callable[[CollectiveCalendar], CollectiveCalendar]
) -> SavedCalendar:
    async def once() -> SavedCalendar:
        stored = await ReadCalendar(desk.tenant, slug)
        after = change(stored.calendar)
        return await SaveCalendar(desk.tenant, after, stored.version, desk.now)

    return await judged_anew(once)
