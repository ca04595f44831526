"""What every page works with, and how a page becomes an answer.

Lives here: `Site`, the zone and the seal of a visitor, rendering.
Must not live here: routes, what stands in a page (that is `templates`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from collective_booking import BookingService, LocationKind, MeetingLocation
from collective_booking.adapters.sql import SqlStore
from collective_booking.durations import format_amount
from collective_booking.ports import Clock
from collective_booking.testing import FakeGateway
from examples.booking_office import zones
from examples.booking_site import times
from examples.booking_site.security import VISITOR, Seals, new_visitor

HERE: Final = Path(__file__).parent
ZONE: Final = "zone"
_YEAR: Final = timedelta(days=365)


def templates() -> Environment:
    """The pages: everything that is put into one is escaped, and nothing may be missing."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(zones=zones, htmx=htmx() is not None, wants_part=wants_part)
    made.filters.update(when=times.when, clock=times.clock, amount=format_amount)
    made.filters.update(before_booking=before_booking, code=times.code_of)
    return made


def before_booking(place: MeetingLocation | None) -> str:
    """Where it will be, as far as it is told to somebody who has booked nothing yet."""
    if place is None:
        return ""
    if place.kind is LocationKind.VIDEO:
        return "Online: you get the link once you are booked"
    return place.value


def htmx() -> Path | None:
    """The script of htmx, where a package brings it; every page is whole without it."""
    try:
        found = distribution("django-js-lib-htmx").locate_file("js_lib_htmx/static/htmx")
    except PackageNotFoundError:
        return None
    script = Path(str(found)) / "htmx.min.js"
    return script if script.is_file() else None


@dataclass(frozen=True, slots=True)
class Site:
    """One site: the service it books with, what it seals, and what time it is."""

    service: BookingService
    store: SqlStore
    gateway: FakeGateway
    seals: Seals
    slugs: tuple[str, ...]
    clock: Clock
    pages: Environment

    def now(self) -> datetime:
        """The time of this request."""
        return self.clock.now()

    def close(self) -> None:
        """Let go of the database."""
        self.store.engine.dispose()

    def show(self, request: Request, name: str, status: int = 200, **told: Any) -> Response:
        """The page *name*, for the visitor of *request*."""
        visitor = request.cookies.get(VISITOR) or new_visitor()
        page = self.pages.get_template(name)
        text = page.render(request=request, seal=self.seals.seal(visitor), **told)
        answer = HTMLResponse(text, status, headers={"Vary": "HX-Request, Cookie"})
        remember(answer, request, VISITOR, visitor)
        if chosen := times.known_zone(request.query_params.get(ZONE)):
            remember(answer, request, ZONE, chosen)
        return answer


def site_of(request: Request) -> Site:
    """The site that *request* came to."""
    site: Site = request.app.state.site
    return site


Here = Annotated[Site, Depends(site_of)]


def said_zone(request: Request) -> str | None:
    """The visitor's zone: the one that the address says, else the one they chose before."""
    given = (request.query_params.get(ZONE), request.cookies.get(ZONE))
    return next(filter(None, map(times.known_zone, given)), None)


def zone_of(request: Request, fallback: str) -> str:
    """The zone on whose clock a page is: the visitor's where it is known, else *fallback*."""
    return said_zone(request) or fallback


def has_chosen(request: Request) -> bool:
    """Whether the visitor's zone is known, so that no script needs to look for it."""
    return ZONE in request.query_params or ZONE in request.cookies


def address_of(place: str, zone: str | None, /, **asked: object) -> str:
    """The address of a *place* on the clock of *zone*, if there is one, with all that is *asked*.

    >>> address_of("/sales-call", "Europe/Madrid", day="2026-11-30")
    '/sales-call?zone=Europe/Madrid&day=2026-11-30'
    """
    told = {ZONE: zone, **asked} if zone else asked
    return f"{place}?{urlencode(told, safe='/:')}" if told else place


def zoned(request: Request) -> Response | None:
    """On to the address that says on whose clock its page is; None where this one does.

    Without it, who goes back after choosing another zone would find that in an old address.
    """
    zone = said_zone(request)
    if zone is None or request.query_params.get(ZONE) == zone:
        return None
    asked = {name: value for name, value in request.query_params.items() if name != ZONE}
    return to(address_of(request.url.path, zone, **asked))


def wants_part(request: Request) -> bool:
    """Whether htmx asks, and swaps a part of the page; going back, it wants the whole."""
    asked: Mapping[str, str] = request.headers
    return "HX-Request" in asked and "HX-History-Restore-Request" not in asked


def to(place: str) -> Response:
    """Go on to *place*, by GET."""
    return RedirectResponse(place, 303)


def remember(
    answer: Response,
    request: Request,
    name: str,
    value: str,
    kept: timedelta = _YEAR,
    path: str = "/",
) -> None:
    """Let the browser keep *value* as the cookie *name*, out of the reach of scripts."""
    answer.set_cookie(
        name,
        value,
        max_age=int(kept.total_seconds()),
        path=path,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
