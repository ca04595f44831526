"""What a booker does with a booking of theirs, through its link: look, take it along, move, cancel.

Lives here: the routes under a booking's token, and what a cancellation gives back.
Must not live here: choosing a time for the first time, payments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from collective_booking import (
    Appointment,
    Happening,
    IllegalStepError,
    Money,
    PaymentState,
    SlotUnavailableError,
)
from collective_booking.invitations import invitation
from examples.booking_site.choosing import around, chooser
from examples.booking_site.security import sealed
from examples.booking_site.site import (
    Here,
    Site,
    address_of,
    said_zone,
    to,
    wants_part,
    zone_of,
    zoned,
)
from examples.booking_site.times import start_of

router = APIRouter(prefix="/booking/{token}")

REFUNDED: Final = timedelta(hours=24)
"""Who cancels so long before gets their money back (M5)."""


def can_change(appointment: Appointment, now: datetime) -> bool:
    """Whether *appointment* can be moved or cancelled still: it is ahead, and stands (A7)."""
    return appointment.start > now and appointment.status.active


def refund_of(appointment: Appointment, now: datetime) -> Money | None:
    """What cancelling *appointment* gives back."""
    return appointment.paid if appointment.start - now >= REFUNDED else None


def given_back(site: Site, appointment: Appointment) -> str:
    """What of the money for *appointment* went back to the booker; empty while it stands."""
    if appointment.paid is None or not appointment.status.ended:
        return ""
    payment = site.store.hold(site.service.tenant, appointment.id).payment
    if payment is None or payment.state not in {PaymentState.REFUNDING, PaymentState.REFUNDED}:
        return "nothing"
    under_way = payment.state is PaymentState.REFUNDING
    return f"{payment.returned}{', which is on its way to you' if under_way else ''}"


@router.get("")
def booking(token: str, request: Request, site: Here) -> Response:
    """What is booked, and what can be done with it."""
    return _page(site, request, token, "booking.html")


@router.get("/invitation.ics")
def file(token: str, site: Here) -> Response:
    """The same for the booker's own calendar."""
    written = invitation(_appointment(site, token))
    method = "CANCEL" if b"METHOD:CANCEL" in written else "REQUEST"
    return Response(
        written,
        media_type=f"text/calendar; method={method}; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="booking.ics"'},
    )


@router.get("/move")
def other_times(token: str, request: Request, site: Here, gone: str = "") -> Response:
    """Where it can be moved to: around where it is, or around a time that is *gone* meanwhile."""
    _changeable(site, token)
    return zoned(request) or _choose(site, request, token, start_of(gone) if gone else None)


@router.get("/move-to")
def ask_to_move(token: str, start: str, request: Request, site: Here) -> Response:
    """One more look before it is moved; if it is there already, that is what there is to see."""
    appointment, wanted = _changeable(site, token), start_of(start)
    if wanted == appointment.start:
        return to(f"/booking/{token}")
    slot = appointment.snapshot.slot(wanted)
    return _page(site, request, token, "move_to.html", slot=slot)


@router.post("/move-to", dependencies=[Depends(sealed)])
def move(
    token: str,
    request: Request,
    site: Here,
    start: Annotated[str, Form()] = "",
    version: Annotated[int, Form()] = 0,
) -> Response:
    """Move it; where the time is gone meanwhile, it stays, and there are others."""
    try:
        site.service.reschedule(_id(site, token), start_of(start), version=version)
    except SlotUnavailableError:
        return to(address_of(f"/booking/{token}/move", said_zone(request), gone=start))
    return to(f"/booking/{token}")


@router.get("/cancel")
def ask_to_cancel(token: str, request: Request, site: Here) -> Response:
    """One more look before it is cancelled, and what will be given back."""
    _changeable(site, token)
    return _page(site, request, token, "cancel.html")


@router.post("/cancel", dependencies=[Depends(sealed)])
def cancel(token: str, site: Here, version: Annotated[int, Form()] = 0) -> Response:
    """Cancel it; its time is free again."""
    before = _appointment(site, token)
    site.service.cancel(before.id, refund=refund_of(before, site.now()), version=version)
    return to(f"/booking/{token}")


def _id(site: Site, token: str) -> str:
    return site.service.appointment_id(token)


def _appointment(site: Site, token: str) -> Appointment:
    return site.service.appointment(_id(site, token)).appointment


def _changeable(site: Site, token: str) -> Appointment:
    appointment = _appointment(site, token)
    if not can_change(appointment, site.now()):
        raise IllegalStepError(appointment.id, appointment.status, Happening.MOVED)
    return appointment


def _page(site: Site, request: Request, token: str, name: str, **told: Any) -> Response:
    appointment = _appointment(site, token)
    zone = zone_of(request, appointment.snapshot.calendar.timezone)
    slot = told.get("slot", appointment.slot)
    return site.show(
        request,
        name,
        appointment=appointment,
        token=token,
        zone=zone,
        around=around(f"/booking/{token}/move", said_zone(request), slot.start, zone),
        can_change=can_change(appointment, site.now()),
        refund=refund_of(appointment, site.now()),
        given_back=given_back(site, appointment),
        **told,
    )


def _choose(site: Site, request: Request, token: str, gone: datetime | None) -> Response:
    appointment = _appointment(site, token)
    shown = chooser(
        site,
        request,
        appointment.snapshot.calendar,
        f"/booking/{token}/move",
        f"/booking/{token}/move-to",
        moving=appointment,
        about=gone or appointment.start,
    )
    refused: Sequence[str] = ()
    if gone:
        answer = site.service.explain(appointment.calendar, gone, moving=appointment.id)
        refused = answer.for_booker()
    return site.show(
        request,
        "chooser.html" if wants_part(request) else "move.html",
        409 if refused else 200,
        appointment=appointment,
        chooser=shown,
        refused=refused,
        token=token,
    )
