"""Changing what is booked: moving it, editing it, cancelling it, and saying how it went.

Lives here: the commands on an appointment that there is.
Must not live here: which steps are legal (that is the table in `appointments`), who is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from collective_booking.appointments import Appointment, Happening, Status
from collective_booking.asks import ReadAppointment, ReadAppointments, ReadCalendar, ReadHold
from collective_booking.drafts import Draft, Tenure
from collective_booking.effects import effects_of, effects_of_editing
from collective_booking.errors import (
    InvalidValueError,
    MissingPortError,
    NothingToPayError,
    StaleVersionError,
    require,
)
from collective_booking.holds import Hold
from collective_booking.intervals import Interval
from collective_booking.moments import in_utc
from collective_booking.money import Money
from collective_booking.payments import PaymentState
from collective_booking.workflows.desk import (
    A_VERSION,
    Booking,
    Desk,
    answered,
    booking,
    booking_of,
    judged_anew,
    read_anew,
    request_of,
)
from collective_booking.workflows.drafting import ending, written
from collective_booking.workflows.finding import judge
from collective_booking.workflows.paying import settled

MARKS: Final = {
    Status.SHOWED: Happening.SHOWED,
    Status.NO_SHOW: Happening.NO_SHOW,
    Status.INVALID: Happening.INVALIDATED,
}
"""What `mark` can say."""
_DECLINED: Final = Happening.MEMBER_DECLINED


async def appointment(desk: Desk, /, id: str) -> Booking:
    """The appointment *id*, as it is now.

    Raises:
        UnknownBookingError: there is none.

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM)
    >>> service.appointment(service.appointment_id(booked.token)) == booked
    True
    """
    return booking(desk, await ReadAppointment(desk.tenant, id))


async def agenda(
    desk: Desk, /, window: Interval, *, slug: str | None = None
) -> tuple[Appointment, ...]:
    """The appointments that start in *window*, earliest first, of any status.

    Of the calendar *slug* alone, if it is given.

    >>> from collective_booking.testing.samples import KIM, MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM)
    >>> [str(appointment) for appointment in service.agenda(MONDAY)]
    ['Sales call with Kim Lee, 2026-11-23T10:00:00Z/2026-11-23T11:00:00Z']
    """
    require("window", window, Interval, "an Interval")
    return await ReadAppointments(desk.tenant, window, slug)


async def reschedule(
    desk: Desk,
    /,
    id: str,
    start: datetime,
    *,
    version: int | None = None,
    request_id: str | None = None,
) -> Booking:
    """Move the appointment *id* to *start*; same identity, members and owner (A3).

    Its duration and buffers are those it was booked with; hours, notice, horizon and caps are
    today's. It does not stand in its own way. Whatever fails, it stays as it is.

    Raises:
        UnknownBookingError: there is no appointment *id*.
        StaleVersionError: it is not at *version* any more.
        IllegalStepError: it cannot be moved any more.
        NoChangeError: it starts then already.
        SlotUnavailableError: the time is refused; it says by whom and what.
        OutOfRangeError: *start* is too early or too late for anything to be booked then.
        RequestReusedError: *request_id* was used for something else.

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> moved = service.reschedule(booked.id, at("14:00"), version=1).appointment
    >>> moved.start.hour, moved.version, moved.uid == booked.uid
    (14, 2, True)
    """
    start = in_utc(start)
    request = request_of(request_id, "reschedule", id, start, version)
    if known := await answered(desk, request):
        return await booking_of(desk, known)
    before = await _at(desk, id, version)

    async def once() -> Booking:
        stored = await ReadCalendar(desk.tenant, before.calendar)
        calendar = before.snapshot.moving_under(stored.calendar)
        unjudged = before.moved(start, desk.now)
        finder = await judge(desk, calendar, unjudged.start, moving=id)
        after = replace(unjudged, verified=finder.verifies(unjudged.start))
        draft = Draft(
            tenant=desk.tenant,
            now=desk.now,
            appointment=after,
            judged=stored.version,
            capped=calendar.is_capped,
            tenure=Tenure.ANEW,
            effects=effects_of(after, before.status),
            request=request,
        )
        return await written(desk, draft, finder.admission(after.start))

    return await judged_anew(once)


async def edit(
    desk: Desk,
    /,
    id: str,
    *,
    version: int | None = None,
    request_id: str | None = None,
    **details: Any,
) -> Booking:
    """Change the `title`, `notes`, `location` or `contact` of the appointment *id* (A3).

    Raises:
        UnknownBookingError: there is no appointment *id*.
        StaleVersionError: it is not at *version* any more.
        FixedForEverError: its owner or its members are to change, which nobody can (A2).
        ConfigurationError: there is no such detail, or it cannot be so.
        IllegalStepError: it cannot be edited any more.
        NoChangeError: it is so already.
        RequestReusedError: *request_id* was used for something else.

    >>> from collective_booking.testing.samples import KIM, LOU, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> str(service.edit(booked.id, contact=LOU, title="Offer").appointment)
    'Offer with Lou Ray, 2026-11-23T10:00:00Z/2026-11-23T11:00:00Z'
    >>> service.edit(booked.id, owner="ben")
    Traceback (most recent call last):
    collective_booking.errors.FixedForEverError: ...
    """
    request = request_of(request_id, "edit", id, version, sorted(details.items()))
    if known := await answered(desk, request):
        return await booking_of(desk, known)
    before = await _at(desk, id, version)
    after = before.edited(desk.now, **details)
    draft = Draft(
        tenant=desk.tenant,
        now=desk.now,
        appointment=after,
        effects=effects_of_editing(after, before),
        request=request,
    )
    return await written(desk, draft)


async def cancel(
    desk: Desk,
    /,
    id: str,
    *,
    refund: Money | None = None,
    version: int | None = None,
    request_id: str | None = None,
) -> Booking:
    """Cancel the appointment *id*; give *refund* of what was paid back, by default nothing (M5).

    The refund is intended in the same transaction, and asked of the gateway after it; `deliver`
    asks again if the gateway does not answer. Until it has, the money is on its way, which is what
    letters say; the note of the change in the history says how much.

    Raises:
        UnknownBookingError: there is no appointment *id*.
        StaleVersionError: it is not at *version* any more.
        IllegalStepError: it has ended already.
        NothingToPayError: there is a *refund*, and nothing was paid.
        InvalidValueError: the *refund* is more than what was paid, or nothing.
        CurrencyMismatchError: the *refund* is in another currency than what was paid.
        MissingPortError: there is a *refund*, and the service was given no gateway.
        RequestReusedError: *request_id* was used for something else.

    >>> from collective_booking.testing.samples import KIM, MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> str(service.cancel(booked.id).appointment.status), len(service.offers("sales-call", MONDAY))
    ('cancelled', 8)
    """
    require("refund", refund, Money | None, "Money, such as Money(5000, 'EUR')")
    request = request_of(request_id, "cancel", id, refund, version)
    if known := await answered(desk, request):
        return await booking_of(desk, known)
    before = await _at(desk, id, version)
    note = "" if refund is None else str(refund)
    draft = ending(desk, before, Happening.CANCELLED, request, note)
    if refund is None:
        return await written(desk, draft)
    if not desk.has_gateway:
        raise MissingPortError("gateway")
    paid = _refunding(before, await ReadHold(desk.tenant, id) if before.paid else None, refund)
    done = await written(desk, replace(draft, hold=paid))
    await settled(desk, id)
    return done


def _refunding(before: Appointment, hold: Hold | None, refund: Money) -> Hold:
    """The next version of *hold*, which intends to give *refund* back."""
    payment = hold.payment if hold else None
    if hold is None or payment is None or payment.state is not PaymentState.CAPTURED:
        raise NothingToPayError(before.id, "nothing was taken, so leave the refund out")
    if refund > payment.money or not refund.amount:
        raise InvalidValueError(
            "refund", str(refund), f"{payment.money} was paid: give back some of it"
        )
    return hold.paying(state=PaymentState.REFUNDING, refund=refund)


async def mark(desk: Desk, /, id: str, status: Status, *, version: int | None = None) -> Booking:
    """Say how the appointment *id* went: showed, no-show, or invalid for one entered in error.

    An invalid one frees its members' time, and their calendars lose their copies.

    Raises:
        UnknownBookingError: there is no appointment *id*.
        StaleVersionError: it is not at *version* any more.
        InvalidValueError: *status* is none of the three.
        IllegalStepError: it cannot be marked so as it stands.

    >>> from collective_booking import Status
    >>> from collective_booking.testing import FakeClock
    >>> from collective_booking.testing.samples import KIM, NOW, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> str(service.mark(booked.id, Status.NO_SHOW).appointment.status)
    'no-show'
    """
    require("status", status, Status, "a Status, such as Status.NO_SHOW")
    if status not in MARKS:
        raise InvalidValueError("status", status, f"use one of {', '.join(MARKS)}")
    before = await _at(desk, id, version)
    if status is Status.INVALID:
        return await written(desk, ending(desk, before, MARKS[status]))
    after = before.stepped(MARKS[status], desk.now)
    return await written(desk, Draft(tenant=desk.tenant, now=desk.now, appointment=after))


@read_anew
async def member_declined(desk: Desk, /, id: str, member: str) -> Booking:
    """Record that *member* declined the invitation to the appointment *id* (E4).

    The appointment stands for the others; the host gets a signal, once.

    Raises:
        UnknownBookingError: there is no appointment *id*.
        UnknownMemberError: *member* is not one of its members.
        IllegalStepError: it is not confirmed.

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> told = service.member_declined(booked.id, "ben").appointment
    >>> str(told.status), told.history[-1].note
    ('confirmed', 'ben')
    """
    before = await ReadAppointment(desk.tenant, id)
    before.snapshot.calendar.member(member)
    if any((each.happening, each.note) == (_DECLINED, member) for each in before.history):
        return booking(desk, before)
    after = before.stepped(_DECLINED, desk.now, note=member)
    effects = effects_of(after, before.status)
    draft = Draft(tenant=desk.tenant, now=desk.now, appointment=after, effects=effects)
    return await written(desk, draft)


async def _at(desk: Desk, /, id: str, version: int | None) -> Appointment:
    """The appointment *id*, if it still is at *version*."""
    require("version", version, int | None, A_VERSION)
    found = await ReadAppointment(desk.tenant, id)
    if version is not None and found.version != version:
        raise StaleVersionError(id, version)
    return found
