"""What a visitor reads when something cannot be done.

Lives here: a sentence and a status for each error of the library that a visitor can cause.
Must not live here: which problem a form has (that is `forms`), logging.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from collective_booking import (
    CalendarChangedError,
    CollectiveBookingError,
    ConfigurationError,
    ForeignNotificationError,
    ForgedNotificationError,
    HoldExpiredError,
    IllegalStepError,
    InvalidTokenError,
    InvalidValueError,
    NoChangeError,
    OptionalOwnerError,
    OutOfRangeError,
    PriceChangedError,
    RequestReusedError,
    RetryTransactionError,
    StaleVersionError,
    UnknownBookingError,
    UnknownCalendarError,
    UnknownMemberError,
    UnreadableTextError,
)
from examples.booking_site.security import HEADERS
from examples.booking_site.site import Site, site_of

_NOT_HERE: Final = "There is nothing at this address. Was the link copied whole?"
_UNREADABLE: Final = "This address cannot be read. Was the link copied whole?"
_UNREADABLE_FORM: Final = "This form cannot be read. Please begin with a time again."
_CHANGED: Final = "Somebody has changed this booking meanwhile. Look at it anew, then try again."
_BUSY: Final = "Too many want something at this moment. Please try again."
_OURS: Final = "Something went wrong here, and it is not your fault. Please try again later."

SENTENCES: Final[dict[type[CollectiveBookingError], tuple[int, str]]] = {
    ConfigurationError: (400, _UNREADABLE_FORM),
    UnknownCalendarError: (404, _NOT_HERE),
    UnknownBookingError: (404, _NOT_HERE),
    UnknownMemberError: (404, _NOT_HERE),
    InvalidTokenError: (404, _NOT_HERE),
    UnreadableTextError: (400, _UNREADABLE),
    OutOfRangeError: (400, _UNREADABLE),
    InvalidValueError: (400, _UNREADABLE),
    ForgedNotificationError: (400, "This is no notification of the payment service."),
    ForeignNotificationError: (200, "This is about no payment here."),
    StaleVersionError: (409, _CHANGED),
    IllegalStepError: (409, "This booking has ended, or begun: it cannot be changed any more."),
    NoChangeError: (409, "The booking is at this time already: there is nothing to change."),
    HoldExpiredError: (409, "The time is no longer held for you. Please choose one again."),
    RequestReusedError: (409, "This form was sent before, with other answers. Begin with a time."),
    OptionalOwnerError: (409, "An optional member cannot own a calendar."),
    PriceChangedError: (409, "The price has changed meanwhile. Please choose your time again."),
    RetryTransactionError: (503, _BUSY),
    CalendarChangedError: (409, "The calendar has changed meanwhile. Please choose a time again."),
}
"""What a visitor can do nothing about is not in it, and becomes a plain failure of the site."""


def explain_problems(app: FastAPI) -> None:
    """Let *app* answer with a page whatever goes wrong."""
    for kind, (status, sentence) in SENTENCES.items():
        app.add_exception_handler(kind, _saying(status, sentence))
    app.add_exception_handler(RequestValidationError, _saying(400, _UNREADABLE))
    app.add_exception_handler(HTTPException, _as_it_says)
    app.add_exception_handler(Exception, _failed)


def _saying(status: int, sentence: str) -> Callable[[Request, Exception], Response]:
    return lambda request, _: _page(request, status, sentence)


def _as_it_says(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.headers and "Location" in error.headers:
        return Response(status_code=error.status_code, headers=dict(error.headers))
    sentence = _NOT_HERE if error.status_code == 404 else error.detail
    return _page(request, error.status_code, sentence)


def _failed(request: Request, _: Exception) -> Response:
    """The site's own failure, which the server logs; it is answered outside of all else."""
    answer = _page(request, 500, _OURS)
    answer.headers.update(HEADERS)
    return answer


def _page(request: Request, status: int, sentence: str) -> Response:
    site = site_of(request)
    return site.show(
        request, "problem.html", status, sentence=sentence, ways=_ways_on(site, request)
    )


def _ways_on(site: Site, request: Request) -> dict[str, str]:
    """Where whoever meets a problem can go on: to the booking or the calendar it is about."""
    ways, slug = {"All calendars": "/"}, request.path_params.get("slug")
    if slug in site.slugs:
        ways = {"Choose a time": f"/{slug}"} | ways
    if request.url.path.startswith("/booking/"):
        token = request.path_params.get("token", "")
        with suppress(CollectiveBookingError):
            site.service.appointment_id(token)
            ways = {"Your booking": f"/booking/{token}"} | ways
    return ways
