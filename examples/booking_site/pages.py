"""What every visitor sees: the calendars, their times, and the form that books one.

Lives here: the routes of booking.
Must not live here: payments, what is booked already, the team's own pages.

Routes are plain functions, which FastAPI runs in threads of its own: the store waits for its file,
and in a thread that keeps nobody else waiting. Asynchronous ones would ask the same file from the
same few threads, one layer further down.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Depends, Request, Response

from collective_booking import (
    CollectiveCalendar,
    ConfigurationError,
    Interval,
    Money,
    RequestReusedError,
    Shown,
    SlotUnavailableError,
)
from examples.booking_site.choosing import around, chooser, nearest
from examples.booking_site.forms import UNCHOSEN, Entry, Filled, problems_of
from examples.booking_site.repeating import (
    address,
    begun,
    led_to,
    request_id,
    retyped,
    sent,
    typed,
)
from examples.booking_site.security import sealed
from examples.booking_site.site import (
    Here,
    Site,
    has_chosen,
    said_zone,
    to,
    wants_part,
    zone_of,
    zoned,
)
from examples.booking_site.times import start_of

router = APIRouter()

NOTHING: Final[Mapping[str, str]] = {}


@router.get("/")
def front(request: Request, site: Here) -> Response:
    """Every calendar."""
    calendars = [site.service.calendar(slug).calendar for slug in site.slugs]
    return site.show(request, "front.html", calendars=calendars)


@router.get("/{slug}")
def calendar(slug: str, request: Request, site: Here) -> Response:
    """Four weeks of a calendar, and the times of one day; the part alone, where htmx asks."""
    stored = site.service.calendar(slug).calendar
    if elsewhere := zoned(request):
        return elsewhere
    shown = chooser(site, request, stored, f"/{slug}", f"/{slug}/book")
    page = "chooser.html" if wants_part(request) else "calendar.html"
    return site.show(request, page, calendar=stored, chooser=shown)


@router.get("/{slug}/book")
def new_form(slug: str, start: str, request: Request, site: Here, form: str = "") -> Response:
    """The form for one time; where that is taken meanwhile, with others to choose from."""
    stored, wanted = site.service.calendar(slug).calendar, start_of(start)
    if not form:
        return begun(request)
    sending = request_id(site, request, form)
    if place := led_to(request, sending):
        others = around(f"/{slug}", said_zone(request), wanted, zone_of(request, stored.timezone))
        return site.show(request, "sent.html", calendar=stored, place=place, around=others)
    fresh = Entry(start=start, price=_code(stored.price), request_id=sending)
    entry, problems = typed(site, request, form) or (fresh, {})
    refused: Sequence[str] = ()
    if entry.start:  # or else other times were offered, and none was chosen
        refused = site.service.explain(slug, start_of(entry.start)).for_booker()
    return _form(site, request, stored, entry, problems, refused)


@router.post("/{slug}/book", dependencies=[Depends(sealed)])
def book(slug: str, request: Request, site: Here, entry: Filled) -> Response:
    """Book the time, or hold it until it is paid for."""
    stored = site.service.calendar(slug).calendar
    try:
        if not entry.start:
            return _again(site, request, stored, entry, UNCHOSEN)
        return sent(request, entry.request_id, _taken(site, request, stored, entry))
    except ConfigurationError as error:
        return _again(site, request, stored, entry, problems_of(error))
    except SlotUnavailableError as error:
        return _again(site, request, stored, entry, refused=error.for_booker())
    except RequestReusedError:
        if led_to(request, entry.request_id) is None:
            raise
        return to(address(request))


def _taken(site: Site, request: Request, calendar: CollectiveCalendar, entry: Entry) -> str:
    """Where to go on, once the time is the visitor's."""
    start, contact = start_of(entry.start), entry.contact(said_zone(request))
    if calendar.price is None:
        booking = site.service.book(
            calendar.slug, start, contact, notes=entry.notes, request_id=entry.request_id
        )
        return f"/booking/{booking.token}"
    held = site.service.hold(
        calendar.slug,
        start,
        contact,
        notes=entry.notes,
        shown=Shown(price=_price(entry.price)),  # A1
        request_id=entry.request_id,
    )
    site.service.begin_payment(held.token)
    return f"/pay/{held.token}"


def _again(
    site: Site,
    request: Request,
    calendar: CollectiveCalendar,
    entry: Entry,
    problems: Mapping[str, str] = NOTHING,
    refused: Sequence[str] = (),
) -> Response:
    """Where what is wrong with *entry* is read: at the form's address, or else in this answer."""
    elsewhere = retyped(site, request, entry, problems)
    return elsewhere or _form(site, request, calendar, entry, problems, refused)


def _form(
    site: Site,
    request: Request,
    calendar: CollectiveCalendar,
    entry: Entry,
    problems: Mapping[str, str],
    refused: Sequence[str],
) -> Response:
    """The form as it was filled in, with what is wrong; other times where this one is *refused*."""
    start, zone = start_of(entry.about), zone_of(request, calendar.timezone)
    choosing = bool(refused) or not entry.start
    return site.show(
        request,
        "form.html",
        409 if refused else 422 if problems else 200,
        calendar=calendar,
        sends_to=address(request),
        around=around(f"/{calendar.slug}", said_zone(request), start, zone),
        entry=entry,
        slot=Interval(start, start + calendar.duration),
        zone=zone,
        asks_zone=request.method == "GET" and not has_chosen(request),
        problems=problems,
        refused=refused,
        choosing=choosing,
        others=nearest(site, calendar, start, zone) if choosing else [],
    )


def _code(price: Money | None) -> str:
    return f"{price.amount} {price.currency}" if price else ""


def _price(code: str) -> Money | None:
    """The price that the form showed; None where it showed none that could be one."""
    written = re.fullmatch(r"([0-9]{1,15}) ([A-Z]{3})", code)
    return Money(int(written[1]), written[2]) if written else None
