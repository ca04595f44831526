"""What commands write: the drafts that several of them share, and writing one.

Lives here: becoming an appointment, claiming a time anew, ending.
Must not live here: commands, and what a store decides of a draft (that is `drafts`, below).
"""

from __future__ import annotations

from dataclasses import replace

from collective_booking.appointments import Appointment, Happening, Status, booked
from collective_booking.asks import Commit, ReadCalendar
from collective_booking.drafts import Draft, Request, Tenure
from collective_booking.effects import effects_of
from collective_booking.holds import Hold, HoldState
from collective_booking.reasons import AFRESH
from collective_booking.slots import Admission
from collective_booking.workflows.desk import Booking, Desk, booking, booking_of
from collective_booking.workflows.finding import judge


def appointment_of(desk: Desk, hold: Hold) -> Appointment:
    """The appointment that *hold* becomes; it keeps the id, the snapshot and the details."""
    asked = hold.snapshot.calendar.approval
    appointment = Appointment(
        tenant=hold.tenant,
        id=hold.id,
        uid=desk.uid(hold.id),
        snapshot=hold.snapshot,
        slot=hold.slot,
        contact=hold.contact,
        status=Status.PENDING if asked else Status.CONFIRMED,
        title=hold.title,
        notes=hold.notes,
        location=hold.location,
        verified=hold.verified,
        paid=hold.payment.money if hold.payment else None,
    )
    return booked(appointment, desk.now)


def confirming(desk: Desk, hold: Hold) -> Draft:
    """The draft by which *hold* becomes an appointment: nothing is asked again (S1)."""
    appointment = appointment_of(desk, hold)
    return Draft(
        tenant=desk.tenant,
        now=desk.now,
        hold=hold.stepped(state=HoldState.BOOKED),
        appointment=appointment,
        tenure=Tenure.FOR_GOOD if appointment.claims_time else Tenure.ENDED,
        effects=effects_of(appointment),
    )


async def asked_afresh(
    desk: Desk, /, draft: Draft, subject: Hold | Appointment
) -> tuple[Draft, Admission]:
    """The *draft* that claims the time of *subject* anew, and what that depends on (S1).

    Busy, unknown, time off, claims and caps are asked, as they are now; hours, grid, notice and
    horizon were asked when it was booked.
    """
    stored = await ReadCalendar(desk.tenant, subject.calendar)
    calendar = subject.snapshot.moving_under(stored.calendar)
    finder = await judge(desk, calendar, subject.slot.start, moving=subject.id)
    judged = replace(draft, judged=stored.version, capped=calendar.is_capped, tenure=Tenure.ANEW)
    return judged, finder.admission(subject.slot.start, only=AFRESH)


def ending(
    desk: Desk,
    before: Appointment,
    happening: Happening,
    request: Request | None = None,
    note: str = "",
) -> Draft:
    """The draft by which *before* ends: what it claimed is free again."""
    after = before.stepped(happening, desk.now, note)
    return Draft(
        tenant=desk.tenant,
        now=desk.now,
        appointment=after,
        tenure=Tenure.ENDED,
        effects=effects_of(after, before.status),
        request=request,
    )


async def written(desk: Desk, /, draft: Draft, admit: Admission | None = None) -> Booking:
    """The appointment of *draft*, once that is written; or what was written before (S4)."""
    known = await Commit(draft, admit)
    assert draft.appointment is not None
    return booking(desk, draft.appointment) if known is None else await booking_of(desk, known)
