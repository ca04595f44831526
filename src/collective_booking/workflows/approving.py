"""Approving: what a host says to bookings that ask it first.

Lives here: the commands on a pending request.
Must not live here: asking for one (that is `booking`), who is told.
"""

from __future__ import annotations

from collective_booking.appointments import Appointment, Happening
from collective_booking.asks import ReadAppointment
from collective_booking.drafts import Draft
from collective_booking.effects import effects_of
from collective_booking.errors import RequestPastError
from collective_booking.workflows.desk import (
    Booking,
    Desk,
    answered,
    booking_of,
    judged_anew,
    request_of,
)
from collective_booking.workflows.drafting import asked_afresh, ending, written


async def approve(desk: Desk, /, id: str, *, request_id: str | None = None) -> Booking:
    """Confirm the pending request *id*: now its members are invited.

    A request that did not take its members' time is asked once more whether that is free (S1).

    Raises:
        UnknownBookingError: there is no appointment *id*.
        IllegalStepError: it is not pending.
        RequestReusedError: *request_id* was used for something else.
        RequestPastError: its time has come already.
        SlotUnavailableError: somebody has taken the time meanwhile.

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar(approval=True))
    >>> asked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> str(asked.status), str(service.approve(asked.id).appointment.status)
    ('pending', 'confirmed')
    """
    request = request_of(request_id, "approve", id)
    if known := await answered(desk, request):
        return await booking_of(desk, known)
    pending = await ReadAppointment(desk.tenant, id)
    approved = pending.stepped(Happening.APPROVED, desk.now)
    if approved.start <= desk.now:
        raise RequestPastError(id, approved.start)
    draft = Draft(
        tenant=desk.tenant,
        now=desk.now,
        appointment=approved,
        effects=effects_of(approved, pending.status),
        request=request,
    )
    if pending.claims_time:
        return await written(desk, draft)
    return await judged_anew(lambda: _approved_anew(desk, draft, approved))


async def _approved_anew(desk: Desk, /, draft: Draft, approved: Appointment) -> Booking:
    afresh, admit = await asked_afresh(desk, draft, approved)
    return await written(desk, afresh, admit)


async def decline(desk: Desk, /, id: str, *, request_id: str | None = None) -> Booking:
    """Decline the pending request *id*: its time is free again, and its booker is told.

    Raises:
        UnknownBookingError: there is no appointment *id*.
        IllegalStepError: it is not pending.
        RequestReusedError: *request_id* was used for something else.

    >>> from collective_booking.testing.samples import KIM, MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar(approval=True))
    >>> asked = service.book("sales-call", at("10:00"), KIM).appointment
    >>> str(service.decline(asked.id).appointment.status)
    'cancelled'
    >>> len(service.offers("sales-call", MONDAY))  # its time is free again
    8
    """
    request = request_of(request_id, "decline", id)
    if known := await answered(desk, request):
        return await booking_of(desk, known)
    pending = await ReadAppointment(desk.tenant, id)
    return await written(desk, ending(desk, pending, Happening.DECLINED, request))
