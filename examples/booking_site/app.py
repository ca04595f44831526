"""The site put together: a store, calendars, a gateway, an outbox, and the pages over them.

Lives here: `create_app`, the wiring.
Must not live here: routes, settings, anything that happens once it runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Final

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

from collective_booking import BookingService, CalendarChangedError, CollectiveCalendar
from collective_booking.adapters.sql import SqlStore
from collective_booking.ports import CalendarProvider, Clock, Notifier
from collective_booking.service import SystemClock
from collective_booking.testing import FakeGateway
from examples.booking_site import admin, managing, pages, paying
from examples.booking_site.mailing import mail_server, words_with_links
from examples.booking_site.problems import explain_problems
from examples.booking_site.security import Heads, Seals, SecurityHeaders
from examples.booking_site.settings import Settings
from examples.booking_site.site import HERE, Site, htmx, templates
from examples.booking_site.team import CALENDARS, HOST, TeamCalendars
from examples.delivering.in_a_thread import Delivering

DELIVERED: Final = timedelta(seconds=1)
"""How often the outbox is looked at."""

ROUTERS: Final = (managing.router, paying.router, admin.door, admin.router, pages.router)
"""All pages. Those of calendars come last: their addresses are whatever is left."""


def create_app(
    settings: Settings,
    *,
    calendars: Sequence[CollectiveCalendar] = CALENDARS,
    provider: CalendarProvider | None = None,
    notifier: Notifier | None = None,
    clock: Clock | None = None,
) -> FastAPI:
    """The site that *settings* describe; tests and benchmarks bring ports of their own."""
    secret = settings.secret()
    clock = clock or SystemClock()
    gateway = FakeGateway(secret=secret)
    outbox = TeamCalendars(settings.outbox, words_with_links(settings.address))
    store = SqlStore.open(settings.database)
    service = BookingService(
        store,
        secret=secret,
        host=HOST,
        provider=provider or outbox,
        notifier=notifier or mail_server(settings) or outbox,
        gateway=gateway,
        clock=clock,
    )
    _save(service, calendars)
    slugs = tuple(each.slug for each in calendars)
    seals = Seals(secret, settings.password)
    site = Site(service, store, gateway, seals, slugs, clock, templates())

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        with Delivering(service, DELIVERED):
            yield
        site.close()

    # Its own pages about itself load scripts from elsewhere, and describe no interface.
    app = FastAPI(lifespan=running, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Heads)
    explain_problems(app)
    _serve_files(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


def _save(service: BookingService, calendars: Sequence[CollectiveCalendar]) -> None:
    """Store the *calendars* that are not there yet: what the team has changed since stays."""
    for calendar in calendars:
        with suppress(CalendarChangedError):
            service.save_calendar(calendar, version=0)


class _Files(StaticFiles):
    """Files that browsers may keep, and ask about before they use them again."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def _serve_files(app: FastAPI) -> None:
    script = htmx()
    if script is not None:
        app.mount("/static/htmx", _Files(directory=script.parent), name="htmx")
    app.mount("/static", _Files(directory=HERE / "static"), name="static")
