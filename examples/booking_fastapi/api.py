"""The endpoints: each awaits one command of the service.

Lives here: what comes in and goes out, as models, and the routes.
Must not live here: any decision about times, answers to errors (those are the application's).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import AwareDatetime, BaseModel

import collective_booking as cb


class Wish(BaseModel):
    """What a booker wants. `request` makes a wish that is sent twice one booking (S4).

    `timezone` is the browser's: their mail has the time on that clock.
    """

    start: AwareDatetime
    name: str
    email: str
    timezone: str | None = None
    notes: str = ""
    request: str | None = None

    def contact(self) -> cb.Contact:
        """Who books."""
        return cb.Contact(self.name, self.email, timezone=self.timezone)


class Move(BaseModel):
    """Where to an appointment is moved, which the booker saw at `version` (A3)."""

    start: AwareDatetime
    version: int


class Booked(BaseModel):
    """What its booker is told of an appointment. `token` manages it: it is for nobody else."""

    status: cb.Status
    start: datetime
    end: datetime
    version: int
    token: str


class Paying(BaseModel):
    """How far a payment has come: `outcome` once it has ended, until then where the payer acts."""

    outcome: cb.HoldState | None
    action: str | None
    token: str


def told(booking: cb.Booking) -> Booked:
    """What is told of *booking*."""
    appointment = booking.appointment
    return Booked(
        status=appointment.status,
        start=appointment.start,
        end=appointment.end,
        version=appointment.version,
        token=booking.token,
    )


def service_of(request: Request) -> cb.AsyncBookingService:
    """The service that the application has opened."""
    return cast("cb.AsyncBookingService", request.app.state.service)


WIDEST: Final = timedelta(days=62)
"""The most that one request may ask for: two months, as a page of a calendar shows them."""


def window_of(first: AwareDatetime, last: AwareDatetime) -> cb.Interval:
    """The starts from *first* until before *last*; who wants more of them asks more than once."""
    if last - first > WIDEST:
        asked = f"from first to last there are {(last - first).days}"
        raise HTTPException(422, f"ask for at most {WIDEST.days} days at once: {asked}")
    return cb.Interval(first, last)


Window = Annotated[cb.Interval, Depends(window_of)]
Service = Annotated[cb.AsyncBookingService, Depends(service_of)]
router = APIRouter()


@router.get("/calendars/{slug}/times")
async def times(slug: str, window: Window, service: Service) -> list[datetime]:
    """The starts in *window*."""
    return [slot.start for slot in await service.offers(slug, window)]


@router.post("/calendars/{slug}/bookings", status_code=201)
async def book(slug: str, wish: Wish, service: Service) -> Booked:
    """Book a time at once; where there is a price, the answer is 402."""
    who = wish.contact()
    return told(
        await service.book(slug, wish.start, who, notes=wish.notes, request_id=wish.request)
    )


@router.post("/calendars/{slug}/payments", status_code=201)
async def pay(slug: str, wish: Wish, service: Service) -> Paying:
    """Hold a time and begin to pay for it."""
    who = wish.contact()
    held = await service.hold(slug, wish.start, who, notes=wish.notes, request_id=wish.request)
    attempt = await service.begin_payment(held.token)
    return Paying(outcome=attempt.outcome, action=attempt.action, token=attempt.token)


@router.post("/payments", status_code=204)
async def payment_happened(request: Request, service: Service) -> None:
    """The webhook: what makes it genuine is the gateway's signature."""
    notice = cb.Notice(body=await request.body(), headers=dict(request.headers))
    await service.payment_happened(notice)


@router.get("/bookings/{token}")
async def booking(token: str, service: Service) -> Booked:
    """The appointment that *token* manages."""
    return told(await service.appointment(service.appointment_id(token)))


@router.patch("/bookings/{token}")
async def reschedule(token: str, move: Move, service: Service) -> Booked:
    """Move it, if it still is as the booker saw it."""
    id_ = service.appointment_id(token)
    return told(await service.reschedule(id_, move.start, version=move.version))


@router.delete("/bookings/{token}")
async def cancel(token: str, service: Service) -> Booked:
    """Cancel it; nothing that was paid goes back."""
    return told(await service.cancel(service.appointment_id(token)))
