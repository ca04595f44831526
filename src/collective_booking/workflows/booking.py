"""Booking a time: holding it, booking it at once, confirming, approving and declining.

Lives here: the commands that make holds and appointments where no money moves.
Must not live here: payments, changes of what is booked, who is told (that is `effects`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from collective_booking.appointments import Appointment, Contact, Happening, Status, booked
from collective_booking.asks import Commit, ReadAppointment, ReadCalendar, ReadHold
from collective_booking.calendars import decide_ownership
from collective_booking.drafts import Draft, Request, StoredCalendar, Tenure
from collective_booking.effects import effects_of
from collective_booking.errors import (
    CalendarChangedError,
    HoldExpiredError,
    MissingPortError,
    PaymentRequiredError,
    RequestPastError,
    require,
)
from collective_booking.holds import Hold, HoldState
from collective_booking.intervals import Interval
from collective_booking.members import MeetingLocation
from collective_booking.moments import to_datetime
from collective_booking.money import Money, PriceChangedError
from collective_booking.reasons import AFRESH
from collective_booking.slots import Admission, supported
from collective_booking.snapshots import Snapshot
from collective_booking.tokens import Purpose
from collective_booking.workflows.desk import (
    Booking,
    Desk,
    Held,
    answered,
    booking,
    booking_of,
    judged_anew,
    read_anew,
    request_of,
)
from collective_booking.workflows.finding import judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the booker was shown: the calendar's version and price; None for what was not (A1).

    >>> from collective_booking.testing.samples import calendar
    >>> Shown(version=3).check(StoredCalendar(calendar(), version=4))
    Traceback (most recent call last):
    collective_booking.errors.CalendarChangedError: ...
    """

    version: int | None = None
    price: Money | None = None

    def check(self, stored: StoredCalendar) -> None:
        """Refuse to book by anything else.

        Raises:
            CalendarChangedError: the calendar has another version now.
            PriceChangedError: it has another price now.
        """
        if self.price is not None and stored.calendar.price != self.price:
            raise PriceChangedError(self.price, stored.calendar.price)
        if self.version is not None and stored.version != self.version:
            raise CalendarChangedError(stored.calendar.slug)


ANYTHING: Final = Shown()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a booker wants of a calendar: a start, for whom, and details."""

    start: datetime
    contact: Contact
    title: str | None = None
    notes: str = ""
    location: MeetingLocation | None = None

    def __post_init__(self) -> None:
        require("contact", self.contact, Contact, "a Contact")
        require("location", self.location, MeetingLocation | None, "a MeetingLocation")
        # In UTC, so that one instant is one wish whatever zone it is written in (S4).
        object.__setattr__(self, "start", to_datetime(supported(self.start)))


# --- taking a time -------------------------------------------------------------------------------


async def hold(
    desk: Desk,
    /,
    slug: str,
    start: datetime,
    contact: Contact,
    *,
    title: str | None = None,
    notes: str = "",
    location: MeetingLocation | None = None,
    shown: Shown = ANYTHING,
    request_id: str | None = None,
) -> Held:
    """Keep *start* of calendar *slug* for a booker, until the hold expires (M1).

    Nobody else can take any member's time meanwhile. `confirm` books it; where there is a price,
    `begin_payment` does.

    Raises:
        SlotUnavailableError: the time is refused; it says by whom and what.
        UnknownCalendarError: no calendar is stored under *slug*.
        CalendarChangedError: the calendar is not what the booker was *shown*, or keeps changing.
        PriceChangedError: the price is not what the booker was *shown*.
        MissingPortError: there is a price, and the service was given no gateway.
        RequestReusedError: *request_id* was used for something else.
    """
    wish = Wish(start, contact, title, notes, location)
    request = request_of(request_id, "hold", slug, wish, shown)
    if known := await answered(desk, request):
        return held(desk, await ReadHold(desk.tenant, known.subject))

    async def attempt() -> Held:
        draft, admit = await _judged(desk, slug, wish, shown, request)
        assert draft.hold is not None
        if draft.hold.snapshot.calendar.price is not None and not desk.has_gateway:
            raise MissingPortError("gateway")  # nobody could pay for what is kept from all others
        known = await Commit(draft, admit)
        made = draft.hold if known is None else await ReadHold(desk.tenant, known.subject)
        return held(desk, made)

    return await judged_anew(attempt)


async def book(
    desk: Desk,
    /,
    slug: str,
    start: datetime,
    contact: Contact,
    *,
    title: str | None = None,
    notes: str = "",
    location: MeetingLocation | None = None,
    shown: Shown = ANYTHING,
    request_id: str | None = None,
) -> Booking:
    """Book *start* of calendar *slug* at once; where the host approves bookings, ask for it.

    Raises:
        SlotUnavailableError: the time is refused; it says by whom and what.
        PaymentRequiredError: the calendar has a price: hold, then begin the payment.
        UnknownCalendarError: no calendar is stored under *slug*.
        CalendarChangedError: the calendar is not what the booker was *shown*, or keeps changing.
        PriceChangedError: the price is not what the booker was *shown*.
        RequestReusedError: *request_id* was used for something else.
    """
    wish = Wish(start, contact, title, notes, location)
    request = request_of(request_id, "book", slug, wish, shown)
    if known := await answered(desk, request):
        return await booking_of(desk, known)

    async def attempt() -> Booking:
        draft, admit = await _judged(desk, slug, wish, shown, request)
        assert draft.hold is not None
        _is_free_of_charge(draft.hold)
        appointment = appointment_of(desk, draft.hold)
        at_once = replace(
            draft, hold=None, appointment=appointment, effects=effects_of(appointment)
        )
        return await written(desk, at_once, admit)

    return await judged_anew(attempt)


async def _judged(
    desk: Desk, /, slug: str, wish: Wish, shown: Shown, request: Request | None
) -> tuple[Draft, Admission]:
    """The draft of a hold for *wish*, and what its store has to ask under its lock (S1)."""
    require("shown", shown, Shown, "Shown(version=..., price=...)")
    stored = await ReadCalendar(desk.tenant, slug)
    shown.check(stored)
    finder = await judge(desk, stored.calendar, wish.start)
    draft = Draft(
        tenant=desk.tenant,
        now=desk.now,
        hold=_hold(desk, stored, wish, verified=finder.verifies(wish.start)),
        judged=stored.version,
        capped=stored.calendar.is_capped,
        tenure=Tenure.ANEW,
        request=request,
    )
    return draft, finder.admission(wish.start)


def _hold(desk: Desk, stored: StoredCalendar, wish: Wish, *, verified: bool) -> Hold:
    """What *wish* comes to under the calendar as it is stored: the snapshot is taken here (A1)."""
    calendar = stored.calendar
    slot = Interval(wish.start, wish.start + calendar.duration)
    ownership = decide_ownership(calendar, slot, desk.ownership)
    snapshot = Snapshot(
        calendar=calendar,
        version=stored.version,
        owner=ownership.owner,
        organizer=desk.organizer,
        assign_contact=ownership.assign_contact,
    )
    return Hold(
        tenant=desk.tenant,
        id=desk.new_id,
        snapshot=snapshot,
        slot=slot,
        contact=wish.contact,
        made=desk.now,
        expires=desk.now + calendar.hold,
        title=calendar.name if wish.title is None else wish.title,
        notes=wish.notes,
        location=wish.location or snapshot.location,  # A5
        verified=verified,
    )


def held(desk: Desk, hold: Hold) -> Held:
    """What is told of *hold*."""
    return Held(hold, desk.tokens.make(Purpose.HOLD, hold.id))


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


# --- what becomes of a hold ----------------------------------------------------------------------


@read_anew
async def confirm(desk: Desk, /, token: str) -> Booking:
    """Book the time that a hold keeps, where nothing is to be paid. Again, it tells the same.

    Raises:
        InvalidTokenError: *token* is of no hold.
        HoldExpiredError: the hold has lapsed, or was released.
        PaymentRequiredError: there is a price: begin the payment instead.
    """
    hold = await ReadHold(desk.tenant, desk.tokens.read(Purpose.HOLD, token))
    if hold.state is HoldState.BOOKED:
        return booking(desk, await ReadAppointment(desk.tenant, hold.id))
    _is_free_of_charge(hold)
    if not hold.is_open(desk.now):
        raise HoldExpiredError(hold.id)
    return await written(desk, confirming(desk, hold))


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


def _is_free_of_charge(hold: Hold) -> None:
    if hold.snapshot.calendar.price is not None:
        raise PaymentRequiredError(hold.calendar)


# --- what becomes of a request -------------------------------------------------------------------


async def approve(desk: Desk, /, id: str, *, request_id: str | None = None) -> Booking:
    """Confirm the pending request *id*: now its members are invited.

    A request that did not take its members' time is asked once more whether that is free (S1).

    Raises:
        UnknownBookingError: there is no appointment *id*.
        IllegalStepError: it is not pending.
        RequestPastError: its time has come already.
        SlotUnavailableError: somebody has taken the time meanwhile.
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


async def decline(desk: Desk, /, id: str, *, request_id: str | None = None) -> Booking:
    """Decline the pending request *id*: its time is free again, and its booker is told.

    Raises:
        UnknownBookingError: there is no appointment *id*.
        IllegalStepError: it is not pending.
    """
    request = request_of(request_id, "decline", id)
    if known := await answered(desk, request):
        return await booking_of(desk, known)
    pending = await ReadAppointment(desk.tenant, id)
    return await written(desk, ending(desk, pending, Happening.DECLINED, request))


def ending(
    desk: Desk, before: Appointment, happening: Happening, request: Request | None = None
) -> Draft:
    """The draft by which *before* ends: what it claimed is free again."""
    after = before.stepped(happening, desk.now)
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
