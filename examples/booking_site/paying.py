"""Paying for a held time, and the page that plays the payment service.

Lives here: the routes between a hold and its booking, and the webhook.
Must not live here: which step comes next, which is the library's; any real payment service.

The fake gateway keeps its payments in memory: after a restart it knows nothing of those under way.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from collective_booking import Attempt, Notice, PaymentState
from examples.booking_site.choosing import around
from examples.booking_site.problems import NOTIFIED
from examples.booking_site.security import sealed
from examples.booking_site.site import Here, Site, said_zone, to, zone_of

router = APIRouter()


@router.get("/pay/{token}")
def pay(token: str, request: Request, site: Here) -> Response:
    """How far a payment has come, and where to go on."""
    attempt = site.service.attempt(token)
    if attempt.booking is not None:
        return to(f"/booking/{attempt.booking.token}")
    return _page(site, request, "ended.html" if attempt.outcome else "pay.html", attempt)


@router.post("/pay/{token}/release", dependencies=[Depends(sealed)])
def release(token: str, site: Here) -> Response:
    """Let the time go, for others to have it at once."""
    attempt = site.service.release(token)
    return to(f"/{attempt.hold.calendar}")


@router.post(NOTIFIED)
async def webhook(request: Request, site: Here) -> Response:
    """What the payment service tells, late, twice or in any order; its signature counts (M4)."""
    notice = Notice(body=await request.body(), headers=dict(request.headers))
    await run_in_threadpool(site.service.payment_happened, notice)
    return Response(status_code=204)


# --- the payment service, played -----------------------------------------------------------------


@router.get("/test-payment/{token}")
def payer(token: str, request: Request, site: Here) -> Response:
    """Where a real service would ask for a card."""
    return _page(site, request, "payer.html", site.service.attempt(token))


@router.post("/test-payment/{token}", dependencies=[Depends(sealed)])
def paid(token: str, site: Here, answer: Annotated[str, Form()] = "") -> Response:
    """What the payer does: the service tells the site of it, and sends the payer back."""
    hold = site.service.hold_id(token)
    act = site.gateway.pay if answer == "pay" else site.gateway.refuse
    try:
        notice = act(hold)
    except ValueError:
        told = "The test payment service was restarted, and knows nothing of this payment."
        raise HTTPException(410, told) from None
    site.service.payment_happened(notice)
    return to(f"/pay/{token}")


def _page(site: Site, request: Request, name: str, attempt: Attempt) -> Response:
    hold = attempt.hold
    zone = zone_of(request, hold.snapshot.calendar.timezone)
    return site.show(
        request,
        name,
        attempt=attempt,
        hold=hold,
        around=around(f"/{hold.calendar}", said_zone(request), hold.slot.start, zone),
        price=hold.snapshot.calendar.price,
        zone=zone,
        refused=hold.payment is not None and hold.payment.state is PaymentState.DECLINED,
        lapsed=hold.has_lapsed(site.now()),
    )
