"""Booking a time: holding it, booking it at once, and confirming what is held.

Lives here: the commands that make holds and appointments where no money moves.
Must not live here: payments, changes of what is booked, who is told (that is `effects`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from collective_booking.asks import Commit, ReadAppointment, ReadCalendar, ReadHold
from collective_booking.calendars import decide_ownership
from collective_booking.contacts import Contact
from collective_booking.drafts import Draft, Request, StoredCalendar, Tenure
from collective_booking.effects import effects_of
from collective_booking.errors import (
    CalendarChangedError,
    HoldExpiredError,
    MissingPortError,
    PaymentRequiredError,
    require,
)
from collective_booking.holds import Hold, HoldState
from collective_booking.intervals import Interval
from collective_booking.members import MeetingLocation
from collective_booking.moments import to_datetime
from collective_booking.money import Money, PriceChangedError
from collective_booking.slots import Admission, supported
from collective_booking.snapshots import Snapshot
from collective_booking.tokens import Purpose
from collective_booking.workflows.desk import (
    A_VERSION,
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
from collective_booking.workflows.drafting import appointment_of, confirming, written
from collective_booking.workflows.finding import judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the booker was shown: the calendar's version and price; None for what was not (A1).

    Raises:
        WrongTypeError: a version that is no whole number, or a price that is no Money.

    >>> from collective_booking.testing.samples import calendar
    >>> Shown(version=3).check(StoredCalendar(calendar(), version=4))
    Traceback (most recent call last):
    collective_booking.errors.CalendarChangedError: ...
    """

    version: int | None = None
    price: Money | None = None

    def __post_init__(self) -> None:
        require("version", self.version, int | None, A_VERSION)
        require("price", self.price, Money | None, "Money, such as Money(5000, 'EUR')")

    def check(self, stored: StoredCalendar) -> None:
        """Refuse to book by anything else than *stored*; what was not shown is not compared.

        Raises:
            CalendarChangedError: the calendar has another version now.
            PriceChangedError: it has another price now.

        >>> from collective_booking.testing.samples import EUROS, calendar
        >>> for_nothing, priced = calendar(), calendar(price=EUROS)
        >>> Shown().check(StoredCalendar(priced, version=4))
        >>> Shown(price=EUROS).check(StoredCalendar(for_nothing, version=4))
        Traceback (most recent call last):
        collective_booking.money.PriceChangedError: the price is nothing now, ...
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
        ConfigurationError: a detail, or *request_id*, cannot be so.
        RepeatedIdError: the service's *new_id* has given an id twice.
        OutOfRangeError: *start* is too early or too late for anything to be booked then.
        RequestReusedError: *request_id* was used for something else.

    >>> from collective_booking.testing.samples import KIM, MONDAY, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> held.hold.expires - held.hold.made
    datetime.timedelta(seconds=600)
    >>> service.confirm(held.token).appointment.status
    <Status.CONFIRMED: 'confirmed'>
    """
    wish = Wish(start, contact, title, notes, location)
    request = request_of(request_id, "hold", slug, wish, shown)
    if known := await answered(desk, request):
        return held(desk, await ReadHold(desk.tenant, known.subject))

    async def once() -> Held:
        draft, admit = await _judged(desk, slug, wish, shown, request)
        assert draft.hold is not None
        if draft.hold.snapshot.calendar.price is not None and not desk.has_gateway:
            raise MissingPortError("gateway")  # nobody could pay for what is kept from all others
        known = await Commit(draft, admit)
        made = draft.hold if known is None else await ReadHold(desk.tenant, known.subject)
        return held(desk, made)

    return await judged_anew(once)


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
        ConfigurationError: a detail, or *request_id*, cannot be so.
        RepeatedIdError: the service's *new_id* has given an id twice.
        OutOfRangeError: *start* is too early or too late for anything to be booked then.
        RequestReusedError: *request_id* was used for something else.

    >>> from collective_booking.testing.samples import KIM, LOU, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> booked = service.book("sales-call", at("10:00"), KIM, title="Offer")
    >>> print(booked.appointment)
    Offer with Kim Lee, 2026-11-23T10:00:00Z/2026-11-23T11:00:00Z
    >>> booked.appointment.owner.id  # it stays Ana's, whoever owns the calendar later
    'ana'
    >>> service.book("sales-call", at("10:00"), LOU)
    Traceback (most recent call last):
    collective_booking.reasons.SlotUnavailableError: ...
    """
    wish = Wish(start, contact, title, notes, location)
    request = request_of(request_id, "book", slug, wish, shown)
    if known := await answered(desk, request):
        return await booking_of(desk, known)

    async def once() -> Booking:
        draft, admit = await _judged(desk, slug, wish, shown, request)
        assert draft.hold is not None
        _is_free_of_charge(draft.hold)
        appointment = appointment_of(desk, draft.hold)
        at_once = replace(
            draft, hold=None, appointment=appointment, effects=effects_of(appointment)
        )
        return await written(desk, at_once, admit)

    return await judged_anew(once)


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


# --- what becomes of a hold ----------------------------------------------------------------------


@read_anew
async def confirm(desk: Desk, /, token: str) -> Booking:
    """Book the time that a hold keeps, where nothing is to be paid. Again, it tells the same.

    Raises:
        InvalidTokenError: *token* is of no hold.
        HoldExpiredError: the hold has lapsed, or was released.
        PaymentRequiredError: there is a price: begin the payment instead.

    >>> from collective_booking.testing.samples import KIM, at, calendar
    >>> from collective_booking.testing.sandboxes import sandbox
    >>> service = sandbox(calendar())
    >>> held = service.hold("sales-call", at("10:00"), KIM)
    >>> service.confirm(held.token) == service.confirm(held.token)
    True
    """
    hold = await ReadHold(desk.tenant, desk.tokens.read(Purpose.HOLD, token))
    if hold.state is HoldState.BOOKED:
        return booking(desk, await ReadAppointment(desk.tenant, hold.id))
    _is_free_of_charge(hold)
    if not hold.is_open(desk.now):
        raise HoldExpiredError(hold.id)
    return await written(desk, confirming(desk, hold))


def _is_free_of_charge(hold: Hold) -> None:
    if hold.snapshot.calendar.price is not None:
        raise PaymentRequiredError(hold.calendar)
