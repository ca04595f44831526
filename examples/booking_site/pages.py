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
from dataclasses import replace

from fastapi import APIRouter, Depends, Request, Response

from collective_booking import (
    CollectiveCalendar,
    ConfigurationError,
    Interval,
    Money,
    Shown,
    SlotUnavailableError,
)
from examples.booking_site.choosing import chooser, nearest
from examples.booking_site.forms import Entry, Filled, new_request, problems_of
from examples.booking_site.security import sealed
from examples.booking_site.site import Here, Site, to, wants_part, zone_of
from examples.booking_site.times import start_of

router = APIRouter()


@router.get("/")
def front(request: Request, site: Here) -> Response:
    """Every calendar."""
    calendars = [site.service.calendar(slug).calendar for slug in site.slugs]
    return site.show(request, "front.html", calendars=calendars)


@router.get("/{slug}")
def calendar(slug: str, request: Request, site: Here) -> Response:
    """Four weeks of a calendar, and the times of one day; the part alone, where htmx asks."""
    stored = site.service.calendar(slug).calendar
    shown = chooser(site, request, stored, f"/{slug}", f"/{slug}/book")
    page = "chooser.html" if wants_part(request) else "calendar.html"
    return site.show(request, page, calendar=stored, chooser=shown)


@router.get("/{slug}/book")
def form(slug: str, start: str, request: Request, site: Here) -> Response:
    """The form for one time; where that is taken meanwhile, with others to choose from."""
    stored = site.service.calendar(slug).calendar
    answer = site.service.explain(slug, start_of(start))
    entry = Entry(start=start, price=_code(stored.price))
    return _form(site, request, stored, entry, refused=answer.for_booker())


@router.post("/{slug}/book", dependencies=[Depends(sealed)])
def book(slug: str, request: Request, site: Here, entry: Filled) -> Response:
    """Book the time, or hold it until it is paid for."""
    stored = site.service.calendar(slug).calendar
    try:
        return to(_taken(site, stored, entry))
    except ConfigurationError as error:
        return _form(site, request, stored, entry, problems=problems_of(error))
    except SlotUnavailableError as error:
        again = replace(entry, request_id=new_request())  # another time is another request (S4)
        return _form(site, request, stored, again, refused=error.for_booker())


def _taken(site: Site, calendar: CollectiveCalendar, entry: Entry) -> str:
    """Where to go on, once the time is the visitor's."""
    start, contact = start_of(entry.start), entry.contact()
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


def _form(
    site: Site,
    request: Request,
    calendar: CollectiveCalendar,
    entry: Entry,
    *,
    problems: Mapping[str, str] | None = None,
    refused: Sequence[str] = (),
) -> Response:
    """The form as it was filled in, with what is wrong; other times where this one is *refused*."""
    start, zone = start_of(entry.start), zone_of(request, calendar.timezone)
    return site.show(
        request,
        "form.html",
        409 if refused else 422 if problems else 200,
        calendar=calendar,
        entry=entry,
        slot=Interval(start, start + calendar.duration),
        zone=zone,
        problems=problems or {},
        refused=refused,
        others=nearest(site, calendar, start, zone) if refused else [],
    )


def _code(price: Money | None) -> str:
    return f"{price.amount} {price.currency}" if price else ""


def _price(code: str) -> Money | None:
    """The price that the form showed; None where it showed none that could be one."""
    written = re.fullmatch(r"([0-9]{1,15}) ([A-Z]{3})", code)
    return Money(int(written[1]), written[2]) if written else None
